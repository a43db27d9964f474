"""Static figures and films: they take results and draw; they never simulate."""

from collapse_edu.plots.bag import Course, bag_film
from collapse_edu.plots.film import Film
from collapse_edu.plots.gaussian import gaussian_film, plot_ellipses
from collapse_edu.plots.history import plot_history
from collapse_edu.plots.images import plot_balls, plot_images, plot_quality
from collapse_edu.plots.lines import plot_lines
from collapse_edu.plots.monitor import monitor_film, plot_precision, plot_readings, plot_roc
from collapse_edu.plots.panels import Panel, panel_film
from collapse_edu.plots.picture import Picture
from collapse_edu.plots.tails import plot_forgetting, survival_film

__all__ = [
    "Course",
    "Film",
    "Panel",
    "Picture",
    "bag_film",
    "gaussian_film",
    "monitor_film",
    "panel_film",
    "plot_balls",
    "plot_ellipses",
    "plot_forgetting",
    "plot_history",
    "plot_images",
    "plot_lines",
    "plot_precision",
    "plot_quality",
    "plot_readings",
    "plot_roc",
    "survival_film",
]
