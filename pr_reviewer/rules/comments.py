"""Where the comments of a file stand, told by its language's marks of comments and strings alone.

It is no parser: a quote within a regular expression can hide a comment until the line ends, never more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pr_reviewer.languages import line_comment

_SLASHES = ("/*", "*/")
_MARKUP = ("<!--", "-->")
_BLOCKS = {
    "astro": (_MARKUP, _SLASHES),
    "css": (_SLASHES,),
    "embeddedtemplate": (_MARKUP, ("<%#", "%>")),
    "handlebars": (("{{!--", "--}}"), ("{{!", "}}"), _MARKUP),
    "haskell": (("{-", "-}"),),
    "hcl": (_SLASHES,),
    "html": (_MARKUP, _SLASHES),
    "jinja": (("{#", "#}"), _MARKUP),
    "json": (_SLASHES,),
    "liquid": (_MARKUP,),
    "lua": (("--[[", "]]"),),
    "markdown": (_MARKUP,),
    "ocaml": (("(*", "*)"),),
    "powershell": (("<#", "#>"),),
    "razor": (("@*", "*@"), _MARKUP),
    "sql": (_SLASHES,),
    "plpgsql": (_SLASHES,),
    "svelte": (_MARKUP, _SLASHES),
    "twig": (("{#", "#}"), _MARKUP),
    "vue": (_MARKUP, _SLASHES),
    "xml": (_MARKUP,),
}
_MORE_LINES = {
    "astro": ("//",),
    "hcl": ("//",),
    "ini": ("#",),
    "json": ("//",),
    "php": ("#",),
    "svelte": ("//",),
    "vue": ("//",),
    "batch": ("::",),
}
_APART = frozenset({"bash", "fish", "make", "yaml", "dockerfile", "properties", "nginx", "cmake", "perl", "php"})
_TRIPLE = frozenset(
    {"python", "starlark", "kotlin", "scala", "swift", "java", "csharp", "groovy", "dart", "elixir", "julia", "toml"}
)
_BACKTICK = frozenset({"javascript", "typescript", "tsx", "go", "vue", "svelte", "astro", "kotlin"})
# In these, a lone `'` is no string: a lifetime, a symbol, a transposition, a text between tags.
_NO_SINGLE = frozenset(
    [
        "rust",
        "ocaml",
        "haskell",
        "clojure",
        "commonlisp",
        "elisp",
        "racket",
        "scheme",
        "matlab",
        "verilog",
        "vhdl",
        "ada",
        "html",
        "xml",
        "markdown",
        "vue",
        "svelte",
        "astro",
        "latex",
        "vb",
        "julia",
        "purescript",
        "elm",
        "fsharp",
        "twig",
        "jinja",
        "handlebars",
        "liquid",
        "embeddedtemplate",
        "razor",
    ]
)
_NO_DOUBLE = frozenset({"markdown", "html", "xml", "vim", "latex", "twig", "jinja", "handlebars", "liquid", "razor"})


@dataclass(frozen=True, slots=True)
class CommentSpan:
    """A comment: from `start` to `end` with its marks, from `inner` to `inner_end` without."""

    start: int
    end: int
    inner: int
    inner_end: int


def comment_spans(text: str, language: str | None) -> tuple[CommentSpan, ...]:
    """The comments of a text in their order; none where the language has none or is not known."""
    pattern = _pattern(language or "")
    return tuple(_spans(text, pattern)) if pattern else ()


def _spans(text: str, pattern: re.Pattern[str]) -> Iterator[CommentSpan]:
    for found in pattern.finditer(text):
        if found["inner"] is not None:
            yield CommentSpan(found.start(), found.end(), *found.span("inner"))
        elif found["rest"] is not None:
            yield CommentSpan(found.start(), found.end(), *found.span("rest"))


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    """Comments and strings of a language, whichever comes first."""
    marks = tuple(filter(None, (line_comment(language), *_MORE_LINES.get(language, ()))))
    blocks = _BLOCKS.get(language, (_SLASHES,) if "//" in marks else ())
    if not marks and not blocks:
        return None
    pieces = []
    if blocks:
        opened = "|".join(re.escape(start) for start, _ in blocks)
        closed = "|".join(re.escape(end) for _, end in blocks)
        pieces.append(rf"(?:{opened})(?P<inner>.*?)(?:{closed}|\Z)")
    else:
        pieces.append(r"(?!)(?P<inner>)")
    before = r"(?<!\S)" if language in _APART else ""
    starts = "|".join(rf"(?i:\b{mark}\b)" if mark.isalpha() else re.escape(mark) for mark in marks)
    pieces.append(rf"{before}(?:{starts})(?P<rest>[^\n]*)" if marks else r"(?!)(?P<rest>)")
    pieces += _strings(language)
    return re.compile("|".join(pieces), re.DOTALL)


def _strings(language: str) -> list[str]:
    strings = []
    if language in _TRIPLE:
        strings += [r'"""(?:\\.|[^\\])*?(?:"""|\Z)', r"'''(?:\\.|[^\\])*?(?:'''|\Z)"]
    if language in _BACKTICK:
        strings.append(r"`(?:\\.|[^\\`])*(?:`|\Z)" if language != "go" else r"`[^`]*(?:`|\Z)")
    if language not in _NO_DOUBLE:
        strings.append(r'"(?:\\[^\n]|[^"\\\n])*"?')
    if language not in _NO_SINGLE:
        strings.append(r"'(?:\\[^\n]|[^'\\\n])*'?")
    return strings
