# %% [markdown]
# # M0 · Watch it happen
#
# Press **Shift + Enter** twice.

# %% tags=["core", "setup", "explorer"] instructor="Let the room press together and say aloud what it sees. Take the guesses by show of hands before anyone goes on: the third screen comes back to them."
from collapse_edu.course.first_look import WatchDigits, WatchTheSwitch, WatchWords
from collapse_edu.course.desk.machine import MachineCheck
from collapse_edu.course.quiz import ask, check, hint, progress, solution, who_are_you

WatchDigits()

# %% [markdown] tags=["core"]
# ## Words, too?

# %% tags=["core", "explorer"] instructor="Read the passages aloud, one learner for each press. The room hears when it turns."
WatchWords()

# %% [markdown] tags=["core"]
# ## One switch

# %% tags=["core", "explorer"] instructor="Ask before you turn the switch: will half be enough? Then come back to the guesses of the first screen."
WatchTheSwitch()

# %% [markdown] tags=["core"]
# ## The course

# %% tags=["core"]
progress()

# %% [markdown] tags=["core"]
# ## Who are you?

# %% tags=["core"]
who_are_you()

# %% [markdown] tags=["core"]
# ## This machine

# %% tags=["core"] instructor="Ask for a show of hands: who sees no green line? Pair them with a neighbour before you go on."
MachineCheck()

# %% [markdown] tags=["core"]
# ## How it works
#
# <details><summary>Four lines</summary>
#
# * **Run.** Shift + Enter runs a cell; ▶▶ at the top runs all. A grey bar (…) is code: click it to read the code.
# * **Predict.** Before a main picture you say what you expect. A wrong prediction is worth as much as a right one: you
#   remember the picture better.
# * **Core and deeper.** Parts headed *Deeper* are for those who want more. *Your turn* is a small function that you write.
# * **Your files are yours.** You work in a copy. An update never overwrites a file that you changed. Nobody sees your
#   answers unless you hand them in.
#
# </details>

# %% [markdown] jp-MarkdownHeadingCollapsed=true tags=["core"]
# ## Five things you should know
#
# An offer: test yourself. (Click “＋ 6 cells hidden”.)

# %% [markdown] tags=["core"]
# If a verdict surprises you, read its part of the bridge page, five minutes each:
# [mean and variance](../docs/bridge.md#mean-and-variance), [mean and median](../docs/bridge.md#mean-and-median),
# [the normal law](../docs/bridge.md#the-normal-law),
# [factors and logarithms](../docs/bridge.md#factors-and-logarithms),
# [functions and loops in Python](../docs/bridge.md#functions-and-loops-in-python).
# Your numbers are your own: a neighbour gets others. Where you see no buttons, answer in Python: `check("M0.04", 0.3)`;
# `hint("M0.04")` helps.

# %% tags=["core", "check"]
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
# ## What do you believe now?
#
# An offer: the [concept inventory](../quizzes/concept_inventory.ipynb), before and after the course.
#
# ## Next
#
# [M1 · The telephone game](M1_telephone_game.ipynb). Words: the [glossary](../docs/glossary.md).
#
# **Minutes.** 5: reading 1, doing 4.
#
# **You need.** Nothing yet.
