"""M4, image collapse: predictions and questions."""

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
    "M4.p1": {
        "film": True,
        "prompt": (
            "Ten normal laws learn 898 digits and draw 898 new ones. The next model learns those, and so on, "
            "under replace. Recall asks how much of what is real a model still reaches, precision whether what it"
            " draws looks real. What do the two do in the first 12 generations?"
        ),
        "outcomes": [
            Option(
                "both stay about where they began",
                "898 images are many, but ten laws have to share them, and errors are handed on.",
                value=0.8,
            ),
            Option(
                "both fall by about half",
                "Recall does. But what these models draw hardly looks worse than in generation 1.",
                value=0.4,
            ),
            Option(
                "recall falls by about half, precision hardly moves",
                "Yes. The images look much as before. What has gone is a part of their variety.",
                right=True,
                value=0.4,
            ),
            Option(
                "precision falls by about half, recall hardly moves",
                "The images look much as before. But ever fewer real ones have a drawn one next to them.",
                value=0.8,
            ),
        ],
        "causes": [
            Option(
                "each model draws worse images than the last one",
                "Then precision would fall with recall. It hardly moves.",
            ),
            Option(
                "small errors of finite samples add up",
                "Yes. The laws get thin in some directions, and nothing under replace brings variety back.",
                right=True,
            ),
            Option(
                "the models average the digits until all are alike",
                "The images of the film differ as much as before. What went is the fit to the real ones.",
            ),
        ],
    },
    "M4.p2": {
        "film": True,
        "prompt": (
            "The same ten normal laws, but each model samples with λ = 0.8: closer to the middle of each law. After 12 "
            "generations, how do precision and recall compare with λ = 1?"
        ),
        "outcomes": [
            Option(
                "precision is higher, recall near 0.7",
                "The images have cleaner paper, and precision says that they look real. But the next model learns "
                "that there is less variety than there was.",
                value=0.7,
            ),
            Option(
                "precision is higher, recall near 0",
                "Yes. Precision goes to 1 and recall to 0: each image looks real, and variety goes.",
                right=True,
                value=0.0,
            ),
            Option(
                "precision is lower, recall near 0.2",
                "Recall is lower. But images near the middle lie near real ones, so precision rises.",
                value=0.2,
            ),
        ],
        "causes": [
            Option(
                "each model takes typical images for all there is",
                "Yes. Typical images lie near real ones, and the same step makes the next law narrower.",
                right=True,
            ),
            Option(
                "better images are better teachers",
                "They are typical images. A model that sees typical ones alone learns nothing about the others.",
            ),
            Option(
                "λ acts on what is shown, and not on what is learned",
                "The next model learns exactly what was drawn with λ.",
            ),
        ],
    },
    "M4.p3": {
        "film": True,
        "prompt": (
            "Two chains of autoencoders start from the same 10,000 real digits, with ten classes. In one, each model "
            "hands on the means of its decoder; in the other, sampled pixels. What is left after ten generations?"
        ),
        "outcomes": [
            Option(
                "one blob in both chains",
                "Both learn from as few images, and yet only one of the two ends in a blob.",
                value=1.0,
            ),
            Option(
                "ten clear digits from means, nothing but noise from sampled pixels",
                "Means do look clean, because they leave out what was random. The next model never sees what they "
                "leave out.",
                value=10.0,
            ),
            Option(
                "one blob from means, varied images from sampled pixels",
                "Yes. The sampled images stay different, but their shapes dissolve. They are grainy from generation "
                "1 on; what goes with time is the shape.",
                right=True,
                value=1.0,
            ),
        ],
        "causes": [
            Option(
                "finite samples lose what is rare",
                "That happens in both chains alike. It cannot explain the difference.",
            ),
            Option(
                "the network is too small to hold ten digits at once",
                "It is the same network in both chains.",
            ),
            Option(
                "means vary less than the law that was learned",
                "Yes. They are no draws. Feeding them back acts like λ < 1, in each generation anew.",
                right=True,
            ),
        ],
    },
}

_NOTEBOOK = "M4_image_collapse.ipynb#"
_NUMBERS = _NOTEBOOK + "Two-numbers:-precision-and-recall"
_ONE = _NOTEBOOK + "Idea-1:-What-falls?"
_TWO = _NOTEBOOK + "Idea-2:-What-if-samples-stay-close-to-the-middle?"
_THREE = _NOTEBOOK + "Idea-3:-Means-or-draws?"
_REAL = _NOTEBOOK + "Keep-the-real-data"
_TURN = _NOTEBOOK + "Your-turn"
_COPY = _NOTEBOOK + "Deeper:-Does-it-copy?"
_KNOWN = _NOTEBOOK + "Deeper:-A-number-with-a-known-value"

_COMPUTE = "compute precision, recall and effective classes, and say what each of them misses"
_PREDICT = "predict which of them falls when an image model learns from its own images"
_SAY = "say what a sampling bias does to quality and to variety, and why"
_TELL = "tell an error of the model from an error of sampling: switch one of them off"


# ---------------------------------------------------------------- M4.02: precision by hand, and typical wrong ones


def _near(point, others, radius):
    return [((point[0] - x) ** 2 + (point[1] - y) ** 2) ** 0.5 < radius for x, y in others]


def _share_near(points, others, radius, how=any):
    return sum(how(_near(point, others, radius)) for point in points) / len(points)


def _precision_within(real, synthetic, radius):
    return _share_near(synthetic, real, radius)


def _clouds(rng):
    """Return cases in which no distance is close to the radius, and no typical mistake gives the right number."""
    cases = []
    while len(cases) < 6:
        radius = rng.choice((0.5, 1.0, 1.5))
        real, synthetic = (
            [[round(rng.gauss(middle, 1), 1), round(rng.gauss(0, 1), 1)] for _ in range(size)]
            for middle, size in ((0, rng.randrange(3, 8)), (1, rng.randrange(8, 15)))
        )
        squares = [(a - x) ** 2 + (b - y) ** 2 for a, b in synthetic for x, y in real]
        shares = {
            round(share, 9)
            for share in (
                _share_near(synthetic, real, radius),
                _share_near(real, synthetic, radius),
                _share_near(synthetic, real, radius, all),
                _pairs_within(real, synthetic, radius),
            )
        }
        if min(abs(square - radius**2) for square in squares) > 1e-6 and len(shares) == 4:
            cases.append((real, synthetic, radius))
    return cases


def _pairs_within(real, synthetic, radius):
    near = [neighbour for point in synthetic for neighbour in _near(point, real, radius)]
    return sum(near) / len(near)


# ---------------------------------------------------------------- keys and typical wrong numbers


def _coverage(n, m, k):
    from collapse_edu import metrics

    return metrics.expected_coverage(n, m, k)


def _effective(lead, others):
    """Return the effective number of classes: one class holds `lead` %, `others` classes share the rest evenly."""
    import numpy as np

    from collapse_edu import metrics

    return metrics.effective_types(np.repeat(np.arange(others + 1), [lead * others] + [100 - lead] * others))


def _inverse_squares(lead, others):
    p, q = lead / 100, (1 - lead / 100) / others
    return 1 / (p**2 + others * q**2)


def _entropy(lead, others):
    from math import log

    return log(_effective(lead, others))


# ---------------------------------------------------------------- pictures


def _points(n, seed):
    """Return n real points in two clouds, and 50 synthetic ones, most of them in one of the two."""
    import numpy as np

    rng = np.random.default_rng(seed)
    real = rng.uniform(0, 2, size=(n, 2))
    real[n // 2 :] += (3, 1)
    inside = int(rng.integers(30, 42))
    return real, np.vstack(
        [rng.uniform(0.1, 1.7, size=(inside, 2)), rng.uniform((1.6, 3.3), (2.8, 4.3), size=(50 - inside, 2))]
    )


def _quality(n, seed):
    from collapse_edu import metrics

    return metrics.precision_recall(*_points(n, seed), k=3)


def _both_as_one(n, seed):
    precision, recall = _quality(n, seed)
    return (50 * precision + n * recall) / (50 + n)


def _balls(n, seed):
    """Draw the balls and name neither precision nor recall."""
    from collapse_edu.plots import plot_balls

    return plot_balls(*_points(n, seed), k=3, named=False)


_SETTINGS = {
    "A": {"sampling_bias": 0.9},
    "B": {},
    "C": {"sampling_bias": 0.8},
    "D": {"residual": False},
}
_SHOWN = ("recall", "precision", "coverage")


def _plays_safe(name):
    """Return whether a setting samples closer to the middle than it learned."""
    return _SETTINGS[name].get("sampling_bias", 1) < 1


def _four_samplers(seed):
    """Draw recall, precision and coverage of chains that sample faithfully, and of two that do not."""
    import numpy as np

    from collapse_edu import PCAGaussian, datasets, run
    from collapse_edu.measures import Quality
    from collapse_edu.plots import plot_quality

    source = datasets.digits().source
    quality = Quality(reference=source.reserve)
    measured = {name: getattr(quality, name) for name in _SHOWN}
    histories = {
        name: run(PCAGaussian(**more), source, generations=8, chains=2, measures=measured, seed=10 * seed + place)
        for place, (name, more) in enumerate(_SETTINGS.items())
    }
    picture = plot_quality(histories, title="Which of them sample with λ < 1?")
    shown = (1, 3, 5, 8)
    picture.description = "Medians of two chains under replace. " + " ".join(
        f"{name}: "
        + "; ".join(
            f"{metric} " + ", ".join(f"{np.median(history[metric][t - 1]):.2f} in generation {t}" for t in shown)
            for metric in _SHOWN
        )
        + "."
        for name, history in histories.items()
    )
    return picture


QUESTIONS = [
    SingleChoice(
        id="M4.01",
        title="Nearly every image looks real",
        objective=_COMPUTE,
        prompt=(
            "A team retrains its image model on its own images. Against held-out real images, precision is 0.96 in "
            "generation 1 and 1.00 in generation 12, recall 0.21 and 0.00, coverage 0.85 and 0.56. (Other real images "
            "get 0.96 to 0.97.) What do you make of it?"
        ),
        options=[
            Option(
                "No collapse: nearly every image looks real, and that is what users see.",
                "Precision sees what is drawn alone. Recall and coverage look at the real images: ever fewer are in "
                "reach.",
                misconception="precision_is_health",
            ),
            Option(
                "The numbers contradict each other, so one of them was measured wrongly.",
                "They count different points: precision synthetic ones near real ones, the others real ones.",
                misconception="fall_together",
            ),
            Option(
                "What is drawn looks real, but less of what is real is in its reach.",
                "Yes. Precision up, recall and coverage down: so it looks when variety is lost.",
                right=True,
            ),
            Option(
                "Only 56 % of the kinds of images are left, about six classes of ten.",
                "Coverage counts real images near a drawn one. All classes may be there, each in a narrow form.",
                misconception="recall_counts_classes",
            ),
        ],
        hints=[
            "Which points does precision count, and which ones do recall and coverage count?",
            "In the lesson, λ = 0.8 led to such numbers. How many classes did exercise 1 find there?",
        ],
        solution=(
            "{key} Precision is a share of synthetic images, recall and coverage are shares of real ones. Ten "
            "normal laws without residual noise get such numbers with λ = 0.8 under replace, and have about nine "
            "effective classes left. (One number alone says little: one normal law begins with a coverage near 0.)"
        ),
        lesson=_TWO,
    ),
    Function(
        id="M4.02",
        title="Write precision",
        objective=_COMPUTE,
        prompt=(
            "Write precision_within(real, synthetic, radius). Both sets are lists of points [x, y]. All balls of real "
            "points have the same radius here. Return the share of synthetic points whose distance to at least one "
            "real point is less than radius."
        ),
        name="precision_within",
        starter=(
            "import numpy as np\n"
            "\n"
            "\n"
            "def precision_within(real, synthetic, radius):\n"
            '    """Return the share of synthetic points near a real one."""\n'
            "    real, synthetic = np.array(real), np.array(synthetic)\n"
            "    differences = synthetic[:, None] - real  # one row for each synthetic point\n"
            "    distances = np.sqrt((differences**2).sum(axis=2))\n"
            "    return ..."
        ),
        reference=_precision_within,
        inputs=_clouds,
        misreadings=[
            Misreading(
                lambda real, synthetic, radius: _share_near(real, synthetic, radius),
                "This is the share of real points near a synthetic one: recall.",
                "precision_or_recall",
            ),
            Misreading(
                lambda real, synthetic, radius: _share_near(synthetic, real, radius, all),
                "This asks that a synthetic point is near all real points. One of them is enough.",
                "near_all",
            ),
            Misreading(
                _pairs_within,
                "This is the share of pairs. Ask first, for each synthetic point, whether any real point is near.",
                "near_all",
            ),
            Misreading(
                lambda real, synthetic, radius: _share_near(synthetic, real, radius) * len(synthetic),
                "This is a number of points. Divide it by how many synthetic points there are.",
                "loss_without_size",
            ),
            Misreading(
                lambda real, synthetic, radius: _share_near(synthetic, real, radius) * len(synthetic) / len(real),
                "These are synthetic points: divide by their number, not by that of the real ones.",
                "precision_or_recall",
            ),
            Misreading(
                lambda real, synthetic, radius: 1 - _share_near(synthetic, real, radius),
                "This is the share that is near no real point.",
                "wrong_half",
            ),
        ],
        hints=[
            "distances[i, j] is the distance from synthetic point i to real point j.",
            "(distances < radius).any(axis=1) says for each row whether any entry is True.",
        ],
        solution=(
            "return (distances < radius).any(axis=1).mean(). With axis=0 it asks each real point for a synthetic one "
            "near: recall, if the balls were those of the synthetic points."
        ),
        lesson=_NUMBERS,
    ),
    Numeric(
        id="M4.03",
        title="What coverage can be (a deeper part)",
        objective=_COMPUTE,
        prompt=(
            "A perfect model draws {m} images from the very law of the {n} real ones. Coverage is the share of real "
            "images whose ball holds at least one synthetic image; a ball reaches to the third nearest real neighbour "
            "(k = 3). What coverage do you expect?"
        ),
        parameters={"n": range(600, 1001, 50), "m": range(100, 251, 10)},
        key=lambda n, m: _coverage(n, m, 3),
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda n, m: 1,
                "Even a perfect model leaves balls empty by chance, the more so the fewer images it draws.",
                "perfect_is_one",
            ),
            Misreading(
                lambda n, m: 1 - 2**-3,
                "This holds for equally many real and synthetic images. Here there are fewer synthetic ones.",
                "scores_without_size",
            ),
            Misreading(
                lambda n, m: _coverage(n, m, 1),
                "This is the value for k = 1. A ball that reaches to the third neighbour is larger.",
                "one_neighbour",
            ),
            Misreading(
                lambda n, m: _coverage(n, m, 5),
                "This is the value for k = 5, the default. A ball that reaches to the third neighbour is smaller.",
                "one_neighbour",
            ),
        ],
        hints=[
            "A ball is empty if the three nearest of all other images, real and synthetic, are real ones.",
            "metrics.expected_coverage(n, m, k) computes it.",
        ],
        solution=(
            "A ball is empty if the three nearest of the {n} - 1 + {m} other images are all real. The chance of that "
            "is a product of three factors, a little below {n} / ({n} + {m}) each. One minus the product is {key}."
        ),
        lesson=_KNOWN,
    ),
    Numeric(
        id="M4.04",
        title="How many classes are left",
        objective=_COMPUTE,
        prompt=(
            "A classifier looks at the images of a model. {lead} % of them are in one class. The rest is spread evenly "
            "over {others} other classes. What is the effective number of classes, the exponential of the entropy?"
        ),
        parameters={"lead": range(40, 91, 2), "others": range(3, 10)},
        key=_effective,
        tolerance=0.02,
        allowed=(0, 20),
        misreadings=[
            Misreading(
                lambda lead, others: others + 1,
                "So many classes occur. But they are not equally frequent, so fewer equal ones would be as varied.",
                "count_is_variety",
            ),
            Misreading(
                _entropy,
                "This is the entropy. Its exponential is the effective number of classes.",
                "entropy_is_number",
            ),
            Misreading(
                _inverse_squares,
                "This is one over the sum of squared shares: another effective number. Here the entropy is asked for.",
                "one_diversity",
            ),
        ],
        hints=[
            "The entropy is -Σ p log p, over all classes, with the natural logarithm.",
            "The {lead} % class adds one term; the other classes add {others} equal terms.",
        ],
        solution=(
            "The shares are {lead} % once, and (100 - {lead}) % / {others} for each of {others} classes. The entropy "
            "is -Σ p log p, and its exponential is {key}."
        ),
        lesson=_TURN,
    ),
    Numeric(
        id="M4.05",
        title="Read the plot: recall",
        objective=_COMPUTE,
        prompt=(
            "The picture shows {n} real points (black) and 50 synthetic ones (orange), and the balls of both sets. "
            "What is the recall? (The words below the picture give the counts of both.)"
        ),
        parameters={"n": range(40, 61, 2), "seed": range(1000)},
        figure=_balls,
        key=lambda n, seed: _quality(n, seed).recall,
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda n, seed: _quality(n, seed).precision,
                "This is precision: the share of synthetic points in a ball of a real one.",
                "precision_or_recall",
            ),
            Misreading(
                _both_as_one,
                "This puts both sets together. Recall is a share of the real points alone.",
                "fall_together",
            ),
        ],
        hints=[
            "Recall asks: which share of what is real does the model reach?",
            "So count real points, inside the balls of synthetic ones.",
        ],
        solution=(
            "Recall is the share of the {n} real points that lie in a ball of a synthetic one: {key}. It is hardly "
            "ever above one half: half of the real points lie in the cloud on the right, and no synthetic one does."
        ),
        lesson=_NUMBERS,
    ),
    Ordering(
        id="M4.06",
        title="Who recalls least",
        objective=_PREDICT,
        prompt=(
            "Four chains of ten normal laws start from 898 real digits. Put them into order by their recall, the "
            "smallest first. (All sample with λ = 1, so all add the same residual noise.)"
        ),
        items=[
            "replace, 20 generations",
            "replace, 12 generations",
            "preserve(0.1), 12 generations",
            "anchor, 12 generations",
        ],
        because=[
            "Under replace the errors of finite samples go on adding up.",
            "A tenth of real images brings back in each generation some of what was lost, so recall settles.",
            "The whole real set holds more than a tenth of it does.",
        ],
        misconceptions=["errors_cancel", "inevitable", "share_decides"],
        hints=[
            "Does the loss under replace come to an end? Which of them see real images again?",
            "How many real images are in each training set: none, 90 or 898?",
        ],
        solution=(
            "{key}. In the lesson recall under replace is about 0.2 in generation 20 and 0.4 in generation 12; there "
            "it is 0.7 with a tenth of real images, and 0.8 with all of them. Coverage in generation 12 has the same "
            "order: 0.25, 0.30, 0.34. Without residual noise recall would be near 0.1, and yet coverage near 0.7: "
            "recalls of models with different noise cannot be compared."
        ),
        lesson=_REAL,
    ),
    SingleChoice(
        id="M4.07",
        title="A more flexible model",
        objective=_PREDICT,
        prompt=(
            "One normal law draws poor digits, so a team takes a mixture of thirty: precision in generation 1 rises "
            "from 0.2 to 0.6, and recall is about the same. Both learn 898 digits, then their own images, under "
            "replace. What happens to recall in 12 generations?"
        ),
        options=[
            Option(
                "It falls for one law and holds for thirty: a model that fits well has nothing to lose.",
                "A better fit is not a larger sample. Thirty laws learn from 898 images too, thirty for each.",
                misconception="only_bad_models",
            ),
            Option(
                "It falls for both, and faster for thirty laws.",
                "Yes. Each of thirty laws learns its many numbers from some thirty images, so its errors are larger.",
                right=True,
            ),
            Option(
                "It falls for both, and faster for one law, because its images are worse.",
                "One law errs more, but its 898 images fix its few numbers well. So it loses little in each step.",
                misconception="flexible_is_safe",
            ),
            Option(
                "It falls equally fast for both: the loss depends on the number of images alone.",
                "It depends on the number of images for each number that is learned.",
                misconception="loss_without_parameters",
            ),
        ],
        hints=[
            "How many images does each normal law of the mixture learn from?",
            "In M2 a chain with small samples lost its variance sooner.",
        ],
        solution=(
            "{key} With eight chains recall in generation 12 is about 0.7 for one law, 0.6 for three, 0.4 for ten and "
            "0.2 for thirty. Their precision in generation 12 is in the opposite order: 0.2, 0.3, 0.4 and 0.5, about. "
            "Coverage stays at 0.09 for one law, which covers hardly anything from the start, and falls from 0.47 to "
            "0.30 for thirty."
        ),
        lesson=_ONE,
    ),
    MultipleChoice(
        id="M4.08",
        title="Read the plot: who plays safe",
        objective=_SAY,
        prompt=(
            "The picture shows recall, precision and coverage of one normal law on digits, under replace, in four "
            "settings A to D. Some sample faithfully, others with λ < 1. One adds no residual noise. Which settings "
            "have λ < 1?"
        ),
        parameters={"seed": range(1000)},
        figure=_four_samplers,
        ordered=True,
        options=[
            Option(
                "A",
                "In A precision rises from generation to generation while recall falls: a bias, a mild one.",
                right=_plays_safe("A"),
                misconception="better_samples_slow_it",
            ),
            Option(
                "B",
                "In B precision stays where it is, and recall falls slowly. This is faithful sampling.",
                right=_plays_safe("B"),
                misconception="inevitable",
            ),
            Option(
                "C",
                "In C precision rises fast, and recall is soon gone: a strong bias.",
                right=_plays_safe("C"),
                misconception="better_samples_slow_it",
            ),
            Option(
                "D",
                "D starts with a higher precision and coverage, and a lower recall, but none goes far. A bias acts "
                "again and again; missing noise acts once.",
                right=_plays_safe("D"),
                misconception="precision_is_health",
            ),
        ],
        hints=[
            "Do not look at where the lines begin. Look at what happens to precision from then on.",
            "A bias narrows the law in each generation anew.",
        ],
        solution=(
            "{key}. With λ < 1, precision rises and recall falls in each generation, faster in C (λ = 0.8) than in A "
            "(λ = 0.9). B and D have λ = 1. D has no residual noise, and more of the real images have a drawn one "
            "near: see its coverage. Its recall is lower because no noise inflates its balls, so it cannot be compared "
            "with that of B."
        ),
        lesson=_TWO,
    ),
    Headline(
        id="M4.09",
        title="Headline: better with every generation",
        objective=_SAY,
        headline="Trained on its own pictures, image AI gets better with every generation.",
        prompt=(
            "The report shows ever cleaner pictures. Each model trained on the last one's pictures alone, sampled with "
            "λ = 0.8. What is right?"
        ),
        options=[
            Option(
                "The headline holds: what counts is how the pictures look, and they look better.",
                "They do. But the model has lost nearly all that is not typical, and the next one cannot learn it.",
                misconception="precision_is_health",
            ),
            Option(
                "The pictures look better, and so the loss of variety is slowed: good data keep a model healthy.",
                "It is sped up. With λ = 1, recall would fall far more slowly.",
                misconception="better_samples_slow_it",
            ),
            Option(
                "It cannot be: every kind of collapse makes pictures worse, so the report must be wrong.",
                "Precision and recall need not fall together. With λ < 1 they part.",
                misconception="fall_together",
            ),
            Option(
                "Quality per picture rises, because each sampler stays near the middle; variety is what pays for it.",
                "Yes. One and the same step does both. A report should show recall and coverage, too.",
                right=True,
            ),
        ],
        hints=[
            "Which number would the report have to show in addition?",
            "What does the next model learn from pictures that are all typical?",
        ],
        solution=(
            "{key} In the lesson, λ = 0.8 under replace brings precision to 1 and recall to 0 in twelve generations. "
            "Alemohammad et al. (2024) report this pattern for λ < 1 in image models."
        ),
        lesson=_TWO,
    ),
    SingleChoice(
        id="M4.10",
        title="The cause of the blob",
        objective=_TELL,
        prompt=(
            "Autoencoders that hand on decoder means end in one blob after ten generations. With sampled pixels, and "
            "nothing else changed, few of their digits can be read by then, but no two are alike. What follows?"
        ),
        options=[
            Option(
                "Means make the blob; finite samples alone do not, in that time.",
                "Yes. Both chains had equally many images. Only the one with means ended in a blob.",
                right=True,
            ),
            Option(
                "Finite samples make the blob, and sampled pixels hide it behind their noise.",
                "If so, the decoder would know one blob alone. But its means still vary widely in the sampled chain.",
                misconception="blob_is_sampling",
            ),
            Option(
                "Nothing: means and sampled pixels have the same average, so the two chains learn the same.",
                "The average is the same. But means vary less, so the next model learns less variety.",
                misconception="means_are_samples",
            ),
            Option(
                "Sampled pixels lose nothing, so an autoencoder that samples cannot collapse under replace.",
                "The digits dissolve there as well. Only the blob does not come.",
                misconception="no_blob_no_loss",
            ),
        ],
        hints=[
            "What is different between the two chains, and what is the same?",
            "If finite samples made the blob, what would the chain with sampled pixels show?",
        ],
        solution=(
            "{key} Network, training and number of images agree. So the difference comes from what is handed on. Means "
            "leave out the randomness of the pixels: a biased sampler, which acts like λ < 1."
        ),
        lesson=_THREE,
    ),
    MultipleChoice(
        id="M4.11",
        title="Which error is it",
        objective=_TELL,
        prompt=(
            "One normal law on digits, λ = 1, under replace: precision is 0.2 in generation 1, and recall falls from "
            "0.85 to 0.7 in 12 generations. Which statements hold?"
        ),
        options=[
            Option(
                "Ten times as many real images would bring precision in generation 1 close to 1.",
                "A normal law cannot describe digits, however many images it sees.",
                misconception="more_data_mend_models",
            ),
            Option(
                "The low precision is an error of the model: it is there before the loop begins.",
                "In generation 1 the model has seen nothing but real images.",
                right=True,
                misconception="low_score_is_collapse",
            ),
            Option(
                "The fall of recall comes from finite samples: ten times as many images in each generation slow it.",
                "With λ = 1 the only thing that changes from one generation to the next is a finite sample.",
                right=True,
                misconception="one_cause",
            ),
            Option(
                "Sampling with λ = 0.8 mends both, because precision rises.",
                "Precision rises, and recall goes to 0.",
                misconception="better_samples_slow_it",
            ),
            Option(
                "With all real images kept in each training set, precision would rise as well.",
                "Recall holds then. But precision stays at 0.2: the model has not changed.",
                misconception="real_data_mend_models",
            ),
        ],
        hints=[
            "Ask for each number: is it there in generation 1 already?",
            "What more images do not mend belongs to the model. What gets worse afterwards belongs to the loop.",
        ],
        solution=(
            "{key}. Precision is low from the start: a functional expressivity error. Recall falls along the chain: a "
            "statistical error, which larger samples slow, and which real images in the training set hold."
        ),
        lesson=_ONE,
    ),
    SingleChoice(
        id="M4.12",
        title="The best of all",
        objective=_COMPUTE,
        prompt=(
            "A new model gets precision 0.96 and recall 0.91 against held-out digits: the best of all. The median "
            "distance of its images to the nearest training image is 0. What do you make of it?"
        ),
        options=[
            Option(
                "It is the best model: it reaches images that it has never seen.",
                "Real images reach other real images, too. Copies of the training set get numbers like these.",
                misconception="copies_generalise",
            ),
            Option(
                "It cannot lose anything under replace: copies of real images stay real.",
                "Each stays real, but a copy that is not drawn is gone for good. Recall falls.",
                misconception="copies_are_safe",
            ),
            Option(
                "At least half of its images are copies, and neither number notices.",
                "Yes. Precision and recall ask whether images are near, not whether they are new.",
                right=True,
            ),
        ],
        hints=[
            "What does a distance of 0 to a training image say?",
            "What would precision and recall be if a model drew its training images at random?",
        ],
        solution=(
            "{key} The copier of the lesson gets these numbers in generation 1. Under replace its precision stays, "
            "and its recall falls, because it forgets images."
        ),
        lesson=_TURN,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _effective_classes(shares):
    from math import exp, log

    return exp(-sum(p * log(p) for p in shares if p > 0))


def _shares(rng):
    cases = [([0.5, 0.5],), ([1.0, 0.0, 0.0],), ([0.1] * 10,)]
    for many in (3, 5, 10):
        parts = [rng.randrange(1, 100) for _ in range(many)]
        cases.append(([part / sum(parts) for part in parts] + [0.0],))
    return cases


_COPIES = "keeps the rows, and draws from them at random, putting each one back"


def _try_copies(model_class, count, seed):
    """Return in one sentence what a learner's copying model does; the right sentence is _COPIES."""
    import numpy as np

    rows, n = np.arange(2.0 * count).reshape(count, 2), 500 * count
    model = model_class()
    if model.fit(rows) is not model:
        return "fit must return self."
    if getattr(model, "rows_", None) is ...:
        return "..."
    sample, again, other = (model.sample(n, np.random.default_rng(each)) for each in (seed, seed, seed + 1))
    if sample is ...:
        return "..."
    sample = np.asarray(sample)
    if sample.shape != (n, 2):
        return f"sample({n}, rng) has the shape {sample.shape}, and ({n}, 2) is needed."
    if not np.array_equal(sample, again):
        return "sample draws something else from an equal rng: draw with rng alone."
    same_draws = "sample draws the same from each rng: draw with the rng that it is given."
    return _wrong_copies(sample, rows) or (same_draws if np.array_equal(sample, other) else _COPIES)


def _wrong_copies(sample, rows):
    """Return in one sentence what is wrong with a sample of copies; "" if nothing is."""
    import numpy as np

    count = len(rows)
    if not (np.isin(sample[:, 0], rows[:, 0]) & (sample[:, 1] == sample[:, 0] + 1)).all():
        return "Some samples are no rows that fit has seen."
    counts = np.bincount((sample[:, 0] / 2).astype(int), minlength=count)
    # Each count is binomial with mean 500 and a standard deviation of 22 or less.
    if counts.max() - counts.min() == 0:
        return "Each row is drawn equally often: that is no random draw."
    if abs(counts - 500).max() > 140:
        return f"One row comes {counts.min()} times and another {counts.max()} times; 500 are expected."
    return ""


class _Copier:
    """A model that keeps its training rows."""

    def fit(self, X, sample_weight=None):
        self.rows_ = X
        return self

    def sample(self, n, rng):
        return self.rows_[rng.integers(len(self.rows_), size=n)]


class _ForgetsTheLast(_Copier):
    def sample(self, n, rng):
        return self.rows_[rng.integers(len(self.rows_) - 1, size=n)]


class _Replays(_Copier):
    def sample(self, n, rng):
        return self.rows_[[i % len(self.rows_) for i in range(n)]]


EXERCISES = [
    Function(
        id="M4.e1",
        title="Effective classes",
        objective=_COMPUTE,
        prompt=(
            "Write effective_classes(shares): the exponential of the entropy of shares that sum to 1. A share of 0 "
            "adds nothing."
        ),
        name="effective_classes",
        starter="",
        reference=_effective_classes,
        inputs=_shares,
        misreadings=[
            Misreading(
                lambda shares: float(sum(p > 0 for p in shares)),
                "This counts the classes that occur, however rare they are.",
                "count_is_variety",
            ),
            Misreading(
                lambda shares: 1 / sum(p**2 for p in shares),
                "This is one over the sum of squared shares: another effective number.",
                "one_diversity",
            ),
            Misreading(
                lambda shares: _log(_effective_classes(shares)),
                "This is the entropy. Take its exponential.",
                "entropy_is_number",
            ),
            Misreading(
                lambda shares: _effective_classes(shares) ** (1 / _log(2)),
                "This is the exponential of an entropy in bits. With np.log2, the power of 2 belongs to it.",
                "wrong_logarithm",
            ),
            Misreading(
                lambda shares: 2 ** _log(_effective_classes(shares)),
                "The entropy is taken with ln, so it needs np.exp, not a power of 2.",
                "wrong_logarithm",
            ),
            Misreading(
                lambda shares: 1 / max(shares),
                "This is one over the largest share: another effective number.",
                "one_diversity",
            ),
            Misreading(
                lambda shares: _effective_classes(shares) ** (1 / sum(p > 0 for p in shares)),
                "This is a mean over the classes. The entropy is a sum.",
                "mean_is_typical",
            ),
            Misreading(
                lambda shares: float(len(shares)), "This counts all classes, the empty ones, too.", "count_is_variety"
            ),
        ],
        hints=[
            "p[p > 0] keeps the shares above 0: the logarithm of 0 is no number.",
            "np.sum(p * np.log(p)) is minus the entropy.",
        ],
        solution="p = p[p > 0], and then: return np.exp(-np.sum(p * np.log(p))).",
        lesson=_TURN,
    ),
    Function(
        id="M4.e2",
        title="A model that copies",
        objective=_PREDICT,
        prompt=(
            "Write a model that copies: fit keeps the rows, sample draws n of them at random, putting each one back, "
            "all rows equally likely."
        ),
        name="Copier",
        call="Copier, fitted to {0} rows,",
        starter="",
        reference=_Copier,
        probe=_try_copies,
        inputs=lambda rng: [(count, rng.randrange(100)) for count in (4, 7, 10)],
        misreadings=[
            Misreading(
                _ForgetsTheLast,
                "The last row is never drawn. rng.integers(high) draws from 0 to high - 1.",
                "one_round_off",
            ),
            Misreading(
                _Replays,
                "This repeats the rows in turn: no row can be lost. A random draw leaves some out.",
                "copies_are_safe",
            ),
        ],
        hints=[
            "self.rows_ = X keeps the rows.",
            "rng.integers(len(self.rows_), size=n) draws n places; an array of places picks rows.",
        ],
        solution=(
            "In fit: self.rows_ = X. In sample: return self.rows_[rng.integers(len(self.rows_), size=n)]. Precision is "
            "that of real images in every generation. Recall falls from 0.9 to about a half in twelve generations: "
            "about a third of the images are not drawn in the first one."
        ),
        lesson=_TURN,
    ),
]


def _log(value):
    from math import log

    return log(value)
