"""Exact token counts by tiktoken, from vocabulary files that come with the package; nothing is ever downloaded."""

import base64
import re
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import FunctionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

# tiktoken's regex panics on a million blanks in a row, and long runs cost n log n: no piece is longer.
LONGEST_PIECE = 1 << 16
_REMEMBERED = 2048
_ENCODINGS = 2  # a server has many counters, and a vocabulary takes a second and 90 MB
_LOADING = threading.Lock()
_BOUNDARY = re.compile(r"\n(?=[ \t]*[^\s/])")  # both split patterns end a token here, whatever stands around it


def at_most(text: str) -> int:
    """An upper bound of any byte-level tokenizer's count, without loading one: the UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


class TokenCounter:
    """Counts of one encoding. The vocabulary is loaded at the first count, once in a process, whoever counts first.

    `load` gets the encoding's name and returns the bytes of its vocabulary as tiktoken publishes them.
    """

    def __init__(self, encoding: str, load: Callable[[str], bytes]) -> None:
        self._name = encoding
        self._load = load
        self._remembered = lru_cache(_REMEMBERED)(self._count)

    def count(self, text: str) -> int:
        """How many tokens the text has. Special tokens in it (`<|endoftext|>`) are text; lone surrogates are U+FFFD.

        Exact, except that a stretch of 65 536 characters without a line break is cut: a few tokens more. Never more
        than `at_most`. A text that was counted lately is not counted again.
        """
        return self._remembered(text)

    def at_most(self, text: str) -> int:
        """The bound of the same name, for those who take a counter: never less than `count`, and nothing is loaded."""
        return at_most(text)

    def _count(self, text: str) -> int:
        """The sum over pieces."""
        encoding = self._loaded()
        return sum(len(encoding.encode_ordinary(piece)) for piece in pieces(text))

    def _loaded(self) -> "tiktoken.Encoding":
        """The encoding."""
        with _LOADING:
            return _encoding(self._name, self._load)


def pieces(text: str, longest: int = LONGEST_PIECE) -> Iterator[str]:
    """The text in pieces whose tokens are the whole's tokens: cut at the last sure boundary, if there is one."""
    start = 0
    while len(text) - start > longest:
        cuts = [found.end() for found in _BOUNDARY.finditer(text, start, start + longest)]
        end = cuts[-1] if cuts else start + longest
        yield text[start:end]
        start = end
    yield text[start:]


@lru_cache(_ENCODINGS)
def _encoding(name: str, load: Callable[[str], bytes]) -> "tiktoken.Encoding":
    return _build(name, load(name))


def _build(name: str, vocabulary: bytes) -> "tiktoken.Encoding":
    """The encoding as tiktoken defines it (split pattern, special tokens), around our bytes.

    Its constructor begins with a download, so that function runs with another one in its place.
    """
    import tiktoken
    from tiktoken_ext import openai_public  # type: ignore[import-untyped]

    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in vocabulary.splitlines())}
    constructor = openai_public.ENCODING_CONSTRUCTORS[name]
    define = FunctionType(constructor.__code__, vars(openai_public) | {"load_tiktoken_bpe": lambda *_, **__: ranks})
    return tiktoken.Encoding(**define())
