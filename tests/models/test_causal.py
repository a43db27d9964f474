"""Causal language models in the loop: what is refused without PyTorch; small real networks where it is installed."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from collapse_edu import adapt, replace, run
from collapse_edu.loop.chain import watch
from collapse_edu.loop.settings import text_of
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import CausalLM
from collapse_edu.models.causal import _log_softmax, continuations

PROMPTS = np.array([[1, 2], [3, 4], [5, 6]])


class Fake:
    """Has the methods of a causal language model, and nothing else."""

    def forward(self):
        """Do nothing."""

    def generate(self):
        """Do nothing."""


def rows_of_tokens(rng, n=12, length=6, n_types=20):
    return np.hstack([PROMPTS[np.arange(n) % 3], rng.integers(3, n_types, size=(n, length))])


def test_the_package_loads_no_pytorch():
    names = "('torch', 'transformers', 'diffusers')"
    code = f"import sys, collapse_edu.models; sys.exit(any(name in sys.modules for name in {names}))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_adapt_knows_a_causal_language_model_by_what_it_can_do():
    model = adapt(Fake(), prompts=PROMPTS, temperature=0.7)
    assert isinstance(model, CausalLM)
    assert model.temperature == 0.7
    assert text_of(model) == "CausalLM(Fake, 3 prompts, temperature=0.7)"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "settings of CausalLM must have prompts; got none"),
        ({"prompts": PROMPTS, "warmth": 1}, "settings of CausalLM must be among prompts, length, .*; got warmth"),
    ],
)
def test_settings_are_checked(settings, message):
    with pytest.raises(TypeError, match=message):
        adapt(Fake(), **settings)


def test_a_copy_shares_the_base():
    model = CausalLM(Fake(), PROMPTS)
    assert model.__sklearn_clone__().base is model.base


@pytest.mark.parametrize(
    ("settings", "X", "message"),
    [
        ({"length": 0}, None, "length must be"),
        ({"epochs": 0}, None, "epochs must be"),
        ({"batch_size": 0}, None, "batch_size must be"),
        ({"temperature": 0}, None, "temperature must be"),
        ({"learning_rate": 2}, None, "learning_rate must be"),
        ({"top_k": 0}, None, "top_k must be"),
        ({"top_p": 1.5}, None, "top_p must be"),
        ({"trained_layers": 0}, None, "trained_layers must be"),
        (
            {"length": 6},
            np.ones((3, 7), int),
            "X must have 8 tokens in each row, 2 of a prompt and 6 of its continuation",
        ),
        ({"length": 6}, np.ones((3, 8)), "X must contain integers"),
    ],
)
def test_bad_input_gets_one_line(rng, settings, X, message):
    with pytest.raises((TypeError, ValueError), match=message):
        CausalLM(Fake(), PROMPTS, **settings).fit(rows_of_tokens(rng) if X is None else X)


def test_what_is_no_language_model_is_named(rng):
    with pytest.raises(
        TypeError, match="base must be a causal language model of transformers; got int without forward"
    ):
        CausalLM(3, PROMPTS, 6).fit(rows_of_tokens(rng))


def test_it_takes_no_weights(rng):
    with pytest.raises(TypeError, match="takes no sample_weight"):
        CausalLM(Fake(), PROMPTS, 6).fit(rows_of_tokens(rng), sample_weight=np.ones(12))


def test_log_softmax_by_hand():
    found = _log_softmax(np.log([[[1.0, 3.0], [2.0, 2.0]]]) + 700, np.array([[1, 0]]))
    np.testing.assert_allclose(np.exp(found), [[0.75, 0.5]])


# With PyTorch and transformers -------------------------------------------------------------------


def networks():
    """Return small networks of two families, with random weights."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    torch.manual_seed(0)
    sizes = {"vocab_size": 20, "bos_token_id": 0, "eos_token_id": 1}
    llama = transformers.LlamaConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2, **sizes
    )
    gpt2 = transformers.GPT2Config(n_embd=16, n_layer=3, n_head=2, n_positions=32, **sizes)
    return {"llama": transformers.LlamaForCausalLM(llama), "gpt2": transformers.GPT2LMHeadModel(gpt2)}


@pytest.fixture(params=["llama", "gpt2"])
def base(request):
    return networks()[request.param].eval()


def test_log_probabilities_are_those_of_the_library(rng, base):
    import torch

    X = rows_of_tokens(rng)
    model = CausalLM(base, PROMPTS, 6)
    model.network_ = base
    labels = torch.as_tensor(X)
    labels = labels.masked_fill(torch.arange(8) < 2, -100)  # no loss for prompts
    loss = base(torch.as_tensor(X), labels=labels).loss
    assert -model.log_probabilities(X).mean() == pytest.approx(float(loss.detach()), rel=1e-5)
    assert np.exp(model.log_probabilities(X, temperature=1e6)).mean() == pytest.approx(1 / 20, rel=1e-4)


def test_a_fit_learns_and_leaves_the_base_alone(rng, base):
    X = rows_of_tokens(rng)
    before = {name: weight.clone() for name, weight in base.state_dict().items()}
    model = CausalLM(base, PROMPTS, 6, epochs=30, learning_rate=1e-2, random_state=0).fit(X)
    assert model.loss_[-1] < model.loss_[0]
    assert all((weight == before[name]).all() for name, weight in base.state_dict().items())


def test_only_the_upper_layers_are_trained(rng, base):
    model = CausalLM(base, PROMPTS, 6, trained_layers=1, learning_rate=1e-2, random_state=0).fit(rows_of_tokens(rng))
    changed = {
        name for name, weight in model.network_.state_dict().items() if not (weight == base.state_dict()[name]).all()
    }
    assert changed
    assert all(".2." in name or "norm" in name or "ln_f" in name for name in changed)


def test_it_writes_after_its_prompts_and_no_special_tokens(rng, base):
    model = CausalLM(base, PROMPTS, 6, random_state=0).fit(rows_of_tokens(rng))
    rows = model.sample(7, rng)
    assert rows.shape == (7, 8)
    np.testing.assert_array_equal(rows[:, :2], PROMPTS[[0, 1, 2, 0, 1, 2, 0]])
    assert not np.isin(rows[:, 2:], [0, 1]).any()


def test_one_generator_one_text(rng, base):
    model = CausalLM(base, PROMPTS, 6)
    one, two, other = (continuations(model, base, 9, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_tokens_have_the_probabilities_of_the_network(base):
    n = 4000
    model = CausalLM(base, PROMPTS[:1], 1, temperature=0.5)
    model.network_ = base
    drawn = np.bincount(continuations(model, base, n, np.random.default_rng(0))[:, 2], minlength=20)
    every = np.column_stack([np.repeat(PROMPTS[:1], 20, axis=0), np.arange(20)])
    p = np.exp(model.log_probabilities(every, temperature=0.5)[:, 0])
    p[[0, 1]] = 0  # special tokens
    p /= p.sum()
    assert (np.abs(drawn - n * p) <= 4 * np.sqrt(n * p * (1 - p)) + 1e-9).all()


@pytest.mark.parametrize(("top_k", "top_p"), [(3, None), (None, 0.6), (5, 0.5)])
def test_truncation_is_that_of_the_library(rng, top_k, top_p):
    torch = pytest.importorskip("torch")
    warpers = pytest.importorskip("transformers.generation.logits_process")
    from collapse_edu.models.causal import _truncated

    logits = torch.as_tensor(rng.normal(size=(50, 20)))
    theirs = logits
    if top_k is not None:
        theirs = warpers.TopKLogitsWarper(top_k)(None, theirs)
    if top_p is not None:
        theirs = warpers.TopPLogitsWarper(top_p)(None, theirs)
    ours = _truncated(torch, logits, top_k, top_p)
    np.testing.assert_array_equal(np.isinf(ours.numpy()), np.isinf(theirs.numpy()))


def test_it_runs_in_the_loop(rng, base):
    X = rows_of_tokens(rng)
    model = adapt(base, prompts=PROMPTS, length=6, epochs=1)
    histories = [run(model, FiniteData(X), replace, generations=2, seed=3) for _ in range(2)]
    np.testing.assert_array_equal(histories[0]["types_alive"], histories[1]["types_alive"])
    assert histories[0].settings["model"].startswith("CausalLM(")
    turns = list(watch(model, FiniteData(X), generations=1))
    assert turns[0].generation is None
    assert turns[-1].generation.t == 1


def test_it_goes_on_from_a_previous_one(rng, base):
    X = rows_of_tokens(rng)
    first = CausalLM(base, PROMPTS, 6, epochs=20, learning_rate=1e-2, random_state=0).fit(X)
    second = CausalLM(base, PROMPTS, 6, epochs=1, random_state=0).fit(X, previous=first)
    assert second.loss_[0] < CausalLM(base, PROMPTS, 6, epochs=1, random_state=0).fit(X).loss_[0]
    run(CausalLM(base, PROMPTS, 6, epochs=1), FiniteData(X), generations=2, warm=True)


def test_sixteen_bits_stay_sixteen_bits(rng):
    torch = pytest.importorskip("torch")
    base = networks()["llama"].to(torch.bfloat16)
    model = CausalLM(base, PROMPTS, 6, trained_layers=1, random_state=0).fit(rows_of_tokens(rng))
    assert {weight.dtype for weight in model.network_.parameters()} == {torch.bfloat16}
    assert np.isfinite(model.log_probabilities(rows_of_tokens(rng))).all()


@pytest.mark.parametrize("bits", ["float32", "bfloat16"])
def test_a_training_that_was_stopped_leaves_a_writer(rng, bits):
    torch = pytest.importorskip("torch")
    model = CausalLM(networks()["llama"].to(getattr(torch, bits)), PROMPTS, 6, trained_layers=1, random_state=0)
    steps = model.fit_steps(rows_of_tokens(rng))
    next(steps)
    assert model.sample(4, rng).shape == (4, 8)  # while it waits
    steps.close()
    assert model.sample(4, rng).shape == (4, 8)
    assert np.isfinite(model.log_probabilities(rows_of_tokens(rng))).all()


def test_a_training_that_diverges_is_told(rng, base):
    base.get_output_embeddings().weight.data.fill_(np.nan)
    with pytest.raises(
        ValueError, match=r"^learning_rate of 0\.0002 is too large: the training diverged; take a smaller"
    ):
        CausalLM(base, PROMPTS, 6, random_state=0).fit(rows_of_tokens(rng))


def test_tokens_that_the_network_does_not_know_are_told(rng, base):
    X = rows_of_tokens(rng)
    X[0, -1] = 20
    with pytest.raises(ValueError, match="X must contain token ids from 0 to 19; got 1 to 20"):
        CausalLM(base, PROMPTS, 6).fit(X)
    with pytest.raises(ValueError, match="prompts must contain token ids from 0 to 19; got 20 to 20"):
        CausalLM(base, [[20, 20]], 6).fit(X)


def test_what_has_not_learned_does_not_write(rng):
    with pytest.raises(NotFittedError):
        CausalLM(Fake(), PROMPTS).sample(1, rng)
