"""The subcommand ``collapse-edu monitor``: does a stream of documents still look like the real ones?"""

import argparse
import json
from functools import partial
from pathlib import Path

from collapse_edu.cli import Parser, UsageError, say
from collapse_edu.cli.monitoring import reading, telling, watching
from collapse_edu.cli.monitoring.costs import costs_of
from collapse_edu.cli.monitoring.summary import Summary
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
  FILE      JSON lines: one object a line, with the document under the key "text" (--text-field).
            Or .json (a list of such objects), .csv, .tsv, .parquet (a column "text"). Each may be packed: .gz
  FOLDER    its files .txt, .md, .html, .epub, .docx and .pdf, one document each, in the order of their names; with
            --state, each name is read once
  -         JSON lines from standard input
Records that are broken or empty are counted, and are documents unlike any real one. Where a script puts no spaces
between words, each letter is a word.

power, said at the start:
  "found" is an alarm in 19 of 20 simulated streams that hold such text from their first document on. They are looked at
  for 3,000 documents, or half as many as pass between two false alarms. The writers learn from half of the documents to
  compare with: a trigram model; one text with every fifth word changed; three texts, repeated. Not with --group-by.

the table:
  low, high       control limits; an alert is a window with a statistic outside of them
  last            the last window
  outside         windows with this statistic outside of its limits

exit status:
  0 quiet    2 something to put right, in one line    3 the whole stream speaks for a change: this run read windows, and
  p is at most --fail-at, by default the rate of false alarms. p is the chance that a quiet stream, however long, ever
  shows as much evidence. A single alert is printed, and does not decide.

--false-alarms is the rate of two alerts. One is of single windows: the chance in a window in which nothing changed, the
mean over references; one reference may have a higher or a lower one, and the range is printed. The other is of all
windows together, whose evidence adds up document by document: --per says what the rate is for. Three conditions:
  enough    documents to compare with: 0.01 with windows of 10 needs 1,238
  fair      they are like those of the stream: same kind, same mix of subjects
  order     neighbours in the stream resemble each other no more than any two documents. If they do, mix the stream, or
            give a reference in its natural order, and --keep-order: it is then compared by runs of neighbours.
--state FILE remembers, over a restart, what is read of each file or folder, the open window and the alerts. Say the
same reference and settings again. Standard input comes only once: what came less than half a second before a kill is
lost.
"""
_PER = {
    "window": "a window",
    "thousand": "a thousand documents",
    "ever": "in the whole stream, however long",
}


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
    parser.add_argument("--refresh", action="store_true", help="the reference is a new one: keep the rest of the state")
    parser.add_argument(
        "--per", choices=("window", "thousand", "ever"), default="window",
        help="what that rate is for: a window, a thousand documents, or the whole stream, however long (window)",
    )  # fmt: skip
    parser.add_argument("--text-field", default="text", metavar="NAME", help="key or column of the document (text)")
    parser.add_argument("--group-by", metavar="NAME", help="key or column of a group: a monitor for each")
    parser.add_argument("--no-power", action="store_true", help="do not say at the start what would be found, and when")
    told = parser.add_argument_group("who is told")
    told.add_argument("--json", action="store_true", help="print a line of JSON for each window, and a summary")
    told.add_argument("--html", type=Path, metavar="FILE", help="a page with charts, written anew as the stream goes")
    told.add_argument("--prometheus", type=Path, metavar="FILE", help="metrics for the textfile collector")
    told.add_argument("--on-alert", metavar="COMMAND", help="run it where alerts begin, with JSON on its input")
    told.add_argument("--fail-at", type=above_zero(1.0), metavar="P", help="end with 3 if p is at most P (the rate)")
    costs = parser.add_argument_group("costs, beside the documents")
    costs.add_argument("--costs", type=Path, metavar="FILE", help="a table: date, feature, users, requests, cost")
    costs.add_argument("--costs-quiet", type=Path, metavar="FILE", help="the same of at least 20 quiet days")
    costs.add_argument("--plan", type=Path, metavar="FILE", help="what was planned: a sheet of collapse-edu plan")
    parser.set_defaults(do=_watch)


def _watch(args):
    """Watch, tell, remember; keep other monitors out of the state."""
    reading.check_names(args)
    if args.state is None:
        return _monitor(args)
    if args.group_by:
        raise UsageError("--group-by and --state do not go together: give each group a stream and a state of its own")
    if args.state.is_dir():
        raise UsageError(f"cannot use the state {args.state}: it is a folder")
    try:
        stream = open(f"{args.state}.lock", "ab")  # noqa: SIM115
    except OSError as error:
        raise UsageError(f"cannot write the state {args.state}: {error.strerror or error}") from None
    with stream:  # what another monitor writes there would be lost
        if not lock(stream):
            raise UsageError(f"--state {args.state} is in use by another monitor: give each a state of its own")
        return _monitor(args)


def _monitor(args):
    command = telling.CommandCalled(args.on_alert) if args.on_alert is not None else None
    monitors = _monitors(args)
    state = _state(args, monitors[""]) if args.state else None
    groups = {name: watching.Group(name, monitor) for name, monitor in monitors.items()}
    costs = costs_of(args)
    said = [*_said(args, groups), *(costs.said if costs else [])]
    if not args.json:
        print("\n".join(said), flush=True)
    if costs:
        costs.write(running=True)
    documents = reading.stream(args, state)
    found = reading.records(documents)
    found = found if state else reading.check_stream(found, documents, args.window)
    listeners = _listeners(args, groups, said, command, costs)
    others = watching.watch(groups, found, documents, listeners, partial(_save, state, documents))
    _check_enough(documents, groups, state, args.window)
    summary = Summary.of(groups, documents, others, args, costs)
    if args.json:
        print(json.dumps({"summary": summary.as_json() | {"said": said}}))
    else:
        print("\n".join(summary.lines(state)))
    return summary.status


def _monitors(args):
    """Return a monitor of each group; say which groups have too few documents."""
    monitors = {}
    for name, documents in reading.reference_groups(args).items():
        try:
            monitors[name] = _monitor_of(documents, args)
        except ValueError as error:
            if args.group_by is None:
                raise UsageError(error) from None
            say(f"group {name!r} is not watched: {error}", 0)
    if not monitors:
        raise UsageError(f"no group of the reference has enough documents: leave --group-by {args.group_by} out")
    return monitors


def _monitor_of(documents, args):
    from collapse_edu.production import Monitor

    return Monitor(
        documents, window=args.window, false_alarms=args.false_alarms, words=args.words, seed=args.seed,
        keep_order=args.keep_order, accumulate=True, per=args.per,
    )  # fmt: skip


def _said(args, groups):
    """Yield what a reader should know before the stream begins: of the reference, the rate, the power."""
    for name, group in groups.items():
        of, monitor = f" of {name}" if name else "", group.monitor
        n = monitor.n_memory + monitor.n_scale + monitor.n_calibration * monitor.window
        low, high = monitor.rate_range()
        yield (
            f"reference{of}: {n:,} documents: {monitor.n_memory:,} for words and the scorer, {monitor.n_scale:,} for "
            f"the scale, {monitor.n_calibration:,} windows of {monitor.window} to compare with"
        )
        yield (
            f"false alarms{of}, single windows: {monitor.rate:.3g} of quiet ones; 95 % of such references: {low:.2g} "
            f"to {high:.2g}"
        )
        yield f"false alarms{of}, windows together: {args.false_alarms:g} {_PER[args.per]}"
        near = monitor.held_out.neighbours
        if not near.hold:
            yield f"order{of}: in the reference, {near}, if they do in the stream, too: {monitor.against_neighbours}"
    if not (args.no_power or args.group_by):
        yield from _power(groups[""].monitor)


def _power(monitor):
    """Yield a sentence for each writer: how soon its text is found."""
    from itertools import groupby

    from collapse_edu.production.monitoring.power import power, sentence

    for _, found in groupby(power(monitor), key=lambda each: each.writer):
        yield f"power: with this reference, {sentence(list(found))}"


def _listeners(args, groups, said, command, costs):
    """Return all who are told of what is seen; costs are looked at before the page is written."""
    listeners = [telling.JsonLines() if args.json else telling.Printed(), *([costs] if costs else [])]
    if args.prometheus:
        listeners.append(telling.Metrics(args.prometheus, groups))
    if args.html:
        listeners.append(telling.PageWritten(args.html, groups, _settings(args), said, costs))
    return [*listeners, command] if command else listeners


def _settings(args):
    names = (
        "stream", "reference", "window", "false_alarms", "per", "words", "seed", "keep_order", "group_by", "state",
    )  # fmt: skip
    told = {name.replace("_", " "): getattr(args, name) for name in names}
    return {name: "yes" if value is True else str(value) for name, value in told.items() if value not in (None, False)}


def _state(args, monitor):
    from collapse_edu.production.monitoring.state import State

    try:
        return State(args.state, monitor, refresh=args.refresh)
    except ValueError as error:
        raise UsageError(error) from None
    except OSError as error:
        raise UsageError(f"cannot use the state {args.state}: {error.strerror or error}") from None


def _save(state, documents):
    if state is None:
        return
    try:
        state.save(documents)
    except OSError as error:
        raise UsageError(f"cannot write the state {state.path}: {error.strerror or error}") from None


def _check_enough(documents, groups, state, window):
    """Refuse a stream of which nothing can be said. With a state, it may grow."""
    if not documents.read and (documents.n_records or (documents.unfinished and state is None)):
        raise UsageError(reading.nothing("stream", documents))
    if state is None and not documents.read:
        raise UsageError(f"stream {documents.path} is empty")
    if state is None and not any(group.windows for group in groups.values()):
        raise UsageError(
            f"stream must have at least one window of {window} documents; got {documents.read}"
            f"{reading.held(documents)}: take more documents or a smaller --window"
        )
