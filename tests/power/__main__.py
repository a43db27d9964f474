"""``python -m power``: see the package."""

import argparse

from power import corpora, measure, ours, peers, table

TESTS = peers.PEERS | {"monitor": ours.monitor}


def main() -> None:
    """Run one step."""
    parser = argparse.ArgumentParser(prog="python -m power")
    parser.add_argument("step", choices=("corpora", "measure", "table"))
    parser.add_argument("--part", choices=("dev", "final"), default="final")
    parser.add_argument("--corpora", nargs="+", choices=corpora.PACKAGES, default=list(corpora.PACKAGES))
    parser.add_argument("--tests", nargs="+", choices=TESTS, default=list(TESTS))
    parser.add_argument("--cases", type=int, default=measure.CASES, help="references of each corpus")
    given = parser.parse_args()
    if given.step == "corpora":
        corpora.make()
    elif given.step == "table":
        table.write()
    else:
        measure.measure(given.part, given.corpora, {name: TESTS[name] for name in given.tests}, given.cases)


main()
