"""Record a small language model that is trained from scratch in each generation: collapse_edu/datasets/data/recorded_gpt.npz.

    pip install "collapse-edu[neural]"
    python3 lessons/record/gpt.py record --work FOLDER      (again and again, and in several processes, until done)
    python3 lessons/record/gpt.py pack --work FOLDER

A GPT of about a million parameters learns passages of Moby-Dick, cut into 1,024 kinds of tokens by byte-pair encoding,
and writes as many; the next one, from the same random weights, learns those. See ``chains.py`` for what can be stopped
and gone on with. Then put the hash that ``pack`` prints into datasets/data/PROVENANCE.md.
"""

from pathlib import Path

import numpy as np
from chains import Arm, Passages, Recording, windows

import collapse_edu
from collapse_edu import preserve, replace
from collapse_edu.datasets._files import read

N, N_HELD_OUT, N_PROMPT, LENGTH, N_TYPES = 1600, 128, 4, 92, 1024
PLAIN, COOL = {"temperature": 1.0}, {"temperature": 0.8}
ARMS = {
    "replace, T = 1": Arm(replace, PLAIN),
    "replace, T = 0.8": Arm(replace, COOL),
    "preserve(0.1), T = 1": Arm(preserve(0.1), PLAIN),
}


def main():
    """Record, pack or unpack."""
    tokenizer = trained_tokenizer()
    Recording(
        file=Path(collapse_edu.__file__).parent / "datasets/data/recorded_gpt.npz",
        data=passages(tokenizer),
        n_prompt=N_PROMPT,
        length=LENGTH,
        arms=ARMS,
        samplers={},
        training={"epochs": 10, "batch_size": 32, "learning_rate": 2e-3},
        read=tokenizer.decode,
        piece=tokenizer.id_to_token,
        about={
            "model": "GPT with 4 layers of 128 units, from random weights",
            "data": "Moby-Dick",
            "n_types": N_TYPES,
        },
        packages=("torch", "transformers", "tokenizers", "numpy"),
        base=untrained,
        temperatures=(1.0, 1.15, 1.35, 1.6),
        n_own=128,
    ).main(__doc__)


def trained_tokenizer():
    """Return a byte-pair encoding of the novel."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=N_TYPES, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(novel(), trainer)
    return tokenizer


def novel():
    """Return the chapters."""
    chapters = read("moby_dick.txt.gz").decode().split("\n")
    return [chapter for chapter in chapters if chapter.strip()]


def passages(tokenizer):
    """Return passages of the novel, as tokens."""
    rows = [windows(tokenizer.encode(text).ids, N_PROMPT + LENGTH) for text in novel()]
    rows = np.random.default_rng(0).permutation(np.concatenate(rows))
    return Passages(rows[:N], rows[N:-N_HELD_OUT], rows[-N_HELD_OUT:])


def untrained():
    """Return a small GPT with random weights."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    sizes = {"n_embd": 128, "n_layer": 4, "n_head": 4, "n_positions": N_PROMPT + LENGTH}
    special = {"bos_token_id": None, "eos_token_id": None}
    return GPT2LMHeadModel(GPT2Config(vocab_size=N_TYPES, **sizes, **special)).eval()


if __name__ == "__main__":
    main()
