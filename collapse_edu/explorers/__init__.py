"""Explorers: one widget for each lesson. A change of parameters makes a film; the film then answers at once."""

from collapse_edu.explorers.explorer import Explorer
from collapse_edu.explorers.first_slider import FirstSlider
from collapse_edu.explorers.gaussian import GaussianExplorer

__all__ = ["Explorer", "FirstSlider", "GaussianExplorer"]
