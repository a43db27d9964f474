"""How a test compares a published result with ours: one line in the log, and a failure outside the tolerance.

``pytest -s tests/test_published.py tests/published`` prints the whole table.
"""


def compare(row, paper, setting, target, ours, *, relative=0.0, absolute=0.0, error=0.0):
    """Print paper, setting, target and ours; assert that they differ by no more than the largest tolerance given.

    ``relative`` is a share of the target, ``absolute`` a distance, ``error`` a standard error of ours: four are
    allowed.
    """
    allowed = max(relative * abs(target), absolute, 4 * error)
    spread = f" ± {error:.2g}" if error else ""
    agrees = abs(ours - target) <= allowed
    line = f"{row} | {paper} | {setting} | target {target:.5g} | ours {ours:.5g}{spread} | allowed ± {allowed:.2g}"
    print(f"\n{line} | {'agrees' if agrees else 'DIFFERS'}", end="")
    assert agrees, line


def observe(row, paper, setting, claim, numbers, holds):
    """Print paper, setting, the published claim in words, and our numbers; assert that the claim holds for them."""
    line = f"{row} | {paper} | {setting} | {claim} | ours {numbers}"
    print(f"\n{line} | {'holds' if holds else 'DOES NOT HOLD'}", end="")
    assert holds, line
