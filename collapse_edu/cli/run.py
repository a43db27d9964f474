"""The subcommand ``collapse-edu run``: train, sample, train on the samples; tell, and keep what happened.

What can be chosen stands in tables: models in ``models.py``, data sets in :mod:`collapse_edu.datasets`, regimes in
:mod:`collapse_edu.loop.regimes`. The help is made of them when it is asked for.
"""

import argparse
import shlex
import sys
import tempfile
from functools import partial
from math import inf
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from collapse_edu.cli import Parser, UsageError, say
from collapse_edu.cli.kept import PROGRESS, Kept
from collapse_edu.cli.limits import Clock, check_memory, memory_needed
from collapse_edu.cli.models import MODELS, OPTIONS, Job, Kind, Model, of_kind
from collapse_edu.cli.numbers import above_zero, at_least
from collapse_edu.cli.report import REPORT
from collapse_edu.cli.stopping import stops

if TYPE_CHECKING:
    from collapse_edu.loop.composition import Composed

__all__ = ["add"]

_HELP = """\
Train a model on real data, let it write the next training set, train on that, and so on;
say what happened, and keep it in a folder.

examples:
  collapse-edu run --data moby-dick --out whale
  collapse-edu run --data my_diary.txt --model trigram --regime replace --regime preserve:0.1 --out diary
  collapse-edu run --data digits --regime replace --regime accumulate --out digits
  collapse-edu run --data mnist --model vae --chains 1 --out mnist

data:
{data}
  FILE                    your own text (./digits for a file named digits): UTF-8, at least 100 words;
                          for bigram and trigram 384 words and marks. Or documents: .jsonl and .json (key "text"),
                          .csv and .tsv (column "text"), .html, .epub, .docx, .pdf; each may be packed: .gz.
                          Where a script puts no spaces between words, each letter is a word
  FOLDER                  of such files, and of .txt and .md
  FOLDER, FILE.npz        your own images: at least 50 PNG or JPEG files of one size, up to 64 x 64 pixels;
                          or an array images, shape (n, height, width), and if you like labels, shape (n,)

models of texts (the first is the default):
{texts}

models of images (the first is the default):
{images}

options of models:
{options}

regimes: the next generation is trained on
{regimes}
Without --regime, it is replace. A row is a word, a passage or an image. Of passages, a tenth is held out to
score the models. Of images, half are the real set; coverage, recall and precision compare with the other half,
which no model sees. Noise alone raises recall: judge by coverage beside it. (They say little of pixels that
are black or white: vae gets the effective number of classes instead, if the images have labels.) For a regime
with fresh real rows, such rows are held back: half of the words, half of the other passages, a quarter of the
images (for vae, half); every regime of the command then learns from the same real set. When they would not
last, the command says so before it starts. Coverage, recall and precision depend on how many images there are:
compare only what has the same numbers of them.

the folder gets:
  history.csv             every number, for each generation and chain (History.load reads it)
  MEASURE.png             one picture for each measure: the median of the chains, and the band that contains 90 %
  words.csv               for texts: count in the real set, and lost_in, the last generation whose model knew the
                          word (with several chains, the median one); alive: the last model still knows it.
                          Where real or older data come in, a word that the last model misses may yet come back.
  passages.txt            for bigram and trigram: passages of the first chain, in the first, middle and last
                          generation; words unfit for a class are masked
  samples.png             for images: samples of the first chain, in the first, middle and last generation
  report.html             one page: what changed most, each picture with its sentence, settings, and the command
  progress.npz            each regime that is done: --resume goes on from there
Files that are there already stay as they are, unless you say --force. Ctrl-C and SIGTERM keep what was done; each
regime is written as soon as it is done, so kill -9 loses no more than the regime that was running.
"""


def _help() -> str:
    """Return the help, with a line for each data set, model, option and regime of the tables."""
    from collapse_edu import datasets
    from collapse_edu.cli.regimes import usage
    from collapse_edu.loop.regimes import REGISTER

    return _HELP.format(
        data=_rows({name: known.words for name, known in datasets.DATA_SETS.items()}),
        texts=_rows(_by_model(of_kind("words"))),
        images=_rows(_by_model(of_kind("images"))),
        options=_rows({_written(name): f"{option.about} ({_takers(name)})" for name, option in OPTIONS.items()}),
        regimes=_rows({usage(regime): regime.meaning for regime in REGISTER}),
    )


def _by_model(models: dict[str, Model]) -> dict[str, str]:
    """Return names → words; a model that has two names gets one row."""
    names: dict[Model, list[str]] = {}
    for name, model in models.items():
        names.setdefault(model, []).append(name)
    return {", ".join(several): model.about for model, several in names.items()}


def _rows(words: dict[str, str]) -> str:
    """Return one row for each name, its words in a column beside it."""
    lines = []
    for name, text in words.items():
        first, *more = wrap(text, 88)
        wide = len(name) > 23
        lines += [f"  {name}"] * wide + [f"  {'' if wide else name:<23} {first}"] + [f"{'':<26}{line}" for line in more]
    return "\n".join(lines)


def _written(option: str) -> str:
    return f"--{option.replace('_', '-')} {OPTIONS[option].letter}"


def _takers(option: str) -> str:
    return ", ".join(name for name, model in MODELS.items() if model.option == option)


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the subcommand to the parsers of ``collapse-edu``.

    Parameters
    ----------
    commands : object
        What ``add_subparsers`` of argparse returned.
    """
    parser = commands.add_parser("run", help="run the loop on real data, and keep what happens")
    parser.more = _help
    parser.add_argument("--data", required=True, metavar="NAME|PATH", help="moby-dick, digits, mnist ... or your own")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument("--model", metavar="NAME", help="the first one below, if not given")
    parser.add_argument(
        "--regime", action="append", metavar="NAME[:NUMBER]", help="replace if not given; say it again to compare"
    )
    many = at_least(1, 10**8)  # MOST_STEPS of checks, which would load NumPy before any help is shown
    parser.add_argument("--generations", type=many, default=10, metavar="N", help="of each chain (10)")
    parser.add_argument("--chains", type=many, default=10, metavar="N", help="independent runs (10)")
    parser.add_argument("--n-samples", type=many, metavar="N", help="rows a generation draws (as many as real)")
    for name, option in OPTIONS.items():
        flag, letter = _written(name).split()
        parser.add_argument(flag, type=option.read, metavar=letter, help=f"of {_takers(name)} (1)")
    able = " or ".join(name for name, model in MODELS.items() if model.continues)
    parser.add_argument("--warm", action="store_true", help=f"each model starts from its predecessor ({able})")
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="N", help="one seed, one result (0)")
    parser.add_argument(
        "--max-memory", type=above_zero(inf), metavar="GB", help="refuse what needs more (4/5 of what is free)"
    )
    parser.add_argument("--resume", action="store_true", help="go on where a run into DIR was stopped or killed")
    parser.add_argument("--force", action="store_true", help="replace results that are in DIR already")
    parser.set_defaults(do=_run)


def _run(args):
    """Do the main job: run, tell, keep."""
    from collapse_edu import History

    rules, job = _asked_for(args)
    files = ["history.csv", *job.files, *(f"{name}.png" for name in job.measures), REPORT, PROGRESS]
    _prepare(args.out, files, args.force or args.resume)
    kept = Kept(args.out, job, _settings(args))
    done = kept.resume() if args.resume else {}

    print(f"{job.says}. Real set: {job.source.n:,}; held back {job.held_back}.")
    print(f"{args.generations:,} generations x {args.chains:,} chains, seed {args.seed}, model {job.model}.")
    n_samples = args.n_samples or job.source.n
    needed = memory_needed(job, rules.values(), n_samples, args.generations)
    print(f"{check_memory(needed, args.max_memory)}\n")
    with stops() as stop:
        histories, complete = _histories(job, rules, args, kept, done, stop)
    if not histories:
        return say("stopped before the first generation was done; nothing is written", stop.status)
    _tell(History.together(*histories), job)
    print(f"\nWritten to {args.out}: {', '.join(name for name in files if (args.out / name).exists())}")
    return 0 if complete else stop.status


def _settings(args):
    """Return what the numbers depend on, but for data and regimes."""
    names = ("generations", "chains", "n_samples", "warm", "seed", *OPTIONS)
    return {"model": args.model or "usual"} | {name: getattr(args, name) for name in names}


def _asked_for(args):
    """Return the regimes by their labels and the job that fits, if there are rows enough for all generations."""
    from collapse_edu.cli.regimes import check_rows, read_regime

    rules = {rule.label: rule for rule in map(read_regime, args.regime or ["replace"])}
    job = _job(args, list(rules.values()))
    for rule in rules.values():
        check_rows(rule, job.source, args.n_samples or job.source.n, args.generations)
    return rules, job


def _tell(history, job):
    sentences = [history.describe(measure) for measure in history.measures]
    print(_table(history), "", *sentences, *job.tell(history.regimes), sep="\n")


def _job(args: argparse.Namespace, rules: "list[Composed]") -> Job:
    """Return the job that fits data, model and regimes."""
    from collapse_edu import datasets

    data = args.data
    try:
        model, settings = _model(_kind(data), args)
        weighted = [rule.label for rule in rules if rule.sketch.weight is not None]
        if weighted and not model.weighs:
            raise UsageError(f"{weighted[0]} weighs its rows, and this model takes no weights; choose another regime")
        return model.job(data, any(rule.sketch.fresh is not None for rule in rules), args.seed, **settings)
    except FileNotFoundError:
        raise UsageError(
            f"no file {data!r}, and no data of that name; there is {', '.join(datasets.DATA_SETS)}"
        ) from None
    except OSError as error:
        raise UsageError(f"cannot read {data}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(error) from None


def _kind(data: str) -> Kind:
    """Return what data are: by their name, or else images in a folder without documents, or in a file of arrays."""
    from collapse_edu import datasets

    if not data:
        raise UsageError(f"--data must be a file, a folder, or {', '.join(datasets.DATA_SETS)}; got ''")
    if data in datasets.DATA_SETS:
        return datasets.DATA_SETS[data].kind
    path = Path(data)
    if path.is_dir():
        from collapse_edu.datasets.documents import holds_documents

        return "words" if holds_documents(path) else "images"
    return "images" if path.suffix.lower() == ".npz" else "words"


def _model(kind: Kind, args: argparse.Namespace) -> tuple[Model, dict[str, float]]:
    """Return the model asked for, or the first one of its kind; and its settings."""
    models = of_kind(kind)
    name = args.model or next(iter(models))
    if name not in models:
        raise UsageError(f"model for {kind} must be {' or '.join(models)}; got {name!r}")
    model = models[name]
    if args.n_samples is not None and args.n_samples < model.fewest:
        raise UsageError(f"--n-samples must be at least {model.fewest} for the model {name}; got {args.n_samples}")
    if args.warm and not model.continues:
        raise UsageError(f"--warm: the model {name} cannot start from its predecessor")
    settings = {option: value for option in OPTIONS if (value := getattr(args, option)) is not None}
    for option in settings:
        if option != model.option:
            raise UsageError(f"the model {name} takes no {_written(option).split()[0]}")
    return model, settings


def _prepare(out, files, force):
    """Make the folder, and make sure that nothing in it gets lost."""
    try:
        if out.exists() and not out.is_dir():
            raise UsageError(f"--out must be a folder; {out} is a file")
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror or error}") from None
    there = [name for name in files if (out / name).exists()]
    if there and not force:
        raise UsageError(f"{out} holds results already ({', '.join(there)}): choose another folder, or add --force")


def _histories(job, rules, args, kept, done, stop):
    """Run each regime in turn, and keep it; return a history of each that was begun, and whether all are whole."""
    histories = [done[name] for name in rules if name in done]
    if histories:
        print(f"done before: {', '.join(history.regimes[0] for history in histories)}", file=sys.stderr)
    missing = [name for name in rules if name not in done]
    clock = Clock(args.generations * args.chains * len(missing))
    for name in missing:
        history = _history(job, name, rules[name], args, clock)
        begun = history.settings.get("stopped_after")
        if begun != 0:
            histories.append(history)
        try:
            with stop.held():
                _keep_regime(kept, name, histories, job, args, whole=begun is None)
        except KeyboardInterrupt:
            begun = args.generations
        if begun is not None:
            return histories, len(histories) == len(rules) and history.settings.get("stopped_after") is None
    return histories, True


def _keep_regime(kept, name, histories, job, args, whole):
    """Write what a later run needs to go on, and all files as they are now; numbers that cannot be written are told."""
    from collapse_edu import History

    if not histories:
        return
    try:
        if whole:
            kept.keep(name, histories[-1])
        _keep(History.together(*histories), job, args)
    except OSError as error:
        _tell(History.together(*histories), job)
        raise UsageError(f"cannot write to {args.out}: {error.strerror or error}") from None


def _history(job, name, rule, args, clock):
    from collapse_edu import run

    print(f"{name}:", file=sys.stderr)
    history = run(
        job.model,
        job.source,
        rule,
        generations=args.generations,
        chains=args.chains,
        n_samples=args.n_samples,
        warm=args.warm,
        measures=_watched(job.measures, partial(job.look, name), clock),
        seed=args.seed,
        progress=True,
    )
    history.settings |= {"data": job.name, "n_reserve": len(job.source.reserve)}
    return history


def _watched(measures, look, clock):
    """Return the measures; the first one lets ``look`` and the clock see each generation too."""
    name, measure = next(iter(measures.items()))

    def measure_and_look(generation, source):
        look(generation)
        value = measure(generation, source)
        clock.look()
        return value

    return measures | {name: measure_and_look}


def _table(history):
    """Return the first, middle and last generation of each measure as text."""
    summary = history.summary()
    groups = summary.groupby(["regime", "measure"], sort=False)
    place, last = groups.cumcount(), groups["generation"].transform("size") - 1
    shown = summary[(place == 0) | (place == last // 2) | (place == last)]
    columns = {"low": "5 %", "median": "median", "high": "95 %"}
    table = shown[["regime", "measure", "generation", *columns]].rename(columns=columns)
    return table.to_string(index=False, float_format=_number)


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _keep(history, job, args):
    """Write everything, numbers before pictures."""
    from collapse_edu.cli.report import write_report
    from collapse_edu.plots import plot_history

    history.save(args.out / "history.csv")
    job.keep(args.out, history.regimes)
    pictures = {name: plot_history(history, name) for name in history.measures}
    for name, picture in pictures.items():
        picture.savefig(args.out / f"{name}.png")
    write_report(args.out, history, pictures, job, code=_code(job, args))


def _code(job, args):
    """Return the command, as a shell takes it, without what decides only where the results go."""
    given = {"--data": args.data, "--model": args.model, "--n-samples": args.n_samples}
    given |= {_written(name).split()[0]: getattr(args, name) for name in OPTIONS}
    words = [word for flag, value in given.items() if value is not None for word in (flag, str(value))]
    regimes = [word for regime in args.regime or ["replace"] for word in ("--regime", regime)]
    numbers = [f"--{name}={getattr(args, name)}" for name in ("generations", "chains", "seed")]
    warm = ["--warm"] if args.warm else []
    return shlex.join(["collapse-edu", "run", *words, *regimes, *numbers, *warm, "--out", "again"])
