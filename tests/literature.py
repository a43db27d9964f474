"""How a test compares a published result with ours: one line in the log, and a failure outside the tolerance.

``pytest -s tests/test_published.py tests/published`` prints the whole table.
"""


def compare(row, paper, setting, target, ours, *, relative=0.0, absolute=0.0, error=0.0):
    """Print paper, setting, target and ours; assert that they differ by no more than the tolerance.

    ``relative`` is a share of the target, ``absolute`` a distance: the larger one holds. ``error`` is a standard error
    of ours. Four of them must be within the tolerance: so noise hides no deviation as large as that. Without a
    tolerance, they are the tolerance.
    """
    allowed = max(relative * abs(target), absolute)
    noise = 4 * error
    given, allowed = allowed > 0, allowed or noise
    spread = f" ± {error:.2g}" if error else ""
    agrees = abs(ours - target) <= allowed
    line = f"{row} | {paper} | {setting} | target {target:.5g} | ours {ours:.5g}{spread} | allowed ± {allowed:.2g}"
    print(f"\n{line} | {'agrees' if agrees else 'DIFFERS'}", end="")
    assert agrees, line
    assert not given or noise <= allowed, f"{line} | too few values: 4 standard errors are {noise:.2g}"


def observe(row, paper, setting, claim, numbers, holds):
    """Print paper, setting, the published claim in words, and our numbers; assert that the claim holds for them."""
    line = f"{row} | {paper} | {setting} | {claim} | ours {numbers}"
    print(f"\n{line} | {'holds' if holds else 'DOES NOT HOLD'}", end="")
    assert holds, line
