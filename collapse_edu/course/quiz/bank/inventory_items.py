"""The concept inventory: fifteen items, each on one misconception, each with an answer and a reason.

An item counts as right when both are right. Keys and reasons stay hidden until the second time it is taken.
``tests/course/quiz/test_inventory_science.py`` checks every right side by simulation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from collapse_edu.course.quiz.bank.misconceptions import INVENTORY
from collapse_edu.course.quiz.content_hash import content_hash
from collapse_edu.course.quiz.question import Option

__all__ = ["CONFIDENCE", "ITEMS", "SHORT", "WORDS", "Item"]

CONFIDENCE = {1: "guessing", 2: "unsure", 3: "sure", 4: "certain"}

WORDS = {
    "generation": "generation 1 is the model fitted to real data; each later one is fitted to what models made.",
    "chain": "one run of such generations, one after the other.",
    "replace": "a regime: each generation is trained on the last synthetic set alone.",
    "accumulate": "a regime: each generation is trained on the real set and every synthetic set so far.",
    "mix": "a regime: each generation is trained on the last synthetic set and some fresh real data.",
}

# One for each thing that a workshop talks about: how it shows, which models, whom it hits, can it be avoided,
# would a score tell.
SHORT = ("I.02", "I.05", "I.07", "I.10", "I.15")

_SHUFFLED = ("I.03", "I.08", "I.09", "I.10")  # items whose answers have no order of their own; reasons never have one


@dataclass(frozen=True, kw_only=True)
class Item:
    """What happens (``answers``) and why (``reasons``); one option of each is right.

    Attributes
    ----------
    id : str
        Such as ``"I.03"``.
    misconception : str
        Its tag; options that express it carry the same tag.
    instead : str
        What holds, in a sentence; ``belief`` is the misconception in a sentence.
    prompt : str
    answers, reasons : sequence of Option
    settles : str
        Paper and result that settle the item.
    lesson : str
        Where the course treats it.
    """

    id: str
    misconception: str
    instead: str
    prompt: str
    answers: Sequence[Option]
    reasons: Sequence[Option]
    settles: str
    lesson: str

    @property
    def ordered(self) -> bool:
        """Whether its answers have an order of their own, as numbers have; then all learners see them in it."""
        return self.id not in _SHUFFLED

    @property
    def content_hash(self) -> str:
        """What an answer is kept with: a hash of prompt, answers and reasons."""
        return content_hash({"prompt": self.prompt, "answers": self.answers, "reasons": self.reasons})

    @property
    def belief(self) -> str:
        return INVENTORY[self.misconception]


def _item(number, tag, instead, prompt, answers, reasons, settles, lesson):
    """Build an item; a choice is (text, why), with True if it is right, or "held" if it expresses the belief."""

    def options(choices):
        return tuple(
            Option(text, why, right=mark == [True], misconception=tag if mark == ["held"] else None)
            for text, why, *mark in choices
        )

    return Item(
        id=f"I.{number:02}",
        misconception=tag,
        instead=instead,
        prompt=prompt,
        answers=options(answers),
        reasons=options(reasons),
        settles=settles,
        lesson=lesson,
    )


ITEMS = (
    _item(
        1,
        "falls_in_every_run",
        ("Under replace, after n generations of n numbers, about a quarter of the chains lie above their start."),
        (
            "Regime replace. A normal law with variance 1 gives 100 real numbers. Mean and variance (divided by n "
            "- 1) are fitted, 100 new numbers are drawn from the fit, and so on. Of 1,000 such chains, how many "
            "have a fitted variance above 1 in generation 100?"
        ),
        [
            ("none", "About 240 do: one falling chain proves nothing about the next.", "held"),
            ("about 10", "It is far more common than that: about 240 do.", "held"),
            ("about 240", "Yes: the chance is 0.239.", True),
            ("about 500", "A fall is more likely than a rise: only about 240 lie above."),
        ],
        [
            (
                "a new sample is less spread out than its model, so each step goes down",
                "The fitted variance goes up in 48 of 100 steps.",
                "held",
            ),
            (
                "each step is a chance factor, and down is only somewhat likelier than up",
                "Yes: the log of the variance is a random walk with a small drift downwards.",
                True,
            ),
            (
                "each fit is unbiased, so as many chains lie above the start as below it",
                "Unbiased means: right on average. The law of the factor is skewed, so its median lies below 1.",
            ),
            (
                "small losses add up, and after 100 steps chance is too weak to hide them",
                "After n steps the drift is about 1 and the spread about 1.4 on the log scale: chance is the larger.",
                "held",
            ),
        ],
        (
            "Exact law of the recursive normal fit: a product of independent χ²/(n - 1) factors, in the setting "
            "of Theorem 3.1 of Shumailov et al. (2024)."
        ),
        "M2",
    ),
    _item(
        2,
        "constant_mean_is_safe",
        (
            "Under replace with an unbiased fit the mean variance stands still, and the median halves every 0.69 "
            "(n - 1) generations."
        ),
        (
            "Regime replace, normal model, 100 numbers in each generation, variance divided by n - 1. Averaged "
            "over all possible chains, the fitted variance is exactly 1 in every generation, as in the real law. "
            "Half of all chains lie below which variance in generation 70?"
        ),
        [
            ("about 0.05", "A typical chain needs about 300 generations to fall so far."),
            ("about 0.5", "Yes: the median halves in about 68 generations.", True),
            ("about 0.95", "The mean stays at 1, but the median has fallen to about 0.5.", "held"),
            ("about 1", "This is the mean. The median has fallen to about 0.5.", "held"),
        ],
        [
            (
                "a fit that is right on average keeps the typical chain where it started",
                "It keeps the average there, and nothing else.",
                "held",
            ),
            (
                "a fit is a little too small on average, and these losses multiply",
                "With division by n - 1 a fit is right on average, in each generation.",
            ),
            (
                "errors up and down are equally frequent and equally large, so they cancel",
                "They do not cancel: a fall by half needs a rise to double to make up for it.",
                "held",
            ),
            (
                "a few chains with large variances hold the average up while most fall",
                "Yes: the law of the variance gets very skewed, and its mean describes no typical chain.",
                True,
            ),
        ],
        (
            "Alemohammad et al. (2024), λ = 1 and a fixed n: the expected variance is constant, and the variance goes "
            "to 0 almost surely. The half-life follows from the drift of the logarithm, ψ((n-1)/2) + log(2/(n-1))."
        ),
        "M2",
    ),
    _item(
        3,
        "every_chain_runs_away",
        "Under replace the expected squared W2 distance diverges, and its median settles.",
        (
            "Regime replace, normal model, 30 numbers in each generation, real law with variance 1, variance "
            "divided by n - 1. The expected squared distance between model and real law (Wasserstein-2; 0 means "
            "equal) grows without bound: it is 12 in generation 300 and 35 in generation 1,000. What does the "
            "squared distance of the median chain do from generation 300 to 1,000?"
        ),
        [
            ("it falls back towards 0, against its expectation", "Nothing pulls a chain back to the real law."),
            ("it grows about threefold, like its expectation", "It stays near 1.7.", "held"),
            ("it grows about twofold, behind its expectation", "It stays near 1.7.", "held"),
            ("it stays about the same, near 1.7", "Yes: 1.62 in generation 300, 1.67 in generation 1,000.", True),
        ],
        [
            (
                "a chain with no variance left stands still; ever fewer chains carry the average",
                "Yes: steps are as large as the spread of the model, and that goes to 0.",
                True,
            ),
            (
                "what grows without bound on average grows in nearly every single chain",
                "An average can be carried by a few. In generation 1,000 three chains of 100 lie above it.",
                "held",
            ),
            (
                "the mean of each chain goes on wandering, at the same pace in every generation",
                "Its steps have the size σ/√n, and σ goes to 0: the mean comes to rest.",
                "held",
            ),
            (
                "chance errors of many generations cancel, so that each single chain finds its way back",
                "Errors are passed on, and nothing remembers the real law.",
            ),
        ],
        (
            "Theorem 3.1 of Shumailov et al. (2024): with a fixed n the expectation of W2² diverges while the variance "
            "goes to 0 almost surely. So each chain's W2² converges, to 1 plus the square of the mean at which it came "
            "to rest."
        ),
        "M2",
    ),
    _item(
        4,
        "large_n_prevents",
        ("Under replace a large n only delays it: the half-life of the median variance grows in proportion to n."),
        (
            "Regime replace, normal model, 10,000 numbers in each generation, real law with variance 1, variance "
            "divided by n - 1. Many chains run for 7,000 generations. Where is the median of their fitted "
            "variances then?"
        ),
        [
            ("near 0.01, and it goes on falling", "It needs about 46,000 generations to fall so far."),
            ("near 0.5, and it goes on falling", "Yes: it halves about every 6,930 generations.", True),
            ("near 0.9, and it stays there", "It was there about generation 1,000, and went on falling.", "held"),
            ("near 0.99, and it stays there", "It is near 0.5: small losses add up.", "held"),
        ],
        [
            (
                "a fit loses less with a larger n, but nothing brings the loss back",
                "Yes: the loss is about 1/n in each generation, so a hundredfold n buys a hundredfold delay.",
                True,
            ),
            (
                "with that many numbers a fit is so exact that its error no longer counts",
                "The error of one fit is small, but 7,000 of them add up.",
                "held",
            ),
            (
                "a fit loses as much with a large n as with a small one",
                "The loss of one generation is about 1/n on the log scale.",
            ),
            (
                "a fit loses less in each generation than in the one before, so the loss ends",
                "Under replace the loss is the same in each generation; under accumulate it shrinks.",
                "held",
            ),
        ],
        (
            "Drift of the log variance, about -1/(n - 1) in each generation; Suresh et al. (2025): the standard "
            "deviation of a recursive normal fit vanishes after a number of generations proportional to n."
        ),
        "M2",
    ),
    _item(
        5,
        "only_bad_models",
        "Under replace a model that fits its training set perfectly loses types too, until one is left.",
        (
            "Regime replace. The real balls have 20 colours, each with a share of 5 %. The model is a table of "
            "shares: it can hold any such law, and it takes over the shares of its 100 training balls exactly. "
            "Then it draws the next 100 balls. How many colours are left in a typical chain after 1,000 "
            "generations?"
        ),
        [
            ("1, with a share of 100 %", "Yes: in nearly all chains, after about 190 generations on average.", True),
            ("10, with unequal shares", "The loss does not stop at ten: there is no force that holds them."),
            ("20, with unequal shares", "A colour that is not drawn once is gone; chance sees to that.", "held"),
            ("20, with equal shares", "About half of the colours are gone after 13 generations.", "held"),
        ],
        [
            (
                "a model that takes over its training shares exactly also passes on the real shares",
                "It passes on the shares of a sample, and a sample is not the law.",
                "held",
            ),
            (
                "a table of shares is too poor a model to hold 20 colours for long",
                "It holds any shares exactly. What is lost is lost in drawing 100 balls.",
                "held",
            ),
            (
                "a colour missing from one sample is missing for good, even from an exact model",
                "Yes: the only states in which nothing changes any more are those with one colour.",
                True,
            ),
            (
                "a colour that becomes frequent is preferred by the model, and grows",
                "The model prefers no colour: each has the share that it had in training.",
            ),
        ],
        (
            "Shumailov et al. (2024), discrete distributions with exact approximation: the only absorbing states "
            "are delta functions, and one of them is reached with probability 1, if the number of samples is fixed."
        ),
        "M1",
    ),
    _item(
        6,
        "one_cause",
        (
            "Three errors can each suffice under replace: finite samples, a model family that is too narrow, a "
            "learning rule that is off."
        ),
        (
            "Regime replace, three kinds of chains. A: the right family of models, an unbiased fit, 100 numbers "
            "in each generation. B: a single normal curve for a real law with two separate humps, 1,000,000 "
            "numbers. C: the right family, 1,000,000 numbers, but the learning rule makes each fitted variance 10 "
            "% too small. In which of them is the typical model of generation 50 clearly off the real law?"
        ),
        [
            ("only in A", "B has lost the humps at once, and C has lost more than 99 % of its variance.", "held"),
            ("only in A and B", "In C, 0.9 to the power of 50 is left of the variance: 0.5 %."),
            ("only in B and C", "In A, about 60 % of the variance is left.", "held"),
            ("in A, B and C", "Yes: each for a reason of its own.", True),
        ],
        [
            (
                "only small samples do harm; a model with 1,000,000 numbers has practically no error",
                "B and C have practically no sampling error, and go wrong in another way.",
                "held",
            ),
            (
                "samples, model family and learning rule are three sources of error; each can suffice",
                "Yes: statistical, functional expressivity, and functional approximation error.",
                True,
            ),
            (
                "only flawed models do harm; a right family with an unbiased fit stays correct",
                "It is right on average. The typical chain drifts, because samples are finite.",
                "held",
            ),
            (
                "samples and family are sources of error; an error of the fit corrects itself in time",
                "A learning rule that is off is off in each generation, in the same direction.",
            ),
        ],
        (
            "Shumailov et al. (2024): statistical approximation error, functional expressivity error, functional "
            "approximation error."
        ),
        "M3",
    ),
    _item(
        7,
        "rare_is_disfavoured",
        (
            "Pure resampling is neutral: the expected share of every word stays; a rare one is only closer to 0, "
            "from where it cannot return."
        ),
        (
            "Regime replace. The model counts words and draws the next text of 1,000 words by their shares. One "
            "word has a share of 0.2 % in the real law. Averaged over 10,000 chains, what is its share in "
            "generation 50?"
        ),
        [
            ("about 0 %", "It is alive in about 7 chains of 100, and frequent there.", "held"),
            ("about 0.1 %", "The average stays at 0.2 %.", "held"),
            ("about 0.2 %", "Yes: 0 in most chains, and about 2.7 % on average where it lives.", True),
            ("about 0.4 %", "The average stays at 0.2 %: no word has an advantage."),
        ],
        [
            (
                "each draw favours the frequent words, and they push out the rare ones",
                "A frequent word is drawn more often, but just in proportion to its share.",
                "held",
            ),
            (
                "each draw favours no word; it is lost where chance takes it to 0, and gains elsewhere",
                "Yes: the expected share after a draw is the share before it.",
                True,
            ),
            (
                "each draw keeps the shares of all words, apart from errors that cancel in every chain",
                "In most single chains the word is gone. Only the average over chains is kept.",
            ),
            (
                "each draw gives a rare word less than its share, because the model misjudges it",
                "Its share is taken over exactly as it was counted.",
                "held",
            ),
        ],
        (
            "Neutral Wright-Fisher model: shares are martingales. For model collapse: Shumailov et al. (2024), "
            "discrete distributions with exact approximation: the chain ends at a type with the type's initial "
            "probability."
        ),
        "M3",
    ),
    _item(
        8,
        "count_fixes_date",
        "Its count fixes only the law of that date, and this law is very wide.",
        (
            "Regime replace. A word occurs 5 times in a real text of 10,000 words. The model counts words and "
            "draws the next text of 10,000 words by their shares. From this one real text 1,000 chains are run. "
            "In which synthetic text is the word missing for the first time?"
        ),
        [
            (
                "in some chains before text 5, in some after text 150",
                "Yes: about 15 of 100 before, 6 of 100 after.",
                True,
            ),
            ("in nearly all chains, in text number 4 to 6", "Only about 17 chains of 100 do.", "held"),
            (
                "in nearly all chains, in text number 10 to 16",
                "Half of the chains forget it by text 13, but only 18 of 100 in this range.",
                "held",
            ),
            ("in hardly any chain before text 500", "Only 2 chains of 100 still have it then."),
        ],
        [
            (
                "the count moves by chance, so the date differs widely from chain to chain",
                "Yes: the middle nine tenths of the dates lie between 3 and about 196.",
                True,
            ),
            (
                "the count falls by about one in each text, so it reaches 0 after about five",
                "On average the count does not fall at all.",
                "held",
            ),
            (
                "the count shrinks at a steady rate, so it falls below 1 at about the same date",
                "It has no rate of its own: it moves up and down, by about its square root.",
                "held",
            ),
            (
                "the count is larger than 1, so the word is safe for hundreds of texts",
                "Half of such words are gone by text 13.",
            ),
        ],
        (
            "Suresh et al. (2025): the chance that a word with count c is forgotten by text k is about exp(-c "
            "g_k), with g_1 = 1 and g_(k+1) = 1 - exp(-g_k)."
        ),
        "M3",
    ),
    _item(
        9,
        "share_falls_on_average",
        (
            "Under replace its expected share stays; in the end it is everything in a few chains and nothing in "
            "the others."
        ),
        (
            "Regime replace. 10 % of the documents are in dialect B. The model takes over the shares of its "
            "training set exactly, and draws the next 200 documents. You run 1,000 chains until nothing changes "
            "any more. What do you see?"
        ),
        [
            ("B has vanished in all chains", "It has taken over about 100 of them.", "held"),
            (
                "B has taken over about 100 chains and vanished in the others",
                "Yes: it takes over with the probability of its first share.",
                True,
            ),
            (
                "B has a share near 10 % in all chains",
                "A single chain does not stay there: it ends at 0 % or at 100 %.",
            ),
            (
                "B has taken over about 10 chains and vanished in the others",
                "It takes over about 100: ten times as many.",
                "held",
            ),
        ],
        [
            (
                "the majority is drawn more often, so it takes from the minority in each generation",
                "It is drawn in proportion to its share: what it takes on average is 0.",
                "held",
            ),
            (
                "the expected share stays the same, and so does the share in each chain",
                "The first half is right. But each chain moves, and 0 and 1 are the only places to rest.",
            ),
            (
                "the expected share stays the same, but a chain rests only at 0 or at 1",
                "Yes: a martingale between two absorbing ends.",
                True,
            ),
            (
                "the expected share falls, but chance lifts a few chains above it",
                "The expected share does not fall: what is lost in some chains is won in others.",
                "held",
            ),
        ],
        (
            "Neutral Wright-Fisher model: the probability that a type takes over is its initial share (the same "
            "in Shumailov et al. 2024, discrete distributions with exact approximation)."
        ),
        "M3",
    ),
    _item(
        10,
        "inevitable",
        "Under accumulate the loss is bounded: the expected variance stays above a positive limit.",
        (
            "Regime accumulate: each generation of a normal model (variance divided by n) adds 100 synthetic "
            "numbers, and is trained on these, on the 100 real ones, and on all earlier synthetic ones. The real "
            "law has variance 1. In generation 1,000 only one number in 1,000 is real. Where is the median of the "
            "fitted variances of many chains?"
        ),
        [
            (
                "near 0.97, as in generation 100",
                "Yes: most of the small loss comes in the first ten generations, and then it stops.",
                True,
            ),
            ("near 0.5, half of what it was in generation 100", "It hardly changes after generation 10.", "held"),
            (
                "near 0.01, a fraction of what it was in generation 100",
                "This is what replace does. Here the loss is bounded.",
                "held",
            ),
            ("near 10, a multiple of what it was in generation 100", "It neither runs away nor dies out."),
        ],
        [
            (
                "the real share goes to 0, so in the end it is the same as training on synthetic data alone",
                "The share goes to 0, but older sets, close to the real law, keep their weight in the pool.",
                "held",
            ),
            (
                "the loss is the same in each generation, so keeping the data only slows it down",
                "It gets smaller: generation t moves the pool by about 1/t.",
                "held",
            ),
            (
                "the newest set is an ever smaller part of the whole, so that the losses have a finite sum",
                "Yes: the losses go as 1/t², and their sum is finite.",
                True,
            ),
            (
                "the newest set adds errors that outweigh all the older ones, so the spread must grow",
                "It is one part in t of the pool, and weighs less each time.",
            ),
        ],
        (
            "Gerstgrasser et al. (2024), accumulation bounds the error of regression; Kazdan et al. (2025) for "
            "normal models. With division by n the expected variance tends to sin(π/√n)/(π/√n): 0.984 for n = "
            "100."
        ),
        "M7",
    ),
    _item(
        11,
        "accumulating_equals_real",
        (
            "The error is bounded, but larger: π²/6 times that of the real set for a mean; with a kernel density "
            "the variance even goes on growing."
        ),
        (
            "Regime accumulate. The model is the mean of a normal law with known variance. Each generation adds "
            "100 numbers drawn with the mean fitted so far; nothing is thrown away. In generation 50 there are "
            "5,000 numbers, 100 of them real. The mean of the 100 real ones alone has expected squared error e. "
            "Which expected squared error has the mean of all 5,000?"
        ),
        [
            ("about 50 e", "This happens under replace. Here it is 1.63 e."),
            ("about 1.6 e", "Yes: 1.625 e, and never more than π²/6 e, about 1.645 e.", True),
            ("about e", "The synthetic numbers do harm, a little: the error is 1.63 e.", "held"),
            ("about e/50", "This needs 5,000 real numbers.", "held"),
        ],
        [
            (
                "a number that is kept informs as well as a real one, so 5,000 numbers count as 5,000",
                "Synthetic numbers know of the real law only what the earlier fits knew.",
                "held",
            ),
            (
                "a batch repeats the error so far and adds one of its own, with an ever smaller weight",
                "Yes: after t generations the error is e × (1 + 1/4 + … + 1/t²).",
                True,
            ),
            (
                "a batch adds an error of its own that is as large as the first one, with the same weight",
                "The weight of batch t in the pool is 1/t, and its square goes into the error.",
            ),
            (
                "a batch brings no information and no error, as long as the real numbers stay in the pool",
                "It brings an error: it is drawn at random, around a mean that is already off.",
                "held",
            ),
        ],
        (
            "Gerstgrasser et al. (2024), Theorem 2; Dey and Donoho (2024), the π²/6 pathway. That the variance of "
            "an accumulating kernel density goes on growing is computed in the course, in the setting of Kazdan "
            "et al. (2025) and Borji (2024)."
        ),
        "M6",
    ),
    _item(
        12,
        "share_decides",
        (
            "An absolute number of fresh real rows does: about ten in each generation keep 95 % of the expected "
            "variance, for 100 rows and for 1,000."
        ),
        (
            "Regime mix, normal model, faithful sampling, variance divided by n. Team A trains each generation on 100 "
            "rows: 10 fresh real ones, 90 from the last model. In the long run it keeps, on average, 0.95 of the real "
            "variance. Team B trains on 1,000 rows. How many of them must be fresh real ones in each generation for "
            "the same 0.95?"
        ),
        [
            ("about 100", "100 keep 0.995: ten times as many as needed.", "held"),
            ("about 30", "30 keep 0.983: more than needed."),
            ("about 10", "Yes: 0.952 of the variance is kept.", True),
            ("about 1", "With 1 in 1,000, about 0.67 is kept."),
        ],
        [
            (
                "the synthetic rows outvote the real ones, unless the share of real rows is kept",
                "They pass on earlier real rows. What has to be made up for is the loss by chance, and that is small.",
                "held",
            ),
            (
                "the share of real rows decides, and one in ten has been shown to be enough",
                "It was enough in one experiment. Here one in a hundred does as well.",
                "held",
            ),
            (
                "the need for real rows grows with the root of the number of rows",
                "It does not grow: it is about the same for 100 rows and for 1,000.",
            ),
            (
                "with more rows chance takes less, so the same number of real rows offsets it",
                "Yes: chance takes about 1/n, a share p of fresh rows gives back in proportion to p; n p decides.",
                True,
            ),
        ],
        (
            "Stationary moments of the fresh data loop of Alemohammad et al. (2024) for a normal model; the "
            "counterpart in population genetics is Wright's rule that the number of migrants decides, not their "
            "share. With a biased sampler the share counts again."
        ),
        "M7",
    ),
    _item(
        13,
        "washes_out",
        "A share p of labels that are off by δ, always the same way, leaves a floor p²‖δ‖², whatever n is.",
        (
            "One training, no chain: 90 % real rows and 10 % rows with labels from an older model. Linear "
            "regression on 10 independent standard normal inputs, noise variance 1. The older model's "
            "coefficients are off by a fixed vector of squared length 9. With 1,000 rows the excess error of the "
            "fit is about 0.11. What is it with 100,000 rows, still 10 % of them from the older model?"
        ),
        [
            ("about 0.001", "Only the part that comes from chance shrinks like this. A floor of 0.09 stays.", "held"),
            ("about 0.01", "A floor of 0.1² × 9 = 0.09 stays.", "held"),
            ("about 0.09", "Yes: 0.1² × 9, and hardly more.", True),
            ("about 11", "More rows do no harm here: the share of bad ones is the same."),
        ],
        [
            (
                "bad labels are a minority, so with enough rows the good ones outvote them",
                "Least squares takes an average, and no vote: 10 % of the wrong vector stays in it.",
                "held",
            ),
            (
                "bad labels add errors that average out, as all errors do with enough rows",
                "Errors with a common direction do not average out.",
                "held",
            ),
            (
                "bad labels do harm by their number, and there are now a hundred times as many",
                "There are a hundred times as many good ones, too.",
            ),
            (
                "bad labels err in one direction, so the fit moves by their share, for any n",
                "Yes: the fit tends to w + p δ. Its error is p²‖δ‖².",
                True,
            ),
        ],
        (
            "Dohmatob et al. (2025), Strong Model Collapse; the floor p²‖δ‖² is its toy case, least squares with "
            "isotropic inputs, computed in the course."
        ),
        "M6",
    ),
    _item(
        14,
        "golden_ratio_is_universal",
        (
            "The best weight of real data depends on the two sizes, and the rule presumes that older data are "
            "thrown away."
        ),
        (
            "Regime mix, older data thrown away. Each generation has 100 fresh real numbers and 400 synthetic "
            "ones drawn around its predecessor's estimate. The new estimate of the law's mean is w × (mean of the "
            "real ones) + (1 - w) × (mean of the synthetic ones). Which w gives the smallest squared error in the "
            "long run?"
        ),
        [
            ("w = 1.00", "Then the past is lost: the error is that of 100 real numbers, and 0.39 of it is possible."),
            ("w = 0.62", "This is the best for equal sizes. Here the error would be 0.49 instead of 0.39.", "held"),
            ("w = 0.39", "Yes: with it the error is 0.390 of that of 100 real numbers.", True),
            ("w = 0.20", "The share of real numbers. The error is 0.556 of that of 100 real ones; 0.390 is possible."),
        ],
        [
            (
                "the golden ratio balances real and synthetic data, whatever the numbers of the two",
                "It does for equal numbers only.",
                "held",
            ),
            (
                "the synthetic numbers hold nothing about the real law that the real ones do not",
                "They hold what the earlier real numbers told, which have been thrown away.",
            ),
            (
                "the synthetic numbers stand for discarded real ones; how well depends on the sizes",
                "Yes: they pass the past on, with noise. With all old real data kept nobody would need them.",
                True,
            ),
            (
                "the synthetic numbers count as much as real ones, so each gets the same weight",
                "They carry the errors of all earlier fits, and the noise of being drawn.",
            ),
        ],
        (
            "He, Xu and Cheng (2025): for c = n_real/n_synthetic the best weight is (√(c² + 4c) - c)/2, which is "
            "0.618 for c = 1 and 0.390 for c = 1/4."
        ),
        "M7",
    ),
    _item(
        15,
        "precision_is_health",
        "Under replace with a sampling bias λ < 1, precision stays near 1 while recall goes to 0.",
        (
            "Regime replace, normal model in two dimensions, 500 points in each generation. Each generation "
            "samples a little narrower than it learned: with 0.7 times the fitted covariance. In generation 20, "
            "precision (the share of synthetic points that lie among real ones) is 1.00. What is recall (the "
            "share of real points that lie among synthetic ones)?"
        ),
        [
            ("near 1.0", "It is near 0.01.", "held"),
            ("near 0.7", "It is near 0.01: the narrowing acts anew in each generation."),
            ("near 0.5", "It is near 0.01."),
            ("near 0.0", "Yes: about 0.01.", True),
        ],
        [
            (
                "points that all lie among the real ones must come from nearly the same law",
                "They may all come from one small part of it.",
                "held",
            ),
            (
                "points lose as much recall as the sampling is narrowed, once and for all",
                "The next generation learns from narrowed points, and narrows them again.",
            ),
            (
                "points crowd where real ones are dense: all are realistic, and nearly all variety is gone",
                "Yes: after 20 generations about a thousandth of the covariance is left.",
                True,
            ),
            (
                "points that lie among real ones show that the model is sound, so recall cannot be far off",
                "Precision sees only what is produced, never what is missing.",
                "held",
            ),
        ],
        (
            "Alemohammad et al. (2024): in the fully synthetic loop with sampling bias λ < 1 precision is kept or "
            "rises while recall falls. Precision and recall as in Kynkäänniemi et al. (2019), k = 5."
        ),
        "M4",
    ),
)
