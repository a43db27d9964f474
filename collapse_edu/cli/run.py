"""The subcommand ``collapse-edu run``: train, sample, train on the samples; tell, and keep what happened.

What fits the data is a *job*: see ``texts.py`` and ``images.py``. They are imported when used, so that ``--help``
answers at once.
"""

import sys
import tempfile
from functools import partial
from math import inf
from pathlib import Path

from collapse_edu.cli import UsageError, say
from collapse_edu.cli.numbers import above_zero, at_least

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
  moby-dick, presidents   a novel; the early addresses of US presidents
  digits                  1,797 handwritten digits of 8 x 8 pixels
  mnist                   10,000 handwritten digits of 28 x 28 pixels (takes seconds for each generation)
  FILE                    your own text (./digits for a file named digits): UTF-8, at least 100 words;
                          for bigram and trigram 384 words and marks
  FOLDER, FILE.npz        your own images: at least 50 PNG or JPEG files of one size, up to 64 x 64 pixels;
                          or an array images, shape (n, height, width), and if you like labels, shape (n,)

models of texts:
  categorical             remembers how often each word came; order plays no part (the default)
  bigram, trigram         remember what followed each word, each pair of words; they write passages of 64 words
                          and marks. --temperature T below 1 makes frequent continuations more frequent.

models of images:
  mixture                 10 normal laws on 16 principal components, noise on the rest (the default)
  gaussian (or pca)       one normal law on 16 principal components, noise on the rest
  vae                     a variational autoencoder; its pixels are drawn, black or white
  kde                     a kernel density, bandwidth 0.1
  --sampling-bias L below 1 narrows what gaussian and mixture draw: cleaner images, less variety.

regimes: the next generation is trained on
  replace                 the last synthetic set alone (the default)
  accumulate              the real set and every synthetic set so far
  subsample               a random part, of the first set's size, of all that accumulated
  anchor                  the whole real set and the last synthetic set
  preserve:SHARE          the last synthetic set, a share of it replaced by the original real data
  mix:SHARE               synthetic rows, and a share of fresh real ones that no model has seen
A row is a word, a passage or an image. Of passages, a tenth is held out to score the models. Of images, half are
the real set; recall and precision compare with the other half, which no model sees. (They say little of pixels
that are black or white: vae gets the effective number of classes instead, if the images have labels.)
For mix, fresh real rows are held back: half of the words, half of the other passages, a quarter of the images
(for vae, half); every regime of the command then learns from the same real set. When they would not last, the
command says so before it starts.
Recall and precision depend on how many images there are: compare only what has the same numbers of them.

the folder gets:
  history.csv             every number, for each generation and chain (History.load reads it)
  MEASURE.png             one picture for each measure: the median of the chains, and the band that holds 90 %
  words.csv               for texts: count in the real set, and lost_in, the last generation whose model knew the
                          word (with several chains, the median one); alive: the last model still knows it.
                          Where real or older data come in, a word that the last model misses may yet come back.
  passages.txt            for bigram and trigram: passages of the first chain, in the first, middle and last
                          generation; words unfit for a class are masked
  samples.png             for images: samples of the first chain, in the first, middle and last generation
Files that are there already stay as they are, unless you say --force. Ctrl-C keeps what was done.
"""


def add(commands):
    """Add the subcommand to the parsers of ``collapse-edu``.

    Parameters
    ----------
    commands : object
        What ``add_subparsers`` of argparse returned.
    """
    parser = commands.add_parser("run", help="run the loop on real data, and keep what happens", epilog=_HELP)
    parser.add_argument("--data", required=True, metavar="NAME|PATH", help="moby-dick, digits, mnist ... or your own")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument("--model", metavar="NAME", help="categorical (texts) or mixture (images) if not given")
    parser.add_argument(
        "--regime", action="append", metavar="NAME[:SHARE]", help="replace if not given; say it again to compare"
    )
    parser.add_argument("--generations", type=at_least(1), default=10, metavar="N", help="of each chain (10)")
    parser.add_argument("--chains", type=at_least(1), default=10, metavar="N", help="independent runs (10)")
    parser.add_argument("--n-samples", type=at_least(1), metavar="N", help="rows a generation draws (as many as real)")
    parser.add_argument("--temperature", type=above_zero(inf), metavar="T", help="of bigram and trigram (1)")
    parser.add_argument("--sampling-bias", type=above_zero(1), metavar="L", help="of gaussian and mixture (1)")
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="N", help="one seed, one result (0)")
    parser.add_argument("--force", action="store_true", help="replace results that are in DIR already")
    parser.set_defaults(do=_run)


def _run(args):
    """Do the main job: run, tell, keep."""
    from collapse_edu import History
    from collapse_edu.loop import regimes

    rules = {regimes.name(rule): rule for rule in map(_regime, args.regime or ["replace"])}
    job = _job(args, fresh=any(isinstance(rule, regimes.mix) for rule in rules.values()))
    for rule in rules.values():
        if isinstance(rule, regimes.mix | regimes.preserve):
            _check_share(rule, job.source, args)
    files = ["history.csv", *job.files, *(f"{name}.png" for name in job.measures)]
    _prepare(args.out, files, args.force)

    print(f"{job.says}. Real set: {job.source.n:,}; held back {job.held_back}.")
    print(f"{args.generations:,} generations x {args.chains:,} chains, seed {args.seed}, model {job.model}.\n")
    histories, stopped = _histories(job, rules, args)
    if not histories:
        return say("stopped before the first generation was done; nothing is written", 130)
    history = History.together(*histories)
    try:
        _keep(history, job, args.out)
    except OSError as error:
        raise UsageError(f"cannot write to {args.out}: {error.strerror or error}") from None
    finally:  # whatever happens to the files, the numbers are told
        sentences = [history.describe(measure) for measure in history.measures]
        print(_table(history), "", *sentences, *job.tell(history.regimes), sep="\n")
    print(f"\nWritten to {args.out}: {', '.join(files)}")
    return 130 if stopped else 0


def _regime(text):
    """Return the regime that is meant by ``name`` or ``name:share``."""
    from collapse_edu.loop import regimes

    name, colon, share = text.partition(":")
    if name in ("preserve", "mix"):
        try:
            return getattr(regimes, name)(float(share))
        except ValueError:
            raise UsageError(
                f"regime {name} needs a share from 0 to 1 after a colon, such as {name}:0.1; got {text!r}"
            ) from None
    if name not in ("replace", "accumulate", "subsample", "anchor"):
        raise UsageError(
            f"regime must be replace, accumulate, subsample, anchor, preserve:SHARE or mix:SHARE; got {text!r}"
        )
    if colon:
        raise UsageError(f"regime {name} takes nothing after its name; got {text!r}")
    return getattr(regimes, name)


def _job(args, fresh):
    """Return the job that fits data and model."""
    from collapse_edu.cli import images, texts

    name = args.data
    try:
        make, settings = _model(images if _shows_images(name, images.DATA, texts.DATA) else texts, args)
        return make(name, fresh, args.seed, **settings)
    except FileNotFoundError:
        names = ", ".join((*texts.DATA, *images.DATA))
        raise UsageError(f"no file {name!r}, and no data of that name; there is {names}") from None
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(error) from None


def _shows_images(name, images, texts):
    """Return whether data are images: by their name, or else as a folder or a file of arrays."""
    path = Path(name)
    return name in images or (name not in texts and (path.suffix.lower() == ".npz" or path.is_dir()))


def _model(kind, args):
    """Return what makes the job of the model asked for, or of the first one of its kind; and the model's settings."""
    name = args.model or next(iter(kind.MODELS))
    if name not in kind.MODELS:
        raise UsageError(f"model for {kind.KIND} must be {' or '.join(kind.MODELS)}; got {name!r}")
    make, fewest, takes = kind.MODELS[name]
    if args.n_samples is not None and args.n_samples < fewest:
        raise UsageError(f"--n-samples must be at least {fewest} for the model {name}; got {args.n_samples}")
    settings = {key: getattr(args, key) for key in ("temperature", "sampling_bias") if getattr(args, key) is not None}
    for key in settings:
        if key != takes:
            raise UsageError(f"the model {name} takes no --{key.replace('_', '-')}")
    return make, settings


def _check_share(rule, source, args):
    """Refuse a share of real rows that are not there, before hours are spent on it."""
    from collapse_edu.loop import regimes

    n = args.n_samples or source.n
    try:
        each = regimes.real_rows(rule.share, n)
    except ValueError as error:
        raise UsageError(error) from None
    if isinstance(rule, regimes.preserve) and each > source.n:
        raise UsageError(
            f"{regimes.name(rule)} needs {each:,} real rows in each generation, and the real set has {source.n:,}; "
            "try a smaller share or a smaller --n-samples"
        )
    needed, there = each * (args.generations - 1), len(source.reserve)
    if isinstance(rule, regimes.mix) and needed > there:
        raise UsageError(
            f"no fresh human data left: {regimes.name(rule)} needs {each:,} fresh rows in each generation after the "
            f"first, {needed:,} in all, and {there:,} are held back; "
            f"try --generations {there // each + 1}, a smaller share or a smaller --n-samples"
        )


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


def _histories(job, rules, args):
    """Run each regime in turn; return a history of each that was begun, and whether Ctrl-C ended it."""
    from collapse_edu import run

    histories = []
    for name, rule in rules.items():
        print(f"{name}:", file=sys.stderr)
        history = run(
            job.model,
            job.source,
            rule,
            generations=args.generations,
            chains=args.chains,
            n_samples=args.n_samples,
            measures=_watched(job.measures, partial(job.look, name)),
            seed=args.seed,
            progress=True,
        )
        history.settings |= {"data": job.name, "n_reserve": len(job.source.reserve)}
        done = history.settings.get("stopped_after")
        if done != 0:
            histories.append(history)
        if done is not None:
            return histories, True
    return histories, False


def _watched(measures, look):
    """Return the measures; the first one lets ``look`` see each generation too."""
    name, measure = next(iter(measures.items()))

    def measure_and_look(generation, source):
        look(generation)
        return measure(generation, source)

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


def _keep(history, job, out):
    """Write everything, numbers before pictures."""
    from collapse_edu.plots import plot_history

    history.save(out / "history.csv")
    job.keep(out, history.regimes)
    for name in history.measures:
        plot_history(history, name).savefig(out / f"{name}.png")
