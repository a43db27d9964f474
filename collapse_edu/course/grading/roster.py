"""Who is in the class."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Person"]


@dataclass(frozen=True)
class Person:
    """A learner as the roster has them.

    Attributes
    ----------
    name : str
        As people say it: first name first.
    id, email, login : str
        Empty where the roster does not say.
    row : dict
        Name of each column of the roster → what stands there, as it came: gradebooks give it back.
    """

    name: str
    id: str = ""
    email: str = ""
    login: str = ""
    row: Mapping[str, str] = field(default_factory=dict)
