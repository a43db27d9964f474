"""Pipelines of diffusers in the loop: what is refused without PyTorch, and a small real one where it is installed."""

from types import SimpleNamespace

import numpy as np
import pytest

from collapse_edu import adapt, replace, run
from collapse_edu.loop.settings import text_of
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import Diffusion


def fake(size=4, channels=1, kind="epsilon"):
    """Return what looks like an unconditional pipeline."""
    return SimpleNamespace(
        unet=SimpleNamespace(config=SimpleNamespace(sample_size=size, in_channels=channels)),
        scheduler=SimpleNamespace(config=SimpleNamespace(prediction_type=kind)),
    )


def test_adapt_knows_a_pipeline_by_its_parts():
    model = adapt(fake(), epochs=3)
    assert isinstance(model, Diffusion)
    assert text_of(model) == "Diffusion(SimpleNamespace, epochs=3)"
    assert model.__sklearn_clone__().pipeline is model.pipeline
    with pytest.raises(TypeError, match=r"settings of Diffusion must be among epochs, .*; got guidance"):
        adapt(fake(), guidance=2)


@pytest.mark.parametrize(
    ("pipeline", "settings", "X", "message"),
    [
        (fake(), {"epochs": 0}, np.ones((3, 16)), "epochs must be"),
        (fake(), {"batch_size": 0}, np.ones((3, 16)), "batch_size must be"),
        (fake(), {"inference_steps": 0}, np.ones((3, 16)), "inference_steps must be"),
        (fake(), {"learning_rate": 0}, np.ones((3, 16)), "learning_rate must be"),
        (
            fake(),
            {},
            np.ones((3, 15)),
            r"X must have 16 pixels in each row \(1 × 4 × 4, as the pipeline's images\); got 15",
        ),
        (fake((2, 3), 2), {}, np.ones((3, 11)), "2 × 2 × 3"),
        (fake(), {}, 2 * np.ones((3, 16)), r"X must contain pixels in \[0, 1\]; got 2 to 2"),
        (
            fake(kind="score"),
            {},
            np.ones((3, 16)),
            "pipeline must predict epsilon, sample, v_prediction; got a scheduler",
        ),
        (3, {}, np.ones((3, 16)), "pipeline must be an unconditional one of diffusers; got int without unet"),
    ],
)
def test_bad_input_gets_one_line(pipeline, settings, X, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Diffusion(pipeline, **settings).fit(X)


def test_it_takes_no_weights():
    with pytest.raises(TypeError, match="takes no sample_weight"):
        Diffusion(fake()).fit(np.ones((3, 16)), sample_weight=np.ones(3))


# With PyTorch and diffusers ----------------------------------------------------------------------


@pytest.fixture(params=["epsilon", "v_prediction", "sample"])
def pipeline(request):
    torch, diffusers = pytest.importorskip("torch"), pytest.importorskip("diffusers")
    torch.manual_seed(0)
    unet = diffusers.UNet2DModel(
        sample_size=8, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(8, 8),
        down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"), norm_num_groups=4,
    )  # fmt: skip
    scheduler = diffusers.DDIMScheduler(num_train_timesteps=50, prediction_type=request.param)
    return diffusers.DDIMPipeline(unet, scheduler)


def images(rng, n=24):
    """Return a bright upper half, more or less."""
    X = np.zeros((n, 8, 8))
    X[:, :4] = 0.9
    return (X + 0.1 * rng.random(X.shape)).reshape(n, -1)


def test_it_learns_and_leaves_the_pipeline_alone(rng, pipeline):
    before = {name: weight.clone() for name, weight in pipeline.unet.state_dict().items()}
    X = images(rng)
    model = Diffusion(pipeline, epochs=60, batch_size=8, learning_rate=3e-3, inference_steps=10, random_state=0).fit(X)
    assert model.loss_[-1] < 0.7 * model.loss_[0]
    assert all((weight == before[name]).all() for name, weight in pipeline.unet.state_dict().items())
    rows = model.sample(5, rng)
    assert rows.shape == (5, 64)
    assert rows.min() >= 0
    assert rows.max() <= 1
    assert rows.reshape(5, 8, 8)[:, :4].mean() > rows.reshape(5, 8, 8)[:, 4:].mean()


def test_it_runs_in_the_loop(rng, pipeline):
    model = adapt(pipeline, batch_size=8, inference_steps=2)
    histories = [
        run(model, FiniteData(images(rng=np.random.default_rng(0))), replace, generations=2, seed=1) for _ in range(2)
    ]
    np.testing.assert_array_equal(histories[0]["coverage"], histories[1]["coverage"])
    assert histories[0].settings["model"].startswith("Diffusion(DDIMPipeline")
