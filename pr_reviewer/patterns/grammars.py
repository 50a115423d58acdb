"""tree-sitter grammars, loaded when a language is first met. Runs in the worker process."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

_GRAMMARS = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "bash": ("tree_sitter_bash", "language"),
    "json": ("tree_sitter_json", "language"),
    "yaml": ("tree_sitter_yaml", "language"),
    "html": ("tree_sitter_html", "language"),
    "css": ("tree_sitter_css", "language"),
}
_SURROGATES = re.compile("[\ud800-\udfff]")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_BYTE_ORDER_MARK = "\ufeff"


def clean(text: str) -> str:
    """The text as parsers take it, with the same lines and columns (but for a byte order mark, which is no column).

    Bytes that are not UTF-8 (lone surrogates here) become a letter: that breaks no identifier, string or comment.
    Lone carriage returns become spaces: git ends no line there, some parsers do.
    """
    text = _LONE_RETURN.sub(" ", text.removeprefix(_BYTE_ORDER_MARK))
    return text if text.isascii() else _SURROGATES.sub("_", text)


@dataclass(frozen=True)
class Grammar:
    """One language's grammar."""

    language: Language

    @cached_property
    def parser(self) -> Parser:
        """A parser for it."""
        return Parser(self.language)

    def parse(self, text: str) -> Tree:
        """The tree of a clean text; there is always one, errors are nodes in it."""
        return self.parser.parse(text.encode())

    def nodes(self, tree: Tree, query: str) -> list[Node]:
        """All nodes that the query captures as `@node`, in the order of the text, the outer before the inner."""
        found = QueryCursor(_query(self, query)).captures(tree.root_node).get("node", [])
        return sorted(found, key=lambda node: (node.start_byte, -node.end_byte))


@cache
def grammar_of(language: str) -> Grammar | None:
    """The grammar of a language, None where there is none."""
    if language not in _GRAMMARS:
        return None
    module, function = _GRAMMARS[language]
    return Grammar(Language(getattr(import_module(module), function)()))


@cache
def _query(grammar: Grammar, source: str) -> Query:
    return Query(grammar.language, source)
