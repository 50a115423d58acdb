"""A random language model of half a megabyte, for servers that need one. It knows bytes and speaks nonsense.

What it is good for: a server that enforces a JSON schema makes even this one answer validly.
"""

from pathlib import Path

import gguf
import numpy as np

CONTEXT, WIDTH, HEADS, LAYERS, INNER = 16_384, 64, 4, 2, 128
_TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}<assistant>"
_SPECIAL = ("<unk>", "<s>", "</s>")


def write_model(path: Path) -> None:
    """A llama-architecture model with fixed random weights: the same file every time."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_chat_template(_TEMPLATE)
    _add_bytes_as_tokens(writer)
    _add_random_weights(writer, len(_SPECIAL) + 256)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_bytes_as_tokens(writer: gguf.GGUFWriter) -> None:
    tokens = [*_SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256))]
    types = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL, *[gguf.TokenType.BYTE] * 256]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_vocab_size(len(tokens))
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)  # noqa: FBT003 gguf's own signature


def _add_random_weights(writer: gguf.GGUFWriter, vocabulary: int) -> None:
    random = np.random.default_rng(0)

    def weights(*shape: int) -> np.ndarray:
        return np.ones(shape) if len(shape) == 1 else random.normal(0, 0.05, shape)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name, weights(*shape).astype(np.float32))

    # The first dimension is the same large number for every token, so its output weights are a bias: plain ASCII only
    # (a character cut in its middle is no valid text), and a liking for quotation marks, which end strings.
    embedding, output = weights(vocabulary, WIDTH), weights(vocabulary, WIDTH)
    embedding[:, 0] = 10
    output[:, 0] = 0
    output[len(_SPECIAL) + 128 :, 0] = -3
    output[len(_SPECIAL) + ord('"'), 0] = 0.4
    writer.add_tensor("token_embd.weight", embedding.astype(np.float32))
    writer.add_tensor("output.weight", output.astype(np.float32))
    add("output_norm.weight", WIDTH)
    for layer in range(LAYERS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{part}.weight", WIDTH, WIDTH)
        add(f"blk.{layer}.attn_norm.weight", WIDTH)
        add(f"blk.{layer}.ffn_norm.weight", WIDTH)
        add(f"blk.{layer}.ffn_gate.weight", INNER, WIDTH)
        add(f"blk.{layer}.ffn_up.weight", INNER, WIDTH)
        add(f"blk.{layer}.ffn_down.weight", WIDTH, INNER)
