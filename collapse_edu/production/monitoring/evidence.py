"""Evidence that accumulates over a stream: is it still like the calibration rows?"""

from dataclasses import dataclass

__all__ = ["Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What all windows so far say together.

    Attributes
    ----------
    evidence : float
        Log of the evidence, base 10.
    threshold : float
        The same unit: evidence from here on raises the alarm.
    p : float
        Chance that a quiet stream shows as much evidence at any time (Ville's inequality).
    cause : str
        The feature with the most evidence.
    direction : str
        "low", "high" or "spread": how its values changed.
    since : int
        Rows of the stream before the change, by the evidence.
    """

    evidence: float
    threshold: float
    p: float
    cause: str
    direction: str
    since: int

    @property
    def alarm(self) -> bool:
        """Whether the evidence is enough."""
        return self.evidence >= self.threshold
