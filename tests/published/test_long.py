"""Published results that take a laptop up to a minute each: only ``start.py test --all`` runs these."""

import warnings

import numpy as np
import pytest
from literature import compare, observe
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from collapse_edu import Gaussian, run
from collapse_edu.loop import regimes
from collapse_edu.loop.source import linear, normal
from collapse_edu.measures import ExcessError
from collapse_edu.models import Regression
from collapse_edu.theory import regression


@pytest.mark.parametrize("regime", [regimes.replace, regimes.accumulate], ids=regimes.name)
def test_r3_linear_regression(regime):
    n, weights, last, chains = 50, np.array([1.0, -1.0, 2.0, 0.0, 0.5]), 10, 8000
    history = run(
        Regression(design="same"),
        linear(n, weights),
        regime,
        generations=last,
        chains=chains,
        measures={"error": ExcessError(weights)},
    )
    one = regression.replace_error(1, n, 5)
    for t in (1, 2, 5, 10):
        factor = t if regime is regimes.replace else np.sum(1 / np.arange(1, t + 1) ** 2)
        ours = history["error"][t - 1]
        setting = f"{regimes.name(regime)}, T = {n}, d = 5, σ = 1, iteration {t}: test error"
        error = ours.std(ddof=1) / np.sqrt(chains)
        paper = "Gerstgrasser et al. (2024), Theorems 1 and 2"
        compare("R3", paper, setting, factor * one, ours.mean(), relative=0.04, error=error)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_r4_mixture_of_two(seed):
    paper, setting = "Shumailov et al. (2024), Figure 6 and 8", f"two normal components, n = 1000, seed {seed}"
    rng, n, centres = np.random.RandomState(seed), 1000, np.array([[-2.0, 0.0], [2.0, 0.0]])
    rows, held_out = (centres[rng.randint(2, size=n)] + rng.standard_normal((n, 2)) for _ in range(2))
    start, loss, volume = {}, {}, {}
    for t in range(1, 2001):
        # One RandomState for all: an integer would replay the same noise. The usual floor under the variances
        # (reg_covar) would stop the collapse.
        model = GaussianMixture(2, reg_covar=1e-12, random_state=rng, **start)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(rows)
        start = {
            "weights_init": model.weights_,
            "means_init": model.means_,
            "precisions_init": model.precisions_,
        }
        rows = model.sample(n)[0]
        if t in (1, 50, 2000):
            loss[t] = -model.score(held_out)
            volume[t] = np.linalg.slogdet(model.covariances_)[1]
    numbers = f"loss of real rows {loss[1]:.2f} (t = 1), {loss[50]:.2f} (50), {loss[2000]:.3g} (2000)"
    claim = "real rows become improbable by orders of magnitude"
    observe("R4", paper, setting, claim, numbers, loss[1] < loss[50] and loss[2000] > 100 * loss[1])
    numbers = f"log volumes {volume[1].round(1)} (t = 1), {volume[50].round(1)} (50), {volume[2000].round(1)} (2000)"
    observe("R4", paper, setting, "both components shrink to points", numbers, volume[2000].max() < -5)


def squared_w2(generation, source):
    """Return the squared Wasserstein-2 distance of the fit to N(0, I)."""
    model = generation.model
    spread = np.linalg.svd(model.factor_, compute_uv=False)
    return np.square(model.mean_).sum() + np.square(spread - 1).sum()


def test_r5_fresh_data_loop():
    paper, d, limits = "Alemohammad et al. (2024), Figure 10", 100, {}
    for bias in (1.0, 0.8):
        for n_first in (100, 1000):
            law, model = normal(n_first, covariance=np.eye(d)), Gaussian(sampling_bias=bias)
            history = run(model, law, regimes.mix(0.1), n_samples=1000, generations=120, measures={"w2": squared_w2})
            course = history["w2"][:, 0]
            limits[bias, n_first] = course[-60:].mean()
            print(f"\nR5 | λ = {bias}, n_ini = {n_first}: W2² {course[0]:.2f} → {course[-60:].mean():.2f}", end="")
        setting = f"d = {d}, n_r = 100, n_s = 900, λ = {bias}: limit of W2² for n_ini = 100 and 1000"
        compare("R5", paper, setting, limits[bias, 1000], limits[bias, 100], absolute=0.5)
    lowest = {bias: min(limits[bias, 100], limits[bias, 1000]) for bias in (1.0, 0.8)}
    numbers = f"{lowest[1.0]:.2f} (λ = 1), {lowest[0.8]:.2f} (λ = 0.8)"
    observe("R5", paper, "the same", "a sampling bias raises the limit", numbers, lowest[0.8] > lowest[1.0] + 1)
