"""The subcommand ``collapse-edu ledger``: where do the documents come from, and how many of them are real?"""

import argparse
import csv
import json
from contextlib import contextmanager
from pathlib import Path

from collapse_edu.cli import Parser, UsageError
from collapse_edu.cli.numbers import at_least

__all__ = ["add"]

_HELP = """\
Keep a ledger of documents: source, date, what the source declares, what an audit found. Only hashes of texts are kept.

examples:
  collapse-edu ledger add ledger.sqlite new.jsonl --source web --date 2026-01-31
  collapse-edu ledger audit ledger.sqlite --n 100 --out sample.csv
  collapse-edu ledger audit ledger.sqlite --findings sample.csv
  collapse-edu ledger share ledger.sqlite --by source

documents: .jsonl or .csv in UTF-8. Each row has "text" (or "hash"), "source" and "date"; "declared" and "verified" may
be there. An audit's sample is a CSV file: write real or synthetic into its column "verified". Rows that you leave empty
stay open; if those are not like the others, the estimate is off.
"""
_ORIGINS = ("real", "synthetic", "unknown")


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the subcommand to the parsers of ``collapse-edu``.

    Parameters
    ----------
    commands : object
        What ``add_subparsers`` of argparse returned.
    """
    parser = commands.add_parser("ledger", help="keep and audit a ledger of documents", epilog=_HELP)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    action = _action(actions, "add", _add, "add the documents of a file, all or none")
    action.add_argument("file", type=Path, help=".jsonl or .csv")
    action.add_argument("--source", default=None, help="of rows that do not say theirs")
    action.add_argument("--date", default=None, metavar="DAY", help="of rows that do not say theirs")
    action.add_argument("--declared", choices=_ORIGINS, default=None, help="of rows that do not say theirs (unknown)")

    action = _action(actions, "audit", _audit, "draw documents to judge, or take the findings in")
    either = action.add_mutually_exclusive_group(required=True)
    either.add_argument("--out", type=Path, metavar="FILE", help="write the sample here (.csv)")
    either.add_argument("--findings", type=Path, metavar="FILE", help="read the judged sample from here (.csv)")
    action.add_argument("--n", type=at_least(1), default=100, metavar="N", help="documents to draw (100)")
    action.add_argument("--declared", choices=_ORIGINS, default=None, help="draw only from those")
    action.add_argument("--seed", type=at_least(0), default=0, metavar="N", help="of the draw (0)")

    action = _action(actions, "share", _share, "estimate the real share, with its range of 95 %%")
    action.add_argument("--by", choices=("source", "year", "month"), default=None, help="also for each of these")

    action = _action(actions, "export", _export, "write occurrences into a file")
    action.add_argument("file", type=Path, help=".jsonl or .csv; it must not exist")
    action.add_argument("--source", default=None, help="only of this source")
    action.add_argument("--since", default=None, metavar="DAY", help="only from this day on")
    action.add_argument("--until", default=None, metavar="DAY", help="only up to this day")
    action.add_argument("--declared", choices=_ORIGINS, default=None, help="only those")
    action.add_argument("--verified", choices=_ORIGINS, default=None, help="only those; unknown: not audited")

    action = _action(actions, "look", _look, "is a text in it?")
    action.add_argument("file", type=Path, help="a file that contains the text alone, in UTF-8")

    action = _action(actions, "disclose", _disclose, "fill in what two laws ask for; unknown fields are marked")
    action.add_argument("law", choices=("california", "eu"), help="AB 2013; or the AI Act, Article 53 (1) (d)")
    action.add_argument("--answers", type=Path, metavar="FILE", help='JSON: {"answers": {...}, "kinds": {...}}')
    action.add_argument("--json", action="store_true", help="JSON in the place of Markdown")

    action = _action(actions, "without", _without, "what would it do to take one source out?")
    action.add_argument("source")


def _action(actions, name, do, words):
    action = actions.add_parser(name, help=words, description=words[0].upper() + words[1:].replace("%%", "%") + ".")
    action.add_argument("ledger", type=Path, help="the ledger's file")
    action.set_defaults(do=do)
    return action


@contextmanager
def _open(path, *, new=False):
    """Open the ledger; what goes wrong is one line."""
    import sqlite3

    from collapse_edu.production import Ledger

    if not new and not path.is_file():
        raise UsageError(f"there is no ledger {path}: begin one with collapse-edu ledger add")
    try:
        with Ledger(path) as ledger:
            if ledger.upgraded:
                print(f"{path}: upgraded from version 1, which did not keep where else a text was found")
            yield ledger
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}" if error.filename else error) from None
    except sqlite3.DatabaseError as error:
        raise UsageError(f"cannot use the ledger {path}: {error}") from None
    except (TypeError, ValueError) as error:
        raise UsageError(error) from None


def _add(args):
    from collapse_edu.production.ledger_files import read_occurrences

    given = {key: getattr(args, key) for key in ("source", "date", "declared") if getattr(args, key) is not None}
    if not args.file.is_file():
        raise UsageError(f"there is no file {args.file}")
    with _open(args.ledger, new=True) as ledger:
        print(ledger.enter(read_occurrences(args.file, **given)))
    return 0


def _audit(args):
    with _open(args.ledger) as ledger:
        if args.findings is not None:
            print(f"{ledger.verify_many(_findings(args.findings)):,} findings written")
            return 0
        import numpy as np

        keys = ledger.to_audit(args.n, np.random.default_rng(args.seed), args.declared)
        with open(args.out, "x", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("hash", "source", "date", "declared", "verified"))
            for key in keys:
                table.writerow((*ledger.first(key)[:4], ""))
        print(f"{len(keys):,} documents to judge in {args.out}")
    return 0


def _findings(path):
    from collapse_edu.production.ledger_files import read_table

    for line, row in read_table(path):
        key, origin = row.get("hash"), (row.get("verified") or "").strip()
        if origin not in ("", "real", "synthetic"):
            raise ValueError(f"{path}, line {line}: verified must be real, synthetic or empty; got {origin!r:.60}")
        if origin:
            yield key, origin


def _share(args):
    with _open(args.ledger) as ledger:
        print(f"{len(ledger):,} documents; real share: {ledger.real_share()}")
        if args.by:
            table = ledger.share_by(args.by)
            print(table.to_string(float_format=lambda value: f"{value:.3f}"))
    return 0


def _export(args):
    from collapse_edu.production.ledger_files import write_occurrences

    asked = {key: getattr(args, key) for key in ("source", "since", "until", "declared", "verified")}
    with _open(args.ledger) as ledger:
        print(f"{write_occurrences(args.file, ledger.rows(**asked)):,} occurrences in {args.file}")
    return 0


def _look(args):
    with _open(args.ledger) as ledger:
        try:
            found = ledger.look(args.file.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise UsageError(f"{args.file} must be a text in UTF-8; it is not") from None
    if not found:
        print("this text is not in the ledger")
    for row in found:
        print(f"{row.date}  {row.source}  declared: {row.declared}  verified: {row.verified or 'not audited'}")
    return 0


def _without(args):
    with _open(args.ledger) as ledger:
        print(ledger.without(args.source))
    return 0


def _disclose(args):
    from collapse_edu.production.disclosure import disclosure, disclosure_json, disclosure_markdown

    with _open(args.ledger) as ledger:
        fields = disclosure(ledger, args.law, **_answers(args.answers))
    print((disclosure_json if args.json else disclosure_markdown)(fields, args.law))
    return 0


def _answers(path):
    """Return answers and kinds of sources from a file of JSON; none, if there is no file."""
    if path is None:
        return {}
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise UsageError(f"--answers {path} must be JSON") from None
    parts = given.values() if isinstance(given, dict) else [given]
    if not all(isinstance(part, dict) for part in parts) or not set(given) <= {"answers", "kinds"}:
        raise UsageError(f'--answers {path} must hold {{"answers": {{...}}, "kinds": {{...}}}}, both if you like')
    return given
