"""One order and one meaning of what the closed forms take, and one line where arguments do not broadcast."""

from importlib import import_module
from inspect import signature

import numpy as np
import pytest

from collapse_edu import theory
from collapse_edu.theory import (
    bounds,
    changing_sizes,
    effective_size,
    extrapolation,
    gaussian,
    large_sets,
    mixing,
    original,
    tails,
)

FORMS = {
    f"{subject}.{name}": getattr(module, name)
    for subject, module in ((each, import_module(f"collapse_edu.theory.{each}")) for each in theory.__all__)
    for name in module.__all__
}
# What stood before t, or before n, in 0.1.0 goes on as it was.
OLDER = {
    "drift.expected_heterozygosity",
    "drift.expected_types",
    "drift.poisson_survival",
    "drift.probability_alive",
    "fixation.diffusion_absorption_time",
    "fixation.diffusion_single_type_time",
    "fixation.expected_absorption_time",
    "fixation.expected_entropy",
    "fixation.expected_single_type_time",
    "fixation.mix_heterozygosity_limit",
    "gaussian.collapse_time",
    "gaussian.probability_above",
    "gaussian.variance_quantile",
}


@pytest.mark.parametrize("form", sorted(FORMS.keys() - OLDER))
def test_t_and_n_come_first_and_the_sampling_bias_after_ddof(form):
    names = list(signature(FORMS[form]).parameters)
    first = [name for name in ("t", "n") if name in names]
    if form != "regression.edited_error":  # takes a share for each generation, which stands for t
        assert names[: len(first)] == first
    if {"ddof", "sampling_bias"} <= set(names):
        assert names.index("sampling_bias") == names.index("ddof") + 1


def test_a_ratio_without_a_name_of_its_own_is_an_older_one():
    assert {form for form in FORMS if "ratio" in signature(FORMS[form]).parameters} == {
        "pathways.anchor_error",
        "pathways.optimal_weight",
        "pathways.pooled_error_limit",
        "pathways.weighted_error",
        "pathways.weighted_error_limit",
    }


@pytest.mark.parametrize(
    "call",
    [
        lambda bias: gaussian.expected_variance(5, 20, 0, bias),
        lambda bias: gaussian.expected_mean_square(5, 20, 1, bias),
        lambda bias: mixing.expected_moments(5, 20, 3, 0, bias),
        lambda bias: mixing.stationary_moments(20, 3, 1, bias),
        lambda bias: original.expected_moments(5, 20, 20, 10, 0, bias),
        lambda bias: original.stationary_moments(20, 6, 14, 1, bias),
        lambda bias: np.moveaxis(changing_sizes.expected_variance([20, 30, 40], 0, bias), -1, 0),
        lambda bias: np.moveaxis(changing_sizes.expected_mean_square([20, 30, 40], 1, bias), -1, 0),
        lambda bias: extrapolation.expected_squared_w2(0.5, 20, 30, 1, bias),
        lambda bias: extrapolation.best_weight(20, 30, 0, bias),
        lambda bias: effective_size.effective_sample_ratio(0.3, bias),
        lambda bias: effective_size.synthetic_rows_threshold(bias, 3),
        lambda bias: large_sets.variance_limit(0.3, bias),
    ],
)
def test_the_sampling_bias_may_be_an_array(call):
    several = np.array([[0.5, 0.8], [0.9, 1.0]])
    found = np.asarray(call(several))
    assert found.shape[-2:] == (2, 2)
    for place in np.ndindex(2, 2):
        np.testing.assert_allclose(found[..., *place], np.asarray(call(several[place])), rtol=1e-13)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: gaussian.expected_variance([1, 2], [10, 11, 12]),
            r"t and n must broadcast; got shapes \(2,\), \(3,\)",
        ),
        (
            lambda: original.stationary_moments(10, [1, 2], 5, 1, [0.5, 0.6, 0.7]),
            r"n_kept and sampling_bias must broadcast; got shapes \(2,\), \(3,\)",
        ),
        (
            lambda: mixing.expected_moments([1, 2], [10, 20, 30], 5),
            r"t and n must broadcast; got shapes \(2,\), \(3,\)",
        ),
        # A distribution has an axis of its own.
        (
            lambda: bounds.types_bounds([1, 2], [10, 20, 30], 4 * [0.25]),
            r"t and n must broadcast; got shapes \(2,\), \(3,\)",
        ),
        (
            lambda: tails.expected_lost_mass([1, 2], [10, 20, 30], 4 * [0.25]),
            r"t and n must broadcast; got shapes \(2,\), \(3,\)",
        ),
        (lambda: bounds.types_bounds([1, 2], 10, 3 * [0.25]), "p must sum to 1; got 0.75"),
        (lambda: tails.expected_error([10, 20, 30], [0.5, 0.6]), "p must sum to 1; got 1.1"),
        (
            lambda: changing_sizes.expected_variance([[10, 20], [10, 30]], 1, [0.5, 0.6, 0.7]),
            r"sampling_bias must broadcast with sizes less their last axis, \(2,\); got shape \(3,\)",
        ),
    ],
)
def test_what_does_not_broadcast_gets_one_line(call, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        call()
