"""The subcommand ``collapse-edu monitor``: does a stream of documents still look like the real ones?"""

import argparse
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event, Lock, Thread

from collapse_edu.cli import Parser, UsageError, say
from collapse_edu.cli.numbers import above_zero, at_least
from collapse_edu.files import lock

__all__ = ["add"]

_HELP = """\
Compare a stream of documents, window by window, with real ones. Print each alert as it comes, and a table at the end.

examples:
  collapse-edu monitor --reference real.jsonl --stream new.jsonl
  collapse-edu monitor --reference real.jsonl --stream new.jsonl --state monitor.json
  tail -f new.jsonl | collapse-edu monitor --reference real.jsonl --stream -

documents:
  FILE      JSON lines: one object a line, with the document under the key "text"; other keys are ignored.
            Or .json (a list of such objects), .csv and .tsv (a column "text"). Each may be packed: .gz
  FOLDER    its files .txt, .md, .html, .epub, .docx and .pdf, one document each, in the order of their names; with
            --state, each name is read once
  -         JSON lines from standard input
Records that are broken are counted and skipped. Where a script puts no spaces between words, each letter is a word.

the table:
  low, high       control limits; an alert is a window with a statistic outside of them
  last            the last window
  outside         windows with this statistic outside of its limits

exit status:
  0 quiet    2 something to put right, in one line    3 an alert in the windows that this run read, one or more:
  a false one, too. At 1 %, a third of quiet runs of 50 windows end with 3: compare the alerts with those expected.

--false-alarms is the chance of an alert in one window in which nothing changed: the mean over references. One reference
may have a higher or a lower one; the range is printed. It holds under three conditions:
  enough    documents to compare with: 0.01 with windows of 10 needs 1,238
  fair      they are like those of the stream: same kind, same mix of subjects
  order     neighbours in the stream resemble each other no more than any two documents. If they do, mix the stream, or
            give a reference in its natural order, and --keep-order: it is then compared by runs of neighbours.
--state FILE remembers, over a restart, what is read of each file or folder, the open window and the alerts. Say the
same reference and settings again. Standard input comes only once: what came less than half a second before a kill is
lost.
"""
_SAVE = 0.5  # seconds between two states on the way, at least
_REST = 20  # times as long as the last state took to write
_AT_ONCE = 20


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
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
    parser.add_argument(
        "--keep-order", action="store_true", help="compare runs of neighbours: the reference is in its natural order"
    )
    parser.add_argument("--state", type=Path, metavar="FILE", help="what is remembered over a restart")
    parser.set_defaults(do=_watch)


def _watch(args):
    """Watch, tell, remember; keep other monitors out of the state."""
    if args.state is None:
        return _monitor(args)
    try:
        stream = open(f"{args.state}.lock", "ab")  # noqa: SIM115
    except OSError as error:
        raise UsageError(f"cannot write the state {args.state}: {error.strerror or error}") from None
    with stream:  # what another monitor writes there would be lost
        if not lock(stream):
            raise UsageError(f"--state {args.state} is in use by another monitor: give each a state of its own")
        return _monitor(args)


def _monitor(args):
    from collapse_edu.production import Monitor

    for option in ("reference", "stream"):
        if not getattr(args, option):
            raise UsageError(f"--{option} must be a file or a folder; got ''")
    if args.reference == "-":
        raise UsageError("--reference must be a file or a folder; only --stream can be standard input")
    real = list(_read("reference", args.reference))
    _warn(real)
    try:
        monitor = Monitor(
            real, window=args.window, false_alarms=args.false_alarms, words=args.words, seed=args.seed,
            keep_order=args.keep_order,
        )  # fmt: skip
    except ValueError as error:
        raise UsageError(error) from None
    low, high = monitor.rate_range()
    print(
        f"reference: {len(real):,} documents: {monitor.n_memory:,} for words and the scorer, {monitor.n_scale:,} for "
        f"the scale, {monitor.n_calibration:,} windows of {monitor.window} to compare with"
    )
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
    read = f"{documents.read:,} documents, {windows:,} windows"
    print(f"stream: {read}{waiting}{_skipped(documents)}{_unfinished(documents)}{_restarted(documents)}")
    if windows:
        print(f"\n{_table(monitor, last, outside)}\n")
        expected = windows * monitor.rate
        print(f"{alerts:,} alerts in {windows:,} windows; {expected:.2g} expected if nothing changed")
    if state:
        print(f"state: {state.path}, {monitor.n_windows:,} windows and {monitor.n_alerts:,} alerts so far")
    return 3 if alerts else 0


def _warn(documents):
    """Say in one line if the words are not what a reader would call words."""
    from collapse_edu.datasets import caution

    if unusual := caution(Counter(chain.from_iterable(documents))):
        say(f"reference: {unusual}", 0)


def _read(name, path):
    """Yield the documents of the reference; say in one line if there are none."""
    from collapse_edu.datasets.markup import TAGGED
    from collapse_edu.production import Documents

    documents = Documents(path)
    yield from _texts(documents, name)
    if not documents.read:
        raise UsageError(_nothing(name, documents))
    if 2 * documents.tagged > documents.read:
        say(f"{name}: in most documents, {TAGGED}", 0)


def _nothing(name, documents):
    """Return in words why no document was read."""
    what = "no complete document" if documents.unfinished and not documents.skipped else "no documents"
    return f"{name} {documents.path} holds {what}{_skipped(documents)}"


def _restarted(documents):
    return "; not the file that was read before, so read from its start" if documents.restarted else ""


def _unfinished(documents):
    return "; the last record has no end yet, and is left for the next time" if documents.unfinished else ""


def _skipped(documents):
    from collapse_edu.datasets.documents import told

    return told(documents.skipped)


def _state(path, monitor):
    from collapse_edu.production.monitoring.state import State

    if path is None:
        return None
    try:
        return State(path, monitor)
    except ValueError as error:
        raise UsageError(error) from None
    except OSError as error:
        raise UsageError(f"cannot use the state {path}: {error.strerror or error}") from None


def _open(args, state):
    from collapse_edu.production import Documents

    try:
        return state.open(args.stream) if state else Documents(args.stream)
    except OSError as error:
        raise UsageError(f"cannot read the stream {args.stream}: {error.strerror or error}") from None


def _watched(monitor, documents, state):
    """Yield each reading; write the state now and then, and at the end, however it comes."""
    waits = documents.path == "-"  # a file is all there: no window is waited for
    texts, save, due = _texts(documents), partial(_save, state, documents), time.monotonic() + _SAVE
    with ExitStack() as end:
        if state:
            end.callback(save)
            texts = end.enter_context(_saved_while_waiting(texts, save)) if waits else texts
        for reading in monitor.watch(texts, 1 if waits else _AT_ONCE):
            yield reading
            began = time.monotonic()
            if state and not waits and began > due:
                save()
                now = time.monotonic()
                due = now + max(_SAVE, _REST * (now - began))


@contextmanager
def _saved_while_waiting(texts, save):
    """Hand documents on; a timer saves what changed, also while the next is waited for, never while one is read."""
    busy, changed, over, failed = Lock(), Event(), Event(), []

    def keep():
        while not over.wait(_SAVE):
            with busy:
                try:
                    if changed.is_set():
                        save()
                        changed.clear()
                except UsageError as error:
                    failed.append(error)
                    return

    def handed_on():
        while True:
            busy.release()
            try:
                text = next(texts, None)
            finally:
                busy.acquire()
            if failed:
                raise failed[0]
            if text is None:
                return
            changed.set()
            yield text

    timer = Thread(target=keep, daemon=True)
    busy.acquire()
    timer.start()
    try:
        yield handed_on()
    finally:
        busy.release()
        over.set()
        timer.join()


def _texts(documents, name="stream"):
    """Yield documents; say in one line if they cannot be read."""
    from collapse_edu.datasets.documents import UnreadableError

    try:
        yield from documents
    except OSError as error:
        raise UsageError(f"cannot read the {name} {documents.path}: {error.strerror or error}") from None
    except UnreadableError as error:
        raise UsageError(f"{name} {documents.path} {error}") from None


def _save(state, documents):
    try:
        state.save(documents)
    except OSError as error:
        raise UsageError(f"cannot write the state {state.path}: {error.strerror or error}") from None


def _check_enough(documents, monitor, windows, state):
    """Refuse a stream of which nothing can be said. With a state, it may grow."""
    if not documents.read and (documents.n_records or (documents.unfinished and state is None)):
        raise UsageError(_nothing("stream", documents))
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
