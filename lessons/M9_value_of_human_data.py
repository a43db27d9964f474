# %% [markdown]
# # M9 · What is human data worth?
#
# **Questions.** What does a request cost, and what is left of the price? Which savings come back as a bill? Where is one
# more real row worth most, and where nothing?
#
# **Objectives.** After this lesson you can
#
# * compute what a user, a request and a feature cost, and what margin is left at another volume;
# * tell which savings feed model text back into training, and weigh a saving against its later bill;
# * say where one more real row is worth most, and where it is worth next to nothing;
# * catch a mistake of evaluation by an experiment;
# * name a team's next milestone, and defend a choice between a model and something else.
#
# **Minutes.** 65: reading 23, doing 42. The deeper parts take 15 more.
#
# **You need.** [Mean, median, logarithms, functions](../docs/bridge.md), and M3.

# %% tags=["core", "setup"]
# Run this cell first: click on it, then press Shift + Enter.
import numpy as np
import pandas as pd

from collapse_edu import theory
from collapse_edu.course.explorers import CostExplorer, PlanForm
from collapse_edu.plots import plot_radar, plot_scales, plot_tornado, plot_waterfall
from collapse_edu.plots import plot_worth, plot_worth_by_rank
from collapse_edu.production import decision, economics, maturity
from collapse_edu.course.experiments import mistakes
from collapse_edu.production.benchmarks import positions
from collapse_edu.production.economics import OPTIMISATIONS, Plan
from collapse_edu.production.feedback import (
    feedback,
    human_row_table,
    distribution_of_requests,
)
from collapse_edu.production.value import value_by_rank, value_curve, value_from_rank
from collapse_edu.course.quiz import (
    ask,
    check,
    explain,
    hint,
    predict,
    said,
    solution,
    welcome,
)

welcome("M9")

# %% [markdown] tags=["core"]
# ## What do you remember?
#
# Two questions from [M3](M3_losing_the_tails.ipynb) and [M5](M5_text_collapse.ipynb) that you need today: there
# words died, here kinds of requests do.

# %% tags=["core", "retrieval"]
ask("M3.02", again=True)

# %% tags=["core", "retrieval"]
ask("M5.09", again=True)

# %% [markdown] tags=["core"]
# ## Idea 1: What is left of the price?
#
# A product answers requests of paying users with a [model](../docs/glossary.md#model). Its
# *[unit economics](../docs/glossary.md#unit-economics)* say what one user, one request and one feature cost. A `Plan`
# holds all assumptions. Each has a name, a unit, a range and a source; all defaults are assumed. You can change any of
# them. Nothing is converted: who changes the currency enters other prices, too.

# %% tags=["core"]
plan = Plan()
assumptions = plan.assumptions().set_index("assumption")
some = [
    "users",
    "requests_per_user",
    "price_per_user",
    "tokens_in",
    "price_in",
    "human_rows",
]
assumptions.loc[some, ["what it is", "value", "unit", "low", "high", "source"]]

# %% tags=["core"]
costs = economics.monthly_costs(plan)
units = economics.unit_costs(plan)
print(costs.round(0).to_string())
print(f"\ncost of a month: {units['cost']:,.0f} EUR, revenue {units['revenue']:,.0f} EUR")
print(
    f"a user costs {units['cost per user']:.3f} EUR and pays {plan['price_per_user']} EUR"
)
print(f"a request costs {units['cost per request']:.4f} EUR")
print(f"a feature costs {units['cost per feature']:,.2f} EUR")
print(f"gross margin: {units['gross margin']:.0%}")

# %% [markdown] tags=["core"]
# The *[gross margin](../docs/glossary.md#gross-margin)* is the share of the revenue that is left when these
# costs are paid; salaries, sales and rent are not among them.
# *[Inference](../docs/glossary.md#inference)*, the model's answers, and checks by people grow with the requests. The other parts are
# *[fixed costs](../docs/glossary.md#fixed-cost)*.
#
# Now the volume grows. Assumed for each tenfold: later users pay less (0.7 times the price), tokens get cheaper (0.9),
# platform, training and collected rows cost more (1.5), and the number of human rows stays. A margin of 70 % counts as
# viable here (`least_margin`, assumed).

# %% tags=["core", "predict"]
predict("M9.p1")

# %% tags=["core", "run"]
grown = economics.volumes(plan, (0.1, 1, 10, 100, 1000))
for times, row in grown.iterrows():
    costs = row["with use"] + row["fixed"]
    print(
        f"{times:6g} times: margin {row['gross margin']:.0%}, "
        f"{row['fixed'] / costs:.0%} of the costs are fixed, a user costs {row['cost per user']:.2f} EUR"
    )
((first, last),) = economics.viable_volumes(plan)
print(
    f"margin of at least {plan['least_margin']:.0%}: from {first:.2f} to {last:.0f} times the users"
)

# %% tags=["core", "explain"]
explain("M9.p1")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Two effects</b></summary>
#
# First the fixed costs are spread over more users. When they are a few per cent, nothing is left to
# spread. What stays is the race between the price, which falls by 30 % for each tenfold volume, and the tokens, which
# fall by 10 %. Checks by people get no cheaper at all. With other assumptions the race ends differently.
#
# </details>
#
# The field quotes [benchmarks](../docs/glossary.md#benchmark). These are the figures of an industry glossary, which names
# no sample. They show what you may be compared with, not what is good. Each belongs to a sector; a product belongs to one
# or two. On a fourth scale, the share of features that are profitable, this plan has no place: it does not say what each
# feature earns. (A dollar counts as a euro here.)

# %% tags=["core", "explain"]
plot_scales(positions(plan, dollar_rate=1))

# %% [markdown] tags=["core"]
# ## Idea 2: Does a saving come back as a bill?
#
# Four optimisations, each with its assumptions:
#
# * **[caching](../docs/glossary.md#caching)**: a stored answer fits 25 % of the requests;
# * **batching**: 30 % of the requests can wait, for half the price;
# * **smaller model**: it learns from the answers of the large one, and costs 40 %. Of its saving, 960 EUR is that rows
#   which a model writes are cheaper than collected ones;
# * **[routing](../docs/glossary.md#routing)**: a small model answers the easy 60 %. It learns from answers, too.
#
# The last two feed [synthetic](../docs/glossary.md#synthetic-data) text back into training. The order decides which step
# gets the credit; the sum stays.

# %% tags=["core"]
all_four = plan.but(optimisations=OPTIMISATIONS, human_rows=0)
before = economics.unit_costs(all_four.but(optimisations=()))["cost"]
plot_waterfall(
    economics.waterfall(all_four),
    start=before,
    currency="EUR",
    title="Savings by step; hatched: fed with model text",
)

# %% tags=["core"]
collected = all_four.but(smaller_feeds_back=0, route_feeds_back=0)
more = economics.unit_costs(collected)["cost"] - economics.unit_costs(all_four)["cost"]
print(f"small models that learn from collected rows: {more:,.0f} EUR a month more")

# %% [markdown] tags=["core"]
# Now the physics. Users ask 2,000 *kinds* of requests, the k-th one as often as $1/k^{1.1}$. A kind is known if the 20,000
# training rows hold it. Model 1 learns from real rows. After the switch the logs hold mostly answers of the small
# model, and next month's rows are taken from these logs: this is [replace](../docs/glossary.md#replace), as in M3. A team
# that always asks the same large model again stays at model 2's bill.
#
# A *miss*, a request of an unknown kind, costs 0.10 EUR (assumed), because somebody has to help. The **bill** is what a month
# costs more than with model 1. What model 1 misses costs the same either way, and is in no number here.

# %% tags=["core", "predict"]
predict("M9.p2")

# %% [markdown] tags=["core", "run"]
# Play the film: a generation is a new model. Then move *human rows* (in a month), and put in numbers of your own:
# requests and price of one user, and the *cost of a miss*.

# %% tags=["core", "run", "explorer"] instructor="Let each learner put in the users and the price of a product they know. Ask who finds a product whose savings are never eaten, and why: few requests, cheap misses, or cheap human rows. At 0.50 EUR a row, 2,000 rows keep the saving of the lesson ahead for 60 models; at 0.25 EUR, 1,000 rows do."
CostExplorer(prediction="M9.p2", challenge="M9.c1", human_rows=0, models=24)

# %% tags=["core", "run", "open"]
for cost in (0.02, 0.05, 0.10, 0.20, 0.40):
    priced = all_four.but(failure_cost=cost)
    eaten = feedback(priced, models=60, chains=50, seed=1).eaten_by
    print(f"a miss costs {cost:.2f} EUR: first model above it: {eaten or 'none of 60'}")

# %% [markdown] tags=["core", "run"]
# With [verified human rows](../docs/glossary.md#verified-human-data), bought fresh for each new model, the regime is
# [mix](../docs/glossary.md#mix). A row costs 2 EUR. *Left* is the saving less the rows less the bill. Medians of 30 chains, to
# the nearest 100 EUR a month:

# %% tags=["core", "run"]
rows = {}
for human in (0, 200, 500, 1000, 2000):
    bought = all_four.but(human_rows=human)
    result = feedback(bought, models=24, chains=30, seed=1)
    bill, left = (np.median(x, axis=1).round(-2) for x in (result.bill, result.net))
    rows[human] = {
        "rows cost": f"{result.human_cost:,.0f}",
        "bill, model 24": f"{bill[23]:,.0f}",
        "left, model 1": f"{left[0]:,.0f}",
        "left, model 12": f"{left[11]:,.0f}",
        "left, model 24": f"{left[23]:,.0f}",
        "below 0 from model": result.eaten_by,
    }
pd.DataFrame(rows).T.rename_axis("human rows")

# %% tags=["core", "explain"]
explain("M9.p2")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# **Why it comes late.** The saving is there in the first month, and each month again. The bill starts at nothing and
# grows with each new model, as the rare kinds die: [early collapse](../docs/glossary.md#early-collapse). Who looks at three months sees a
# success. Caching and batching change no training set; they have no such bill.
#
# What a miss costs decides when: at 0.40 EUR, the price of a check, with the third model. So put in your own number.
#
# What may a human row cost? It is worth what the bill falls for it (*worth*). *Cumulative*: all rows and bills from model 1
# on, because rows must be bought from the first month.
#
# </details>

# %% tags=["core", "explain"]
for model in (12, 24):
    table = human_row_table(
        all_four, [0, 200, 500, 1000, 2000], model=model, chains=30, seed=1
    )
    print(f"model {model}, EUR; index: human rows a month")
    hundreds = table[["cost", "bill", "total", "cumulative"]].round(-2).astype(int)
    print(hundreds.assign(worth=table["worth"].round(1)).to_string())

# %% [markdown] tags=["core", "explain"]
# In the month of model 12, about 200 rows pay for themselves. With model 24 the total is lowest near 500. But 200 rows have
# paid for themselves only over about two years. At 2 EUR none of the numbers tried keeps this saving ahead. At what price would they?
#
# **The fifth way.** Small models can learn from collected rows:

# %% tags=["core", "explain"]
ways = {
    "caching and batching": all_four.but(optimisations=OPTIMISATIONS[:2]),
    "all four, rows of a model": all_four,
    "the same, 200 human rows": all_four.but(human_rows=200),
    "all four, collected rows": collected,
}
factor = plan["human_row_cost"] / plan["row_cost"]
print(f"a verified row costs {factor:.0f} times as much as a collected one")
months = {}
for way, chosen in ways.items():
    cost = economics.unit_costs(chosen)["cost"]
    bill = np.median(feedback(chosen, models=24, chains=30, seed=1).bill, axis=1)
    months[way] = [
        f"{round(cost + bill[model - 1], -2):,.0f}" for model in (1, 3, 6, 12, 24)
    ]
pd.DataFrame(months, index=[f"model {model}" for model in (1, 3, 6, 12, 24)]).T

# %% [markdown] tags=["core", "explain"]
# By these numbers collected rows win from model 3 on, and nobody should buy a verified one. But here each collected row counts
# as real, while a crawl holds an unknown share of model text. For 40 times the price, somebody knows who wrote the row.
#
# So what human data are worth depends on how many rows you have, how long models have learned from models, what a miss
# costs, and who wrote the rows that look real.

# %% [markdown] tags=["core"]
# ## Idea 3: Which row?
#
# Suppose you can choose the kind of a row. Take 100,000 kinds, the k-th one asked as
# often as $1/k^{1.5}$, and a model that learned 10,000 real rows.

# %% tags=["core", "predict"]
predict("M9.p3")

# %% tags=["core", "run"]
law = theory.tails.zipf_law(100_000, 1.5)
worth = {
    "model 1": value_by_rank(law, 10_000),
    "model 10, replace": value_by_rank(law, 10_000, t=10),
}
plot_worth_by_rank(
    worth,
    title="What one more row is worth, by the rank of its kind",
    prediction=said("M9.p3"),
)

# %% tags=["core", "run"]
best = worth["model 1"].argmax()
print(f"rank {best + 1}: {10_000 * law[best]:.1f} rows of this kind are expected in 10,000")
mistakes.more_of_the_same()

# %% tags=["core", "explain"]
explain("M9.p3")

# %% [markdown] tags=["core", "explain"]
# <details><summary><b>Why</b></summary>
#
# **Why the middle.** A row helps if the model does not know its kind, and if somebody asks for it. The commonest kinds
# are known, the rarest hardly ever asked for. With $n$ rows, a kind that is asked with chance $p$ is unknown with
# chance $e^{-np}$. The product $p\,e^{-np}$ is largest at $p = 1/n$: a kind that came about once. In later models it
# moves to commoner kinds.
#
# So rows from the tail are worth more than rows from everywhere, up to a depth. Beyond it they are worth next to nothing
# (*A Tale of Tails*).
#
# </details>
#
# ### How many do you have?
#
# Three sorts of data. Model 5, with all real rows kept; each model writes as many rows as are real, or 400 images. Bars are
# four standard errors.

# %% tags=["core", "explain"]
curves = [
    value_curve("numbers", [3, 10, 30, 100, 300, 1000], chains=4000),
    value_curve("words", [100, 300, 1000, 3000, 10_000, 30_000], chains=20),
    value_curve("images", [25, 50, 100, 200, 400, 800], chains=6),
]
plot_worth(curves, title="What one more real row is worth")

# %% [markdown] tags=["core", "explain"]
# A normal law is learned fast: with ten times the rows, one more is worth about a hundredth. A novel's words go on being
# new: there it is about a twelfth. These images are drawn by a normal law of their pixels, and go the way of the numbers,
# as far as the bars tell. Each curve has its own measure of error, so compare slopes, not heights.
#
# **Without the law.** You know no law of your users' requests. Good and Turing found a way: the share of rows whose kind
# came *once* estimates the share of requests of unknown kinds.

# %% tags=["core", "explain"]
kinds = distribution_of_requests(plan)
rng = np.random.default_rng(3)
counts = rng.multinomial(20_000, kinds)
print(f"kinds that came once, as a share of the rows: {(counts == 1).sum() / 20_000:.1%}")
print(f"requests of unknown kinds, which nobody can see: {kinds[counts == 0].sum():.1%}")

# %% [markdown] tags=["core"]
# ## Three mistakes, each with its experiment
#
# *"We test each model on text of the last one."* Models of word counts learn from each other under replace. Which share
# of the words in the test does the model not know?

# %% tags=["core"]
mistakes.evaluated_on_synthetic()

# %% [markdown] tags=["core"]
# The two tests point in opposite directions. The synthetic test has lost the same words as the model, so it asks for
# ever less. Next: *"We ran each setting once."*

# %% tags=["core"] instructor="Ask for a show of hands before the cell is run: who has compared two models with one seed each?"
mistakes.one_seed()

# %% [markdown] tags=["core"]
# Five fresh rows of a hundred, the worse setting, against ten, the better one: a coin would be wrong half the time. *"We deduplicate each training set."*

# %% tags=["core"]
mistakes.deduplicated()

# %% [markdown] tags=["core"]
# With texts of the same length nearly all words live, but *the* is now as rare as *harpoon*. If the next text is only as
# long as what is left, the words die faster than without: each is drawn about once, and missed with a chance of 37 %.
#
# ## Where does your team stand?
#
# Five dimensions, five levels. A level counts when you can *show* its milestone to somebody else. These are the milestones:

# %% tags=["core"]
pd.set_option("display.max_colwidth", None)
pd.DataFrame(dict(maturity.DIMENSIONS), index=maturity.LEVELS[1:]).T

# %% [markdown] tags=["core"]
# Put in your own team.

# %% tags=["core", "open"]
team = maturity.Assessment(
    {
        "data provenance": "aware",
        "evaluation": "measured",
        "monitoring": "unaware",
        "regime": "aware",
        "economics": "managed",
    }
)
plot_radar(team.levels, levels=maturity.LEVELS, title="Where the team stands")

# %% tags=["core"]
for dimension, step in team.next_milestones().iterrows():
    print(f"{dimension} ({step['level']}). Next: {step['milestone']}")

# %% [markdown] tags=["core"]
# Start with the shortest axis. The checklist fills itself:

# %% tags=["core"]
print(team.checklist().partition("## evaluation")[0])

# %% [markdown] tags=["core"]
# `team.save_checklist("checklist.html")` writes all of it as a page to print.
#
# ## Your turn
#
# **1. Break-even.** Each user pays `price` and costs `variable` in a month. `fixed` is what is due without any user.
# Return how many users cover all costs; it need not be a whole number. Return `None` if no number does. Stuck? Say
# `hint("M9.e1")`.


# %% tags=["core", "exercise"]
def break_even(price, variable, fixed):
    """Return the number of users that covers all costs, None if none does."""
    if price <= variable:
        return ...
    return ...


# %% tags=["core", "check"]
check("M9.e1", break_even)

# %% [markdown] tags=["core"]
# **2. Beetles.** A biologist counts the beetles in her traps: `counts` holds one number for each species that she found.
# How likely is the next beetle of a species that she has not found yet? Estimate it as above.


# %% tags=["core", "exercise", "transfer"]
def chance_of_a_new_species(counts):
    """Return an estimate of the chance that the next beetle is of a new species."""
    return ...


# %% tags=["core", "check"]
check("M9.e2", chance_of_a_new_species)

# %% [markdown] tags=["deeper"]
# ## Deeper: What moves the margin?
#
# One assumption at a time, a quarter lower and a quarter higher. Which three would you check first? What
# misses cost is in no margin, so it is not here.

# %% tags=["deeper"]
plot_tornado(
    economics.sensitivities(plan),
    now=economics.gross_margin(plan),
    title="The margin, one assumption at a time",
)

# %% [markdown] tags=["deeper"]
# Some bars are mirrored: a higher price helps, more requests of a user who pays a flat price do not. That raises a
# question. All users pay the same, but some ask far more than others.

# %% tags=["deeper"]
mistakes.average_user()

# %% [markdown] tags=["deeper"]
# ## Deeper: What does your own plan say?
#
# The form has all assumptions of a `Plan`, and reads "1,50" as well as 1.50; it shows costs, margin, savings and the
# highest price at which one more verified human row pays. It makes a sheet for your spreadsheet and a page for your
# board; `plan = form.plan` takes what you filled in to the cells above.

# %% tags=["deeper", "explorer"]
form = PlanForm(Plan(optimisations=OPTIMISATIONS))
form

# %% [markdown] tags=["deeper"]
# ## Deeper: A model, or something else?
#
# Seven options, six criteria, scores from 1 to 5. The scores are assumed. The weights are yours: agree on them before
# you look at the scores. A score of 5 means:

# %% tags=["deeper"]
pd.Series(dict(decision.CRITERIA), name="a score of 5 means").to_frame()

# %% tags=["deeper", "open"]
weights = {"edge cases": 3, "auditability": 2, "unit cost": 1, "time to ship": 2}
decision.decide(weights).round(1)

# %% tags=["deeper"]
mistakes.weights_afterwards()

# %% [markdown] tags=["deeper"]
# No option has the best score on every criterion. Who chooses the weights after seeing the scores can make six of the
# seven win.

# %% [markdown] tags=["core"]
# ## Your card
#
# The card of this lesson: to keep, and to see what is left to do. `progress()` shows the whole course.
# `hand_in("M9")` writes what you did here into one file for your instructor.
# `cards()` shows the cards of all lessons, and `cards().save()` writes them into a page to print.

# %% tags=["core"]
from collapse_edu.course.quiz import card, cards, hand_in, progress

card("M9")

# %% tags=["core"]
cards()

# %% [markdown] tags=["core"]
# ## Take-aways
#
# * The *share* of the fixed costs vanishes with volume; what grows with use stays. Margins can rise and fall again.
# * Caching and batching change no training set. A small model that learned from answers, alone or behind a router, feeds
#   model text back. Its bill comes months later. Subtract the human rows, too, before you call a saving ahead.
# * One more real row is worth most where there are few, and where models have learned from models for long.
# * The best row is of a kind that the training set holds about once. The commonest kinds are known, the rarest are not
#   asked for.
# * Test on real rows. Run many seeds. Look at what cleaning does to counts.
#
# ## Where this comes from
#
# * **Dohmatob et al. (2024)**, *A Tale of Tails*, ICML: tail data help, unless the tail is too deep. They say nothing of
#   prices.
# * **Suresh et al. (2025)**, AISTATS: how counts die under replace. The kinds of requests are our reading of it.
# * **Good (1953)**, *Biometrika* 40: the share of what came once estimates what was not seen.
# * **Gerstgrasser et al. (2024)**, COLM, and **Shumailov et al. (2024)**, *Nature* 631: with real data kept, less is
#   lost. Neither says how many rows are enough elsewhere.
# * The benchmarks are those of an industry glossary, without sample or method. The default numbers of the plan are
#   assumed; the milestones and the scores of options are this course's.
#
# A real language model is no table of kinds. What it shares with ours is the loop. Put a number of your own behind each
# assumption before you decide anything.
#
# ## Next
#
# Test yourself: [Q9](../quizzes/Q9_value_of_human_data.ipynb), twelve questions with your own numbers. More answers are in the
# [questions and answers](../docs/questions.md).
