# %% [markdown]
# # M0 · Start here
#
# **Questions.** Does everything work on this machine? What do I need to know? How does the course work?
#
# **Objectives.** After this notebook you can
#
# * run a cell and move a slider;
# * say which part of the bridge page to read first.
#
# **Minutes.** 15: reading 6, doing 9. Each part of the bridge page takes 5 more, the concept inventory 5 or 15.
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
from collapse_edu.course.desk import machine as environment

for line in environment.report_lines():
    print(line)

# %% [markdown] tags=["core"]
# Each line should start with `[ok]`. If one starts with `[!!]`, do what it says, and run the cell again.
#
# ## See a slider
#
# The lessons have sliders. Run the next cell, move the slider, and watch the dots. You can also press the arrow
# keys, or type a number into the box.

# %% tags=["core", "explorer"] instructor="A learner who sees text instead of a slider has a kernel and a JupyterLab from two installations. Close both; start with start.py."
from collapse_edu.course.explorers import FirstSlider

FirstSlider()

# %% [markdown] tags=["core"]
# ## Five things you should know
#
# Answer each question. If a verdict surprises you, read its part of the bridge page; it takes five minutes:
#
# 1. [mean and variance](../docs/bridge.md#mean-and-variance)
# 2. [mean and median](../docs/bridge.md#mean-and-median)
# 3. [the normal law](../docs/bridge.md#the-normal-law)
# 4. [factors and logarithms](../docs/bridge.md#factors-and-logarithms)
# 5. [functions and loops in Python](../docs/bridge.md#functions-and-loops-in-python)
#
# Your numbers are your own: a neighbour gets others. Nobody sees your answers unless you hand them in. Where you see no
# buttons, answer in Python: `check("M0.04", 0.3)`. `hint("M0.04")` gives a hint, and `solution("M0.04")` the solution.

# %% tags=["core", "check"]
from collapse_edu.course.quiz import ask, check, hint, solution

ask("M0.01")

# %% tags=["core", "check"]
ask("M0.02")

# %% tags=["core", "check"]
ask("M0.03")

# %% tags=["core", "check"]
ask("M0.04")

# %% tags=["core", "check"]
ask("M0.05")

# %% [markdown] tags=["core"]
# ## How the course works
#
# * **Predict, run, explain.** Before a main picture you choose what you expect and why. Then you run the cell. A wrong
#   prediction is worth as much as a right one, because you remember the picture better.
# * **Core and deeper.** The core of a lesson takes 45 to 70 minutes. Parts headed *Deeper* are for those who want more.
# * **Your turn.** Each lesson ends with two small functions that you write. Replace the dots.
# * **Your files are yours.** You work in a copy. An update of the course never overwrites a file that you changed.
#
# ## What do you believe now?
#
# The [concept inventory](../quizzes/concept_inventory.ipynb) asks fifteen questions about model collapse: now, and once
# more after the course. It takes 15 minutes; the short form takes 5. You get no answers, so that the second time shows what
# you learned.
#
# ## Next
#
# Go on with [M1 · The telephone game](M1_telephone_game.ipynb). The [glossary](../docs/glossary.md) says in one place what
# the terms of the course mean.
