"""What learners may believe: one tag for each misconception, used by questions, inventory, progress and reports.

Each sentence says the wrong belief, as a learner might say it.
"""

__all__ = ["INVENTORY", "MISCONCEPTIONS"]

# The fifteen of the concept inventory, in its order.
INVENTORY = {
    "falls_in_every_run": "Under replace, the variance falls in every run.",
    "constant_mean_is_safe": "If the mean over all chains stays constant, the typical chain is safe.",
    "every_chain_runs_away": "If the expected distance grows without end, every chain runs away from the real law.",
    "large_n_prevents": "A large sample in each generation prevents collapse.",
    "only_bad_models": "Only bad or too simple models collapse.",
    "one_cause": "Model collapse has one cause.",
    "rare_is_disfavoured": "Rare words die because the model disfavours them.",
    "count_fixes_date": "The count of a word fixes the generation in which it is lost.",
    "share_falls_on_average": "A minority's share falls on average.",
    "inevitable": "Training on synthetic data ends in collapse, whatever else is in the training set.",
    "accumulating_equals_real": "Keeping all data is always as good as fresh real data.",
    "share_decides": "A fixed share of real data, such as 10 %, is enough at every size.",
    "washes_out": "A little bad data washes out when there is much good data.",
    "golden_ratio_is_universal": "The best weight of real data is 0.618, always.",
    "precision_is_health": "High precision means a healthy model.",
}

MISCONCEPTIONS = INVENTORY | {
    # What to know before the course
    "mean_is_typical": "The mean tells what is typical.",
    "one_side_only": "Values far from the mean lie on one side of it.",
    "which_standard_deviation": "Nearly all of a normal law lies within one standard deviation.",
    "factors_add": "Repeated factors add up.",
    "one_round_off": "A count starts where it is convenient.",
    # Gaussian collapse
    "one_run_proves": "One run shows what the regime does.",
    "errors_cancel": "Errors of one generation are made good in the next, because each fit is right on average.",
    "biased_fit": "The variance is lost because its estimate is too small each time.",
    "ensemble_mean_is_expectation": "The mean over many simulated chains is close to the expectation, at any time.",
    "no_recursion": "Each generation learns from samples of the first model.",
    "variance_or_sd": "Variance and standard deviation can be swapped.",
    "wrong_ddof": "It makes no difference whether a variance is taken with ddof = 0 or ddof = 1.",
    "rate_is_half_life": "The half-life is one over the rate of loss.",
    "inverse_half_life": "The half-life times 0.69 gives the sample size.",
    "wrong_logarithm": "A logarithm to base 10 can stand for the natural one.",
    "loss_without_size": "How fast the variance is lost does not depend on the sample size.",
    "root_n": "Ten times the data help by the square root of ten.",
    "first_loss_is_all": "With real data kept, nothing is lost after the first fit.",
    "wrong_half": "The share that survives and the share that is lost can be swapped.",
}
