"""Static figures: they take results and draw; they never simulate."""

from collapse_edu.plots.economics import plot_scales, plot_tornado, plot_waterfall
from collapse_edu.plots.gaussian import plot_ellipses
from collapse_edu.plots.history import plot_history
from collapse_edu.plots.images import plot_balls, plot_images, plot_quality
from collapse_edu.plots.lines import plot_lines
from collapse_edu.plots.maps import plot_map
from collapse_edu.plots.maturity import plot_radar
from collapse_edu.plots.model_classes import plot_model_classes
from collapse_edu.plots.monitor import plot_precision, plot_readings, plot_roc
from collapse_edu.plots.painters import plot_painted, plot_painters
from collapse_edu.plots.picture import Picture
from collapse_edu.plots.premium import plot_premium
from collapse_edu.plots.scaling import plot_scaling
from collapse_edu.plots.tails import plot_forgetting
from collapse_edu.plots.value import plot_worth, plot_worth_by_rank
from collapse_edu.plots.verdicts import plot_verdicts

__all__ = [
    "Picture",
    "plot_balls",
    "plot_ellipses",
    "plot_forgetting",
    "plot_history",
    "plot_images",
    "plot_lines",
    "plot_map",
    "plot_model_classes",
    "plot_painted",
    "plot_painters",
    "plot_precision",
    "plot_premium",
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
]
