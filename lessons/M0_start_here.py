# %% [markdown]
# # M0 · Start here
#
# **Questions.** Does everything work on this machine? What do I need to know? How does the course work?
#
# **Objectives.** After this notebook you can run a cell, move a slider, and say which page to read first.
#
# **Minutes.** 15: reading 6, doing 9. Each part of the bridge page takes 5 more.
#
# **You need.** Nothing yet.

# %% [markdown] tags=["core"]
# ## What this course is about
#
# A *generative model* learns from data and then makes new data. Some of what models make ends up in the data that
# the next models learn from. This course asks what happens then.
#
# The answer depends on the rule that makes the next training set. Under some rules, rare things vanish first and
# variety shrinks; this is called *model collapse*. Under others, little is lost. You will compute both, and you
# will see where the published claims end.
#
# **To run a cell**, click on it and press Shift + Enter. Try it with the next one.

# %% [markdown] tags=["core"]
# ## Check this machine

# %% tags=["core", "setup"] instructor="Ask for a show of hands: who sees only [ok]? Pair the others with a neighbour before you go on."
from collapse_edu import environment

for line in environment.lines():
    print(line)

# %% [markdown] tags=["core"]
# Each line should start with `[ok]`. If one starts with `[!!]`, do what it says, and run the cell again.
#
# ## See a slider
#
# The lessons have sliders. Run the next cell, move the slider, and watch the dots. You can also press the arrow
# keys, or type a number into the box.

# %% tags=["core", "explorer"] instructor="A learner who sees text instead of a slider has a kernel and a JupyterLab from two installations. Close both; start with start.py."
from collapse_edu.explorers import FirstSlider

FirstSlider()

# %% [markdown] tags=["core"]
# ## Five things you should know
#
# Answer each question in your head or on paper. Then run the cell below it. If an answer surprises you, read its
# part of the [bridge page](../docs/bridge.md); it takes five minutes.
#
# **1. Mean and variance.** What are the mean and the variance of 2, 4 and 6? Does your variance divide by 3 or by 2?

# %% tags=["core", "check"]
import numpy as np

numbers = np.array([2, 4, 6])
print(f"mean {numbers.mean():g}")
print(f"variance, divided by n - 1 (ddof=1): {numbers.var(ddof=1):g}")
print(f"variance, divided by n     (ddof=0): {numbers.var(ddof=0):.2f}")

# %% [markdown] tags=["core"]
# **2. Mean and median.** Four people earn 1, 1, 1 and 97. What is the mean? What is the median?

# %% tags=["core", "check"]
incomes = np.array([1, 1, 1, 97])
print(f"mean {incomes.mean():g}, median {np.median(incomes):g}")

# %% [markdown] tags=["core"]
# The median tells what a typical person earns. One huge income moves the mean, not the median.
#
# **3. The normal law.** You draw many numbers from a normal law with mean 0 and variance 1. About which share of
# them is larger than 2 or smaller than -2?

# %% tags=["core", "check"]
rng = np.random.default_rng(0)
draws = rng.standard_normal(1_000_000)
print(f"{100 * np.mean(np.abs(draws) > 2):.1f} % of a million draws")

# %% [markdown] tags=["core"]
# **4. Factors.** A value falls by half, and then by half again, ten times in all. About which share is left?

# %% tags=["core", "check"]
print(f"left: {0.5**10:.5f} of the start")

# %% [markdown] tags=["core"]
# On a logarithmic axis, equal factors are equal steps. So this fall is a straight line down.
#
# **5. A loop and a function.** What does this cell print?


# %% tags=["core", "check"]
def next_value(value):
    return 2 * value + 1


value = 0
for step in range(3):
    value = next_value(value)
print(value)

# %% [markdown] tags=["core"]
# ## How the course works
#
# * **Predict, run, explain.** Before each picture you choose what you expect and why. Then you run the cell. A wrong
#   prediction is worth as much as a right one, because you remember the picture better.
# * **Core and deeper.** The core of a lesson takes 40 to 60 minutes. Parts headed *Deeper* are for those who want more.
# * **Your turn.** Each lesson ends with two small functions that you write. Replace the dots.
# * **Your files are yours.** You work in a copy. An update of the course never overwrites a file that you changed.
#
# ## Next
#
# M1 is still being written. Go on with [M2 · Gaussian collapse](M2_gaussian_collapse.ipynb); it needs no other lesson.
