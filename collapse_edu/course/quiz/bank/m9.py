"""M9, What is human data worth?: predictions and questions."""

from math import ceil

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
    "M9.p1": {
        "prompt": (
            "The gross margin is 70 % with 20,000 users. How does it go on with ten times and with a hundred times as "
            "many, under the assumptions above?"
        ),
        "outcomes": [
            Option("it rises at both steps", "At ten times it rises. Then the price falls faster than costs."),
            Option(
                "it stays near 70 % all along",
                "What grows with the users does. But fixed costs do not grow so fast, and prices change.",
            ),
            Option("it rises, then falls", "Yes: 70, 74, 69 %.", right=True),
            Option(
                "it falls at both steps", "At ten times the fixed costs are spread over more users, so it rises first."
            ),
        ],
        "causes": [
            Option(
                "first fixed costs are spread, then income falls faster than costs",
                "Yes. The first effect ends when the fixed costs are a small part.",
                right=True,
            ),
            Option(
                "large volumes make everything cheaper, for users and for the maker",
                "Tokens get cheaper, by less than the price falls.",
            ),
            Option("fixed costs grow faster than the users", "They grow by half for ten times the users."),
        ],
    },
    "M9.p2": {
        "film": True,
        "prompt": (
            "No human rows are bought. All four optimisations are on; the two that feed model text back save about "
            "2,600 EUR a month. A miss costs 0.10 EUR. When is the bill for forgotten kinds above this saving?"
        ),
        "outcomes": [
            Option(
                "with about the third new model",
                "It would be so if a miss cost 0.40 EUR, as a check does. At 0.10 EUR it takes longer.",
                value=3.0,
            ),
            Option("with about the ninth new model", "Yes, in the median of the chains.", right=True, value=9.0),
            Option(
                "with no new model at all",
                "Rare kinds are rare requests, each of them. But there are many, and in each month some more die.",
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "what one model has forgotten no later model knows",
                "Yes. The saving is the same each month, and the bill grows.",
                right=True,
            ),
            Option("the small models are too small", "Here they hold every kind that they see."),
            Option("the common kinds die, too", "The twenty commonest live on in nearly all chains."),
        ],
    },
    "M9.p3": {
        "prompt": (
            "100,000 kinds of requests, the k-th one asked as often as 1/k^1.5; a model that learned from 10,000 real "
            "rows. You may add one row of a kind of your choice. Which kind helps most requests, on average?"
        ),
        "outcomes": [
            Option(
                "the kind of rank 1", "It is asked most, and the model knows it. One more row adds nothing.", value=1.0
            ),
            Option("one of about rank 250", "Yes: rank 245. It came about once.", right=True, value=250.0),
            Option(
                "one of about rank 10,000",
                "The model hardly ever knows it. But it is asked about 250 times less often than rank 250.",
                value=10000.0,
            ),
            Option(
                "the kind of rank 100,000",
                "The model surely lacks it, and hardly anybody will ever ask.",
                value=100000.0,
            ),
        ],
        "ordered": True,
        "causes": [
            Option(
                "people ask for this kind, and the model lacks it",
                "Yes. A row is worth how often its kind is asked, times the chance that the model lacks it. The "
                "first falls with the rank, the second rises.",
                right=True,
            ),
            Option(
                "what is in the tail is all that is ever lost",
                "True for the loss. A row also needs somebody who asks for its kind.",
            ),
            Option("what is frequent carries most information", "It carried it in the first few rows."),
        ],
    },
}

_NOTEBOOK = "M9_value_of_human_data.ipynb#"
_ONE = _NOTEBOOK + "Idea-1:-What-is-left-of-the-price?"
_TWO = _NOTEBOOK + "Idea-2:-Does-a-saving-come-back-as-a-bill?"
_THREE = _NOTEBOOK + "Idea-3:-Which-row?"
_MANY = _NOTEBOOK + "How-many-do-you-have?"
_MISTAKES = _NOTEBOOK + "Three-mistakes,-each-with-its-experiment"
_TEAM = _NOTEBOOK + "Where-does-your-team-stand?"
_DECIDE = _NOTEBOOK + "Deeper:-A-model,-or-something-else?"

_COST = "compute what a user, a request and a feature cost, and what margin is left at another volume"
_FEED = "tell which savings feed model text back into training, and weigh a saving against its later bill"
_WORTH = "say where one more real row is worth most, and where it is worth next to nothing"
_CATCH = "catch a mistake of evaluation by an experiment"
_TEAMS = "name a team's next milestone, and defend a choice between a model and something else"


def _margin(users, asked, price):
    from collapse_edu.production.economics import Plan, gross_margin

    return float(gross_margin(Plan(users=users, requests_per_user=asked, price_per_user=price)))


def _margin_without_fixed(users, asked, price):
    return 1 - asked * 0.013 / price


def _bill(asked, fed, first, late):
    """Return the bill of a late model; shares come in per cent."""
    from collapse_edu.production.economics import Plan
    from collapse_edu.production.feedback import Feedback

    plan = Plan(optimisations=["routing"], users=10_000, requests_per_user=asked / 10_000, route_share=fed / 100)
    return float(Feedback(plan, _column(first, late)).bill[1, 0])


def _column(*shares):
    import numpy as np

    return np.array(shares)[:, None] / 100


def _worth_of_a_row(n, one_in):
    from collapse_edu.production.value import value_by_rank

    return float(value_by_rank([1 / one_in, 1 - 1 / one_in], n)[0])


# ---------------------------------------------------------------- M9.05: a waterfall


def _plan_of(seed):
    """Return a plan with all four optimisations and assumptions of its own."""
    import random

    from collapse_edu.production.economics import OPTIMISATIONS, Plan

    rng = random.Random(seed)
    return Plan(
        optimisations=OPTIMISATIONS, requests_per_user=rng.choice([10, 15, 20]),
        cache_share=rng.choice([0.2, 0.3]), batch_share=rng.choice([0.2, 0.4]),
        smaller_price=rng.choice([0.2, 0.3, 0.4]), route_share=rng.choice([0.2, 0.4, 0.6]),
    )  # fmt: skip


def _steps_of(seed):
    """Return the cost before, what all steps save, and what the hatched ones save."""
    from collapse_edu.production.economics import unit_costs, waterfall

    plan = _plan_of(seed)
    steps = waterfall(plan)
    before = float(unit_costs(plan.but(optimisations=()))["cost"])
    return before, sum(step.saves for step in steps), sum(step.saves for step in steps if step.feeds_back)


def _at_stake(seed):
    before, _, fed = _steps_of(seed)
    return fed / before


def _all_saved(seed):
    before, saved, _ = _steps_of(seed)
    return saved / before


def _of_the_savings(seed):
    _, saved, fed = _steps_of(seed)
    return fed / saved


def _waterfall(seed):
    from collapse_edu.plots import plot_waterfall
    from collapse_edu.production.economics import waterfall

    before, _, _ = _steps_of(seed)
    title = "What four optimisations save in a month"
    return plot_waterfall(waterfall(_plan_of(seed)), start=before, currency="EUR", title=title)


# ---------------------------------------------------------------- M9.08: a test set


def _unknown_share(training, test):
    known = set(training)
    return sum(kind not in known for kind in test) / len(test)


def _unknown_kinds(training, test):
    kinds = set(test)
    return len(kinds - set(training)) / len(kinds)


def _rows_of_kinds(rng):
    cases = []
    for kinds, size in ((3, 6), (5, 12), (9, 20), (20, 30)):
        training = [f"kind {rng.randrange(kinds)}" for _ in range(size // 2)]
        # One kind is new, and asked three times: a share of kinds is no share of rows.
        test = [f"kind {rng.randrange(kinds)}" for _ in range(size)] + 3 * ["new"] + [training[0]]
        cases.append((training, test))
    return cases


QUESTIONS = [
    Numeric(
        id="M9.01",
        title="What is left",
        objective=_COST,
        prompt=(
            "{users:,} users pay {price} EUR a month each, and ask {asked} requests each. A request costs 0.013 EUR, "
            "for the model and for checks. Fixed costs are 3,700 EUR a month. What is the gross margin, as a share?"
        ),
        parameters={
            "users": range(6000, 12_001, 250),
            "asked": range(20, 61, 5),
            "price": [3.0, 3.2, 3.4, 3.6, 3.8, 4.0, 4.2, 4.4, 4.6, 4.8, 5.0],
        },
        key=_margin,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda users, asked, price: 1 - _margin(users, asked, price),
                "This is the share of the revenue that is spent. The margin is what is left.",
                "margin_is_cost",
            ),
            Misreading(_margin_without_fixed, "The fixed costs are missing.", "fixed_costs_forgotten"),
        ],
        hints=[
            "The revenue is users times price. The costs are those of all requests, and what is fixed.",
            "The margin is (revenue - costs) / revenue.",
        ],
        solution="(revenue - {users} · {asked} · 0.013 - 3,700) / revenue, with revenue {users} · {price}: {key}.",
        lesson=_ONE,
    ),
    MultipleChoice(
        id="M9.02",
        title="What feeds back",
        objective=_FEED,
        prompt="Which of these put text of a model into the training set of a later one?",
        options=[
            Option(
                "A smaller model learns from the answers of the large one.",
                "Its training rows are answers of a model.",
                right=True,
                misconception="no_saving_feeds_back",
            ),
            Option(
                "Stored answers are sent again when a question comes again.",
                "Nothing is trained. (It would feed back if the logs became training rows.)",
                misconception="every_saving_feeds_back",
            ),
            Option(
                "The chat logs of this month, answers included, are next month's training rows.",
                "The answers in them are a model's.",
                right=True,
                misconception="no_saving_feeds_back",
            ),
            Option(
                "Requests that can wait are answered at night, in batches.",
                "The same model answers, later. No training set changes.",
                misconception="every_saving_feeds_back",
            ),
            Option(
                "A router sends easy requests to a small model that learned from answers written by people.",
                "A router as such feeds nothing back. What the small model learned from decides.",
                misconception="every_saving_feeds_back",
            ),
        ],
        hints=["Ask for each: does a training set change?", "If it does: who wrote the new rows?"],
        solution="{key}. Who wrote the rows of the next training set is what counts.",
        lesson=_TWO,
    ),
    Ordering(
        id="M9.03",
        title="The smallest bill",
        objective=_FEED,
        prompt=(
            "The plan of this lesson, with one new model a month and 20,000 training rows. Put the four ways in order "
            "by their bill for forgotten kinds with model 12, the smallest first. The bill alone counts: 10,000 human "
            "rows would cost 20,000 EUR themselves."
        ),
        items=[
            "caching and batching, no human rows",
            "routing, 10,000 human rows a month",
            "routing, 1,000 human rows a month",
            "routing, no human rows",
        ],
        because=[
            "Caching and batching change no training set, so nothing more is forgotten; with routing a little is.",
            "Ten times the fresh rows bring back far more kinds in each month.",
            "A thousand fresh rows bring back some of what is lost. Without any, what is lost stays lost.",
        ],
        misconceptions=["every_saving_feeds_back", "rows_help_by_their_share_only", "inevitable"],
        hints=["Which of them changes no training set?", "Fresh human rows bring lost kinds back."],
        solution=(
            "{key}. The bills are about 0, 120, 1,500 and 2,700 EUR. At 2 EUR a row, the human rows of the second way "
            "cost 20,000 EUR a month, those of the third 2,000 EUR: more than they take off."
        ),
        lesson=_TWO,
    ),
    Numeric(
        id="M9.04",
        title="A bill by hand",
        objective=_FEED,
        prompt=(
            "{asked:,} requests come in a month; {fed} % of them are answered by models that learn from model text. "
            "Model 1 does not know the kinds of {first} % of the requests, model 12 those of {late} %. A request of an "
            "unknown kind costs 0.10 EUR. How much more than with model 1 does a month cost with model 12?"
        ),
        parameters={
            "asked": range(200_000, 600_001, 20_000),
            "fed": [40, 50, 60],
            "first": [2, 3],
            "late": range(9, 17),
        },
        key=_bill,
        tolerance=0.02,
        unit="EUR",
        allowed=(0, 1_000_000),
        misreadings=[
            Misreading(
                lambda asked, fed, first, late: asked * fed * late / 1e5,
                "What model 1 did not know costs with it, too. Only the rest is more.",
                "first_gap_is_part_of_the_bill",
            ),
            Misreading(
                lambda asked, fed, first, late: asked * (late - first) / 1e3,
                "Only {fed} % of the requests meet a model that learns from model text.",
                "everybody_meets_the_small_model",
            ),
        ],
        hints=[
            "Take only the requests that meet such a model.",
            "Of these, the share that model 12 does not know and model 1 did.",
        ],
        solution="{asked} · {fed} % · ({late} % - {first} %) · 0.10 EUR = {key}.",
        lesson=_TWO,
    ),
    Numeric(
        id="M9.05",
        title="Read the plot: what is at stake",
        objective=_FEED,
        prompt=(
            "The picture shows what four optimisations save. Which share of the cost before is saved by those that "
            "feed model text back?"
        ),
        parameters={"seed": range(1000)},
        figure=_waterfall,
        key=_at_stake,
        tolerance=0.02,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                _all_saved, "This is what all four save. Two change no training set.", "every_saving_feeds_back"
            ),
            Misreading(_of_the_savings, "This is their share of the savings, not of the cost before.", "wrong_whole"),
        ],
        hints=["Add up the hatched steps.", "Divide by the first bar."],
        solution="The hatched steps, divided by the first bar: {key}. Within 2 % is right.",
        lesson=_TWO,
    ),
    SingleChoice(
        id="M9.06",
        title="Which rows to buy",
        objective=_WORTH,
        prompt=(
            "A model learned from 50,000 real rows. Kinds of requests follow a long tail. For the same money you get "
            "5,000 rows more. Which ones take most off the share of requests of unknown kinds?"
        ),
        options=[
            Option(
                "rows of the kinds that are asked most, because most users gain",
                "The model knows these kinds. More rows of them add nothing here.",
                misconception="commonest_is_best",
            ),
            Option(
                "rows of the rarest kinds that anybody can think of",
                "The model lacks them. But hardly any request is of such a kind.",
                misconception="deepest_is_best",
            ),
            Option(
                "rows of kinds that are expected about once in the 50,000",
                "Yes. One is unknown with a chance of 37 %, and it is asked for often enough.",
                right=True,
            ),
            Option(
                "rows from everywhere: each real row is worth the same",
                "Most of them are of kinds that the model knows.",
                misconception="rows_are_equal",
            ),
        ],
        hints=["A row helps if its kind is unknown, and if it is asked for.", "Where is the product largest?"],
        solution="{key}: p times e^(-n p) is largest at p = 1/n.",
        lesson=_THREE,
    ),
    Numeric(
        id="M9.07",
        title="The worth of one row",
        objective=_WORTH,
        prompt=(
            "One request in {one_in} is of a certain kind. A model learned from {n} real rows, drawn at random. You "
            "add one row of this kind. By how much does the expected share of requests of unknown kinds fall?"
        ),
        parameters={"n": range(4000, 7501, 250), "one_in": [3000, 3500, 4000]},
        key=_worth_of_a_row,
        tolerance=0.03,
        allowed=(0, 1),
        misreadings=[
            Misreading(
                lambda n, one_in: 1 / one_in,
                "It falls by so much if the model does not know the kind yet. How likely is that?",
                "every_row_is_new",
            ),
            Misreading(
                lambda n, one_in: one_in * _worth_of_a_row(n, one_in),
                "This is the chance that the kind is unknown. A row helps only as often as its kind is asked, too.",
                "unknown_is_enough",
            ),
            Misreading(
                lambda n, one_in: 1 / one_in - _worth_of_a_row(n, one_in),
                "You took the chance that the model knows the kind. Then the row adds nothing.",
                "wrong_half",
            ),
        ],
        hints=[
            "A model of n rows lacks a kind of share p with a chance of about e^(-n p).",
            "How often the kind is asked, times the chance that it is unknown.",
        ],
        solution="1/{one_in} · e^(-{n}/{one_in}) = {key}.",
        lesson=_THREE,
    ),
    Function(
        id="M9.08",
        title="A real test",
        objective=_CATCH,
        prompt=(
            "Write unknown_share(training, test): both are lists with the kind of each row, test holds real rows. "
            "Return the share of the test rows whose kind does not occur in training."
        ),
        name="unknown_share",
        starter=(
            "def unknown_share(training, test):\n"
            '    """Return the share of the test rows whose kind is not in training."""\n'
            "    known = set(training)\n"
            "    return ..."
        ),
        reference=_unknown_share,
        inputs=_rows_of_kinds,
        misreadings=[
            Misreading(
                _unknown_kinds,
                "This is the share of the different kinds. A kind that three users ask for counts three times.",
                "kinds_are_rows",
            ),
            Misreading(
                lambda training, test: 1 - _unknown_share(training, test),
                "This is the share that is known.",
                "wrong_half",
            ),
            Misreading(
                lambda training, test: _unknown_share(training, test) * len(test),
                "This is a number of rows. Divide it by all rows of the test.",
                "loss_without_size",
            ),
            Misreading(
                lambda training, test: _unknown_share(training, test) * len(test) / len(training),
                "Divide by the rows of the test, not of the training.",
                "wrong_whole",
            ),
            Misreading(
                lambda training, test: _unknown_share(test, training),
                "This asks which training rows the test does not hold. Turn the two round.",
                "wrong_half",
            ),
            Misreading(
                lambda training, test: len(set(test) - set(training)),
                "This counts different kinds. The share of the rows is asked for.",
                "kinds_are_rows",
            ),
        ],
        hints=[
            "Go through the rows of test, not through its kinds.",
            "sum(kind not in known for kind in test) counts them.",
        ],
        solution="return sum(kind not in known for kind in test) / len(test). Each row of the test counts.",
        lesson=_MISTAKES,
    ),
    SingleChoice(
        id="M9.09",
        title="Ever better",
        objective=_CATCH,
        prompt=(
            "A team trains each model on the text of the last one (replace) and tests it on another part of the same "
            "text. The share of unknown words falls from 15 % to 1 % in ten rounds. What do you conclude?"
        ),
        options=[
            Option(
                "The models learn their language better and better.",
                "The language that they are tested on gets poorer in step with them.",
                misconception="synthetic_test_is_fair",
            ),
            Option(
                "The test set loses words in step with the model. On real text the share grows.",
                "Yes. In the experiment of the lesson it grows from 15 % to 29 %.",
                right=True,
            ),
            Option(
                "Nothing: with one chain nobody can conclude anything.",
                "The direction of both tests is the same in every chain of this kind.",
                misconception="any_change_is_noise",
            ),
            Option(
                "The test set is too small: with more synthetic text the share would not fall.",
                "More text of the same law has the same few words.",
                misconception="large_n_prevents",
            ),
        ],
        hints=["Which words can the test text still hold?", "What would a test on real text show?"],
        solution="{key} Keep a real test set that no model learns from.",
        lesson=_MISTAKES,
    ),
    Headline(
        id="M9.10",
        title="Headline: obsolete",
        objective=_FEED,
        headline="Three months on model-written data: costs down by 30 %, quality unchanged. Human data is obsolete.",
        prompt="The team trains a small model each month on the answers of the last one (replace). What is right?",
        options=[
            Option(
                "The headline: a loss would have shown in three months.",
                "With the plan of the lesson, three models have spent less than half of the saving.",
                misconception="early_result_is_final",
            ),
            Option(
                "The saving is real. The bill grows with each new model; three are too few to see it.",
                "Yes. It starts at nothing. Requests, misses and the price of human rows decide whether it wins.",
                right=True,
            ),
            Option(
                "The saving is an illusion: synthetic data always cost more than they save.",
                "With cheap misses, few requests or cheap human rows, the saving stays ahead.",
                misconception="inevitable",
            ),
            Option(
                "Only the training data matter; the saving has nothing to do with them.",
                "The saving is what brings the model's text into training.",
                misconception="no_saving_feeds_back",
            ),
        ],
        hints=["What is the bill of model 3?", "What grows, and what stays the same each month?"],
        solution="{key} Ask for the bill after a year, and for what human rows would cost.",
        lesson=_TWO,
    ),
    SingleChoice(
        id="M9.11",
        title="The next milestone",
        objective=_TEAMS,
        prompt=(
            "A team holds real rows out, tests each new model with several seeds, and reports median and band. By the "
            "scale of this lesson: what is its next milestone in evaluation?"
        ),
        options=[
            Option(
                "A larger test set, so that the band gets narrower.",
                "A narrower band of a mean still does not see the tail.",
                misconception="large_n_prevents",
            ),
            Option(
                "A tool that detects synthetic text.",
                "This may help with provenance. It does not say what the model still knows.",
                misconception="tools_are_milestones",
            ),
            Option(
                "A second held-out set, written by the best model.",
                "Such a set loses what the models lose.",
                misconception="synthetic_test_is_fair",
            ),
            Option(
                "A test of the tail: how many rare kinds the model still knows.",
                "Yes. It leads from measured to managed.",
                right=True,
            ),
        ],
        hints=["What is lost first, and would not move a median?", "Ask the radar: measured → managed."],
        solution="{key} What is rare goes first, and a score of everything does not show it.",
        lesson=_TEAM,
    ),
    SingleChoice(
        id="M9.12",
        title="The favourite wins (a deeper part)",
        objective=_TEAMS,
        prompt=(
            "A team scores seven options, looks at the scores, and then agrees on weights for the six criteria. Its "
            "favourite, a bought generative model, comes first. What do you say?"
        ),
        options=[
            Option(
                "Fine: who decides may choose the weights.",
                "Yes, but before the scores are known. Afterwards six of the seven could be made to win.",
                misconception="weights_may_come_last",
            ),
            Option(
                "A bought model is the best option anyway, on every criterion.",
                "On predictability and auditability it scores lowest.",
                misconception="one_option_is_best",
            ),
            Option(
                "Agree on weights first. Then say which other weights would change the choice.",
                "Yes. With the scores of the lesson it comes first for a tenth of all weightings.",
                right=True,
            ),
            Option(
                "Take the option with the highest sum of scores: weights only bring in opinions.",
                "Equal weights are an opinion, too: that all criteria matter the same.",
                misconception="equal_weights_are_neutral",
            ),
        ],
        hints=["How many options could have won with other weights?", "When should weights be agreed on?"],
        solution="{key} Weights that come last can make six of the seven win.",
        lesson=_DECIDE,
    ),
]


# ---------------------------------------------------------------- exercises of the lesson


def _break_even(price, variable, fixed):
    return None if price <= variable else fixed / (price - variable)


def _break_even_whatever(price, variable, fixed):
    return fixed / (price - variable) if price != variable else None


def _prices(rng):
    cases = []
    for factor in (0.2, 0.6, 1.0, 1.4):
        price = rng.randrange(10, 60) / 10
        cases.append((price, round(factor * price, 2), float(rng.randrange(1000, 9000, 50))))
    return cases


def _new_species(counts):
    return sum(count == 1 for count in counts) / sum(counts)


def _traps(rng):
    return [
        ([1] * once + [rng.randrange(2, 30) for _ in range(often)],)
        for once, often in ((1, 3), (4, 6), (10, 5), (0, 4))
    ]


EXERCISES = [
    Function(
        id="M9.e1",
        title="Break-even",
        objective=_COST,
        prompt="Write break_even(price, variable, fixed): the number of users that covers all costs, or None.",
        name="break_even",
        starter="",
        reference=_break_even,
        inputs=_prices,
        misreadings=[
            Misreading(
                lambda price, variable, fixed: None if price <= variable else fixed / price,
                "Each user also costs something. Only price - variable is left to cover what is fixed.",
                "growing_costs_forgotten",
            ),
            Misreading(
                lambda price, variable, fixed: None if price <= variable else ceil(fixed / (price - variable)),
                "The number need not be whole here: leave it as the division gives it.",
                "rounded_up",
            ),
            Misreading(
                _break_even_whatever,
                "If a user costs more than the price, each further one adds to the loss: None.",
                "volume_cures_all",
            ),
            Misreading(
                lambda price, variable, fixed: None if price <= variable else fixed / price - variable,
                "Put price - variable into parentheses: division goes before minus.",
                "growing_costs_forgotten",
            ),
            Misreading(
                lambda price, variable, fixed: 0 if price <= variable else fixed / (price - variable),
                "0 users do not cover what is fixed. If no number does, return None.",
                "volume_cures_all",
            ),
            Misreading(
                lambda price, variable, fixed: None if price <= variable else (fixed + variable) / price,
                "Each user costs something, not all users together: take variable off the price.",
                "growing_costs_forgotten",
            ),
            Misreading(
                lambda price, variable, fixed: None if price <= variable else (price - variable) / fixed,
                "The ratio is upside down: how often does price - variable go into fixed?",
                "wrong_half",
            ),
            Misreading(
                lambda price, variable, fixed: None if price <= variable else fixed / variable,
                "The users pay price. What they leave is price - variable.",
                "margin_is_cost",
            ),
            Misreading(
                lambda price, variable, fixed: None if price <= variable else fixed / (price + variable),
                "Each user brings price and costs variable: take one off the other.",
                "growing_costs_forgotten",
            ),
            Misreading(
                lambda price, variable, fixed: None if price <= variable else fixed // (price - variable),
                "The number need not be whole: // cuts, / does not.",
                "rounded_up",
            ),
        ],
        hints=[
            "Each user leaves price - variable. If that is not above 0, no number of users is enough.",
            "How often does price - variable go into fixed?",
        ],
        solution="Return None in the first case, and fixed / (price - variable) otherwise.",
        lesson=_ONE,
    ),
    Function(
        id="M9.e2",
        title="Beetles",
        objective=_WORTH,
        prompt="Write chance_of_a_new_species(counts): estimate the chance that the next beetle is of a new species.",
        name="chance_of_a_new_species",
        starter="",
        reference=_new_species,
        inputs=_traps,
        misreadings=[
            Misreading(
                lambda counts: sum(count == 1 for count in counts) / len(counts),
                "Divide by the number of beetles, not of species: the next catch is a beetle.",
                "kinds_are_rows",
            ),
            Misreading(
                lambda counts: 1 / (sum(counts) + 1),
                "One beetle more for all new species (add-one) does not ask how many species came once. Traps full of "
                "species that came once say that more are near.",
                "smoothing_ignores_singletons",
            ),
            Misreading(
                lambda counts: len(counts) / (sum(counts) + len(counts)),
                "One more for each species found lets common species tell of new ones. Those that came once do.",
                "smoothing_ignores_singletons",
            ),
            Misreading(
                lambda counts: 0.0,
                "A species that you have not seen can come next. Those that came once say how likely.",
                "sample_is_the_law",
            ),
            Misreading(
                lambda counts: sum(count == 1 for count in counts),
                "This is how many species came once. Divide it by the number of beetles.",
                "loss_without_size",
            ),
            Misreading(
                lambda counts: sum(count == 1 for count in counts) / (sum(counts) + 1),
                "The next beetle is not among those counted: divide by the beetles that she has.",
                "smoothing_ignores_singletons",
            ),
            Misreading(
                lambda counts: 1 - _new_species(counts), "This is the chance of a species that she has.", "wrong_half"
            ),
            Misreading(
                lambda counts: min(counts) / sum(counts),
                "This is the share of the rarest species. How many species came just once?",
                "deepest_is_best",
            ),
            Misreading(
                lambda counts: 1 / len(counts),
                "This is one of the species that she has. How many of them came just once?",
                "rows_are_equal",
            ),
            Misreading(
                lambda counts: len(counts) / sum(counts),
                "All species are counted here. Those that came just once tell of new ones.",
                "smoothing_ignores_singletons",
            ),
        ],
        hints=[
            "How many species came just once? How many beetles are there in all?",
            "sum(count == 1 for count in counts) is the number of species that came once.",
        ],
        solution="return sum(count == 1 for count in counts) / sum(counts), as Good and Turing do.",
        lesson=_MANY,
    ),
]
