"""The subcommand ``collapse-edu monitor``: does a stream of documents still look like the real ones?"""

import time
from collections import Counter
from pathlib import Path

from collapse_edu.cli import UsageError
from collapse_edu.cli.numbers import above_zero, at_least

__all__ = ["add"]

_HELP = """\
Compare a stream of documents, window by window, with real ones. Print each alert as it comes, and a table at the end.

examples:
  collapse-edu monitor --reference real.jsonl --stream new.jsonl
  collapse-edu monitor --reference real.jsonl --stream new.jsonl --state monitor.json
  tail -f new.jsonl | collapse-edu monitor --reference real.jsonl --stream -

documents:
  FILE      JSON lines: one object a line, with the document under the key "text"; other keys are ignored
  FOLDER    its .txt files, in the order of their names
  -         JSON lines from standard input
Records that are broken are counted and skipped.

the table:
  low, high       control limits; an alert is a window with a statistic outside of them
  last            the last window
  outside         windows with this statistic outside of its limits

exit status:
  0 quiet    2 something to put right, in one line    3 an alert in the windows that this run read

--false-alarms is the chance of an alert in one window in which nothing changed: the mean over references. One reference
may have a higher or a lower one; the range is printed. It needs enough documents to compare with:
0.01 with windows of 10 needs 1,238. Give documents that are like those of the stream: same kind, same mix of subjects.
--state FILE remembers, over a restart, how far each file is read, the open window and the alerts. Say the same
reference and settings again.
"""
_SAVE = 0.5  # seconds between two states on the way
_AT_ONCE = 20


def add(commands):
    """Add the subcommand to the parsers of ``collapse-edu``.

    Parameters
    ----------
    commands : object
        What ``add_subparsers`` of argparse returned.
    """
    parser = commands.add_parser("monitor", help="watch a stream of documents for drift", epilog=_HELP)
    parser.add_argument("--reference", required=True, metavar="PATH", help="real documents")
    parser.add_argument("--stream", required=True, metavar="PATH", help="documents to watch; - for standard input")
    parser.add_argument("--window", type=at_least(2), default=10, metavar="N", help="documents of a window (10)")
    parser.add_argument(
        "--false-alarms", type=above_zero(0.5), default=0.01, metavar="RATE", help="of a quiet window (0.01)"
    )
    parser.add_argument(
        "--words", type=at_least(2), default=120, metavar="N", help="documents are cut after so many words (120)"
    )
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="N", help="of the random parts (0)")
    parser.add_argument("--state", type=Path, metavar="FILE", help="what is remembered over a restart")
    parser.set_defaults(do=_monitor)


def _monitor(args):
    """Watch, tell, remember."""
    from collapse_edu.production import Monitor

    if args.reference == "-":
        raise UsageError("--reference must be a file or a folder; only --stream can be standard input")
    real = list(_read("reference", args.reference))
    try:
        monitor = Monitor(
            real, window=args.window, false_alarms=args.false_alarms, words=args.words, seed=args.seed
        )  # fmt: skip
    except ValueError as error:
        raise UsageError(error) from None
    low, high = monitor.rate_range()
    print(f"reference: {len(real):,} documents; {monitor.n_calibration} windows of {monitor.window} to compare with")
    print(f"false alarms: {monitor.rate:.3g} of quiet windows; 95 % of such references: {low:.2g} to {high:.2g}")
    state = _state(args.state, monitor)
    documents = _open(args, state)
    before, alerts_before, outside, last = monitor.n_windows, monitor.n_alerts, Counter(), None
    for last in _watched(monitor, documents, state):
        if last.alert:
            outside.update(last.causes)
            print(f"ALERT {last}", flush=True)
    windows, alerts = monitor.n_windows - before, monitor.n_alerts - alerts_before
    _check_enough(documents, monitor, windows, state)
    waiting = f", {len(monitor.pending)} documents wait for the next" if monitor.pending else ""
    print(f"stream: {documents.read:,} documents, {windows:,} windows{waiting}{_skipped(documents)}")
    if windows:
        print(f"\n{_table(monitor, last, outside)}\n")
        expected = windows * monitor.rate
        print(f"{alerts:,} alerts in {windows:,} windows; {expected:.2g} expected if nothing changed")
    if state:
        print(f"state: {state.path}, {monitor.n_windows:,} windows and {monitor.n_alerts:,} alerts so far")
    return 3 if alerts else 0


def _read(name, path):
    """Yield the documents of the reference; say in one line if there are none."""
    from collapse_edu.production import Documents

    documents = Documents(path)
    try:
        yield from documents
    except OSError as error:
        raise UsageError(f"cannot read the {name} {path}: {error.strerror or error}") from None
    if not documents.read:
        raise UsageError(f"{name} {path} holds no documents{_skipped(documents)}")


def _skipped(documents):
    """Return in words what was skipped."""
    if not documents.skipped:
        return ""
    reasons = ", ".join(f"{many:,} {why}" for why, many in documents.skipped.most_common())
    return f"; {documents.skipped.total():,} records skipped ({reasons})"


def _state(path, monitor):
    from collapse_edu.production.state import State

    if path is None:
        return None
    try:
        return State(path, monitor)
    except ValueError as error:
        raise UsageError(error) from None
    except OSError as error:
        raise UsageError(f"cannot read the state {path}: {error.strerror or error}") from None


def _open(args, state):
    from collapse_edu.production import Documents

    try:
        return state.open(args.stream) if state else Documents(args.stream)
    except OSError as error:
        raise UsageError(f"cannot read the stream {args.stream}: {error.strerror or error}") from None


def _watched(monitor, documents, state):
    """Yield each reading; write the state now and then, and at the end, however it comes."""
    saved = time.monotonic()
    at_once = 1 if documents.path == "-" else _AT_ONCE  # a file is all there: no window is waited for
    try:
        for reading in monitor.watch(_texts(documents), at_once):
            yield reading
            if state and time.monotonic() - saved > _SAVE:
                _save(state, documents)
                saved = time.monotonic()
    finally:
        if state:
            _save(state, documents)


def _texts(documents):
    try:
        yield from documents
    except OSError as error:
        raise UsageError(f"cannot read the stream {documents.path}: {error.strerror or error}") from None


def _save(state, documents):
    try:
        state.save(documents)
    except OSError as error:
        raise UsageError(f"cannot write the state {state.path}: {error.strerror or error}") from None


def _check_enough(documents, monitor, windows, state):
    """Refuse a stream of which nothing can be said. With a state, it may grow."""
    if documents.n_records and not documents.read:
        raise UsageError(f"stream {documents.path} holds no documents{_skipped(documents)}")
    if state is None and not documents.read:
        raise UsageError(f"stream {documents.path} is empty")
    if state is None and not windows:
        raise UsageError(
            f"stream must have at least one window of {monitor.window} documents; got {documents.read}"
            f"{_skipped(documents)}: take more documents or a smaller --window"
        )


def _table(monitor, last, outside):
    """Return control limits, the last window, and how many windows were outside, as text."""
    table = monitor.limits()
    table["last"] = last.values
    table["outside"] = [outside[name] for name in table.index]
    return table.to_string(float_format=lambda value: f"{value:.4g}")
