"""The autoencoder against the same network in PyTorch: same first weights, same sizes of batches, same threads."""

from functools import partial
from time import perf_counter, process_time

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from benchmarks.conftest import seconds
from collapse_edu import VAE
from collapse_edu.datasets import mnist
from collapse_edu.models.training import Adam
from collapse_edu.models.vae import _Batch, _Network

torch = pytest.importorskip("torch")
F = torch.nn.functional
D, HIDDEN, LATENT, SIZE, RATE, EPOCHS = 784, 256, 16, 128, 2e-3, 10


class Peer(torch.nn.Module):
    """The network as one writes it in PyTorch."""

    def __init__(self, parameters):
        super().__init__()
        self.one, self.two = torch.nn.Linear(D, HIDDEN), torch.nn.Linear(HIDDEN, 2 * LATENT)
        self.three, self.four = torch.nn.Linear(LATENT, HIDDEN), torch.nn.Linear(HIDDEN, D)
        layers = (self.one, self.two, self.three, self.four)
        with torch.no_grad():
            for number, layer in enumerate(layers, start=1):
                layer.weight.copy_(torch.from_numpy(parameters[f"W{number}"].T.copy()))
                layer.bias.copy_(torch.from_numpy(parameters[f"b{number}"]))
        self.adam = torch.optim.Adam(self.parameters(), lr=RATE, fused=True)  # its fastest

    def step(self, x, noise):
        mean, logvar = self.two(F.relu(self.one(x))).chunk(2, dim=1)
        logits = self.four(F.relu(self.three(mean + torch.exp(0.5 * logvar) * noise)))
        cross_entropy = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        loss = (cross_entropy - 0.5 * (1 + logvar - mean.square() - logvar.exp()).sum()) / len(x)
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        return loss.item()

    def train_on(self, X):
        for _ in range(EPOCHS):
            order = torch.randperm(len(X))
            for start in range(0, len(X) - SIZE + 1, SIZE):
                self.step(X[order[start : start + SIZE]], torch.randn(SIZE, LATENT))


def first_network(rng, X):
    network = _Network(D, HIDDEN, LATENT, np.float32)
    network.draw(rng, X)
    return network


def test_it_is_the_same_network(rng):
    X = mnist().rows
    network = first_network(rng, X)
    peer, batch, adam = Peer(network.parameters), _Batch(network, SIZE), Adam(network.flat, RATE)
    for _ in range(5):
        batch.x[:] = X[rng.integers(0, len(X), SIZE)]
        batch.noise[:] = rng.standard_normal((SIZE, LATENT))
        theirs = peer.step(torch.from_numpy(batch.x.copy()), torch.from_numpy(batch.noise.copy()))
        assert batch.loss_and_gradient() == pytest.approx(theirs, rel=1e-4)
        adam.step(batch.gradient)


@pytest.mark.parametrize(
    ("threads", "clock"),
    [
        pytest.param(1, process_time, marks=pytest.mark.benchmark(timer=process_time)),
        pytest.param(2, perf_counter, marks=pytest.mark.benchmark(timer=perf_counter)),
    ],
)
def test_not_slower_than_pytorch(beside, rng, capsys, threads, clock):
    # With one thread, processor time does not depend on what else the machine does.
    X = mnist().rows
    tensor = torch.from_numpy(np.array(X))

    def peer():
        network = Peer(first_network(rng, X).parameters)
        return seconds(network.train_on, tensor, clock=clock)

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads, user_api="blas"):  # PyTorch has threads of its own
            times = beside(partial(VAE(HIDDEN, LATENT, EPOCHS, SIZE, RATE, random_state=0).fit, X), peer)
    finally:
        torch.set_num_threads(before)
    ours, theirs = np.median(times, axis=1)
    ratios = times[1] / times[0]
    with capsys.disabled():
        print(
            f"\nVAE, {EPOCHS} epochs on {len(X):,} digits, {threads} thread(s): {ours:.2f} s against {theirs:.2f} s "
            f"in PyTorch {torch.__version__} (ratio {np.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f})"
        )
    assert np.median(ratios) >= 1
