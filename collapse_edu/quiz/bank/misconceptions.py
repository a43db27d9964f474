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
    "rare_is_disfavoured": "Rare words are lost because the model disfavours them.",
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
    # The telephone game
    "model_is_data": "A model and the data that it learns from or makes are the same.",
    "regime_is_model": "The rule for the next training set is part of the model.",
    "leader_always_wins": "What is most frequent at the start is all that is left in the end.",
    "two_ends_are_equal": "Two possible ends are equally likely.",
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
    # Losing the tails
    "living_left_out": "What is still alive at the end can be left out.",
    "rate_without_two": "A word with count c is forgotten at the rate c/t.",
    # Image collapse
    "fall_together": "Precision and recall fall together.",
    "precision_or_recall": "Precision and recall can be swapped.",
    "better_samples_slow_it": "A sampling bias slows collapse, because the samples are better.",
    "flexible_is_safe": "A more flexible model loses less, because its images are better.",
    "loss_without_parameters": "How fast an image model loses variety depends on the number of images alone.",
    "recall_counts_classes": "Recall counts the classes of images that are left.",
    "near_all": "A sample must be near all real points to count.",
    "one_neighbour": "A ball reaches to the same neighbour, whatever k is.",
    "perfect_is_one": "A perfect model gets a perfect score.",
    "scores_without_size": "Scores of images can be compared across numbers of images.",
    "count_is_variety": "The number of classes that occur is the variety.",
    "entropy_is_number": "The entropy is the effective number of classes.",
    "one_diversity": "There is one effective number of classes.",
    "low_score_is_collapse": "A low score in generation 1 is a sign of collapse.",
    "more_data_mend_models": "More data mend a model that cannot express the real law.",
    "real_data_mend_models": "Real data in the training set mend every error.",
    "blob_is_sampling": "An autoencoder ends in a blob because its samples are finite.",
    "means_are_samples": "The means of a decoder are samples, only smoother.",
    "no_blob_no_loss": "A chain that does not end in a blob loses nothing.",
    "copies_generalise": "Good precision and recall on held-out images show that a model does not copy.",
    "copies_are_safe": "A model that copies real images cannot lose any.",
    # Text collapse
    "learned_is_kept": "A model keeps every word of its training text.",
    "rare_dies_at_once": "Every rare word is lost in the first generation.",
    "only_once_words_die": "Only words that come once can be lost.",
    "context_keeps_words": "A longer context keeps words alive.",
    "text_gets_simpler": "What a model forgets, one misses in each passage.",
    "own_text_tells": "The perplexity of a model's own text tells how much it has lost.",
    "easy_hides_hard": "Perplexity averages probabilities.",
    "any_rise_is_collapse": "Any change of any score is collapse.",
    "reading_shows_it": "Who reads a few passages notices the loss.",
    "cold_is_careful": "A temperature below 1 slows collapse, because it makes text better.",
    "cold_is_flat": "A temperature below 1 makes unlikely words likelier.",
    "powers_sum_to_one": "Powers of probabilities still sum to 1.",
    "temperature_scales_all": "A temperature changes all words alike.",
    "selection_only_kills": "Selection can only lose words sooner.",
    "ten_percent_delays": "A tenth of real data delays the loss by a tenth.",
    "neutral_is_harmless": "A process that favours nobody harms nobody more than others.",
    "one_number_for_all": "One number can stand for all passages.",
    "type_is_token": "Types can be counted in the place of tokens.",
    "real_is_generation_one": "The real data are generation 1.",
}
