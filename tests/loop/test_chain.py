"""The loop itself: its turns, its memory, its interruption; nothing is clipped in it."""

import tracemalloc
from itertools import islice

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from threadpoolctl import threadpool_info, threadpool_limits

from collapse_edu import Categorical, Curated, Gaussian, Verified, adapt, generations, measures, run
from collapse_edu.datasets import Text
from collapse_edu.loop import regimes
from collapse_edu.loop.chain import watch
from collapse_edu.loop.source import FiniteData, normal
from collapse_edu.models.vae import Step


def test_a_generation_is_fitted_to_its_training_set_and_then_sampled():
    rng = np.random.default_rng(0)
    template = Gaussian(ddof=0)
    for t, generation in enumerate(
        islice(generations(template, normal(8).open(rng), regimes.replace, rng, 8), 5), start=1
    ):
        assert generation.t == t
        assert generation.model is not template
        np.testing.assert_allclose(generation.model.mean_, generation.training.mean(axis=0))
        np.testing.assert_allclose(generation.model.covariance_[0, 0], generation.training.var())
        assert generation.synthetic.shape == (8, 1)
    assert not hasattr(template, "mean_")


def test_models_of_earlier_generations_are_not_overwritten():
    rng = np.random.default_rng(0)
    found = list(islice(generations(Gaussian(), normal(8).open(rng), regimes.replace, rng, 8), 4))
    assert len({generation.model.mean_[0] for generation in found}) == 4


def test_number_of_samples_is_the_size_of_the_real_set_or_what_is_asked_for():
    size = {"size": lambda generation, source: len(generation.synthetic)}
    assert (run(Gaussian(), normal(7), generations=2, measures=size)["size"] == 7).all()
    assert (run(Gaussian(), normal(7), generations=2, n_samples=30, measures=size)["size"] == 30).all()


def peak_memory(regime, length, n=20_000):
    """Return the peak of memory, in bytes, that a chain of some length needs."""
    rng = np.random.default_rng(0)
    source = normal(n).open(rng)
    tracemalloc.start()
    for generation in islice(generations(Gaussian(), source, regime, rng, n), length):
        del generation
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_replace_keeps_memory_flat():
    peak_memory(regimes.replace, 2)
    assert peak_memory(regimes.replace, 200) < 1.1 * peak_memory(regimes.replace, 5)


def test_accumulate_needs_memory_in_proportion_to_generations():
    short, middle, long = (peak_memory(regimes.accumulate, length) for length in (10, 20, 40))
    assert (long - middle) / (middle - short) == pytest.approx(2, rel=0.2)


@pytest.mark.parametrize("model", [Gaussian(), adapt(GaussianMixture())])
@pytest.mark.parametrize("regime", [regimes.replace, regimes.accumulate, regimes.preserve(0.5)])
def test_nothing_is_clipped(model, regime):
    # Real rows are 0 or 1; about a third of what a fitted normal draws lies outside, and must reach the next fit.
    rng = np.random.default_rng(0)
    source = FiniteData(np.tile([[0.0], [1.0]], (50, 1))).open(rng)
    one, two = islice(generations(model, source, regime, rng, 100), 2)
    outside = (one.synthetic < 0) | (one.synthetic > 1)
    assert 15 < outside.sum() < 50
    reached = (two.training < 0) | (two.training > 1)
    assert reached.sum() >= 0.3 * outside.sum()
    assert np.isin(two.training[reached], one.synthetic).all()


# ---------------------------------------------------------------- run


def test_run_writes_down_what_the_measures_say():
    measured = {"t": lambda generation, source: generation.t, "real": lambda generation, source: source.real.sum()}
    history = run(Gaussian(), normal(6), regimes.accumulate, generations=4, chains=3, measures=measured, seed=5)
    np.testing.assert_array_equal(history["t"], np.repeat([[1], [2], [3], [4]], 3, axis=1))
    assert (np.ptp(history["real"], axis=0) == 0).all()  # one real set for a chain
    assert len(np.unique(history["real"])) == 3
    assert history.settings == {
        "model": "Gaussian()", "n_real": 6, "n_samples": 6, "generations": 4, "chains": 3, "seed": 5
    }  # fmt: skip


def test_usual_measures_suit_the_model():
    rng = np.random.default_rng(0)
    words = FiniteData(rng.integers(0, 5, (20, 1)))
    assert run(Categorical(5), words, generations=1).measures == ["types_alive", "heterozygosity"]
    assert run(Gaussian(), normal(5), generations=1).measures == ["mean", "variance"]
    mixture = run(adapt(GaussianMixture()), normal(5), generations=1)
    assert mixture.measures == ["sample_variance", "frechet_distance"]
    assert run(Gaussian(), normal(5, covariance=np.eye(2)), generations=1).measures == ["variance"]


class Doubled(Gaussian):
    """A learner's model that says itself what is measured."""

    def usual_measures(self, d):
        return {"d": lambda generation, source: d}


def test_a_model_says_itself_what_is_usually_measured():
    history = run(Doubled(), normal(5, covariance=np.eye(3)), generations=2)
    assert history.measures == ["d"]
    assert (history["d"] == 3).all()


@pytest.mark.parametrize(
    "wrapped",
    [
        adapt(Gaussian()),
        Verified(Gaussian(), lambda rows, model: rows[:, 0] < np.inf),
        Curated(adapt(Gaussian()), lambda rows, model: rows[:, 0], m=1),
    ],
)
def test_a_wrapper_keeps_the_mean_and_the_variance_of_the_model_inside(wrapped):
    history = run(wrapped, normal(30), generations=3, seed=4)
    assert history.measures == ["mean", "variance", "sample_variance", "frechet_distance"]
    fitted = {"mean": lambda g, source: inside(g.model).mean_[0], "v": lambda g, _: inside(g.model).covariance_[0, 0]}
    expected = run(wrapped, normal(30), generations=3, seed=4, measures=fitted)
    np.testing.assert_array_equal(history["mean"], expected["mean"])
    np.testing.assert_allclose(history["variance"], expected["v"], rtol=1e-12)


def inside(model):
    """Return the fitted model without its wrappers."""
    while not isinstance(model, Gaussian):
        model = vars(model).get("model_") or vars(model)["estimator_"]
    return model


def test_metrics_goes_on_as_the_old_name_of_measures():
    size = {"size": lambda generation, source: len(generation.training)}
    settings = {"generations": 2, "chains": 2}
    assert run(Gaussian(), normal(5), metrics=size, **settings) == run(Gaussian(), normal(5), measures=size, **settings)
    (*_, last) = watch(Gaussian(), normal(5), metrics=size, **settings)
    assert last.history.measures == ["size"]
    with pytest.raises(TypeError, match=r"^metrics is the old name of measures: give measures alone$"):
        run(Gaussian(), normal(5), metrics=size, measures=size)


def test_measures_by_hand():
    rng = np.random.default_rng(0)
    source = normal(30, covariance=np.eye(3)).open(rng)
    first = next(generations(Gaussian(), source, regimes.replace, rng, 30))
    assert measures.fitted_variance(first, source) == pytest.approx(np.trace(first.model.covariance_) / 3)
    with pytest.raises(ValueError, match=r"^fitted_mean needs rows of one dimension; got 3$"):
        measures.fitted_mean(first, source)
    assert measures.sample_variance(first, source) == pytest.approx(first.synthetic.var(axis=0, ddof=1).mean())
    thin = next(generations(Gaussian(), normal(3, covariance=np.eye(5)).open(rng), regimes.replace, rng, 3))
    assert measures.fitted_variance(thin, None) == pytest.approx(thin.training.var(axis=0, ddof=1).mean())


@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize(("chain", "generation", "done"), [(0, 1, 0), (0, 3, 2), (1, 2, 5), (2, 4, 11)])
def test_interruption_keeps_what_was_done(capsys, progress, chain, generation, done):
    def impatient(turn, source):
        if turn.t == generation and impatient.chain == chain:
            raise KeyboardInterrupt
        impatient.chain += turn.t == 4
        return float(turn.t)

    impatient.chain = 0
    settings = {"generations": 4, "chains": 3, "progress": progress}
    history = run(Gaussian(), normal(5), measures={"t": impatient}, **settings)
    values = history["t"].T.ravel()
    np.testing.assert_array_equal(values[:done], np.tile([1.0, 2, 3, 4], 3)[:done])
    assert np.isnan(values[done:]).all()
    assert history.settings["stopped_after"] == done
    assert f"Stopped: {done} of 12 generations are done and kept.\n" in capsys.readouterr().err
    assert history.describe()
    assert "<p>" in history._repr_html_()


def test_interrupted_and_whole_run_agree():
    whole = run(Gaussian(), normal(5), generations=4, chains=2)

    def variance(turn, source):
        if turn.t == 3 and variance.calls == 6:
            raise KeyboardInterrupt
        variance.calls += 1
        return measures.fitted_variance(turn, source)

    variance.calls = 0
    part = run(Gaussian(), normal(5), generations=4, chains=2, measures={"variance": variance})
    done = ~np.isnan(part["variance"])
    assert done.sum() == 6
    np.testing.assert_array_equal(part["variance"][done], whole["variance"][done])


def test_progress_goes_to_standard_error_and_only_if_asked_for(capsys):
    run(Gaussian(), normal(5), generations=2)
    assert capsys.readouterr() == ("", "")
    run(Gaussian(), normal(5), generations=2, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "2/2" in err


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"generations": 0}, ValueError, "generations must be an integer of at least 1; got 0"),
        ({"generations": 2.0}, TypeError, "generations must be an integer of at least 1; got 2.0"),
        ({"chains": 0}, ValueError, "chains must be an integer of at least 1; got 0"),
        ({"n_samples": 0}, ValueError, "n_samples must be an integer of at least 1; got 0"),
        ({"seed": -1}, ValueError, "seed must be an integer of at least 0; got -1"),
        ({"seed": None}, TypeError, "seed must be an integer of at least 0; got None"),
    ],
)
def test_bad_input_gets_one_line(changed, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        run(Gaussian(), normal(5), **changed)


class Bare:
    """A learner's own model: its fit takes no weights and returns nothing."""

    def fit(self, X):
        self.X = X

    def sample(self, n, rng):
        return rng.choice(self.X, n)


def test_a_model_needs_no_weights_and_no_return_value():
    assert run(Bare(), normal(5), generations=3).measures == ["sample_variance", "frechet_distance"]


RETURNED = {
    "half of the rows": (lambda rows: rows[:2], "must have shape (5, 1); got (2, 1)"),
    "one dimension": (lambda rows: rows[:, 0], "must have shape (5, 1); got (5,)"),
    "too wide": (lambda rows: np.hstack([rows, rows]), "must have shape (5, 1); got (5, 2)"),
    "not a number": (lambda rows: rows * [[1], [1], [np.nan], [1], [1]], "must contain finite numbers; got nan"),
    "infinite": (lambda rows: np.where(rows > -9, -np.inf, rows), "must contain finite numbers; got -inf"),
    "several widths": (lambda rows: [[1.0], [1.0, 2.0]], "must have shape (5, 1); got rows of several shapes"),
}


@pytest.mark.parametrize(("spoil", "words"), RETURNED.values(), ids=RETURNED)
def test_what_a_model_returns_is_looked_at(spoil, words):
    class Spoiled(Gaussian):
        def sample(self, n, rng):
            rows = super().sample(n, rng)
            Spoiled.calls += 1
            return rows if Spoiled.calls < 3 else spoil(rows)

    Spoiled.calls = 0
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        run(Spoiled(), normal(5), generations=4, measures={"t": lambda turn, source: turn.t})
    assert str(caught.value) == f"what sample(n, rng) of Spoiled returns in generation 3 {words}"


@pytest.mark.parametrize(
    ("value", "came"),
    [(np.ones(3), "shape (3,)"), (None, "None"), ("high", "'high'"), (np.complex128(1j), "np.complex128(1j)")],
)
def test_a_measure_that_returns_no_number_is_named(value, came):
    with pytest.raises(TypeError) as caught:
        run(Gaussian(), normal(5), generations=1, measures={"one": measures.fitted_mean, "odd": lambda *two: value})
    assert str(caught.value) == f"measure 'odd' must return one number; got {came}"


@pytest.mark.parametrize("value", [1, True, 0.5, np.float32(0.5), np.array(0.5), np.array([0.5]), np.bool_(True)])
def test_any_number_is_a_measure(value):
    found = run(Gaussian(), normal(5), generations=1, measures={"number": lambda *two: value})["number"]
    assert found[0, 0] == float(np.asarray(value).item())


def open_normal():
    return normal(5).open(np.random.default_rng(0))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"model": GaussianMixture()}, "model must have fit(X) and sample(n, rng); got GaussianMixture: try adapt("),
        ({"model": KernelDensity()}, "model must have fit(X) and sample(n, rng); got KernelDensity: try adapt("),
        ({"model": Gaussian}, "got the class Gaussian: write Gaussian(...)"),
        ({"model": "Gaussian"}, "model must have fit(X) and sample(n, rng); got str"),
        ({"data": np.zeros((5, 1))}, "got ndarray: write FiniteData(...)"),
        ({"data": [[1.0], [2.0]]}, "got list: write FiniteData(...)"),
        ({"data": Text.from_string("toy", "a whale")}, "got Text: write .source behind it"),
        ({"data": open_normal()}, "got Source: give what it was opened from"),
        ({"data": 30}, "data must be a distribution or a set, such as normal(30) or FiniteData(rows); got int"),
        ({"regime": "replace"}, "such as replace or mix(0.1); got 'replace': write it without quotation marks"),
        ({"regime": regimes.mix}, "got the class mix: write mix(...)"),
        ({"regime": lambda synthetic: synthetic}, "which does not take these four"),
        (
            {"measures": ["variance"]},
            "measures must be a dict, name → function (generation, source) -> number; got list",
        ),
        ({"measures": {"variance": "variance"}}, "got 'variance' → str"),
        (
            {"measures": {"t": lambda turn, source: 1}, "regime": lambda *four: four[:2]},
            "(pool, training, weights); got 2",
        ),
        ({"measures": {"t": lambda turn, source: 1}, "regime": lambda *four: four[2]}, "weights); got ndarray"),
    ],
)
def test_a_common_mistake_of_run_gets_one_line(changed, words):
    arguments = {"model": Gaussian(), "data": normal(5), "generations": 2} | changed
    with pytest.raises(TypeError) as caught:
        run(arguments.pop("model"), arguments.pop("data"), **arguments)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"source": normal(5)},
            "source must be the opened data of one chain; got KnownDistribution: write .open(rng) behind it",
        ),
        ({"rng": 0}, "rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got 0"),
        ({"rng": 0, "model": Bare()}, "rng must be a numpy.random.Generator"),
        ({"n_samples": None}, "n_samples must be an integer of at least 1; got None"),
        ({"model": GaussianMixture()}, "try adapt(...)"),
        ({"regime": "replace"}, "got 'replace'"),
    ],
)
def test_a_common_mistake_of_generations_gets_one_line(changed, words):
    arguments = {"model": Gaussian(), "source": open_normal(), "regime": regimes.replace, "n_samples": 5}
    with pytest.raises(TypeError) as caught:
        next(generations(**{"rng": np.random.default_rng(0)} | arguments | changed))
    assert words in str(caught.value)


def test_a_generation_has_no_equality_of_arrays():
    rng = np.random.default_rng(0)
    one, two = islice(generations(Gaussian(), normal(5).open(rng), regimes.replace, rng, 5), 2)
    assert one != two


def test_a_numpy_integer_is_a_seed(tmp_path):
    history = run(Gaussian(), normal(5), generations=2, seed=np.int64(3))
    assert history == run(Gaussian(), normal(5), generations=2, seed=3)
    history.save(tmp_path / "history.csv")


# ---------------------------------------------------------------- chains that are watched


@pytest.mark.parametrize("regime", [regimes.replace, regimes.subsample, regimes.mix(0.5)])
def test_chains_that_are_watched_give_the_numbers_of_a_run(regime):
    settings = {"generations": 4, "chains": 3, "n_samples": 10, "seed": 7}
    turns = list(watch(Gaussian(), normal(12), regime, **settings))
    assert [(turn.chain, turn.generation.t) for turn in turns] == [(c, t) for t in range(1, 5) for c in range(3)]
    assert [turn.share for turn in turns] == pytest.approx(np.arange(1, 13) / 12)
    whole = run(Gaussian(), normal(12), regime, **settings)
    assert turns[-1].history == whole
    half = turns[5].history
    np.testing.assert_array_equal(half["variance"], whole["variance"][:2])
    assert [turn.history is not None for turn in turns] == [False, False, True] * 4


def threads(generation=None, source=None):
    """Return how many threads the busiest library may use."""
    return max((library["num_threads"] for library in threadpool_info()), default=1)


def test_a_turn_uses_one_thread_and_whoever_watches_has_all_of_them():
    with threadpool_limits(2):
        before = threads()
        turns = watch(Gaussian(), normal(12), generations=2, chains=2, measures={"threads": threads})
        found = [(turn.history, threads()) for turn in turns]
        assert [outside for _, outside in found] == [before] * 4
        assert (found[-1][0]["threads"] == 1).all()
        assert (run(Gaussian(), normal(12), generations=2, measures={"threads": threads})["threads"] == 1).all()
        assert threads() == before


def test_without_numbers_it_is_one_chain_of_twenty_generations():
    turns, history = list(watch(Gaussian(), normal(12))), run(Gaussian(), normal(12))
    assert history["variance"].shape == (20, 1)
    assert len(turns) == 20
    assert turns[-1].history == history == run(Gaussian(), normal(12), regimes.replace, n_samples=12, seed=0)


class InSteps(Gaussian):
    """A model that tells how far it is."""

    def fit_steps(self, X):
        yield Step(0.25, -2.0)
        yield Step(0.75, -1.0)
        self.fit(X)


def test_a_model_that_learns_in_steps_is_watched_while_it_learns():
    turns = list(watch(InSteps(), normal(12), generations=2))
    assert [(turn.share, turn.generation is not None) for turn in turns] == [
        (0.125, False), (0.375, False), (0.5, True), (0.625, False), (0.875, False), (1.0, True),
    ]  # fmt: skip
    assert turns[-1].history["variance"] == pytest.approx(run(Gaussian(), normal(12), generations=2)["variance"])
    rng = np.random.default_rng(0)
    first = next(generations(InSteps(), normal(12).open(rng), regimes.replace, rng, n_samples=5))
    assert first.t == 1


class OwnFit(InSteps):
    """A learner's subclass of it, with a fit of its own."""

    def fit(self, X, sample_weight=None):
        return super().fit(2 * X)


def test_a_fit_of_ones_own_is_what_the_loop_calls():
    watched = [turn for turn in watch(OwnFit(), normal(12), generations=1)]
    assert len(watched) == 1
    doubled = run(OwnFit(), normal(12), generations=1)["variance"]
    assert watched[0].history["variance"] == pytest.approx(doubled)
    assert doubled == pytest.approx(4 * run(Gaussian(), normal(12), generations=1)["variance"])


def test_a_watched_run_says_what_is_wrong_with_the_first_turn():
    with pytest.raises(ValueError, match="chains must be an integer of at least 1; got 0"):
        next(watch(Gaussian(), normal(12), chains=0))
