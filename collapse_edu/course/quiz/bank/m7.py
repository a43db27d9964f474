"""M7, Escaping collapse: predictions and questions."""

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
    "M7.p1": {
        "prompt": (
            "Six regimes, three kinds of data, 12 generations. Which regimes keep at least 90 % of all three: of the "
            "variance of a normal law, of the coverage of digits, and of the different words in 20,000 words of a book?"
        ),
        "outcomes": [
            Option(
                "all but replace",
                "All five keep 90 % of the variance. Look at the words: with a tenth of real data, and with "
                "subsample, a sample shows far fewer of them.",
            ),
            Option(
                "accumulate and anchor",
                "Yes. They are the two that learn from the whole real set in each generation.",
                right=True,
            ),
            Option(
                "preserve(0.1) and mix(0.1)",
                "They keep the variance. But a tenth of real data keeps about 70 % of the coverage, and 60 % of the "
                "words.",
            ),
            Option(
                "none of them",
                "A sample misses words in all six. Under accumulate and anchor none of the real set is lost, and a "
                "sample shows more than 90 % as many as in generation 1.",
            ),
        ],
        "causes": [
            Option(
                "rare words survive where the whole real set is kept",
                "Yes. A part of the real set, drawn anew, lacks most of the rare words each time.",
                right=True,
            ),
            Option(
                "some real data are always enough, whatever the data are",
                "They are for a variance. A rare word needs copies of its own.",
            ),
            Option(
                "synthetic data spoil whatever they touch",
                "The training set of anchor is half synthetic, and it keeps nearly all.",
            ),
        ],
    },
    "M7.p2": {
        "film": True,
        "prompt": (
            "Ten fresh real samples among 100 keep about 95 % of the variance in the long run. Now the training set "
            "grows to 1,000 samples, and there are still only ten fresh real ones in each generation: 1 % instead of "
            "10 %. Sampling is faithful. What is kept in the long run?"
        ),
        "outcomes": [
            Option(
                "about 5 %",
                "1 % does more than delay the end: each fresh sample brings new variance. Loss and gain come to a "
                "balance.",
                value=0.05,
            ),
            Option(
                "about 60 %",
                "A tenth of the share seems to hold far less. But the share does not decide: a larger set also loses "
                "less by chance.",
                value=0.6,
            ),
            Option("about 95 %", "Yes, as before. The number of fresh samples is the same.", right=True, value=0.95),
        ],
        "ordered": True,
        "causes": [
            Option(
                "a larger set loses less by chance",
                "Yes. Both loss and gain are in proportion to 1/n, so the same number of fresh ones offsets it.",
                right=True,
            ),
            Option(
                "the synthetic samples outvote the real ones",
                "They carry on what earlier real samples brought. They vote for the same law.",
            ),
            Option(
                "a loss that goes on in each generation wins in the end",
                "The loss gets smaller as the variance falls, and the gain gets larger.",
            ),
        ],
    },
    "M7.p3": {
        "film": True,
        "prompt": (
            "As many fresh real samples as synthetic ones in each generation; everything older is thrown away. Which "
            "weight w of the fresh real samples gives the smallest error of the mean, in the long run?"
        ),
        "outcomes": [
            Option(
                "below 0.5",
                "Synthetic samples carry one more round of noise. So the real ones deserve more than half.",
                value=0.3,
            ),
            Option(
                "exactly 0.5",
                "It gives 0.67: all samples are pooled. That is good, but a little more weight on the real ones is "
                "better.",
                value=0.5,
            ),
            Option(
                "between 0.5 and 1",
                "Yes: 0.618, with the error 0.618. The synthetic samples help, but less than real ones.",
                right=True,
                value=0.62,
            ),
            Option(
                "exactly 1",
                "Then each generation has the error of one real set: 1. A smaller one is possible.",
                value=1.0,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "synthetic samples carry what old real ones told",
                "Yes. They stand for the past, and they are noisier than fresh samples.",
                right=True,
            ),
            Option(
                "only real samples can tell anything about the real law",
                "Synthetic ones tell what earlier real ones told.",
            ),
            Option("each sample tells as much as any other", "A synthetic sample repeats the error of its model."),
        ],
    },
}

_NOTEBOOK = "M7_escaping_collapse.ipynb#"
_ONE = _NOTEBOOK + "Idea-1:-Which-regime-keeps-what?"
_TWO = _NOTEBOOK + "Idea-2:-Number-or-share?"
_WHAT = _NOTEBOOK + "The-number-of-what?"
_THREE = _NOTEBOOK + "Idea-3:-How-much-weight-for-real-data?"
_CHOICE = _NOTEBOOK + "Choosing-samples"
_TRUTH = _NOTEBOOK + "Deeper:-A-verifier-that-knows-the-truth"
_NOT = _NOTEBOOK + "Where-there-is-no-collapse,-and-where-keeping-all-is-not-enough"
_COST = _NOTEBOOK + "What-helps,-at-what-cost?"

_MAP = "read from a map which regime keeps enough, for which kind of data"
_NUMBER = "compute how many fresh real samples in each generation keep a given share of a variance"
_WEIGHT = "find the best weight of fresh real data, and say what it presumes"
_SELECT = "say what selection by a reward or a verifier does to the mean and the variance"
_REMEDY = "choose a remedy by what it keeps and what it costs"


def _kept(n, m):
    """Return the share of the variance that m fresh of n samples keep in the long run."""
    from collapse_edu import theory

    return float(theory.mixing.stationary_moments(n, m, ddof=0)[0])


def _fresh_needed(n, share):
    """Return the smallest number of fresh samples that keeps this share."""
    return next(m for m in range(1, n + 1) if _kept(n, m) >= share)


def _best_weight(real, synthetic):
    from collapse_edu import theory

    return float(theory.pathways.optimal_weight(real / synthetic))


def _best_of(t, m):
    from collapse_edu import theory

    return float(theory.selection.best_of_variance(t, 100, m))


def _factor(m):
    from collapse_edu import theory

    return float(theory.selection.best_of_moments(m)[1])


# ---------------------------------------------------------------- M7.06: the error, step by step


def _errors(weight, ratio, generations, noise=True, start=1.0):
    errors = [start]
    for _ in range(generations - 1):
        old = errors[-1] + (ratio if noise else 0)
        errors.append(weight**2 + (1 - weight) ** 2 * old)
    return errors


def _errors_without_squares(weight, ratio, generations):
    errors = [1.0]
    for _ in range(generations - 1):
        errors.append(weight + (1 - weight) * (errors[-1] + ratio))
    return errors


def _multiplied(weight, ratio, generations):
    errors = [1.0]
    for _ in range(generations - 1):
        errors.append(weight**2 + (1 - weight) ** 2 * errors[-1] * ratio)
    return errors


def _misplaced_square(weight, ratio, generations):
    errors = [1.0]
    for _ in range(generations - 1):
        errors.append(weight**2 + (1 - weight**2) * (errors[-1] + ratio))
    return errors


def _settings(rng):
    cases = [(1.0, 1.0, 3), (0.5, 1.0, 4)]
    return cases + [(rng.randrange(20, 90) / 100, rng.choice([0.25, 0.5, 2.0]), rng.randrange(3, 7)) for _ in range(3)]


# ---------------------------------------------------------------- a picture


def _lost_fresh_number(m, seed):
    """Draw the loss of variance of chains that get a number of fresh samples that is not said."""
    import numpy as np

    from collapse_edu import theory
    from collapse_edu.plots import Picture
    from collapse_edu.plots.picture import in_style, regime_look

    n = 2000 + 100 * seed
    t = np.arange(1, 1001)
    loss = 1 - theory.mixing.expected_moments(t, n, m, ddof=0)[0]

    @in_style
    def draw():
        picture = Picture(width=7.0, height=4.0)
        (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.13, "right": 0.97, "top": 0.9, "bottom": 0.14})
        ax.plot(t, 100 * loss, lw=3, color=regime_look("mix")["color"])
        ax.set(xlabel="generation", ylabel="lost of the variance, in %", xlim=(0, 1000), ylim=(0, 108 * loss[-1]))
        ax.set_title("How many fresh real samples in each generation?")
        return picture

    picture = draw()
    picture.description = "Lost of the expected variance: " + ", ".join(
        f"{100 * loss[i - 1]:.2f} % in generation {i}" for i in (1, 50, 100, 200, 400, 600, 800, 1000)
    )
    return picture


QUESTIONS = [
    Numeric(
        id="M7.01",
        title="How many fresh ones",
        objective=_NUMBER,
        prompt=(
            "A normal law is learned again and again from {n} samples (fits divide by n, regime mix, sampling is "
            "faithful). In the long run, {percent} % of the variance must be kept, in the mean over all chains. How "
            "many of the {n} samples must be fresh and real, in each generation?"
        ),
        parameters={"n": [2000, 5000, 10_000], "percent": [permille / 10 for permille in range(977, 993)]},
        key=lambda n, percent: _fresh_needed(n, percent / 100),
        tolerance=0.06,
        unit="samples",
        allowed=(1, 10_000),
        misreadings=[
            Misreading(
                lambda n, percent: n / 10,
                "A tenth is a share. For a variance the number counts, and far fewer are enough.",
                "share_decides",
            ),
            Misreading(
                lambda n, percent: 1 / (1 - percent / 100),
                "One over the loss is 2m + 1. The number m is about half of it.",
                "one_over_loss",
            ),
            Misreading(
                lambda n, percent: n * percent / 100,
                "This is the share that is to be kept, not the fresh samples that keep it.",
                "wrong_half",
            ),
        ],
        hints=[
            "About 2m / (2m + 1) of the variance is kept, if n is large.",
            "theory.mixing.stationary_moments(n, m, ddof=0)[0] is exact; try several m.",
        ],
        solution="2m / (2m + 1) = {percent} % gives m; the library finds {key}. For large n, n hardly matters.",
        lesson=_TWO,
    ),
    SingleChoice(
        id="M7.02",
        title="A larger set",
        objective=_NUMBER,
        prompt=(
            "Two teams learn a normal law under mix. Sampling is faithful, fits divide by n. A has 200 samples, 20 of "
            "them fresh. B has 20,000 samples, 20 of them fresh. What is different for the mean variance?"
        ),
        options=[
            Option(
                "B keeps less in the long run, because 0.1 % of fresh data is next to nothing.",
                "A keeps 0.974 of the variance, B 0.976. The number of fresh samples decides.",
                misconception="share_decides",
            ),
            Option(
                "B only gets there later.",
                "Yes. Both come to about 2m / (2m + 1) = 0.976; B needs a hundred times as many generations.",
                right=True,
            ),
            Option(
                "B loses nothing: 20,000 samples leave no error of chance.",
                "They leave a small one in each generation, and without fresh data these add up.",
                misconception="large_n_prevents",
            ),
            Option(
                "In B 0.1 % of fresh data only delays the end; the variance goes to 0.",
                "Loss and gain come to a balance, in A and in B.",
                misconception="only_delayed",
            ),
        ],
        hints=["Compute 2m / (2m + 1) for both.", "How fast does chance take the variance, for n = 200 and 20,000?"],
        solution=(
            "{key} The balance is nearly the same; the time to reach it grows with n. With a biased sampler, λ = 0.99, "
            "the share would count: A would keep 0.90 of the variance, B 0.09."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M7.03",
        title="Read the plot: a lost number",
        objective=_NUMBER,
        prompt=(
            "The picture shows how much of the expected variance is lost, generation by generation, under mix with "
            "large training sets (fits divide by n, sampling is faithful). Somebody lost the number of fresh real "
            "samples. Estimate it."
        ),
        parameters={"m": range(12, 61), "seed": range(10)},
        figure=_lost_fresh_number,
        key=lambda m, seed: m,
        tolerance=0.1,
        unit="samples",
        allowed=(0, 10_000),
        misreadings=[
            Misreading(
                lambda m, seed: 2 * m + 1,
                "This is one over the loss: 2m + 1. The number m is about half of it.",
                "one_over_loss",
            ),
            Misreading(
                lambda m, seed: 100 / (2 * m + 1),
                "This is the loss in per cent, not the number of samples.",
                "wrong_half",
            ),
        ],
        hints=[
            "Where does the line stand still? The words below the picture help.",
            "The loss is then about 1 / (2m + 1). Solve for m.",
        ],
        solution="One over the loss, minus 1, divided by 2. Here m = {key}; within 10 % is right.",
        lesson=_TWO,
    ),
    Numeric(
        id="M7.04",
        title="Your weight",
        objective=_WEIGHT,
        prompt=(
            "Each generation has {real} fresh real samples and {synthetic} synthetic ones; everything older is thrown "
            "away. Which weight w of the mean of the real ones gives the smallest error of the mean in the long run?"
        ),
        parameters={"real": range(40, 131, 3), "synthetic": [400, 450, 500]},
        key=_best_weight,
        tolerance=0.03,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda real, synthetic: 0.618,
                "This is the best weight for equal sizes. Here there are fewer real samples than synthetic ones.",
                "golden_ratio_is_universal",
            ),
            Misreading(
                lambda real, synthetic: real / (real + synthetic),
                "This pools all samples. Synthetic ones repeat the errors of their model, so they deserve less.",
                "pooled_is_best",
            ),
            Misreading(
                lambda real, synthetic: 1,
                "Then the past is thrown away, which the synthetic samples carry.",
                "synthetic_is_empty",
            ),
        ],
        hints=[
            "c = {real} / {synthetic} is what counts.",
            "w² + c w - c = 0; or theory.pathways.optimal_weight(c).",
        ],
        solution="With c = {real}/{synthetic}, w = (√(c² + 4c) - c)/2, which is {key}.",
        lesson=_THREE,
    ),
    MultipleChoice(
        id="M7.05",
        title="What 0.618 presumes",
        objective=_WEIGHT,
        prompt="Which of these does 0.618, the best weight for the error of a mean, presume?",
        options=[
            Option(
                "Older real data are thrown away.",
                "It does. With all real data kept, the error goes to 0 and nobody needs the synthetic ones.",
                right=True,
                misconception="golden_ratio_is_universal",
            ),
            Option(
                "There are as many fresh real samples as synthetic ones.",
                "It does. With one real for four synthetic ones it is 0.39.",
                right=True,
                misconception="golden_ratio_is_universal",
            ),
            Option(
                "There are at least 1,000 samples in each generation.",
                "For the mean, with a known spread, only the ratio of the two numbers counts.",
                misconception="large_n_prevents",
            ),
            Option(
                "The sampler is faithful.",
                "It does. A sampler that draws too narrowly, or off the mean, changes the weight.",
                right=True,
                misconception="golden_ratio_is_universal",
            ),
            Option(
                "The synthetic samples hold nothing of the real law.",
                "Then the best weight would be 1. They carry what earlier real samples told.",
                misconception="synthetic_is_empty",
            ),
        ],
        hints=["Which change of the setting would change the weight?", "What would you do if you had all old data?"],
        solution="{key}. The ratio is the best answer to a bad position, not a law of synthetic data.",
        lesson=_THREE,
    ),
    Function(
        id="M7.06",
        title="The error, step by step (a deeper part)",
        objective=_WEIGHT,
        prompt=(
            "Write errors(weight, ratio, generations): a list of the mean squared error after 1, 2, … generations, in "
            "units of the error of one real set. The first fit has 1. Each later one takes weight times the mean of "
            "fresh real samples (error 1) and the rest times the synthetic mean (the last error, plus ratio for the "
            "drawing). The two are independent."
        ),
        name="errors",
        starter=(
            "def errors(weight, ratio, generations):\n"
            '    """Return the mean squared errors of the first generations."""\n'
            "    found = [1.0]\n"
            "    for _ in range(generations - 1):\n"
            "        found.append(...)\n"
            "    return found"
        ),
        reference=_errors,
        inputs=_settings,
        misreadings=[
            Misreading(
                lambda weight, ratio, generations: _errors(weight, ratio, generations, noise=False),
                "The synthetic mean has its own noise of drawing: add ratio to the last error.",
                "model_is_data",
            ),
            Misreading(
                _errors_without_squares,
                "A weight w multiplies the error by w, and its square by w².",
                "variance_or_sd",
            ),
            Misreading(
                lambda weight, ratio, generations: (
                    [1.0] + [weight**2 + (1 - weight) ** 2 * (1 + ratio)] * (generations - 1)
                ),
                "Each generation learns from the last one: take found[-1], not the first error.",
                "no_recursion",
            ),
            Misreading(
                lambda weight, ratio, generations: _errors(weight, ratio, generations)[1:],
                "The first fit is missing: it has the error 1.",
                "real_is_generation_one",
            ),
            Misreading(_multiplied, "The drawing adds its own error: found[-1] + ratio, not times.", "factors_add"),
            Misreading(
                lambda weight, ratio, generations: _errors(1 - weight, ratio, generations),
                "The weight is that of the fresh real samples. The synthetic mean has 1 - weight.",
                "wrong_half",
            ),
            Misreading(
                _misplaced_square, "Square all of 1 - weight: (1 - weight) ** 2, not 1 - weight ** 2.", "variance_or_sd"
            ),
        ],
        hints=[
            "Squared errors of independent parts add up, each with the square of its weight.",
            "The fresh part adds weight ** 2. The error of the synthetic mean is found[-1] + ratio; what does it add?",
        ],
        solution=(
            "found.append(weight ** 2 + (1 - weight) ** 2 * (found[-1] + ratio)). With weight 0.618 and ratio 1 the "
            "errors tend to 0.618."
        ),
        lesson=_NOTEBOOK + "Deeper:-Where-does-the-best-weight-come-from?",
    ),
    MultipleChoice(
        id="M7.07",
        title="Read the map",
        objective=_MAP,
        prompt=(
            "Look at the map of the lesson: what is kept in generation 12, as a share of generation 1, with 20,000 "
            "words in each text. Which of these hold?"
        ),
        options=[
            Option(
                "Preserve(0.1) keeps more than 90 % of the variance, and less than 60 % of the words in a sample.",
                "About 92 % and 57 %. A tenth of real data holds a variance, and no long tail.",
                right=True,
                misconception="one_map_for_all",
            ),
            Option(
                "Without any real data after generation 1, words and variance are kept to the same degree.",
                "Replace keeps about 80 % of the variance and about 33 % of the words.",
                misconception="one_map_for_all",
            ),
            Option(
                "Subsample keeps more than replace in all three columns, from sets of the same size.",
                "It does. Old real and old synthetic samples stay in the pool that it draws from.",
                right=True,
                misconception="inevitable",
            ),
            Option(
                "Mix(0.1) keeps 90 % of the words, because its real data are fresh.",
                "About 62 %. Fresh words are as seldom the rare ones as old words are.",
                misconception="fresh_is_magic",
            ),
        ],
        hints=["Read along a row: does one regime keep the same of all three?", "Compare preserve(0.1) and mix(0.1)."],
        solution="{key}. A regime is good for something, not good for everything.",
        lesson=_ONE,
    ),
    Headline(
        id="M7.08",
        title="Headline: ten per cent",
        objective=_MAP,
        headline="Ten per cent of real data, and your model is safe.",
        prompt="The regime is preserve(0.1) or mix(0.1), as in this lesson. What is right?",
        options=[
            Option(
                "The headline: with a tenth of real data the loss stops, so nothing important is lost.",
                "It stops at a level. For 20,000 words, learned from 20,000, this level is near 60 %.",
                misconception="share_decides",
            ),
            Option(
                "A tenth of real data delays the loss by a tenth.",
                "It stops the loss at a level. That is more than a delay.",
                misconception="ten_percent_delays",
            ),
            Option(
                "It depends on what must be kept, and on how many fresh samples a tenth is.",
                "Yes. In texts of 1,000 words mix(0.1) keeps 39 % of the different words with sets of 1,000, and 91 % "
                "with sets of 20,000.",
                right=True,
            ),
            Option(
                "It is wrong for all data: 90 % synthetic samples outvote the rest.",
                "For the variance of a normal law ten fresh samples keep about 95 %, if the sampler is faithful.",
                misconception="inevitable",
            ),
        ],
        hints=[
            "What is kept of the variance, and what of the words?",
            "A tenth of 1,000 words, or of 20,000: how many copies of a rare word are in it?",
        ],
        solution="{key} Shumailov et al. (2024) report that 10 % helped one language model; they state no safe share.",
        lesson=_WHAT,
    ),
    Numeric(
        id="M7.09",
        title="The best of several",
        objective=_SELECT,
        prompt=(
            "A normal law with variance 1, regime replace, unbiased fits. Each training sample is the largest of {m} "
            "draws of the last model; the first set is real, and nobody chooses there. What is the expected variance "
            "in generation {t}?"
        ),
        parameters={"m": [2, 3, 4], "t": range(3, 12)},
        key=lambda t, m: _best_of(t, m),
        tolerance=0.03,
        allowed=(0, 10),
        misreadings=[
            Misreading(
                lambda t, m: _best_of(t, m) * _factor(m),
                "Real data are not chosen: there are {t} - 1 selections, not {t}.",
                "one_round_off",
            ),
            Misreading(lambda t, m: 1, "Choosing has a price: the chosen samples vary less.", "selection_keeps_spread"),
            Misreading(
                lambda t, m: _best_of(t, m) ** 0.5,
                "This is the standard deviation of that law.",
                "variance_or_sd",
            ),
        ],
        hints=[
            "The largest of {m} standard normal draws has the variance theory.selection.best_of_moments({m})[1].",
            "It multiplies the variance in each generation after the first.",
        ],
        solution="The factor of one selection, to the power {t} - 1: {key}. The sample size does not matter.",
        lesson=_CHOICE,
    ),
    SingleChoice(
        id="M7.10",
        title="Which verifier (a deeper part)",
        objective=_SELECT,
        prompt=(
            "A generator's labels are wrong in 6 of 10 cases. A classifier learns from very many labels that a "
            "verifier accepted. Which verifier is the least strict one that is good enough?"
        ),
        ordered=True,
        options=[
            Option(
                "It accepts 90 % of the right labels and none of the wrong ones.",
                "It is good enough, but it need not be perfect.",
                misconception="verifier_must_be_perfect",
            ),
            Option(
                "It accepts 90 % of the right labels and 10 % of the wrong ones.",
                "It is good enough, but a worse one is, too.",
                misconception="verifier_must_be_perfect",
            ),
            Option(
                "It accepts 90 % of the right labels and 50 % of the wrong ones.",
                "Yes: 0.4 · 0.9 = 0.36 right against 0.6 · 0.5 = 0.30 wrong ones. The right ones have the majority.",
                right=True,
            ),
            Option(
                "It accepts 90 % of the right labels and 80 % of the wrong ones.",
                "It does favour the right ones. But among the accepted, 0.48 wrong ones meet 0.36 right ones.",
                misconception="any_verifier_helps",
            ),
        ],
        hints=["Of the accepted labels, how many are right?", "With very many labels the majority decides."],
        solution="{key} At 0.6 right and wrong ones are even. (After Feng et al. 2025; the numbers are ours.)",
        lesson=_TRUTH,
    ),
    Ordering(
        id="M7.11",
        title="What it takes from people",
        objective=_REMEDY,
        prompt=(
            "Twenty generations, 100 samples in each set. Put the regimes in order by the real samples that they use "
            "in all, the fewest first."
        ),
        items=[
            "accumulate",
            "mix, one fresh sample in each generation after the first",
            "mix, ten fresh samples in each generation after the first",
            "fresh real data alone, in each generation",
        ],
        because=[
            "Accumulate keeps its 100 real samples and asks for no more; one fresh sample each time makes 119.",
            "19 times one sample makes 119 in all, 19 times ten makes 290.",
            "290 against 20 times 100, which is 2,000.",
        ],
        misconceptions=["stored_is_bought", "share_decides", "fresh_is_magic"],
        hints=["Each regime starts with 100 real samples.", "How many new real ones does each generation ask for?"],
        solution="{key}: 100, 119, 290 and 2,000 real samples.",
        lesson=_COST,
    ),
    Headline(
        id="M7.12",
        title="Headline: keep everything",
        objective=_REMEDY,
        headline="Never delete anything, and collapse is history.",
        prompt="The regime is accumulate, as in this lesson. What is right?",
        options=[
            Option(
                "The headline: what is in the pool cannot be lost, whatever the model does.",
                "With a sampling bias of 0.8 the variance falls to 0.26 in 1,000 generations, with all data kept.",
                misconception="accumulation_always_works",
            ),
            Option(
                "It is wrong: data from models ruin a pool, and in the end nothing is left.",
                "With a faithful sampler and 100 samples, 98 % of a normal law's expected variance is kept for ever.",
                misconception="inevitable",
            ),
            Option(
                "It is right, and it costs nothing, since synthetic data are free.",
                "All fits of t generations together read t (t + 1)/2 sets. Learning and storing are not free.",
                misconception="stored_is_bought",
            ),
            Option(
                "It bounds the harm of chance, at the cost of ever larger sets; a steady bias stays.",
                "Yes. Chance errors get ever smaller weights; an error of one direction adds up, if slowly.",
                right=True,
            ),
        ],
        hints=["What does the biased sampler do under accumulate?", "How many sets does generation t learn from?"],
        solution="{key} Name the error before you name the remedy: a bias beats a few fresh samples, too.",
        lesson=_NOT,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _targets(rng):
    fixed = [(50, 0.9), (100, 0.5), (1000, 0.95), (50, _kept(50, 10) - 1e-9)]  # 10 just keep it
    return fixed + [(rng.choice([80, 200, 300]), rng.randrange(70, 97) / 100) for _ in range(3)]


def _cheapest(plans, enough, price_real, price_learn, choose=min):
    costs = {name: price_real * real + price_learn * learned for name, kept, real, learned in plans if kept >= enough}
    return choose(costs, key=costs.get) if costs else None


def _more_than_enough(plans, enough, price_real, price_learn):
    return _cheapest(plans, enough + 1e-9, price_real, price_learn)


def _first_that_is_enough(plans, enough, price_real, price_learn):
    return next((name for name, kept, *_ in plans if kept >= enough), None)


def _cheapest_of_all(plans, enough, price_real, price_learn):
    return _cheapest(plans, 0, price_real, price_learn)


def _keeps_most(plans, enough, price_real, price_learn):
    name, kept, *_ = max(plans, key=lambda plan: plan[1])
    return name if kept >= enough else None


def _offers(rng):
    plans = [["replace", 0.5, 1, 12], ["accumulate", 0.98, 1, 78], ["anchor", 0.96, 1, 23], ["fresh", 0.97, 12, 12]]
    cases = [(plans, 0.9, 1, 2), (plans, 0.9, 10, 1), (plans, 0.99, 1, 2), (plans, 0.4, 10, 1), (plans, 0.96, 10, 1)]
    cases.append(([plans[3], plans[1]], 0.9, 1, 2))  # the cheaper one has more real sets
    while len(cases) < 9:
        price_real, price_learn = rng.randrange(1, 9), rng.randrange(1, 5)
        if price_real not in (price_learn, 6 * price_learn):  # then two plans would cost the same
            cases.append((rng.sample(plans, len(plans)), rng.choice([0.45, 0.95, 0.965]), price_real, price_learn))
    return cases


EXERCISES = [
    Function(
        id="M7.e1",
        title="How many",
        objective=_NUMBER,
        prompt=(
            "Write fresh_needed(n, share): the smallest number of fresh real samples, of n, that keeps this share of "
            "the expected variance in the long run."
        ),
        name="fresh_needed",
        starter="",
        reference=_fresh_needed,
        inputs=_targets,
        misreadings=[
            Misreading(
                lambda n, share: _fresh_needed(n, share) - 1,
                "This one keeps a little less than the share that is asked for.",
                "one_round_off",
            ),
            Misreading(
                lambda n, share: round(n / 10),
                "A tenth of n is a share. The loop finds the number that is needed.",
                "share_decides",
            ),
            Misreading(
                lambda n, share: round(share * n),
                "This is that share of n. Few fresh samples keep much of the variance: the loop finds how many.",
                "share_decides",
            ),
            Misreading(
                lambda n, share: _kept(n, _fresh_needed(n, share)),
                "This is the variance that is kept. The number m is asked for.",
                "rate_is_half_life",
            ),
            Misreading(
                lambda n, share: _fresh_needed(n, share) / n,
                "This is a share of n. The number m is asked for.",
                "share_decides",
            ),
        ],
        hints=[
            "Inside the loop, variance is what m fresh samples keep. When is it enough?",
            "The loop counts up, so the first m that is enough is the smallest.",
        ],
        solution="if variance >= share: return m. The loop counts up, so the first m that is enough is the smallest.",
        version=2,
        calls_twice=True,
        lesson=_TWO,
    ),
    Function(
        id="M7.e2",
        title="Your pipeline",
        objective=_REMEDY,
        prompt=(
            "Write cheapest(plans, enough, price_real, price_learn): the cheapest plan that keeps enough, or None. No "
            "two costs are equal."
        ),
        name="cheapest",
        starter="",
        reference=_cheapest,
        inputs=_offers,
        misreadings=[
            Misreading(
                _cheapest_of_all,
                "The cheapest plan of all may not keep enough.",
                "cheap_is_enough",
            ),
            Misreading(
                _keeps_most,
                "This one keeps the most. A cheaper one that keeps enough is asked for.",
                "most_kept_is_best",
            ),
            Misreading(
                _more_than_enough,
                "At least enough: a plan that keeps just enough will do, so >= and not >.",
                "ends_are_like_the_middle",
            ),
            Misreading(
                _first_that_is_enough,
                "This is the first plan that keeps enough. A later one may be cheaper.",
                "one_option_is_best",
            ),
            Misreading(
                lambda plans, enough, price_real, price_learn: _cheapest(plans, enough, price_real, price_learn, max),
                "This is the dearest plan that keeps enough. Say min.",
                "most_kept_is_best",
            ),
            Misreading(
                lambda plans, enough, price_real, price_learn: _cheapest(plans, enough, price_learn, price_real),
                "The prices are swapped: price_real is for each real set, price_learn for each set learned from.",
                "stored_is_bought",
            ),
            Misreading(
                lambda plans, enough, price_real, price_learn: _cheapest(plans, enough, 0, price_learn),
                "The real sets cost something, too.",
                "fixed_costs_forgotten",
            ),
            Misreading(
                lambda plans, enough, price_real, price_learn: _cheapest(plans, enough, price_real, 0),
                "What is learned costs something, too.",
                "growing_costs_forgotten",
            ),
        ],
        hints=[
            "The cost is price_real * real + price_learn * learned.",
            "min(costs, key=costs.get, default=None) is the name with the smallest cost, None if there is none.",
        ],
        solution=(
            "costs[name] = price_real * real + price_learn * learned, and then: return "
            "min(costs, key=costs.get, default=None). The last argument is for a list in which no plan keeps enough."
        ),
        version=2,
        calls_twice=True,
        lesson=_COST,
    ),
]
