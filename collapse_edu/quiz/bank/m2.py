"""M2, Gaussian collapse: predictions and questions."""

from collapse_edu.quiz.question import Option

__all__ = ["PREDICTIONS", "QUESTIONS"]

PREDICTIONS = {
    "M2.p1": {
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
            ),
        ],
        "causes": [
            Option(
                "each fit is right on average, so errors cancel", "Errors of one fit are passed on. They do not cancel."
            ),
            Option(
                "each generation multiplies the variance by a random factor",
                "Yes. After 60 generations the variance is a product of 60 random factors.",
            ),
            Option(
                "each model is worse than the last because it is too simple",
                "The model is exactly right here: the real law is normal. Only the sample is finite.",
            ),
        ],
    },
    "M2.p2": {
        "prompt": (
            "Averaged over all possible chains, the fitted variance stays exactly 1 for ever, because each fit is "
            "unbiased. Now look at the median: half of the chains lie above it, half below. Where is the median "
            "variance after 100 generations, with 100 samples in each?"
        ),
        "outcomes": [
            Option(
                "at 1, like the mean",
                "In a skewed law, mean and median usually differ, and this law gets very skewed.",
                value=1.0,
            ),
            Option(
                "near 0.4",
                "Yes. The typical chain has lost more than half of its variance, although the mean stands still.",
                value=0.4,
            ),
            Option("near 2.5", "A few chains grow, and they hold the mean up. The typical chain falls.", value=2.5),
        ],
        "causes": [
            Option(
                "a fall by half needs a rise to double to make up for it",
                "Yes. On the scale of factors each generation loses a little: the mean of the log factor is below 0.",
            ),
            Option("an unbiased fit keeps the typical chain in place", "It keeps the mean in place, and nothing else."),
            Option(
                "the variance estimate is too small on average",
                "With ddof = 1 it is right on average, in each generation.",
            ),
        ],
    },
    "M2.p3": {
        "prompt": (
            "Now each model trains on the 30 real numbers and on every synthetic set so far (regime accumulate). "
            "Where is the median variance after 60 generations?"
        ),
        "outcomes": [
            Option("near 0.1, as under replace", "The real numbers stay in the training set. They hold it.", value=0.1),
            Option("near 0.9", "Yes. A little is lost in the first generations, then the loss stops.", value=0.9),
            Option("near 3", "Synthetic numbers outnumber the real ones 59 to 1, but they do not run away.", value=3.0),
        ],
        "causes": [
            Option(
                "a new synthetic set is a smaller and smaller part of the whole",
                "Yes. Generation t moves the pool by about 1/t, so the squared steps have a finite sum.",
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
    },
}

QUESTIONS = []
