"""Static figures and films: they take results and draw; they never simulate."""

from collapse_edu.plots.bag import Course, bag_film
from collapse_edu.plots.economics import plot_scales, plot_tornado, plot_waterfall
from collapse_edu.plots.film import Film
from collapse_edu.plots.gaussian import gaussian_film, plot_ellipses
from collapse_edu.plots.history import plot_history
from collapse_edu.plots.images import plot_balls, plot_images, plot_quality
from collapse_edu.plots.lines import plot_lines
from collapse_edu.plots.maps import mixing_film, plot_map
from collapse_edu.plots.maturity import plot_radar
from collapse_edu.plots.monitor import monitor_film, plot_precision, plot_readings, plot_roc
from collapse_edu.plots.panels import Panel, panel_film
from collapse_edu.plots.picture import Picture
from collapse_edu.plots.regression import regression_film
from collapse_edu.plots.saving import saving_film
from collapse_edu.plots.scaling import plot_scaling
from collapse_edu.plots.tails import plot_forgetting, survival_film
from collapse_edu.plots.value import plot_worth, plot_worth_by_rank
from collapse_edu.plots.verdicts import plot_verdicts
from collapse_edu.plots.weights import weight_film

__all__ = [
    "Course",
    "Film",
    "Panel",
    "Picture",
    "bag_film",
    "gaussian_film",
    "mixing_film",
    "monitor_film",
    "panel_film",
    "plot_balls",
    "plot_ellipses",
    "plot_forgetting",
    "plot_history",
    "plot_images",
    "plot_lines",
    "plot_map",
    "plot_precision",
    "plot_quality",
    "plot_radar",
    "plot_readings",
    "plot_roc",
    "plot_scales",
    "plot_scaling",
    "plot_tornado",
    "plot_verdicts",
    "plot_waterfall",
    "plot_worth",
    "plot_worth_by_rank",
    "regression_film",
    "saving_film",
    "survival_film",
    "weight_film",
]
