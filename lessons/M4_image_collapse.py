# %% [markdown]
# # M4 · Image collapse
#
# **Questions.** What goes first when image models learn from their own images? Can the images look better while
# something is lost? How can you tell one error from another where nothing can be counted?
#
# **Objectives.** After this lesson you can
#
# * compute precision, recall and effective classes, and say what each of them misses;
# * predict which of them falls when an image model learns from its own images;
# * say what a sampling bias does to quality and to variety, and why;
# * tell an error of the model from an error of sampling: switch one of them off.
#
# **Minutes.** 50: reading 20, doing 30. The deeper parts take 25 more.
#
# **You need.** [Variance, the normal law, logarithms, functions and loops](../docs/bridge.md), M2 and M3.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
from itertools import islice

import numpy as np

from collapse_edu import VAE, History, PCAGaussian, PCAMixture, datasets, generations
from collapse_edu import keep_run, metrics, run, theory
from collapse_edu import anchor, preserve, replace
from collapse_edu.course.desk.bar import Bar
from collapse_edu.course.desk.table import table_of
from collapse_edu.course.explorers import ImageExplorer, VAEExplorer
from collapse_edu.measures import ClassShares, Quality, frechet_distance, nearest_real
from collapse_edu.measures import sample_variance
from collapse_edu.plots import plot_balls, plot_images, plot_quality
from collapse_edu.course.quiz import ask, check, explain, hint, predict, solution, welcome
from collapse_edu.loop.source import FiniteData

welcome("M4")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M2](M2_gaussian_collapse.ipynb) and [M3](M3_losing_the_tails.ipynb) that you need today.

# %% tags=["core", "retrieval"]
ask("M2.12", again=True)

# %% tags=["core", "retrieval"]
ask("M3.10", again=True)

# %% [markdown] tags=["core"]
# ## Images, and models of them
#
# In M3 we counted words. In images nothing can be counted, so we first need
# [something to measure](../docs/glossary.md#metric).
#
# An image of 8 × 8 pixels is a row of 64 numbers, 0 for paper and 1 for ink. The models learn 898 real images. 899 others
# are *[held out](../docs/glossary.md#held-out-data)*, for measuring.
#
# * **One normal law.** It keeps the 16 directions in which the images vary most (*principal components*, PCA), and fits a
#   normal law there. A direction is a fixed pattern of ink. In all others it adds noise of one strength, the *residual
#   noise*.
# * **Ten normal laws.** The same, but a mixture: each image belongs to one of ten normal laws, found without labels.

# %% tags=["core"]
images = datasets.digits()
source = images.source
rng = np.random.default_rng(1)
one, ten = PCAGaussian(), PCAMixture(random_state=1)
drawn = {
    "real": source.real[:36],
    "one normal law": one.fit(source.real).sample(36, rng),
    "ten normal laws": ten.fit(source.real).sample(36, rng),
}
plot_images(drawn, images.shape, title="What a model draws in generation 1")

# %% [markdown] tags=["core"]
# No model here is good. A normal law cannot describe digits: halfway between a 0 and a 1 it expects many
# images, and nobody writes them. This is M3's *[functional](../docs/glossary.md#functional-error) expressivity error*: the model cannot hold the real law,
# however many images it sees. (Shumailov et al.'s example is one normal law for a mixture of two.)
#
# ## Two numbers: precision and recall
#
# Give each point a ball that reaches to its k-th nearest neighbour in its own set.
#
# * **[Precision](../docs/glossary.md#precision)**: the share of *synthetic* points inside a ball of a real one. Do the samples look real?
# * **[Recall](../docs/glossary.md#recall)**: the share of *real* points inside a ball of a synthetic one. Does the model reach all that is real?

# %% tags=["core"]
square = np.random.default_rng(4).uniform(0, 2, size=(40, 2))
real_points = np.vstack([square[:20], square[20:] + np.array([3, 1])])
dense = np.random.default_rng(5).uniform(0.2, 1.6, size=(30, 2))
off = np.random.default_rng(6).uniform((1.8, 3), (2.8, 3.8), size=(10, 2))
plot_balls(real_points, np.vstack([dense, off]), k=3)

# %% [markdown] tags=["core"]
# Here the model misses the cloud on the right: recall is low. And it draws points at the top where nothing is real:
# precision is below 1.
#
# An image is a point with 64 coordinates, so the same counting works. We take k = 5 and compare with the held-out
# images. There are two yardsticks: other real images, and a *control*, which is no digit at all: the mean of all images
# plus noise of the standard deviation σ.
#
# *[Coverage](../docs/glossary.md#coverage)* asks what recall asks, with the balls of the *real* points: what share of
# them holds a synthetic point?

# %% tags=["core"]
quality = Quality(reference=source.reserve)
names = ("recall", "precision", "coverage")
rows = []
samples = {
    "real images": source.real,
    "one normal law": one.sample(898, rng),
    "ten normal laws": ten.sample(898, rng),
    "ten, no residual noise": PCAMixture(residual=False, random_state=1)
    .fit(source.real)
    .sample(898, rng),
}
samples |= {
    f"noise, σ = {sd}": source.real.mean(axis=0) + sd * rng.standard_normal((898, 64))
    for sd in (0.2, 0.3, 0.4)
}
for name, sample in samples.items():
    value = metrics.prdc(source.reserve, sample, k=5)
    rows.append({"images of": name} | {each: getattr(value, each) for each in names})
table_of(rows, digits=2)

# %% [markdown] tags=["core"]
# The precision of real images is the grey line below. Only one in five images of one normal law looks real.
#
# **Noise can have a recall of 1.** Its points lie far from each other, so their balls are huge, and real images lie in them.
# Coverage is 0: no ball of a real image holds such a point. *Residual noise* inflates balls, too: without it recall is
# lower, and yet coverage is higher. So look at both, and compare recalls only between models with the same noise.
#
# Compare only numbers with the same k, the same number of images and the same coding.
#
# ## Idea 1: What falls?
#
# Ten normal laws, under *replace*. Choose before you look.

# %% tags=["core", "predict"]
predict("M4.p1")

# %% [markdown] tags=["core", "run"]
# Run it, and play the film: 36 images of each generation, and one chain's recall, precision and coverage. The purple
# diamond is your prediction of recall.

# %% tags=["core", "run", "explorer"] instructor="Ask for the three curves by name before the film ends. Then let learners set the model to one normal law, and to ten without residual noise: recall falls in all three, precision and coverage do different things. Which of the three models reaches most? Recall and coverage disagree; ask why (the noise control)."
ImageExplorer(prediction="M4.p1", model="ten normal distributions", generations=12)

# %% [markdown] tags=["core", "run"]
# One chain is one draw. So now three models, eight chains each. The third one has ten normal laws and adds no residual
# noise: its images are cleaner.

# %% tags=["core", "run"]
three = {name: getattr(quality, name) for name in names}
models = {
    "one normal law": PCAGaussian(),
    "ten normal laws": PCAMixture(),
    "ten, no residual noise": PCAMixture(residual=False),
}
histories = {
    name: run(
        model,
        source,
        replace,
        generations=12,
        chains=8,
        measures=three,
        seed=100,
        progress=Bar(),
    )
    for name, model in models.items()
}
title = "Recall, precision and coverage of three models"
plot_quality(histories, title=title, real=0.96)

# %% tags=["core", "explain"]
explain("M4.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **Recall falls in all three.** Each fit sees a finite sample, so it is a little off. The errors compound: some
# directions get thin, others wide. It is the Gaussian of M2 again, in $16$ directions. Coverage falls with it, but less,
# where there is something to lose: one normal law covers about $9$ % from the start.
#
# **The more flexible model loses faster.** One normal law in $16$ directions has $152$ numbers to learn: means, variances,
# covariances. It learns them from $898$ images. Each of ten laws learns as many numbers from about $90$.
#
# **Precision starts where the model's own error puts it**, and moves little.
#
# **Which model reaches most?** Recall and coverage disagree: without residual noise recall is worst, and coverage by far
# the best. Noise inflates the recall of the other two, as in the control, and costs them coverage.
#
# Is it really the sample? Let ten normal laws draw ten times as many images for the next model, and measure 898 of them.
#
# </details>


# %% tags=["core", "explain"]
def of_898(generation):
    """Return all four numbers of as many images as before."""
    return metrics.prdc(held_out, generation.synthetic[:898], k=5)


held_out = source.reserve
as_many = {
    "recall": lambda generation, source: of_898(generation).recall,
    "coverage": lambda generation, source: of_898(generation).coverage,
}
settings = {"generations": 12, "chains": 4, "n_samples": 8980, "seed": 100}
larger = run(PCAMixture(), source, replace, measures=as_many, progress=Bar(), **settings)
for n, history in {"898": histories["ten normal laws"], "8,980": larger}.items():
    print(f"{n:>5} images drawn, in generation 1 and 12:", end="")
    for name in ("recall", "coverage"):
        values = np.median(history[name], axis=1)
        print(f"  {name} {values[0]:.2f} and {values[-1]:.2f}", end="")
    print()

# %% [markdown] tags=["core", "explain"]
# With ten times the images, ten normal laws keep their recall, and lose half as much coverage. So the loss was M3's *[statistical error](../docs/glossary.md#statistical-error)*, made by finite
# samples. The low precision is not: more images do not mend a model.

# %% [markdown] tags=["core"]
# ## Idea 2: What if samples stay close to the middle?
#
# Many systems sample closer to the middle than they learned. The *[sampling bias](../docs/glossary.md#sampling-bias)* λ stands for that. With
# λ = 0.8, all variances shrink to 80 % when the model draws. The means of the laws stay.

# %% tags=["core", "predict"]
predict("M4.p2")

# %% tags=["core", "run", "explorer"] instructor="Cover the curves. Show generation 0, 1 and 12 one after the other. Ask: which set would you publish, and why? Then uncover recall."
ImageExplorer(
    prediction="M4.p2",
    model="ten normal distributions",
    sampling_bias=0.8,
    generations=12,
)

# %% [markdown] tags=["core", "run"]
# Eight chains again, next to those with λ = 1, and one chain of each in pictures.

# %% tags=["core", "run"]
biased = PCAMixture(sampling_bias=0.8)
history = run(
    biased,
    source,
    replace,
    generations=12,
    chains=8,
    measures=three,
    seed=100,
    progress=Bar(),
)
compared = {"λ = 1": histories["ten normal laws"], "λ = 0.8": history}
title = "Recall, precision, coverage: with λ = 1 and with λ = 0.8"
plot_quality(compared, title=title, real=0.96)


# %% tags=["core", "run", "open"]
def last_images(model, regime=replace, t=12, seed=3):
    """Return what one chain drew in generation t."""
    rng = np.random.default_rng(seed)
    chain = generations(model, source.open(rng), regime, rng, n_samples=898)
    return list(islice(chain, t))[-1].synthetic


# %% tags=["core", "run"]
ends = {"λ = 1": last_images(PCAMixture()), "λ = 0.8": last_images(biased)}
shown = {"real": source.real[:36]} | {name: rows[:36] for name, rows in ends.items()}
plot_images(shown, images.shape, title="Generation 12: which images look better?")

# %% tags=["core", "explain"]
explain("M4.p2")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **Precision rises as variety goes.** Images near the middle of a law are typical: they lie near real images. So precision
# goes to 1, above that of real images: a warning sign. The next model learns that there is less variety, and shrinks it
# again. In the end hardly any real image lies in a synthetic ball.
#
# **Coverage rises first**, since λ takes the residual noise away, too; a part of the fall of recall is only that. Then
# coverage falls: the laws get narrow. (In a longer run it comes down to about a quarter.) Recall cannot see noise, and
# coverage is slow to see narrowness. Ask for both.
#
# </details>

# %% [markdown] tags=["core"]
# ## Idea 3: Means or draws?
#
# A *variational autoencoder* (VAE) is a small neural network. Its *decoder* turns 16 random numbers into the
# probability of ink in each pixel: the **means**. To sample, toss a coin for each pixel: **sampled pixels**.
# Most people show the means: they look smoother. The digits now have 28 × 28 pixels (MNIST).

# %% tags=["core", "predict"]
predict("M4.p3")

# %% [markdown] tags=["core", "run"]
# A classifier that learned real digits alone names the class of each image. The
# *[effective number](../docs/glossary.md#effective-number) of classes* says how many equally frequent classes would be as varied: 10 for real digits.
#
# Each film is one chain, and was recorded, so you need not wait. Play the means to the end; the purple diamond is your
# prediction for them. Then set *it feeds back* to "sampled pixels", and play again. The third setting is the same chain as
# the second; it shows what its decoder believes, before coins are tossed.

# %% tags=["core", "run", "explorer"] instructor="Let the film of the means run to the end in silence. Ask for causes, collect them on the board; then switch to sampled pixels and ask which causes survive. Those who name finite samples must say why the same number of samples now does no such harm."
VAEExplorer(prediction="M4.p3", output="means")

# %% tags=["core", "run"]
recorded = datasets.recorded_vae()
captions = {
    "means": "fed back: means",
    "sampled": "fed back: sampled pixels",
    "decoded": "the same, means shown",
}
shown = {"real": recorded.real} | {
    caption: recorded.films[name][-1] for name, caption in captions.items()
}
title = "Generation 10: the same network, the same number of images"
plot_images(shown, recorded.shape, title=title)

# %% [markdown] tags=["core", "run"]
# Compare like with like: the decoder's means in both chains. How much do 36 of them differ, as a variance added up
# over all pixels?

# %% tags=["core", "run"]
for name, fed_back in {"means": "means", "decoded": "sampled pixels"}.items():
    variance = recorded.films[name].var(axis=1).sum(axis=1)
    print(f"fed back: {fed_back:14} {variance[0]:.0f} in generation 1", end=", ")
    print(f"{variance[-1]:.0f} in generation 10")

# %% tags=["core", "explain"]
explain("M4.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>What happened</b></summary>
#
# **The switch is an experiment.** Only what is fed back differs, and one chain ends in a blob. So finite samples alone do
# not make it.
#
# **What does?** Means leave out the randomness of the pixels: a biased sampler, like λ < 1, in each generation anew.
#
# **The chain with sampled pixels loses, too:** its decoder's means keep about a third of their variance (9 of 26). How
# many of its 36 images can you read? (Why does the classifier still report seven classes? See Deeper.)
#
# </details>

# %% [markdown] tags=["core"]
# ## Keep the real data
#
# Back to ten normal laws. *[Anchor](../docs/glossary.md#anchor)* keeps all real images, *[preserve(0.1)](../docs/glossary.md#preserve)* a tenth of them. Does a tenth stop the
# loss, or only slow it? Guess, then switch.

# %% tags=["core", "explorer", "real-data"]
ImageExplorer(model="ten normal distributions", regime="anchor", generations=20)

# %% [markdown] tags=["core"]
# Eight chains under three regimes, now for 20 generations.

# %% tags=["core", "real-data"]
regimes = {"replace": replace, "preserve(0.1)": preserve(0.1), "anchor": anchor}
kept = {
    name: run(
        PCAMixture(),
        source,
        regime,
        generations=20,
        chains=8,
        measures=three,
        seed=100,
        progress=Bar(),
    )
    for name, regime in regimes.items()
}
title = "Recall, precision and coverage under three regimes"
plot_quality(kept, title=title, real=0.96)

# %% [markdown] tags=["core"]
# With all real images kept, recall and coverage stand still. (Anchor also trains on twice as many rows as the others.) A
# tenth of them does more than slow the loss: recall settles near 0.67, while under replace it goes on falling. All three
# add the same noise, so their recalls can be compared. Precision moves little: it was never a matter of sampling.
#
# ### Keep a run
#
# M6 asks by which definition these images collapsed. So the next cell keeps a run of one normal law in the folder of
# your answers. The Fréchet distance says how far means and covariances are from the real ones.

# %% tags=["core"]
measured = three | {
    "symmetric_recall": quality.symmetric_recall,  # the smaller of recall and coverage
    "effective_classes": ClassShares(images).effective_classes,
    "frechet_distance": frechet_distance,
    "sample_variance": sample_variance,
}
settings = {"generations": 12, "chains": 8, "measures": measured, "seed": 100}
own = [
    run(PCAGaussian(), source, regime, progress=Bar(), **settings)
    for regime in (replace, anchor)
]
print(keep_run("M4", History.together(*own)))

# %% [markdown] tags=["core"]
# ## Your turn
#
# **1. Effective classes.** A classifier found which share p of the images is in each class. The
# *[entropy](../docs/glossary.md#entropy)* of the shares is $-\sum p \ln p$, where a share of 0 adds nothing. Return how many equal classes would
# have the same entropy: its exponential. (`p[p > 0]` holds the shares above 0; `np.log` is ln.) Stuck? Say
# `hint("M4.e1")` in a cell of your own, and later `solution("M4.e1")`.


# %% tags=["core", "exercise"]
def effective_classes(shares):
    """Return the exponential of the entropy of shares that sum to 1."""
    p = np.array(shares)
    p = ...  # only the shares above 0
    return ...


# %% tags=["core", "check"]
verdict = check("M4.e1", effective_classes)
verdict

# %% [markdown] tags=["core"]
# Back to Idea 2. With λ = 0.8 recall is 0 in generation 12. Is only one class left?

# %% tags=["core"]
if verdict.right:
    classes = ClassShares(images)
    for name, rows in ends.items():
        left = effective_classes(classes.shares_of(rows))
        print(f"{name}: {left:.0f} effective classes in generation 12")
    print("Nearly all classes are there, in few handwritings.")
    print("Classes do not see what is lost within a class.")
else:
    print("Write the function first. Then this cell counts the classes of both chains.")

# %% [markdown] tags=["core"]
# **2. A model of your own.** The simplest image model of all learns nothing: it keeps its training images, and draws
# from them at random, putting each one back. What do you expect of its precision in generation 1, and of its recall under
# replace? (`hint("M4.e2")` helps.)


# %% tags=["core", "exercise", "transfer"]
class Copier:
    def fit(self, X, sample_weight=None):
        self.rows_ = ...
        return self

    def sample(self, n, rng):
        return ...  # n of the rows: rng.integers draws n places, each from 0 to len - 1


# %% tags=["core", "check"]
verdict = check("M4.e2", Copier)
verdict

# %% tags=["core"]
if verdict.right:
    measured = three | {"distance to the nearest training image": nearest_real}
    history = run(
        Copier(), source, replace, generations=12, chains=8, measures=measured, seed=4
    )
    print(history.describe())
    print("Each of its images is real, so precision is that of real images, always.")
    print("But it makes nothing new, and an image that no draw picks is gone for good.")
else:
    print("Write the model first. Then this cell runs it for 12 generations, 8 chains.")

# %% [markdown] tags=["core"]
# Neither precision nor recall asks whether a model copies. The first deeper part does.

# %% [markdown] tags=["deeper"]
# ## Deeper: Does it copy?
#
# A model that memorises draws images that lie nearer to a *training* image than to a *held-out* one. If it does not,
# the two are even: a share of one half. The last model has 200 normal laws in 40 directions: four or five images each.

# %% tags=["deeper"]
rng = np.random.default_rng(2)
candidates = {
    "one normal law": PCAGaussian(),
    "ten normal laws": PCAMixture(random_state=2),
    "200 normal laws": PCAMixture(40, 200, residual=False, random_state=2),
}
rows = []
for name, model in candidates.items():
    drawn = model.fit(source.real).sample(898, rng)
    to_training = metrics.nearest_distance(drawn, source.real)
    to_held_out = metrics.nearest_distance(drawn, source.reserve)
    value = metrics.prdc(source.reserve, drawn)
    rows.append(
        {
            "model": name,
            "nearer to training": np.mean(to_training < to_held_out),
            "precision": value.precision,
            "recall": value.recall,
            "coverage": value.coverage,
        }
    )
table_of(rows, digits=1)

# %% [markdown] tags=["deeper"]
# One normal law does not copy, ten copy a little. The third model has the best precision *and* by far the best coverage,
# against images that it never saw. But nearly all of its images lie next to a training image. So before you trust good
# numbers, look at the nearest training image.
#
# ## Deeper: Classes without shapes
#
# In Idea 3 the classifier reports about seven classes in the sampled pixels of generation 10. Show it images without any
# shape: each pixel is drawn for itself, and is black as often as in the last generations.

# %% tags=["deeper"]
blackness = recorded.films["sampled"][-3:].mean(axis=(0, 1))
shapeless = np.random.default_rng(0).random((2000, 784)) < blackness
found = ClassShares(datasets.mnist()).effective_classes_of(shapeless)
seen = recorded.effective_classes["sampled"][-1]
print(f"sampled pixels, generation 10: {seen:.0f} effective classes")
print(f"images without any shape: {found:.0f} effective classes")

# %% [markdown] tags=["deeper"]
# So its seven classes tell hardly anything. A classifier names a class, whatever it sees. A score needs a comparison: what
# would it be if there were nothing to find?
#
# ## Deeper: Images, or training?
#
# Want to see a VAE learn? Set *run* to "train it now" in the explorer of Idea 3. *Stop* works at any time.
#
# Does it lose because its samples are finite, or because its training is short? Again we ask how much the means of its
# decoder vary. In one *epoch* the training sees each image once. So half the images with twice the epochs make the same
# number of steps.


# %% tags=["deeper"]
def known(generation, source):
    """Return the total variance of the means of the decoder, over 2,000 draws of its 16 random numbers."""
    numbers = np.random.default_rng(0).standard_normal((2000, 16))
    return float(generation.model.decode(numbers).var(axis=0).sum())


def what_is_known(n, generations, **settings):
    """Return what the autoencoders of a chain know, one number for each generation."""
    data = FiniteData(datasets.mnist().rows[:n])
    known_only = {"known": known}
    history = run(VAE(**settings), data, generations=generations, measures=known_only)
    return history["known"][:, 0]


for n, epochs in ((2000, 10), (1000, 20), (1000, 10)):
    values = what_is_known(n, generations=2, output="means", epochs=epochs)
    print(f"{n} images, {epochs} epochs: {values[-1]:.0f} in generation 2")

# %% [markdown] tags=["deeper"]
# Half the images lose about as much, if the steps are the same; half the steps lose far more. (One chain each; chains with
# other seeds agree.) So mostly the *training* counts here: M3's *functional approximation error*. More images help this
# chain above all because they mean more steps.
#
# In M3, learning that stopped early lost no word. Its first guess was broad: all types are equally likely. The first guess
# of this decoder is narrow: one picture, the mean of all. What stays of it takes variety away.

# %% tags=["deeper"]
for epochs in (1, 3, 10):
    values = what_is_known(2000, generations=1, output="means", epochs=epochs)
    print(f"epochs: {epochs:2}, variance in generation 1: {values[0]:.0f}")

# %% [markdown] tags=["deeper"]
# And with sampled pixels?

# %% tags=["deeper"]
values = what_is_known(2000, generations=4, output="sampled")
for t in (1, 4):
    size = "more" if values[t - 1] > 5 else "less"
    print(f"sampled pixels: {size} than 5 in generation {t}")

# %% [markdown] tags=["deeper"]
# With so few steps, this chain loses as well, and fast. The recorded run has five times as many steps. Sampled pixels do
# not protect from an error of training.
#
# ## Deeper: Start from the last model?
#
# Large models are seldom trained from nothing, but by *[fine-tuning](../docs/glossary.md#fine-tuning)*. A generation may start from its predecessor
# (`warm=True`), or each from one base model that learned real images (`warm=base`), as the language models of Shumailov et
# al. did. Small networks, small digits, 20 epochs in each generation. What does the start change?

# %% tags=["deeper"]
known_only = {"classes": ClassShares(images).decoded_classes}
small = VAE(hidden=64, latent=8, epochs=20)
base = VAE(hidden=64, latent=8, epochs=20, random_state=0).fit(source.real)
for name, warm in {"nothing": False, "the predecessor": True, "one base": base}.items():
    history = run(small, source, generations=5, chains=3, warm=warm, measures=known_only)
    several = np.sum(history["classes"] > 2, axis=1)
    print(f"from {name:16} more than two classes in {several[0]} of 3 chains", end="")
    print(f" in generation 1, in {several[-1]} of 3 in generation 5")

# %% [markdown] tags=["deeper"]
# From nothing, 20 epochs are too few: each generation repeats the error of training. From the predecessor the training of
# all generations adds up, and from a base it begins where real images led. So both lose more slowly. But a start is no
# fresh data: what a model has forgotten, its successor cannot start from.
#
# For a normal law all can be computed. Let each model go a share η of the way from its start to what its n = 100 samples say.
# If models are fitted by maximum likelihood, the expected variance is multiplied by 1 − η²/n in each generation from the
# predecessor; from a base, the loss has a bound.

# %% tags=["deeper"]
for rate in (1, 0.5, 0.1):
    kept = [
        theory.continuing.expected_diversity(1000, 100, rate, start)
        for start in ("predecessor", "base")
    ]
    print(f"η = {rate}, generation 1,000: {kept[0]:.2f} from the predecessor", end=", ")
    print(f"{kept[1]:.2f} from the real law")

# %% [markdown] tags=["deeper"]
# A small step slows the collapse, and each generation learns less. Only a start that stays real bounds it.
#
# ## Deeper: Clipping fakes collapse
#
# The models above draw pixels below 0 and above 1. Pictures clip them for display. What if somebody clips them *inside*
# the loop, before the next model learns?


# %% tags=["deeper"]
class Clipped(PCAGaussian):
    def sample(self, n, rng):
        return super().sample(n, rng).clip(0, 1)


drawn = PCAGaussian().fit(source.real).sample(898, np.random.default_rng(1))
print(f"{np.mean((drawn < 0) | (drawn > 1)):.0%} of the pixels lie outside of 0 to 1")
clipped = run(Clipped(), source, generations=12, chains=8, measures=three, seed=100)
compared = {"as drawn": histories["one normal law"], "clipped in the loop": clipped}
plot_quality(compared, title="One normal law, as drawn and with clipped pixels", real=0.96)

# %% [markdown] tags=["deeper"]
# It acts like λ < 1: clipping takes variance away in each generation. Somebody who saves images as PNG
# between two generations clips. A collapse in such a pipeline is partly made by the file format.

# %% [markdown] tags=["deeper"]
# ## Deeper: Real data against a biased sampler
#
# *Anchor* held recall with λ = 1. Does it with λ = 0.8?

# %% tags=["deeper", "real-data"]
anchored = {
    f"λ = {bias}": run(
        PCAGaussian(sampling_bias=bias),
        source,
        anchor,
        generations=20,
        chains=8,
        measures=three,
        seed=100,
    )
    for bias in (1, 0.8)
}
title = "One normal law under anchor, with λ = 1 and with λ = 0.8"
plot_quality(anchored, title=title, real=0.96)

# %% [markdown] tags=["deeper"]
# The loss stops, but at another place. Half of each training set is real, and half is too narrow. So the model settles
# in between. Real data do not mend a sampler; they bound what it can do.
#
# ## Deeper: A number with a known value
#
# Precision and recall of two sets from the same law depend on the law. Coverage does not: the share of real images whose
# ball holds at least one synthetic image. (The ball reaches to the fifth nearest real neighbour, k = 5.) Its expected
# value is known, for every law without ties. Split the real images at random, fifty times:

# %% tags=["deeper"]
rng = np.random.default_rng(3)
coverages = []
for _ in range(50):
    order = rng.permutation(len(images.rows))
    half, rest = images.rows[order[:898]], images.rows[order[898:]]
    coverages.append(metrics.density_coverage(half, rest, k=5).coverage)
print(f"coverage of real by real, mean of 50 splits: {np.mean(coverages):.2f}")
expected = metrics.expected_coverage(898, 899, k=5)
print(f"expected for any law:                        {expected:.2f}")
for m in (100, 300, 899):
    expected = metrics.expected_coverage(898, m, k=5)
    print(f"the same law, but {m} synthetic images: {expected:.2f}")

# %% [markdown] tags=["deeper"]
# A coverage of 0.4 may be perfect, if there are only 100 synthetic images. Never compare coverage, precision, recall or
# Fréchet distances across sample sizes.
#
# ## Deeper: Your own pictures
#
# `load_images` reads a folder of PNG or JPEG files, all of one size, at most 64 × 64 pixels; or an `.npz` file with an
# array `images`. Put your own path in the place of `path`. Here the file holds mirrored digits.

# %% tags=["deeper", "open"]
from pathlib import Path
from tempfile import TemporaryDirectory

with TemporaryDirectory() as folder:
    path = Path(folder, "mirrored.npz")
    np.savez(path, images=images.rows.reshape(-1, 8, 8)[:, :, ::-1])
    mine = datasets.load_images(path)

own = Quality(reference=mine.source.reserve)
history = run(PCAGaussian(), mine.source, generations=12, measures=own.measures, seed=1)
print(f"{mine.name}: {len(mine.rows)} images of {mine.shape[0]} × {mine.shape[1]} pixels")
for name in ("recall", "coverage"):
    first, last = history[name][[0, -1], 0]
    print(f"{name} in generation 1 and 12: {first:.1f}, {last:.1f}")

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M4")` writes what you did here into one file for your instructor.

# %% tags=["core"]
from collapse_edu.course.quiz import card, hand_in, progress

card("M4")

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * Under *replace*, recall falls in every normal-law model of this lesson. Precision starts where the model's own error puts it.
#   With λ = 1 it moves little: at most from 0.91 down to 0.82. High precision is no sign of health.
# * High recall is none, either: noise that is no digit has recall 1, and coverage 0. Look at coverage, too, and compare
#   recalls only between models with the same noise.
# * A sampling bias λ < 1 raises precision, and recall falls faster.
# * Precision, recall and effective classes each miss something. Measure more than one, at equal sample sizes, and look
#   at the pictures.
# * The recorded VAE ends in a blob when it feeds back means, and not within ten generations when it feeds back sampled
#   pixels: a biased sampler, not finite samples, with the training of the recorded run; with much less training both lose
#   (Deeper).
# * All real images in the training set hold recall, if sampling is faithful (λ = 1); with a tenth of them it settles lower.
#
# ## Where this comes from
#
# * **Shumailov et al. (2024)**, *Nature* 631: the three errors (finite samples, functional expressivity, functional
#   approximation), and a VAE on MNIST under replace whose digits mix. They call finite samples the primary error in
#   general; that is no claim about this network, where what is fed back decides.
# * **Alemohammad et al. (2024)**, ICLR: precision, recall and λ in loops of image models. With λ = 1 they see precision
#   *and* recall fall; with λ < 1 precision stays or rises, and recall falls faster. Here, with λ = 1, precision moves
#   little. A likely reason: our models are poor from the start, and hardly any training error adds up.
# * **Kynkäänniemi et al. (2019)**, arXiv:1904.06991: precision and recall. They use features of a network trained on
#   photographs; we use pixels. **Naeem et al. (2020)**, arXiv:2002.09797: coverage, because outliers inflate the balls of
#   recall. **Khayatkhoei and AbdAlmageed (2023)**, arXiv:2306.09618: in many dimensions recall and coverage err in
#   opposite directions; they take the smaller one, *symmetric recall*.
# * **Gerstgrasser et al. (2024)**, COLM: in their image model, accumulating slows the loss and does not stop it.
#
# ## Next
#
# Test yourself: [Q4](../quizzes/Q4_image_collapse.ipynb), twelve questions with your own numbers. Then
# [M5 · Text collapse](M5_text_collapse.ipynb): words again, and this time in their order.
# Short answers to what people ask: [questions and answers](../docs/questions.md).
