"""Causal language models of Hugging Face in the loop: fine-tuned in each generation, they continue prompts.

PyTorch and transformers are loaded when a model learns, not before: the extra ``neural`` installs them.
"""

from collections import deque
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import Measure, integer, number, sample_size, token_ids
from collapse_edu.estimator import Estimator, random_state_of, require_fitted
from collapse_edu.measures import Distinct, Repetition, types_alive
from collapse_edu.models.training import TrainingStep

__all__ = ["CausalLM", "continuations"]

_ROWS_AT_ONCE = 256  # passages that are written side by side
_SCORED_AT_ONCE = 8  # passages whose logits are in memory together


class CausalLM(Estimator):
    """Fine-tune a pretrained causal language model, and let it continue prompts.

    A row is a prompt and its continuation, as token ids. The model learns the continuations, given what stands before
    each token: prompts are no part of the loss. It samples by continuing the prompts that it was given, in their
    order; the next generation therefore sees the same prompts with other continuations. Each fit starts from the base
    (or from ``previous``), which is never changed. It trains by AdamW, without dropout, without warm-up.

    Parameters
    ----------
    base : transformers.PreTrainedModel
        A causal language model: it has ``forward`` and ``generate``. A base in 16-bit floats trains in mixed
        precision: what is trained is kept in 32 bits meanwhile.
    prompts : array of int, shape (m, p)
        Token ids that each passage begins with; at least one prompt of at least one token.
    length : int
        Tokens of a continuation, at least 1.
    temperature : float
        Larger than 0: logits are divided by it when the model samples.
    top_k : int, optional
        Sample from the k most probable tokens only.
    top_p : float, optional
        In (0, 1]. Sample from the fewest most probable tokens that together have this probability.
    trained_layers : int, optional
        Train so many of the upper blocks, and the norm after them; all parameters, if not given.
    epochs, batch_size : int
        How often the training sees each row; rows for one step.
    learning_rate : float
        In (0, 1].
    random_state : None, int or numpy.random.RandomState
        Order of the rows. In a chain, it comes from the chain's own generator.

    Attributes
    ----------
    network_ : transformers.PreTrainedModel
        The fine-tuned copy.
    loss_ : list of float
        Mean cross-entropy of each finished epoch, in nats for each token.

    Raises
    ------
    ImportError
        With the fit, if PyTorch and transformers are not installed.

    References
    ----------
    Shumailov et al. (2024): each generation fine-tunes the same pretrained model on text that the one before wrote,
    given prompts of real text. Holtzman et al. (2020), section 3 (top-p). Loshchilov and Hutter (2019), AdamW.

    Examples
    --------
    >>> CausalLM(base=None, prompts=[[1, 2], [3, 4]], temperature=0.7)
    CausalLM(NoneType, 2 prompts, temperature=0.7)
    """

    network_: Any

    def __init__(
        self,
        base: Any,
        prompts: ArrayLike,
        length: int = 64,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        trained_layers: int | None = None,
        epochs: int = 2,
        batch_size: int = 8,
        learning_rate: float = 2e-4,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.base = base
        self.prompts = prompts
        self.length = length
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
        self.trained_layers = trained_layers
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state

    def __sklearn_clone__(self) -> Self:
        """Return an unfitted copy that shares the base: it is large, and nothing changes it."""
        return type(self)(**{name: getattr(self, name) for name in self._taken()})

    def __repr__(self) -> str:
        # A network, and hundreds of prompts, would fill pages.
        changed = [f"{name}={getattr(self, name)!r}" for name in _USUAL if getattr(self, name) != _USUAL[name]]
        prompts = f"{len(np.asarray(self.prompts))} prompts"
        return f"CausalLM({', '.join([type(self.base).__name__, prompts, *changed])})"

    def usual_measures(self, d: int) -> dict[str, Measure]:
        """Return what a run writes down.

        Parameters
        ----------
        d : int
            Tokens of a row.

        Returns
        -------
        dict
            Name → measure.
        """
        return {"types_alive": types_alive, "distinct_2": Distinct(2), "repetition_4": Repetition(4)}

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
        previous: "CausalLM | None" = None,
    ) -> Self:
        """Fine-tune a copy of the base on the rows.

        Parameters
        ----------
        X : array of int, shape (n, p + length)
            Token ids: prompts and continuations.
        y : ignored
        sample_weight : None
            The training takes no weights.
        previous : CausalLM, optional
            A fitted one: the training starts from a copy of its network, and not from the base.

        Returns
        -------
        CausalLM
            The model itself.

        Raises
        ------
        ImportError
            If PyTorch and transformers are not installed.
        TypeError, ValueError
            If a parameter is out of range, or X contains no rows of token ids of the right length.
        """
        if sample_weight is not None:
            raise TypeError("CausalLM takes no sample_weight; choose a regime without weights")
        deque(self.fit_steps(X, previous), maxlen=0)
        return self

    def fit_steps(self, X: ArrayLike, previous: "CausalLM | None" = None) -> Iterator[TrainingStep]:
        """Fine-tune a copy of the base, and yield after each step of AdamW: so it can be watched, and stopped.

        A model whose training was stopped can sample.

        Parameters
        ----------
        X : array of int, shape (n, p + length)
        previous : CausalLM, optional
            As for :meth:`fit`.

        Yields
        ------
        TrainingStep

        Raises
        ------
        ImportError, TypeError, ValueError
            With the first step, as :meth:`fit`.
        """
        X, prompts = self._check(X)
        if previous is not None:
            checks.previous(previous, self, "network_")
        torch = _torch()
        rng = np.random.default_rng(random_state_of(self.random_state).randint(2**32, size=4, dtype=np.uint32))
        network = deepcopy(self.base if previous is None else previous.network_).eval()  # no dropout
        self.network_, self.loss_ = network, []
        dtype = network.dtype
        optimizer = torch.optim.AdamW(_thawed(torch, network, self.trained_layers), lr=float(self.learning_rate))
        rows = torch.tensor(X, dtype=torch.long, device=network.device)
        size, n_prompt = int(self.batch_size), prompts.shape[1]
        batches = -(-len(X) // size)
        try:
            for epoch in range(int(self.epochs)):
                losses = []
                for batch in np.split(rng.permutation(len(X)), range(size, len(X), size)):
                    loss = _loss(torch, network, rows[torch.as_tensor(batch)], n_prompt, dtype)
                    loss.backward()
                    optimizer.step()
                    optimizer.zero_grad()
                    losses.append((len(batch), float(loss.detach())))
                    done = (epoch * batches + len(losses)) / (int(self.epochs) * batches)
                    if not np.isfinite(losses[-1][1]):
                        raise ValueError(
                            f"learning_rate of {self.learning_rate:g} is too large: the training diverged; take a "
                            "smaller one"
                        )
                    yield TrainingStep(done, losses[-1][1])
                sizes, values = zip(*losses, strict=True)
                self.loss_.append(float(np.average(values, weights=sizes)))
        finally:  # also where the training is stopped
            network.requires_grad_(False).to(dtype)

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Continue prompts.

        Parameters
        ----------
        n : int
            Number of passages. More than there are prompts: each prompt is continued again.
        rng : numpy.random.Generator
            All noise comes from it.

        Returns
        -------
        ndarray of int32, shape (n, p + length)
            Special tokens, such as the end of a text, are never sampled.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        require_fitted(self, "network_")
        n = sample_size(n, rng)
        return continuations(self, self.network_, n, rng)

    def log_probabilities(self, X: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
        """Return the log probability of each token of the continuations, given all before it.

        Parameters
        ----------
        X : array of int, shape (n, p + length)
        temperature : float
            Larger than 0; 1 scores with the distribution that was learned.

        Returns
        -------
        ndarray, shape (n, length)
            In nats.

        Raises
        ------
        NotFittedError
        ValueError
            If X contains no rows of token ids of the right length.
        """
        temperature = number("temperature", temperature, 0, np.inf, open_low=True)
        scores = [_log_softmax(logits / temperature, tokens) for logits, tokens in self.logits(X)]
        return np.concatenate(scores)

    def logits(self, X: ArrayLike) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        """Yield the logits of what may follow, a few rows at a time, beside the tokens that do follow.

        Parameters
        ----------
        X : array of int, shape (n, p + length)

        Yields
        ------
        logits : ndarray of float32, shape (rows, length, n_types)
        tokens : ndarray of int, shape (rows, length)

        Raises
        ------
        NotFittedError
        ValueError
            If X contains no rows of token ids of the right length.
        """
        require_fitted(self, "network_")
        X, prompts = self._check(X)
        torch, n_prompt = _torch(), prompts.shape[1]
        for start in range(0, len(X), _SCORED_AT_ONCE):
            rows = X[start : start + _SCORED_AT_ONCE]
            with torch.inference_mode(), _precision(torch, self.network_):
                ids = torch.as_tensor(rows, dtype=torch.long, device=self.network_.device)
                logits = self.network_(ids).logits[:, n_prompt - 1 : -1].float().cpu().numpy()
            yield logits, rows[:, n_prompt:]

    def _check(self, X):
        """Return rows of token ids and prompts, or say in one line what is wrong."""
        for name in ("length", "epochs", "batch_size"):
            integer(name, getattr(self, name), 1)
        number("learning_rate", self.learning_rate, 0, 1, open_low=True)
        number("temperature", self.temperature, 0, np.inf, open_low=True)
        if self.top_k is not None:
            integer("top_k", self.top_k, 1)
        if self.top_p is not None:
            number("top_p", self.top_p, 0, 1, open_low=True)
        if self.trained_layers is not None:
            integer("trained_layers", self.trained_layers, 1)
        for method in ("forward", "generate"):
            if not callable(getattr(self.base, method, None)):
                kind = type(self.base).__name__
                raise TypeError(f"base must be a causal language model of transformers; got {kind} without {method}")
        prompts = token_ids(self.prompts)
        n_types = getattr(getattr(self.base, "config", None), "vocab_size", None)
        for name, ids in (("prompts", prompts), ("X", token_ids(X))):
            if n_types is not None and not 0 <= ids.min() <= ids.max() < n_types:
                raise ValueError(
                    f"{name} must contain token ids from 0 to {n_types - 1}; got {ids.min()} to {ids.max()}"
                )
        X, width = token_ids(X), prompts.shape[1] + int(self.length)
        if X.shape[1] != width:
            raise ValueError(
                f"X must have {width} tokens in each row, {prompts.shape[1]} of a prompt and {self.length} of its "
                f"continuation; got {X.shape[1]}"
            )
        return X, prompts


_USUAL = {
    "length": 64, "temperature": 1.0, "top_k": None, "top_p": None, "trained_layers": None, "epochs": 2,
    "batch_size": 8, "learning_rate": 2e-4,
}  # fmt: skip


def continuations(settings: CausalLM, network: Any, n: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return what a network writes after the prompts, with the sampler of some settings.

    The untuned base can write so too: it is the control of a chain.

    Parameters
    ----------
    settings : CausalLM
        Its prompts, length, temperature, top_k and top_p.
    network : transformers.PreTrainedModel
    n : int
    rng : numpy.random.Generator
        One number for each token.

    Returns
    -------
    ndarray of int32, shape (n, p + length)
    """
    torch = _torch()
    prompts, length = token_ids(settings.prompts), int(settings.length)
    noise, parts = rng.random((n, length)), [np.empty((0, prompts.shape[1] + length), np.int32)]
    for start in range(0, n, _ROWS_AT_ONCE):
        wanted = np.arange(start, min(start + _ROWS_AT_ONCE, n))
        rows = torch.as_tensor(prompts[wanted % len(prompts)], dtype=torch.long, device=network.device)
        with torch.inference_mode(), _precision(torch, network):
            rows = _continued(torch, settings, network, rows, torch.as_tensor(noise[wanted], device=network.device))
        parts.append(rows.cpu().numpy().astype(np.int32))
    return np.concatenate(parts)


def _continued(torch, settings, network, rows, noise):
    """Write one token after the other; keys and values of those before are kept."""
    special = {getattr(network.config, f"{name}_token_id", None) for name in ("bos", "eos", "pad")} - {None}
    written, kept = rows, None
    for u in noise.T:
        out = network(written, cache=kept, use_cache=True)
        kept, logits = out.cache, out.logits[:, -1].float() / float(settings.temperature)
        logits[:, sorted(special)] = -torch.inf
        written = _drawn(torch, _truncated(torch, logits, settings.top_k, settings.top_p), u)
        rows = torch.cat([rows, written], dim=1)
    return rows


def _truncated(torch, logits, top_k, top_p):
    """Rule out all but the most probable tokens."""
    if top_k is not None:
        least = logits.topk(min(int(top_k), logits.shape[1])).values[:, -1:]
        logits = logits.masked_fill(logits < least, -torch.inf)
    if top_p is not None:
        ordered, places = logits.sort(descending=True)
        p = ordered.softmax(-1)
        out = p.cumsum(-1) - p >= float(top_p)  # what stands before has enough already
        logits = logits.masked_fill(out.scatter(1, places, out), -torch.inf)
    return logits


def _drawn(torch, logits, u):
    """Draw one token for each row, by the inverse of the distribution function."""
    below = logits.softmax(-1).cumsum(-1, dtype=torch.float64)
    return torch.searchsorted(below, (u * below[:, -1])[:, None], right=True).clamp(max=logits.shape[1] - 1)


def _torch():
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError:
        raise ImportError('a CausalLM needs PyTorch and transformers: pip install "collapse-edu[neural]"') from None
    return torch


def _thawed(torch, network, n_layers):
    """Return the parameters to train, in 32 bits, and freeze all others."""
    if n_layers is None:
        return list(network.float().requires_grad_(True).parameters())
    network.requires_grad_(False)
    lists = [(name, part) for name, part in network.named_modules() if isinstance(part, torch.nn.ModuleList)]
    if not lists:
        raise ValueError(f"trained_layers must be None for {type(network).__name__}: it has no list of blocks")
    name, blocks = max(lists, key=lambda named: len(named[1]))
    around = network.get_submodule(name.rpartition(".")[0])
    after = [part for part in list(around.children())[list(around.children()).index(blocks) + 1 :]]
    trained = [*blocks[-n_layers:], *after]
    return [weight for part in trained for weight in part.float().requires_grad_(True).parameters()]


def _precision(torch, network):
    """Return a context for a network of more than one kind of floats: one whose training is not over."""
    kinds = {weight.dtype for weight in network.parameters()}
    return torch.autocast(network.device.type, dtype=network.dtype, enabled=len(kinds) > 1)


def _loss(torch, network, rows, n_prompt, dtype):
    """Return the mean cross-entropy of the tokens after the prompts."""
    with torch.autocast(network.device.type, dtype=dtype, enabled=dtype != torch.float32):
        logits = network(rows).logits[:, n_prompt - 1 : -1]
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, n_prompt:].flatten())


def _log_softmax(logits, tokens):
    """Return the log probability of tokens, in 64 bits."""
    highest = logits.max(axis=-1, keepdims=True)
    total = np.exp(logits - highest).sum(axis=-1, dtype=np.float64)
    of_token = np.take_along_axis(logits - highest, tokens[..., None], axis=-1)[..., 0]
    return of_token - np.log(total)
