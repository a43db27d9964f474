"""Real data of the course, and your own: words of a text, images of digits.

The texts and MNIST come with the course (data/PROVENANCE.md says from where); the 8 × 8 digits come with scikit-learn.
"""

from collapse_edu.datasets._files import verify
from collapse_edu.datasets.images import Images, RecordedVAE, digits, load_images, mnist, recorded_vae
from collapse_edu.datasets.model_classes import RecordedModelClasses, recorded_model_classes
from collapse_edu.datasets.recorded_writer import Passage, RecordedWriter, recorded_writer
from collapse_edu.datasets.register import DATA_SETS, DataSet
from collapse_edu.datasets.text import (
    Passages,
    RecordedText,
    Text,
    mingle,
    moby_dick,
    read_text,
    recorded_text,
    state_of_the_union,
)
from collapse_edu.datasets.words import caution, line_of, words_of

__all__ = [
    "DATA_SETS",
    "DataSet",
    "Images",
    "Passage",
    "Passages",
    "RecordedModelClasses",
    "RecordedText",
    "RecordedVAE",
    "RecordedWriter",
    "Text",
    "caution",
    "digits",
    "line_of",
    "load_images",
    "mingle",
    "mnist",
    "moby_dick",
    "read_text",
    "recorded_model_classes",
    "recorded_text",
    "recorded_vae",
    "recorded_writer",
    "state_of_the_union",
    "verify",
    "words_of",
]
