"""Predictions and questions."""

from collapse_edu.quiz.prediction import Choice, Prediction, predict

__all__ = ["Choice", "Prediction", "predict"]
