"""Explorers: one widget for each lesson. A change of parameters makes a film; the film then answers at once."""

from collapse_edu.course.explorers.cost import CostExplorer
from collapse_edu.course.explorers.explorer import Explorer
from collapse_edu.course.explorers.flow import FlowExplorer
from collapse_edu.course.explorers.gaussian import GaussianExplorer
from collapse_edu.course.explorers.images import ImageExplorer, VAEExplorer
from collapse_edu.course.explorers.later import WhichIsLater, how_hard, pairs_of
from collapse_edu.course.explorers.mixing import MixingExplorer
from collapse_edu.course.explorers.monitor import MonitorExplorer, monitored_stream
from collapse_edu.course.explorers.plan_form import PlanForm
from collapse_edu.course.explorers.regression import RegressionExplorer
from collapse_edu.course.explorers.tails import TailsExplorer, opening_counts
from collapse_edu.course.explorers.telephone import TelephoneExplorer, bag_of
from collapse_edu.course.explorers.text import TextExplorer
from collapse_edu.course.explorers.wall import WordWall
from collapse_edu.course.explorers.weights import WeightExplorer

__all__ = [
    "CostExplorer",
    "Explorer",
    "FlowExplorer",
    "GaussianExplorer",
    "ImageExplorer",
    "MixingExplorer",
    "MonitorExplorer",
    "PlanForm",
    "RegressionExplorer",
    "TailsExplorer",
    "TelephoneExplorer",
    "TextExplorer",
    "VAEExplorer",
    "WeightExplorer",
    "WhichIsLater",
    "WordWall",
    "bag_of",
    "how_hard",
    "monitored_stream",
    "opening_counts",
    "pairs_of",
]
