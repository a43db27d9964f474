"""M2, Gaussian collapse: predictions and questions."""

from functools import cache
from math import inf, log

from collapse_edu.course.quiz.question import (
    Function,
    Headline,
    Misreading,
    MultipleChoice,
    Numeric,
    Option,
    Ordering,
    SingleChoice,
)

__all__ = ["EXERCISES", "PREDICTIONS", "QUESTIONS"]

PREDICTIONS = {
    "M2.p1": {
        "film": True,
        "prompt": (
            "A model learns mean and variance from 30 numbers with variance 1, and draws 30 new ones. The next model "
            "learns from those, and so on. Forty people each run one such chain for 60 generations. Where do the "
            "forty variances end?"
        ),
        "outcomes": [
            Option(
                "nearly all close to 1, between 0.7 and 1.4",
                "Each fit is unbiased, but the errors add up. Look how few of the forty end in this range.",
                value=1.0,
            ),
            Option(
                "all below 0.7",
                "Most do. But some chains rise, and one falling chain does not prove a law.",
                value=0.1,
            ),
            Option(
                "most below 0.7, but some above 1.4",
                "Yes. A student with a rising chain would draw the opposite lesson from a single run.",
                right=True,
            ),
        ],
        "causes": [
            Option(
                "each fit is right on average, so errors cancel", "Errors of one fit are passed on. They do not cancel."
            ),
            Option(
                "each generation multiplies the variance by a random factor",
                "Yes. After 60 generations the variance is a product of 60 random factors.",
                right=True,
            ),
            Option(
                "each model is worse than the last because it is too simple",
                "The model is exactly right here: the real law is normal. Only the sample is finite.",
            ),
        ],
    },
    "M2.p2": {
        "film": True,
        "prompt": (
            "Averaged over all possible chains, the fitted variance stays exactly 1 for ever, because each fit is "
            "unbiased. Now look at the median: half of the chains lie above it, half below. Where is the median "
            "variance after 100 generations, with 100 samples in each?"
        ),
        "outcomes": [
            Option(
                "near 0.35",
                "Yes. The typical chain has lost two thirds of its variance, although the mean of all chains stays 1.",
                right=True,
                value=0.35,
            ),
            Option(
                "near 1",
                "There the mean is. In a skewed law, mean and median usually differ, and this law gets very skewed.",
                value=1.0,
            ),
            Option("near 2.5", "A few chains grow, and they hold the mean up. The typical chain falls.", value=2.5),
        ],
        "ordered": True,
        "causes": [
            Option(
                "a variance that is halved must double to get back",
                "Yes. On the scale of factors each generation loses a little: the mean of the log factor is below 0.",
                right=True,
            ),
            Option("an unbiased fit keeps the typical chain in place", "It keeps the mean in place, and nothing else."),
            Option(
                "the variance estimate is too small on average",
                "With ddof = 1 it is right on average, in each generation.",
            ),
        ],
        "draw": {
            "x": {"label": "generation", "range": [0, 100]},
            "y": {"label": "median of the fitted variance", "range": [1e-4, 30], "log": True},
            "start": [0, 1],
        },
    },
    "M2.p4": {
        "film": True,
        "prompt": (
            "Theory says that the mean variance is 1 in every generation. Take n = 10, and the mean of 1,000 chains. "
            "Do this again and again. Where does this mean usually lie in generation 100?"
        ),
        "outcomes": [
            Option(
                "well below 1",
                "Yes. It usually lies near 0.1. Now and then it lies far above 1.",
                right=True,
                value=0.1,
            ),
            Option("about at 1", "With all possible chains it would. A thousand are few here.", value=1.0),
            Option(
                "well above 1",
                "It sometimes does: when one of the rare chains with a huge variance turns up.",
                value=10.0,
            ),
        ],
        "causes": [
            Option(
                "theory holds for large n, and 10 samples are too few",
                "This formula is exact for any n. Theory is not wrong.",
            ),
            Option(
                "the simulation rounds small variances down to 0",
                "It does not: with more chains the mean comes closer to 1. The simulation is not wrong.",
            ),
            Option(
                "most of the mean sits in chains too rare to be drawn",
                "Yes. Neither theory nor simulation is wrong: 1,000 chains usually hold none of these few.",
                right=True,
            ),
        ],
        "ordered": True,
    },
    "M2.p3": {
        "film": True,
        "prompt": (
            "Now each model trains on the 30 real numbers and on every synthetic set so far (regime accumulate). "
            "Where is the median variance after 60 generations?"
        ),
        "outcomes": [
            Option(
                "near 0.1",
                "So it is under replace. The real numbers stay in the training set. They hold it.",
                value=0.1,
            ),
            Option("near 0.5", "It would get there if the loss went on, only more slowly. But it stops.", value=0.5),
            Option(
                "near 0.9",
                "Yes. A little is lost in the first generations, then the loss stops.",
                right=True,
                value=0.9,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "a new synthetic set is a smaller and smaller part of the whole",
                "Yes. Generation t moves the pool by about 1/t, so the squared steps have a finite sum.",
                right=True,
            ),
            Option(
                "the share of real data tends to 0, so it cannot help",
                "The share does tend to 0. The loss is bounded anyway.",
            ),
            Option(
                "more data always mean a better model",
                "Thirty more fresh numbers would be better than thirty synthetic ones.",
            ),
        ],
        "draw": {
            "x": {"label": "generation", "range": [0, 60]},
            "y": {"label": "median of the fitted variance", "range": [1e-4, 30], "log": True},
            "start": [0, 1],
        },
    },
}

_NOTEBOOK = "M2_gaussian_collapse.ipynb#"
_ONE = _NOTEBOOK + "Idea-1:-What-does-one-chain-show?"
_TWO = _NOTEBOOK + "Idea-2:-Mean-or-median?"
_THREE = _NOTEBOOK + "Idea-3:-What-if-the-real-data-stay?"
_LOOP = _NOTEBOOK + "The-loop"

_RUN = "run a recursive chain, and an ensemble of chains"
_PREDICT = "predict the mean and the median of an ensemble, and say why they differ"
_ESTIMATE = "estimate from the sample size how long the variance lives"
_SHOW = "show on a run what keeping the real data changes"


# ---------------------------------------------------------------- M2.02: a chain, and typical wrong ones


def _chain(real, noise, ddof=1, power=0.5, always_first=False):
    """Return the fitted variance of each generation; the keyword arguments make the typical mistakes."""
    variances = [_variance(real, ddof)]
    for z in noise:
        last = variances[0] if always_first else variances[-1]
        variances.append(_variance([last**power * number for number in z], ddof))
    return variances


def _variance(values, ddof):
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - ddof)


def _chain_inputs(rng):
    cases = []
    for n, generations in ((3, 0), (3, 1), (2, 2), (4, 2), (5, 3), (8, 4), (20, 5)):
        real, *noise = [[round(rng.gauss(0, 1), 1) for _ in range(n)] for _ in range(generations + 1)]
        real[0] = round(real[1] + 2 + abs(real[0]), 1)  # no set of equal numbers, and no variance of 1
        cases.append((real, noise))
    return cases


# ---------------------------------------------------------------- keys and typical wrong numbers


def _half_life(n, ddof=1):
    from collapse_edu import theory

    return theory.gaussian.half_life(n, ddof)


def _share_above_start(n, t, ddof=1):
    from collapse_edu import theory

    return theory.gaussian.probability_above(1, t, n, ddof)


def _limit_of_accumulate(n, ddof=0):
    from collapse_edu import theory

    return theory.accumulate.variance_limit(n, ddof=ddof)


# ---------------------------------------------------------------- pictures


def _lost_sample_size(n, seed):
    """Draw the median variance of an ensemble under replace, and do not say n."""
    return _medians(
        {"replace": ("replace", n)},
        generations=150,
        chains=10_000,
        seed=seed,
        title="How many samples in each generation?",
    )


def _four_settings(seed):
    """Draw the median variance under two regimes that keep the real data, and two that do not."""
    settings = {"A": ("replace", 40), "B": ("anchor", 30), "C": ("replace", 120), "D": ("accumulate", 30)}
    return _medians(settings, generations=100, chains=4_000, seed=seed, title="Which of them keep the real data?")


def _medians(settings, *, generations, chains, seed, title):
    """Draw medians of exact ensembles; the description reads them off at every tenth generation."""
    import numpy as np

    from collapse_edu import ensemble
    from collapse_edu.loop import regimes
    from collapse_edu.loop.history import History
    from collapse_edu.plots import plot_history

    medians = {}
    for place, (name, (regime, n)) in enumerate(settings.items()):
        history = ensemble.gaussian(
            getattr(regimes, regime), n=n, generations=generations, chains=chains, seed=10 * seed + place
        )
        medians[name] = np.median(history["variance"], axis=1)
    metric = "median variance"
    picture = plot_history(
        History({(name, metric): median[:, None] for name, median in medians.items()}), metric, title=title
    )
    step = 10 if len(medians) == 1 else 20
    shown = [1, *range(step, generations + 1, step)]
    picture.description = f"Median variance of {chains:,} chains. " + " ".join(
        f"{name}: " + ", ".join(f"{median[t - 1]:.2f} in generation {t}" for t in shown) + "."
        for name, median in medians.items()
    )
    return picture


QUESTIONS = [
    SingleChoice(
        id="M2.01",
        title="One run",
        objective=_RUN,
        prompt=(
            "You run one chain under replace: 30 samples in each generation, unbiased fits, 60 generations. Its "
            "variance starts near 1 and ends at 2.6. What do you make of it?"
        ),
        options=[
            Option(
                "The code has an error. Under replace the variance falls in every run.",
                "It falls in most runs. After 60 generations with n = 30, about 16 of 100 chains are still above 1.",
                misconception="falls_in_every_run",
            ),
            Option(
                "Under replace the variance grows. The run shows it.",
                "Another seed shows the opposite. One chain is one draw; it cannot tell what chains do.",
                misconception="one_run_proves",
            ),
            Option(
                "It is an outlier, and it will come back to 1, because each fit is right on average.",
                "Each fit is right on average about the last model. Nothing pulls the chain back to the real law.",
                misconception="errors_cancel",
            ),
            Option(
                "It is one course of many. Only more chains tell what is typical.",
                "Yes. About 7 of 100 such chains end above 2.6. Most end far below 1.",
                right=True,
            ),
        ],
        hints=[
            "Run the same chain with another seed. Does it end in the same place?",
            "The variance is a product of 60 random factors. How different can two such products be?",
        ],
        solution=(
            "{key} The log variance is a random walk. With n = 30 it has lost about 2.1 after 60 steps, with a "
            "standard deviation of 2.1. So an end above log 2.6 = 0.96 is 1.5 standard deviations up: 7 of 100 "
            "chains."
        ),
        lesson=_ONE,
    ),
    Function(
        id="M2.02",
        title="Write a chain",
        objective=_RUN,
        prompt=(
            "Write variances_of_chain(real, noise): one chain under replace. real is a list of n numbers. noise holds "
            "one list of n standard normal numbers z for each synthetic set. A synthetic sample is: fitted mean + "
            "fitted standard deviation · z. Return the list of fitted variances (ddof = 1): first that of the real "
            "set, then that of each synthetic set."
        ),
        name="variances_of_chain",
        starter=(
            "import numpy as np\n"
            "\n"
            "\n"
            "def variances_of_chain(real, noise):\n"
            '    """Return the fitted variance of each generation, with ddof = 1."""\n'
            "    data = np.array(real)\n"
            "    variances = [data.var(ddof=1)]\n"
            "    for z in noise:\n"
            "        data = ...  # the next synthetic set\n"
            "        variances.append(...)\n"
            "    return variances"
        ),
        reference=_chain,
        inputs=_chain_inputs,
        misreadings=[
            Misreading(
                lambda real, noise: _chain(real, noise, ddof=0),
                "This divides by n. With ddof = 1, divide by n - 1.",
                "wrong_ddof",
            ),
            Misreading(
                lambda real, noise: _chain(real, noise, power=1),
                "A sample is the mean plus the standard deviation times z. Here the variance took its place.",
                "variance_or_sd",
            ),
            Misreading(
                lambda real, noise: _chain(real, noise, always_first=True),
                "Each set comes from the first model here. Under replace it comes from the last one.",
                "no_recursion",
            ),
            Misreading(
                lambda real, noise: _chain(real, noise, power=0),
                "The standard deviation is missing: multiply z by it.",
                "variance_or_sd",
            ),
            Misreading(
                lambda real, noise: _chain(real, noise)[1:],
                "The real set is missing: its variance comes first.",
                "real_is_generation_one",
            ),
        ],
        hints=[
            "The last model is the mean and the standard deviation of data.",
            "np.array(z) makes an array of z. Then a whole set is one line: mean + standard deviation * array.",
            "Both np.std and np.var need ddof=1.",
        ],
        solution=(
            "In the loop: data = data.mean() + data.std(ddof=1) * np.array(z), then "
            "variances.append(data.var(ddof=1)). The name data now holds the new set, so the next round learns from "
            "it: this is the recursion. The mean plays no part in the variances."
        ),
        lesson=_LOOP,
    ),
    MultipleChoice(
        id="M2.03",
        title="Mean and median",
        objective=_PREDICT,
        prompt=(
            "You simulate 1,000 chains under replace, with 30 samples in each generation and unbiased fits, from a "
            "real law with variance 1. Which statements hold?"
        ),
        options=[
            Option(
                "The expectation is 1, so in generation 30 about half of the chains lie above 1.",
                "Half of the chains lie above the median. In generation 30 only about a quarter lie above 1.",
                misconception="constant_mean_is_safe",
            ),
            Option(
                "The expected variance, over all possible chains, is 1 in every generation.",
                "Each factor is 1 on average, and the factors are independent: the expectation stays 1.",
                right=True,
                misconception="biased_fit",
            ),
            Option(
                "In generation 30 all chains lie below 1.",
                "Most do. But about a quarter of the chains are still above 1.",
                misconception="falls_in_every_run",
            ),
            Option(
                "In generation 300 the mean over the 1,000 chains is still close to 1.",
                "The expectation is. But extremely rare chains carry it, and 1,000 chains hold few or none of them.",
                misconception="ensemble_mean_is_expectation",
            ),
            Option(
                "After about 20 generations the median variance is one half.",
                "The median halves every 0.69 (n - 1) generations, and 0.69 · 29 = 20.",
                right=True,
                misconception="constant_mean_is_safe",
            ),
        ],
        hints=[
            "Ask of each statement: is it about all possible chains, about the typical one, or about 1,000 of them?",
            "The law of the variance gets very skewed: a few chains are huge, most are small.",
        ],
        solution=(
            "{key}. The factor of each generation has mean 1, so the expectation stays. Its log has a mean below 0, so "
            "the median falls, by half in about 20 generations. In generation 30, 24 of 100 chains are above 1. In "
            "generation 300 the expectation is still 1, but a mean over 1,000 chains mostly shows far less."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M2.04",
        title="Still above the start",
        objective=_PREDICT,
        prompt=(
            "Many chains run under replace, with n = {n} samples in each generation and unbiased fits. The real law "
            "has variance 1. In generation {t}, which share of the chains still has a fitted variance above 1? (Use "
            "theory, or an ensemble of at least 50,000 chains. Two digits will do.)"
        ),
        parameters={"n": range(40, 121, 5), "t": range(40, 81, 5)},
        key=_share_above_start,
        tolerance=0.05,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda n, t: 0.5,
                "One half lies above the median. Here 1 is the expectation, and the median is lower.",
                "constant_mean_is_safe",
            ),
            Misreading(
                lambda n, t: 0,
                "Some chains are above 1 in every generation; they get fewer and fewer.",
                "falls_in_every_run",
            ),
            Misreading(lambda n, t: 1 - _share_above_start(n, t), "This is the share that lies below 1.", "wrong_half"),
            Misreading(
                lambda n, t: _share_above_start(n, t, ddof=0),
                "This is the share for maximum likelihood (ddof = 0). The fits here are unbiased (ddof = 1).",
                "wrong_ddof",
            ),
        ],
        hints=[
            "Run ensemble.gaussian(n=…, generations=…, chains=50_000) and look at the last row of its variance.",
            "The log variance is nearly normal. Its mean is about -t/(n - 1), its variance about 2t/(n - 1).",
            "theory.gaussian.probability_above(1, t=…, n=…) gives the share.",
        ],
        solution=(
            "The log variance after t fits is nearly normal, with mean -t/(n - 1) and variance 2t/(n - 1), about. It "
            "is above 0 with probability Φ(-√(t / (2(n - 1)))). With n = {n} and t = {t} the share is {key}."
        ),
        lesson=_TWO,
    ),
    SingleChoice(
        id="M2.05",
        title="Heads 1.5, tails 0.5",
        objective=_PREDICT,
        prompt=(
            "Something new: in each generation a coin decides. Heads multiplies the variance by 1.5, tails by 0.5. All "
            "chains start at 1. What do very many chains show after 10 generations?"
        ),
        options=[
            Option(
                "Mean 0.24, median 0.24: what is lost is lost for all.",
                "The factor is (1.5 + 0.5)/2 = 1 on average, so the mean stays at 1. Nothing is biased here.",
                misconception="biased_fit",
            ),
            Option(
                "Mean 1, median 0.24, and about one chain in six above 1.",
                "Yes. The mean factor is 1. The typical chain has five heads and five tails: 0.75⁵ = 0.24.",
                right=True,
            ),
            Option(
                "Mean 1, median 1: heads and tails make up for each other.",
                "One of each gives 1.5 · 0.5 = 0.75, not 1. On the scale of factors they do not cancel.",
                misconception="constant_mean_is_safe",
            ),
            Option(
                "Mean 1, median 0.24, and no chain above 1, because losses win in the end.",
                "Seven or more heads of ten are enough to end above 1. This happens to 17 of 100 chains.",
                misconception="falls_in_every_run",
            ),
        ],
        hints=[
            "What does one head and one tail do to a chain, in this order or the other?",
            "The mean of a product of independent factors is the product of their means.",
            "The typical chain has five heads. What must a chain have to end above 1?",
        ],
        solution=(
            "{key} Five heads and five tails give 1.5⁵ · 0.5⁵ = 0.24: the median. Seven heads and three tails give "
            "2.1, six and four give 0.71. So a chain needs seven heads to be above 1, and 17 of 100 have them. They "
            "hold the mean at 1. The Gaussian under replace does the same, with a factor of chi-square/(n - 1)."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M2.06",
        title="Half-life",
        objective=_ESTIMATE,
        prompt=(
            "Chains run under replace, with n = {n} samples in each generation and unbiased fits. After how many "
            "generations, about, has the median variance halved?"
        ),
        parameters={"n": range(40, 241, 4)},
        key=_half_life,
        tolerance=0.05,
        unit="generations",
        allowed=(0, inf),
        misreadings=[
            Misreading(
                lambda n: n - 1,
                "By then the median has fallen to 1/e = 0.37, which is below one half. Multiply by log 2.",
                "rate_is_half_life",
            ),
            Misreading(
                lambda n: 2 * _half_life(n),
                "By then the standard deviation has halved, and the variance is down to one quarter.",
                "variance_or_sd",
            ),
            Misreading(
                lambda n: _half_life(n, ddof=0),
                "This holds for maximum likelihood (ddof = 0), which loses twice as fast. These fits are unbiased.",
                "wrong_ddof",
            ),
            Misreading(
                lambda n: 0.30103 * (n - 1),
                "You took the logarithm to base 10. Take the natural one.",
                "wrong_logarithm",
            ),
        ],
        hints=[
            "The median of the log variance falls by about 1/(n - 1) in each generation.",
            "Halving means that the natural log falls by log 2 = 0.69.",
        ],
        solution=(
            "The median log variance falls by about 1/(n - 1) in each generation. It has fallen by log 2 after about "
            "0.69 · ({n} - 1) generations; the library computes {key}."
        ),
        lesson=_TWO,
    ),
    Ordering(
        id="M2.07",
        title="Who loses most",
        objective=_ESTIMATE,
        prompt=(
            "Five ensembles start from a real law with variance 1. Put them into order by their median variance in "
            "generation 60, the smallest first. (Unbiased: ddof = 1. Maximum likelihood: ddof = 0.)"
        ),
        items=[
            "replace, n = 10, unbiased",
            "replace, n = 30, unbiased",
            "replace, n = 100, maximum likelihood",
            "replace, n = 100, unbiased",
            "accumulate, n = 30, unbiased",
        ],
        because=[
            "The half-life goes with n - 1: with n = 10 it is 6 generations, with n = 30 it is 20.",
            "Maximum likelihood loses about 2/n in each generation, so 2 % with n = 100; unbiased fits with n = 30 "
            "lose more, about 1/29 or 3.4 %.",
            "With the same n, maximum likelihood loses twice as fast: its estimate is also too small by 1/n each time.",
            "A large n only delays the loss under replace: n = 100 has lost nearly half by now. Under accumulate the "
            "real set stays, and the loss is bounded.",
        ],
        misconceptions=["loss_without_size", "wrong_ddof", "wrong_ddof", "large_n_prevents"],
        hints=[
            "Under replace, ask for the loss in one generation: 1/(n - 1) unbiased, 2/n for maximum likelihood.",
            "After 60 generations the median is about exp(-60 · loss). Under accumulate it stays above 0.9 here.",
        ],
        solution=(
            "{key}. The medians are about 0.001, 0.13, 0.3, 0.55 and 0.94. Under replace the loss in one generation is "
            "1/9, 1/29, 2/100 and 1/99; under accumulate it gets smaller and smaller."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M2.08",
        title="Read the plot: a lost sample size",
        objective=_ESTIMATE,
        prompt=(
            "The picture shows the median variance of 10,000 chains under replace, with unbiased fits. Somebody lost "
            "the number n of samples in each generation. Estimate n from the picture."
        ),
        parameters={"n": range(40, 201, 4), "seed": range(1000)},
        figure=_lost_sample_size,
        key=lambda n, seed: n,
        tolerance=0.1,
        unit="samples",
        allowed=(2, inf),
        misreadings=[
            Misreading(
                lambda n, seed: _half_life(n),
                "This is the half-life itself. The half-life is 0.69 (n - 1).",
                "rate_is_half_life",
            ),
            Misreading(
                lambda n, seed: 0.69315 * _half_life(n),
                "You multiplied by 0.69. The half-life is 0.69 (n - 1), so divide by 0.69.",
                "inverse_half_life",
            ),
            Misreading(
                lambda n, seed: 2 * _half_life(n) / 0.69315,
                "This n fits maximum likelihood (ddof = 0). With unbiased fits half as many samples do the same.",
                "wrong_ddof",
            ),
        ],
        hints=[
            "In which generation does the line pass one half? The words below the picture help.",
            "This generation is the half-life, 0.69 (n - 1). Solve for n.",
        ],
        solution=(
            "Find the generation in which the median passes one half, divide by 0.69, and add 1. Here n = {n}, and the "
            "half-life is 0.69 · ({n} - 1). Within 10 % is right."
        ),
        lesson=_TWO,
    ),
    Headline(
        id="M2.09",
        title="Headline: ten times the data",
        objective=_ESTIMATE,
        headline="Ten times the data, and collapse is off the table.",
        prompt=(
            "A team retrains a Gaussian model under replace with unbiased fits. It goes from 100 to 1,000 samples in "
            "each generation. What is right?"
        ),
        options=[
            Option(
                "The loss comes later, by a factor of about ten.",
                "Yes. The half-life goes from 68 to 692 generations. It is still a half-life.",
                right=True,
            ),
            Option(
                "The headline holds: with 1,000 samples the fits are too exact for anything to be lost.",
                "Each fit has a small error, and errors add up. With n = 1,000 the median halves in 692 generations.",
                misconception="large_n_prevents",
            ),
            Option(
                "The loss comes later, by a factor of about three, the square root of ten.",
                "A standard error goes with the square root of n. The loss of log variance is 1/(n - 1): a factor ten.",
                misconception="root_n",
            ),
            Option(
                "Nothing changes: how fast the variance is lost has nothing to do with the number of samples.",
                "It has: the median halves every 0.69 (n - 1) generations.",
                misconception="loss_without_size",
            ),
        ],
        hints=["Compute the half-life for both sizes.", "What would have to be true for the loss never to come?"],
        solution=(
            "{key} The half-life is 0.69 (n - 1): 68 generations with n = 100, 692 with n = 1,000. Under replace "
            "with a fixed n the variance goes to 0 with probability 1 (Shumailov et al. 2024, Theorem 3.1). For a "
            "team that retrains ten times, a long delay may be all that it needs. But that is another sentence."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M2.10",
        title="Where accumulation ends",
        objective=_SHOW,
        prompt=(
            "Now each generation trains on the real set and on every synthetic set so far (regime accumulate), with "
            "n = {n} samples in each set. The fits are maximum likelihood (ddof = 0), the real law has variance 1. "
            "To which number does the mean variance over all chains tend? Give three digits."
        ),
        parameters={"n": range(5, 31)},
        key=_limit_of_accumulate,
        tolerance=0.005,
        allowed=(0, inf),
        misreadings=[
            Misreading(
                lambda n: 0,
                "This is the end under replace. Here the real set stays, and the loss is bounded.",
                "inevitable",
            ),
            Misreading(
                lambda n: 1,
                "A little is lost for good: the first synthetic sets carry the errors of the first fits.",
                "accumulating_equals_real",
            ),
            Misreading(
                lambda n: 1 - 1 / n,
                "This is generation 1 alone: 1 - 1/n. Later generations lose 1/(4n), 1/(9n) and so on.",
                "first_loss_is_all",
            ),
            Misreading(
                lambda n: _limit_of_accumulate(n, ddof=1),
                "This is the limit for unbiased fits (ddof = 1). Here the fits are maximum likelihood (ddof = 0).",
                "wrong_ddof",
            ),
        ],
        hints=[
            "The lesson shows that there is a limit, in the table below the four regimes. There the fits are unbiased.",
            "The limit is sin(x)/x with x = π/√n, in radians. theory.accumulate.variance_limit(n, ddof=0) computes it.",
        ],
        solution=(
            "Generation t moves the pool by about 1/t of what it would move a fresh start, so the expected variance is "
            "multiplied by 1 - 1/(n t²). The product over all t is sin(π/√n)/(π/√n). With n = {n} it is {key}."
        ),
        lesson=_THREE,
    ),
    MultipleChoice(
        id="M2.11",
        title="Read the plot: four settings",
        objective=_SHOW,
        prompt=(
            "The picture shows the median variance of 4,000 chains, in four settings A to D. Some settings use the "
            "regime replace; others keep the real set, as accumulate or anchor do. Sample sizes differ. Which "
            "settings keep the real data?"
        ),
        parameters={"seed": range(1000)},
        figure=_four_settings,
        ordered=True,
        options=[
            Option(
                "A",
                "A falls by the same share again and again, towards 0. Real data in the training set would stop this.",
                misconception="inevitable",
            ),
            Option(
                "B",
                "B loses a little and then stays where it is. The real data hold it.",
                right=True,
                misconception="inevitable",
            ),
            Option(
                "C",
                "C falls more slowly, because its n is larger. But it keeps falling: a large n delays, it does not "
                "stop.",
                misconception="large_n_prevents",
            ),
            Option(
                "D",
                "D loses a little at first, and then the loss stops. The real data hold it.",
                right=True,
                misconception="inevitable",
            ),
        ],
        hints=[
            "Do not ask how much is lost in the end. Ask whether the loss stops.",
            "Compare the second half of each line with its first half.",
        ],
        solution=(
            "{key}. A and C fall by the same share in each stretch of generations, A with n = 40 and C with n = 120: "
            "this is replace. B (anchor) and D (accumulate) lose a little at first and then stay."
        ),
        lesson=_THREE,
    ),
    Headline(
        id="M2.12",
        title="Headline: doomed",
        objective=_SHOW,
        headline="Models that train on the output of models are doomed to collapse.",
        prompt=(
            "Say that collapse means: the variance of the fitted Gaussian goes to 0. Each generation draws the same "
            "number of samples, and the fits are unbiased. For which regimes does the headline hold?"
        ),
        options=[
            Option(
                "For none: unbiased fits keep the expected variance at 1.",
                "The expectation tells little about a chain. Under replace, nearly every chain dies all the same.",
                misconception="constant_mean_is_safe",
            ),
            Option(
                "For all: as soon as synthetic data are in the training set, real data can only delay the end.",
                "Under accumulate and anchor the loss is bounded. It does not go on for ever.",
                misconception="inevitable",
            ),
            Option(
                "For replace; not for accumulate, where the loss is bounded.",
                "Yes. A claim about collapse needs its regime and its definition.",
                right=True,
            ),
            Option(
                "It depends on the model, not on the regime: a model that fits its data perfectly is safe.",
                "In this lesson the model is exactly right: the real law is normal. It collapses under replace anyway.",
                misconception="only_bad_models",
            ),
        ],
        hints=[
            "What did the switch “keep real data?” change in the film?",
            "Which of these is about one chain, and which about the average of all?",
        ],
        solution=(
            "{key} Shumailov et al. (2024, Theorem 3.1) prove that the variance goes to 0 under replace, with a fixed "
            "number of samples. They do not claim it for training sets that keep real data. There the loss is bounded: "
            "Kazdan et al. (2025) for the Gaussian, Gerstgrasser et al. (2024) for regression."
        ),
        lesson=_THREE,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


@cache
def _chains(n):
    """Return of the exercise's chains, for each generation: the median and the mean variance, the first chain; then the
    medians of the chains, over their generations."""
    import numpy as np

    from collapse_edu import ensemble

    variance = ensemble.gaussian(n=n, generations=3 * n, chains=20_000, seed=7)["variance"]
    return np.median(variance, axis=1), variance.mean(axis=1), variance[:, 0].copy(), np.median(variance, axis=0)


def _first_below_half(numbers):
    import numpy as np

    return int(np.argmax(numbers < 0.5)) + 1


def _halving_time(n):
    return _first_below_half(_chains(n)[0])


def _first_median_below(n):
    return float(_chains(n)[0][_halving_time(n) - 1])


def _generations_below(n):
    return int((_chains(n)[0] < 0.5).sum())


_DRAWN = 20_000  # waiting times that a learner's model draws
_LEARNS = "learns the mean, and draws from the exponential law"


def _try_waiting_times(model_class, waits, seed):
    """Return in one sentence what a learner's model of waiting times does; the right sentence is _LEARNS."""
    import numpy as np

    rows = np.array(waits)[:, None]
    model = model_class()
    if model.fit(rows) is not model:
        return "fit must return self."
    if not hasattr(model, "mean_"):
        return "After fit there is no mean_: keep the mean of the rows in self.mean_."
    if model.mean_ is ...:
        return "..."
    sample, again, other = (model.sample(_DRAWN, np.random.default_rng(each)) for each in (seed, seed, seed + 1))
    if sample is ...:
        return "..."
    right = float(rows.mean())
    return (
        _wrong_mean(model.mean_, right) or _wrong_sample(sample, right) or _wrong_draws(sample, again, other) or _LEARNS
    )


def _wrong_mean(mean, right):
    """Return in one sentence what is wrong with a learned mean; "" if nothing is."""
    import numpy as np

    if np.ndim(mean) != 0:
        return f"mean_ has the shape {np.shape(mean)}, and one number is needed."
    if abs(float(mean) - right) > 1e-9 * right:
        return f"mean_ is {float(mean):.4g}, and the mean of the rows is {right:.4g}."
    return ""


def _wrong_draws(sample, again, other):
    """Return in one sentence what is wrong with samples of an rng, an equal and another one; "" if nothing is."""
    import numpy as np

    if not np.array_equal(sample, again):
        return "sample draws something else from an equal rng: draw with rng alone."
    if np.array_equal(sample, other):
        return "sample draws the same from each rng: draw with the rng that it is given."
    if (np.diff(np.ravel(sample)) >= 0).all():
        return "The samples come in order of size: return them as they are drawn."
    return ""


def _wrong_sample(sample, right):
    """Return in one sentence what is wrong with a sample; "" if nothing is."""
    import numpy as np

    if not isinstance(sample, np.ndarray):
        return f"sample returns a {type(sample).__name__}, and an array is needed."
    if np.shape(sample) != (_DRAWN, 1):
        return f"sample({_DRAWN}, rng) has the shape {np.shape(sample)}, and ({_DRAWN}, 1) is needed."
    # For the exponential law, 4 standard errors of the mean are 3 % here, and of the standard deviation 6 %.
    if sample.min() < 0 or abs(sample.mean() / right - 1) > 0.03 or abs(sample.std() / right - 1) > 0.06:
        return (
            f"The samples have mean {sample.mean():.2f}, standard deviation {sample.std():.2f} and minimum "
            f"{sample.min():.2f}; the exponential law has {right:.2f}, {right:.2f} and 0."
        )
    return ""


class _Waiting:
    """A model of waiting times."""

    def fit(self, X, sample_weight=None):
        self.mean_ = X.mean()
        return self

    def sample(self, n, rng):
        return rng.exponential(self.mean_, size=(n, 1))


class _NormalWaiting(_Waiting):
    def sample(self, n, rng):
        return rng.normal(self.mean_, self.mean_, size=(n, 1))


class _UnitWaiting(_Waiting):
    def sample(self, n, rng):
        return rng.exponential(1.0, size=(n, 1))


EXERCISES = [
    Function(
        id="M2.e1",
        title="Find the half-life",
        objective=_ESTIMATE,
        prompt=(
            "Write halving_time(n): the first generation in which the median variance of the chains is below one half. "
            "Keep the line that makes history as it is."
        ),
        name="halving_time",
        starter="",
        reference=_halving_time,
        inputs=lambda rng: [(10,), (20,), (rng.randrange(25, 36),)],
        misreadings=[
            Misreading(
                lambda n: _halving_time(n) - 1,
                "Row 0 is generation 1, so the count is one too small.",
                "one_round_off",
            ),
            Misreading(
                lambda n: _first_below_half(_chains(n)[1]),
                (
                    "This is 1 for each n. Either the mean was taken, which stays near 1; the median is asked for. "
                    "Or > stands for <."
                ),
                "constant_mean_is_safe",
            ),
            Misreading(
                lambda n: _first_below_half(_chains(n)[3]),
                "With axis=0 this is one median for each chain. Each row is a generation: axis=1.",
                "one_number_for_all",
            ),
            Misreading(
                _half_life,
                (
                    "This is the moment by theory, for a smooth curve. Asked is the first whole generation of "
                    "these chains."
                ),
                "limit_is_exact",
            ),
            *(
                Misreading(
                    lambda n, factor=factor: factor * (n - 1),
                    (
                        f"This is the lesson's formula, {name} (n - 1), about the half-life of many samples. "
                        "Asked is the first generation in which these chains are below: count it in history."
                    ),
                    "limit_is_exact",
                )
                for name, factor in (("ln 2 ·", log(2)), ("0.693", 0.693), ("0.69", 0.69))
            ),
            Misreading(
                _first_median_below, "This is the median itself. Its generation is asked for.", "rate_is_half_life"
            ),
            Misreading(
                lambda n: _first_below_half(_chains(n)[2]),
                "This is one chain. The median over all chains is asked for.",
                "one_run_proves",
            ),
            Misreading(
                _generations_below,
                "This counts the generations that are below one half. The first of them is asked for.",
                "wrong_half",
            ),
        ],
        hints=[
            "np.median(array, axis=1) gives one median for each row, and each row is a generation.",
            "np.argmax(condition) gives the first place where a condition is true. Row 0 is generation 1.",
        ],
        solution=(
            "medians = np.median(history['variance'], axis=1), and then: return np.argmax(medians < 0.5) + 1. Theory "
            "gives about the moment at which the median passes one half. The first whole generation is about 1 later."
        ),
        lesson=_TWO,
    ),
    Function(
        id="M2.e2",
        title="Another law",
        objective=_RUN,
        prompt=(
            "Write a model of waiting times: fit learns the mean of the rows, sample draws n rows from the exponential "
            "law with this mean."
        ),
        name="Exponential",
        call="Exponential, fitted to {0} and tried with seed {1},",
        starter="",
        reference=_Waiting,
        probe=_try_waiting_times,
        inputs=lambda rng: [
            ([round(rng.expovariate(1 / scale), 2) for _ in range(5)], rng.randrange(100)) for scale in (1, 3, 20)
        ],
        misreadings=[
            Misreading(
                _NormalWaiting,
                "These samples are normal. Waiting times are never negative.",
                "which_standard_deviation",
            ),
            Misreading(_UnitWaiting, "These samples do not use what fit learned.", "no_recursion"),
        ],
        hints=[
            "X.mean() is the mean of the rows. Keep it in self.mean_.",
            "rng.exponential(mean, size=(n, 1)) draws n rows from the exponential law.",
        ],
        solution=(
            "In fit: self.mean_ = X.mean(). In sample: return rng.exponential(self.mean_, size=(n, 1)). The fitted "
            "mean is again a product of random factors with mean 1. For n = 30 the log of one is -0.0168 on average, "
            "so after 60 generations the typical mean is exp(-1.01) = 0.37."
        ),
        lesson=_LOOP,
    ),
]
