"""Counts are tiktoken's own, whatever the text, and nothing is downloaded or loaded before the first."""

import base64
import threading
from functools import cache
from types import ModuleType

import pytest
import tiktoken
import tiktoken_ext.openai_public
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.llm.tokens import TokenCounter, at_most, pieces
from pr_reviewer.resources import tokenizer_bytes

ENCODINGS = ("o200k_base", "cl100k_base")
SOURCE: ModuleType = tiktoken_ext.openai_public
ODD = [
    "", " ", "\n", "\r\n", "hello world", "def f(x):\n\treturn x\n", "<|endoftext|>", "<|fim_prefix|><|endofprompt|>",
    "😀👩‍👩‍👧 e\u0301 漢字 العربية", "\x00\x1c\x85\u2028\ufeff", "x" * 999, " " * 999, "}\n//comment\n/", "12345678901",
    "I'LL don't\n\n\n  we've", "\t\t\n \n\t x",
]  # fmt: skip


@cache
def counter(encoding: str) -> TokenCounter:
    return TokenCounter(encoding, tokenizer_bytes)


@cache
def reference(encoding: str) -> tiktoken.Encoding:
    """The encoding built by hand, as tiktoken's documentation shows."""
    lines = (line.split() for line in tokenizer_bytes(encoding).splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SOURCE, "load_tiktoken_bpe", lambda *_, **__: ranks)
        return tiktoken.Encoding(**SOURCE.ENCODING_CONSTRUCTORS[encoding]())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", ODD)
def test_odd_texts_count_as_tiktoken_counts_them(encoding: str, text: str) -> None:
    assert counter(encoding).count(text) == len(reference(encoding).encode_ordinary(text))


@given(st.sampled_from(ENCODINGS), st.text(st.sampled_from("a1 \n\r\t/{}.,'éΣ漢<|"), max_size=60), st.integers(1, 9))
def test_pieces_tokenize_as_the_whole_wherever_a_boundary_was_found(encoding: str, text: str, longest: int) -> None:
    cut = list(pieces(text, longest))
    assert "".join(cut) == text
    if all(piece.endswith("\n") for piece in cut[:-1]) and all(len(piece) < longest for piece in cut[:-1]):
        tokens = [token for piece in cut for token in reference(encoding).encode_ordinary(piece)]
        assert tokens == reference(encoding).encode_ordinary(text)


@given(st.text(st.characters()))
def test_bytes_are_an_upper_bound(text: str) -> None:
    assert counter("o200k_base").count(text) <= at_most(text) == counter("o200k_base").at_most(text)


def test_a_long_text_of_lines_counts_exactly() -> None:
    text = "".join(f"    if value[{number}] == 'é':  # check\n\n\treturn {number}\n" for number in range(5000))
    assert counter("o200k_base").count(text) == len(reference("o200k_base").encode_ordinary(text))


@pytest.mark.parametrize("unit", ["a", " ", "=", "\n", "\t", "😀", "^", "0", "漢"])
def test_a_line_of_two_million_characters_is_counted_within_the_bound(unit: str) -> None:
    text = unit * (2_000_000 // len(unit.encode()))
    assert 0 < counter("o200k_base").count(text) <= at_most(text)


def test_a_stretch_without_a_break_is_off_by_a_few_tokens_at_most() -> None:
    text = "The quick brown fox. " * 20_000
    exact = len(reference("o200k_base").encode_ordinary(text))
    assert exact <= counter("o200k_base").count(text) <= exact + 2 * len(text) // 65_536 + 2


def test_lone_surrogates_are_counted_as_replacement_characters() -> None:
    assert counter("o200k_base").count("caf\udce9") == counter("o200k_base").count("caf\ufffd")
    assert at_most("\udce9") == 3


def test_the_vocabulary_is_loaded_once_at_the_first_count_by_whichever_thread() -> None:
    loads: list[str] = []

    def load(name: str) -> bytes:
        loads.append(name)
        return tokenizer_bytes(name)

    fresh = TokenCounter("cl100k_base", load)
    assert fresh.at_most("héllo") == 6
    assert loads == []
    threads = [threading.Thread(target=fresh.count, args=(f"text {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["cl100k_base"]


def test_tiktokens_own_loader_is_left_as_it_was() -> None:
    counter("o200k_base").count("x")
    assert SOURCE.load_tiktoken_bpe is tiktoken.load.load_tiktoken_bpe


def test_counters_of_one_encoding_share_its_vocabulary():
    loaded = []

    def load(name):
        loaded.append(name)
        return tokenizer_bytes(name)

    assert [TokenCounter("cl100k_base", load).count("one two three") for _ in range(3)] == [3, 3, 3]
    assert loaded == ["cl100k_base"]
