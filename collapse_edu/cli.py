"""The command ``collapse-edu``: the loop without a notebook.

Each subcommand is one function that adds itself to the parser; see :data:`_COMMANDS`. What a user got wrong is a
:class:`UsageError`: one line on standard error, exit status 2. Anything else that raises is a bug, and shows itself.
Heavy parts are imported where they are used, so that ``--help`` answers at once.
"""

import argparse
import dataclasses
import sys
import tempfile
from functools import partial
from pathlib import Path

__all__ = ["UsageError", "main"]

_EXAMPLE = """\
example: which words of Moby-Dick die, and when?
  collapse-edu run --data moby-dick --regime replace --regime accumulate --out whale
"""

_RUN_HELP = """\
Train a model on real data, let it write the next training set, train on that, and so on;
say what happened, and keep it in a folder.

examples:
  collapse-edu run --data moby-dick --out whale
  collapse-edu run --data my_diary.txt --generations 20 --regime replace --regime preserve:0.1 --out diary
  collapse-edu run --data digits --model mixture --out digits

data:
  moby-dick, presidents   the words of a novel, of the early addresses of US presidents
  digits                  898 handwritten digits of 8 x 8 pixels, and 899 more as fresh real data
  FILE                    the words of your own text (UTF-8, at least 100 words; ./digits for a file named digits)

models:
  categorical             for words: remembers how often each word came (order plays no part)
  mixture                 for digits: 10 normal distributions (the default)
  gaussian                for digits: one normal distribution
  kde                     for digits: a kernel density, bandwidth 0.1

regimes: the next generation is trained on
  replace                 the last synthetic set alone (the default)
  accumulate              the real set and every synthetic set so far
  subsample               a random part, of the first set's size, of all that accumulated
  anchor                  the whole real set and the last synthetic set
  preserve:SHARE          the last synthetic set, a share of it replaced by the original real data
  mix:SHARE               synthetic rows, and a share of fresh real ones that no model has seen
For mix a text needs fresh real words: a random half of its words is then held back, and every regime of the
command learns from the other half. When the fresh ones would not last, the command says so before it starts.

the folder gets:
  history.csv             every number, for each generation and chain (History.load reads it)
  METRIC.png              one picture for each metric: the median of the chains, and the band that holds 90 %
  words.csv               for words: count in the real set, and lost_in, the last generation whose model knew the
                          word (with several chains, the median one); alive: the last model still knows it.
                          Where real or older data come in, a word that the last model misses may yet come back.
  samples.png             for digits: samples of the first chain, in the first, middle and last generation
Files that are there already stay as they are, unless you say --force. Ctrl-C keeps what was done.
"""


class UsageError(Exception):
    """Something that the user can put right; its message is one line."""


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, optional
        What follows the command's name; taken from the shell, if not given.

    Returns
    -------
    int
        Exit status: 0 done, 2 the user's mistake, 130 stopped from the keyboard.

    Examples
    --------
    >>> main(["check", "--help-me"])
    2
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console without Greek must not end a run
    try:
        args = _parser().parse_args(argv)
        return args.do(args)
    except UsageError as error:
        return _say(error, 2)
    except MemoryError:
        return _say("not enough memory for this: try a smaller --n-samples, fewer --generations or --chains", 2)
    except KeyboardInterrupt:
        return _say("stopped", 130)


def _say(message, status):
    line = " ".join(str(message).splitlines())
    print(f"collapse-edu: {line}", file=sys.stderr)
    return status


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def __init__(self, **kwargs):
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs)

    def error(self, message):
        raise UsageError(f"{message} (see {self.prog} --help)")


def _parser():
    parser = _Parser(
        prog="collapse-edu",
        description="Watch generative models train on what models made.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--version", action="store_true", help="say the version and end")
    parser.set_defaults(do=partial(_about, parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in _COMMANDS:
        add(commands)
    return parser


def _about(parser, args):
    if args.version:
        from collapse_edu import __version__

        print(f"collapse-edu {__version__}")
    else:
        parser.print_help()
    return 0


def _add_check(commands):
    parser = commands.add_parser("check", help="check that this machine has what the course needs")
    parser.add_argument("--optional", action="store_true", help="also look for what the course can do without")
    parser.set_defaults(do=_check)


def _check(args):
    from collapse_edu import environment

    return environment.main(["--optional"] if args.optional else [])


def _add_run(commands):
    parser = commands.add_parser("run", help="run the loop on real data, and keep what happens", epilog=_RUN_HELP)
    parser.add_argument("--data", required=True, metavar="NAME|FILE", help="moby-dick, presidents, digits, or a text")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument("--model", metavar="NAME", help="categorical (words); mixture, gaussian, kde (digits)")
    parser.add_argument(
        "--regime", action="append", metavar="NAME[:SHARE]", help="replace if not given; say it again to compare"
    )
    parser.add_argument("--generations", type=_at_least(1), default=10, metavar="N", help="of each chain (10)")
    parser.add_argument("--chains", type=_at_least(1), default=10, metavar="N", help="independent runs (10)")
    parser.add_argument("--n-samples", type=_at_least(1), metavar="N", help="rows a generation draws (as many as real)")
    parser.add_argument("--seed", type=_at_least(0), default=0, metavar="N", help="one seed, one result (0)")
    parser.add_argument("--force", action="store_true", help="replace results that are in DIR already")
    parser.set_defaults(do=_run)


def _at_least(low):
    """Return a function that reads an integer of at least ``low``."""

    def read(text):
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or value < low:
            raise argparse.ArgumentTypeError(f"must be an integer of at least {low}; got {text!r}")
        return value

    return read


def _add_grade(commands):
    from collapse_edu.quiz.marking import command

    command.add(commands, UsageError)


_COMMANDS = (_add_run, _add_check, _add_grade)


def _run(args):
    """Do the main job: run, tell, keep."""
    from collapse_edu import History, regimes

    rules = {regimes.name(rule): rule for rule in map(_regime, args.regime or ["replace"])}
    job = _job(args.data)
    model = _model(job, args.model, args.n_samples)
    source = job.source(any(isinstance(rule, regimes.mix) for rule in rules.values()), args.seed)
    for rule in rules.values():
        if isinstance(rule, regimes.mix | regimes.preserve):
            _check_share(rule, source, args)
    files = ["history.csv", job.file, *(f"{name}.png" for name in job.measures)]
    _prepare(args.out, files, args.force)

    print(f"{job.says}. Real set: {source.n:,}; held back as fresh: {len(source.reserve):,}.")
    print(f"{args.generations:,} generations x {args.chains:,} chains, seed {args.seed}, model {model}.\n")
    histories, stopped = _histories(job, model, source, rules, args)
    if not histories:
        return _say("stopped before the first generation was done; nothing is written", 130)
    history = History.together(*histories)
    try:
        _keep(history, job, args.out)
    except OSError as error:
        raise UsageError(f"cannot write to {args.out}: {error.strerror or error}") from None
    finally:  # whatever happens to the files, the numbers are told
        sentences = [history.describe(metric) for metric in history.metrics]
        print(_table(history), "", *sentences, *job.tell(history.regimes), sep="\n")
    print(f"\nWritten to {args.out}: {', '.join(files)}")
    return 130 if stopped else 0


def _regime(text):
    """Return the regime that is meant by ``name`` or ``name:share``."""
    from collapse_edu import regimes

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


def _job(name):
    """Return the job that fits the data of this name."""
    from collapse_edu import datasets

    texts = {"moby-dick": datasets.moby_dick, "presidents": datasets.state_of_the_union}
    try:
        if name == "digits":
            return _Digits(datasets.digits())
        return _Words(texts[name]() if name in texts else datasets.read_text(name))
    except FileNotFoundError:
        raise UsageError(f"no file {name!r}, and no data of that name; there is {', '.join(texts)}, digits") from None
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(error) from None


def _model(job, name, n_samples):
    """Return the model of this name, or the job's first."""
    name = name or next(iter(job.models))
    if name not in job.models:
        raise UsageError(f"model for {job.kind} must be {' or '.join(job.models)}; got {name!r}")
    model, fewest = job.models[name]
    if n_samples is not None and n_samples < fewest:
        raise UsageError(f"--n-samples must be at least {fewest} for the model {name}; got {n_samples}")
    return model


def _check_share(rule, source, args):
    """Refuse a share of real rows that are not there, before hours are spent on it."""
    from collapse_edu import regimes

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


def _histories(job, model, source, rules, args):
    """Run each regime in turn; return a history of each that was begun, and whether Ctrl-C ended it."""
    from collapse_edu import run

    histories = []
    for name, rule in rules.items():
        print(f"{name}:", file=sys.stderr)
        history = run(
            model,
            source,
            rule,
            generations=args.generations,
            chains=args.chains,
            n_samples=args.n_samples,
            metrics=_watched(job.measures, partial(job.look, name)),
            seed=args.seed,
            progress=True,
        )
        history.settings |= {"data": job.name, "n_reserve": len(source.reserve)}
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
    """Return the first, middle and last generation of each metric as text."""
    summary = history.summary()
    groups = summary.groupby(["regime", "metric"], sort=False)
    place, last = groups.cumcount(), groups["generation"].transform("size") - 1
    shown = summary[(place == 0) | (place == last // 2) | (place == last)]
    columns = {"low": "5 %", "median": "median", "high": "95 %"}
    table = shown[["regime", "metric", "generation", *columns]].rename(columns=columns)
    return table.to_string(index=False, float_format=_number)


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _keep(history, job, out):
    """Write everything, numbers before pictures."""
    from collapse_edu.plots import plot_history

    history.save(out / "history.csv")
    job.keep(out, history.regimes)
    for name in history.metrics:
        plot_history(history, name).savefig(out / f"{name}.png")


class _Words:
    """A text: which words die, and when."""

    kind, file = "words", "words.csv"

    def __init__(self, text):
        from collapse_edu import Categorical, measures

        self.name = text.name
        self.says = f"{text.name}: {len(text.tokens):,} words, {len(text.vocabulary):,} different"
        self.models = {"categorical": (Categorical(n_types=len(text.vocabulary)), 1)}
        self.measures = measures.usual(Categorical())
        self._text = self._real = text
        self._known = {}

    def source(self, fresh, seed):
        """Return the words as real data; a random half of them is held back where fresh ones are needed."""
        if not fresh:
            return self._text.source
        from numpy.random import default_rng

        from collapse_edu.source import FiniteData

        tokens = default_rng(seed).permutation(self._text.tokens)
        reserve, real = tokens[: len(tokens) // 2], tokens[len(tokens) // 2 :]
        self._real = dataclasses.replace(self._text, tokens=real)
        return FiniteData(real[:, None], reserve[:, None])

    def look(self, regime, generation):
        """Note which words the model of this generation knows."""
        chains = self._known.setdefault(regime, [])
        known = generation.model.counts_ > 0
        if generation.t == 1:
            chains.append(known.astype("int32"))
        chains[-1][known] = generation.t

    def keep(self, out, regimes):
        """Write the fate of each word of the real set."""
        # The mark at the start tells spreadsheets that it is UTF-8.
        self._fates(regimes).to_csv(out / self.file, index=False, na_rep="alive", encoding="utf-8-sig")

    def _fates(self, regimes):
        """Return a table with one row for each regime and word of the real set."""
        import numpy as np
        import pandas as pd

        parts = []
        for regime in regimes:
            known = np.array(self._known[regime])
            end = known.max()
            known = known[known.max(axis=1) == end]  # a chain that was stopped halfway is left out
            middle = np.sort(known, axis=0)[len(known) // 2]
            columns = {
                "regime": regime,
                "word": self._text.vocabulary,
                "count": self._real.counts,
                "lost_in": pd.array(middle, dtype="Int64"),
                "chains_lost": (known < end).sum(axis=0),
                "chains": len(known),
            }
            table = pd.DataFrame(columns)
            table["lost_in"] = table["lost_in"].mask(middle == end)
            parts.append(table[table["count"] > 0])
        return pd.concat(parts)

    def tell(self, regimes):
        """Yield what a reader wants to know first, regime by regime."""
        for regime, words in self._fates(regimes).groupby("regime", sort=False):
            end = max(known.max() for known in self._known[regime])
            chains = words["chains"].iloc[0]
            forgotten = words["chains_lost"].sum() / chains
            many = f" (mean of {chains:,} chains)" if chains > 1 else ""
            yield (
                f"Under {regime}, the model of generation {end} has forgotten "
                f"{forgotten:,.0f} of {len(words):,} words{many}."
            )
            gone = words.dropna(subset="lost_in")
            if len(gone):
                first = gone[gone["lost_in"] == gone["lost_in"].min()]
                some = first.iloc[:: -(-len(first) // 6)]
                yield f"  Among the first to go, after generation {first['lost_in'].min()}: {', '.join(some['word'])}."
                top = gone.loc[gone["count"].idxmax()]
                word, count, lost_in = top[["word", "count", "lost_in"]]
                yield f"  The commonest to go: {word} (count {count:,}), after generation {lost_in}."


class _Digits:
    """Images of digits: how they look, generation by generation."""

    kind, file = "digits", "samples.png"
    _SHOWN = 10

    def __init__(self, images):
        from sklearn.mixture import GaussianMixture
        from sklearn.neighbors import KernelDensity

        from collapse_edu import Gaussian, adapt, measures

        self.name = images.name
        self.says = f"{images.name}: {len(images.rows):,} images"
        self.models = {
            "mixture": (adapt(GaussianMixture(10)), 10),
            "gaussian": (Gaussian(), 2),
            "kde": (adapt(KernelDensity(bandwidth=0.1)), 2),
        }
        self.measures = {
            "sample_variance": measures.sample_variance,
            "frechet_distance": measures.frechet_distance,
        }
        self._images = images
        self._seen = {}

    def source(self, fresh, seed):
        """Return half of the images as real data; the other half is the reserve."""
        return self._images.source

    def look(self, regime, generation):
        """Keep some samples of the first chain."""
        self._seen.setdefault(regime, {}).setdefault(generation.t, generation.synthetic[: self._SHOWN].copy())

    def keep(self, out, regimes):
        """Draw samples of the first, middle and last generation."""
        import numpy as np

        from collapse_edu.plots import Picture

        strips = {"real": self._images.rows[: self._SHOWN]}
        for regime in regimes:
            seen = self._seen[regime]
            for t in sorted({1, (len(seen) + 1) // 2, len(seen)}):
                strips[f"{regime}, generation {t}"] = seen[t]
        picture = Picture(width=9, height=0.7 * len(strips))
        room = {"left": 0.24, "right": 0.99, "top": 0.99, "bottom": 0.01, "hspace": 0.1}
        axes = picture.subplots(len(strips), squeeze=False, gridspec_kw=room)[:, 0]
        for ax, (name, rows) in zip(axes, strips.items(), strict=True):
            # The range of the greys clips for display; nothing was clipped in the loop.
            ax.imshow(np.hstack(rows.reshape(-1, *self._images.shape)), cmap="gray_r", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
            ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=11)
        picture.savefig(out / self.file)

    def tell(self, regimes):
        """Yield nothing: the picture tells."""
        return ()
