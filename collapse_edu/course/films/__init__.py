"""Films: one picture for each generation. They take results and draw; they never simulate."""

from collapse_edu.course.films.bag import Trace, bag_film
from collapse_edu.course.films.film import Film
from collapse_edu.course.films.gaussian import gaussian_film
from collapse_edu.course.films.mixing import mixing_film
from collapse_edu.course.films.monitor import monitor_film
from collapse_edu.course.films.panels import Panel, panel_film
from collapse_edu.course.films.regression import regression_film
from collapse_edu.course.films.savings import savings_film
from collapse_edu.course.films.survival import survival_film
from collapse_edu.course.films.weights import weight_film

__all__ = [
    "Film",
    "Panel",
    "Trace",
    "bag_film",
    "gaussian_film",
    "mixing_film",
    "monitor_film",
    "panel_film",
    "regression_film",
    "savings_film",
    "survival_film",
    "weight_film",
]
