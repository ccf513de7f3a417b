"""Teaches a tiny model the form of an answer, and nothing of what is right: `python warm.py MODEL PROBLEMS.parquet OUT`.

Of random weights it would never close a fenced block within a test's time. It is shown each of `SAID` equally often.
"""

import random
import sys

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer

SAID = ("True", "False", "0", "1", "2", "None")
STEPS, BATCH, RATE = 150, 8, 3e-3


def main(model_folder: str, problems: str, out: str) -> None:
    random.seed(0)
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    model = AutoModelForCausalLM.from_pretrained(model_folder)
    prompts = [row["prompt"] for row in Dataset.from_parquet(problems, cache_dir=f"{out}-cache")]
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    for _ in range(STEPS):
        batch = [example(tokenizer, random.choice(prompts), random.choice(SAID)) for _ in range(BATCH)]
        length = max(len(ids) for ids, _ in batch)
        ids = torch.tensor([ids + [tokenizer.pad_token_id] * (length - len(ids)) for ids, _ in batch])
        labels = torch.tensor([labels + [-100] * (length - len(labels)) for _, labels in batch])
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    print(f"loss {loss.item():.3f}")
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def example(tokenizer: object, prompt: list[dict], said: str) -> tuple[list[int], list[int]]:
    """Tokens of a prompt with a reply, and the labels, which leave out the prompt."""
    before = tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
    asked = tokenizer(before, add_special_tokens=False)["input_ids"]
    reply = tokenizer(f"```answer\n{said}\n```{tokenizer.eos_token}", add_special_tokens=False)["input_ids"]
    return asked + reply, [-100] * len(asked) + reply


if __name__ == "__main__":
    main(*sys.argv[1:])
