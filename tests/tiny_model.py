"""A tiny chat model of random weights, made in seconds and without a network: `python tests/tiny_model.py FOLDER`.

A Llama of some 100,000 parameters, a byte-level BPE tokenizer trained on this Python's standard library, and a chat template
that says a request's reasoning effort. Needs torch, transformers and tokenizers. It imports nothing of ours, so that the Python
of any environment can run it.
"""

import sys
import sysconfig
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CONTEXT = 16_384
VOCABULARY = 512
"""So small that a random model soon says the token which ends its reply, or its reasoning."""
PAD, BEGIN, END, ROLES = "<|pad|>", "<|begin|>", "<|end|>", ("<|system|>", "<|user|>", "<|assistant|>")
THINKING = ("<think>", "</think>")

TEMPLATE = """{{ bos_token }}{% if reasoning_effort %}<|system|>
Reasoning: {{ reasoning_effort }}{{ eos_token }}
{% endif %}{% for message in messages %}<|{{ message['role'] }}|>
{{ message['content'] }}{{ eos_token }}
{% endfor %}{% if add_generation_prompt %}<|assistant|>
{% endif %}"""


def make(folder: Path) -> None:
    """Writes model and tokenizer into a folder, the same each time."""
    tokenizer = _tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=CONTEXT,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=True,
        dtype="float32",
    )
    model = LlamaForCausalLM(config)
    # Transformers' own server takes the likeliest token else, whatever temperature it is asked for.
    model.generation_config.do_sample = True
    model.save_pretrained(folder)


def _tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(THINKING),
        special_tokens=[PAD, BEGIN, END, *ROLES],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library = Path(sysconfig.get_path("stdlib"))
    tokenizer.train([str(library / name) for name in ("bisect.py", "heapq.py", "statistics.py", "textwrap.py")], trainer)
    # No special ones: a reply's text keeps them, and servers tell reasoning from the answer by them.
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in THINKING])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=BEGIN,
        eos_token=END,
        additional_special_tokens=list(ROLES),
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
        chat_template=TEMPLATE,
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
