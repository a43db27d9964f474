"""``python -m power``: see the package."""

import argparse

from power import corpora, measure, peers


def main() -> None:
    """Run one step."""
    parser = argparse.ArgumentParser(prog="python -m power")
    parser.add_argument("step", choices=("corpora", "measure"))
    parser.add_argument("--part", choices=("dev", "final"), default="final")
    parser.add_argument("--corpora", nargs="+", choices=corpora.PACKAGES, default=list(corpora.PACKAGES))
    parser.add_argument("--tests", nargs="+", choices=peers.PEERS, default=list(peers.PEERS))
    given = parser.parse_args()
    if given.step == "corpora":
        corpora.make()
    else:
        measure.measure(given.part, given.corpora, {name: peers.PEERS[name] for name in given.tests})


main()
