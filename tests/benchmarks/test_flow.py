"""The rectified flow in NumPy beside the same network in PyTorch."""

from functools import partial
from time import process_time

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

torch = pytest.importorskip("torch")
from collapse_edu.datasets import digits  # noqa: E402
from collapse_edu.models import Flow  # noqa: E402
from collapse_edu.models.flow import _Batch, _Network, _time_features  # noqa: E402
from collapse_edu.models.training import Adam  # noqa: E402

from .conftest import seconds  # noqa: E402

D, HIDDEN, LAYERS, SIZE, RATE, STEPS = 64, 384, 3, 128, 2e-3, 200


class Peer(torch.nn.Module):
    """The same layers, trained by PyTorch's own Adam."""

    def __init__(self, weights):
        super().__init__()
        pairs = list(zip(weights[::2], weights[1::2], strict=True))
        layers = [torch.nn.Linear(*W.shape) for W, _ in pairs]
        with torch.no_grad():
            for layer, (W, b) in zip(layers, pairs, strict=True):
                layer.weight.copy_(torch.from_numpy(W.T.copy()))
                layer.bias.copy_(torch.from_numpy(b))
        parts = [part for layer in layers for part in (layer, torch.nn.ReLU())]
        self.network = torch.nn.Sequential(*parts[:-1])
        self.adam = torch.optim.Adam(self.parameters(), lr=RATE, fused=True)  # its fastest

    def step(self, inputs, target):
        loss = torch.nn.functional.mse_loss(self.network(inputs), target)
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        return loss.item()

    def train_on(self, X):
        frequencies = torch.arange(1, 9) * torch.pi
        for _ in range(STEPS):
            data, noise = X[torch.randint(len(X), (SIZE,))], torch.randn(SIZE, D)
            times = torch.sigmoid(torch.randn(SIZE, 1))
            angles = times * frequencies
            points = noise + times * (data - noise)
            self.step(torch.cat([points, angles.cos(), angles.sin()], dim=1), data - noise)


def first_network(rng):
    network = _Network(D, HIDDEN, LAYERS)
    network.draw(rng)
    return network


def test_it_is_the_same_network(rng):
    network = first_network(rng)
    peer, batch, adam = Peer(network.weights), _Batch(network, SIZE), Adam(network.flat, RATE)
    Z = rng.standard_normal((300, D), dtype=np.float32)
    for _ in range(5):
        batch.draw(Z, None, rng)
        theirs = peer.step(torch.from_numpy(batch.inputs[0].copy()), torch.from_numpy(batch.data.copy()))
        assert batch.loss_and_gradient() == pytest.approx(theirs, rel=1e-4)
        adam.step(batch.gradient)
    assert _time_features(np.float32([0.5])).shape == (1, 16)


@pytest.mark.benchmark(timer=process_time)
def test_not_slower_than_pytorch(beside, rng, capsys):
    X = digits().source.real
    tensor = torch.from_numpy(X.astype(np.float32))

    def peer():
        network = Peer(first_network(rng).weights)
        return seconds(network.train_on, tensor, clock=process_time)

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1, user_api="blas"):
            model = Flow(HIDDEN, LAYERS, STEPS, SIZE, RATE, random_state=0)
            times = beside(partial(model.fit, X), peer)
    finally:
        torch.set_num_threads(before)
    ours, theirs = np.median(times, axis=1)
    ratios = times[1] / times[0]
    with capsys.disabled():
        print(
            f"\nflow, {STEPS} steps of {SIZE} digits, 1 thread: {ours:.2f} s against {theirs:.2f} s in PyTorch "
            f"{torch.__version__} (ratio {np.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f})"
        )
    assert np.median(ratios) >= 1
