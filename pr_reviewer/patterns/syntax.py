"""Where a text does not parse. Runs in the worker process.

What is reported becomes a finding, so precision comes first: a language whose grammar stumbles over valid code (C and
C++ macros, HTML and CSS dialects) is not checked, and where a second parser exists, both must say no.
"""

import json
import re
from collections.abc import Callable

from tree_sitter import Node, Tree

from pr_reviewer.patterns.grammars import Grammar, clean, grammar_of

Problem = tuple[int, int, str]  # line, column (both one-based), sentence

_TEMPLATE = re.compile(r"\{\{|\{%|<%|\$\{\{|@@|<\?")
_ERRORS = "(ERROR) @node (MISSING) @node"
_MOST = 20
_LONGEST_QUOTE = 30
_NEWER_PYTHON = "(type_alias_statement) @node (type_parameter) @node (print_statement) @node (exec_statement) @node"
_UNSURE_PYTHON = re.compile(r"f-string|t-string|too many nested|multiple exception types|null bytes|excessive")
_COMMENTED_JSON = re.compile(
    r"\.(?:jsonc|json5|code-workspace)$|(?:^|/)(?:[tj]sconfig[^/]*|\.?eslintrc|\.?babelrc|deno|turbo|nx|biome|wrangler"
    r"|renovate|api-extractor|devcontainer|language-configuration|\.swcrc)(?:\.json)?$|(?:^|/)\.(?:vscode|devcontainer)/"
)


def syntax_problems(text: str, language: str, path: str) -> list[Problem] | None:
    """The places that do not parse, in order; none for a file that parses, None where that cannot be told."""
    check = _CHECKS.get(language)
    grammar = grammar_of(language)
    if check is None or grammar is None or _is_template(path):
        return None
    return check(grammar, clean(text), path)


def _python(grammar: Grammar, text: str, _path: str) -> list[Problem] | None:
    """`ast` decides, except on syntax that the running Python is too old (or too new) for."""
    import ast

    try:
        ast.parse(text)
    except (MemoryError, RecursionError):
        return _from_tree(text, grammar.parse(text), grammar)
    except (SyntaxError, ValueError) as error:
        tree = grammar.parse(text)
        problems = _from_tree(text, tree, grammar)
        if _UNSURE_PYTHON.search(str(error)) or grammar.nodes(tree, _NEWER_PYTHON):
            return problems
        return _unless_template([_from_python(error)] if isinstance(error, SyntaxError) else problems, text)
    return []


def _script(grammar: Grammar, text: str, _path: str) -> list[Problem] | None:
    """JavaScript with types in it (Flow, or a stray annotation that a build strips) parses as TypeScript."""
    problems = _from_tree(text, grammar.parse(text), grammar)
    typed = grammar_of("tsx") if problems else None
    if typed is not None and not typed.parse(text).root_node.has_error:
        return []
    return None if problems and "@flow" in text[:1000] else _unless_template(problems, text)


def _json(grammar: Grammar, text: str, path: str) -> list[Problem] | None:
    if _COMMENTED_JSON.search(path) or not text.strip():
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        problems = _from_tree(text, grammar.parse(text), grammar)
        return None if problems and _TEMPLATE.search(text) else problems
    return []


def _yaml(grammar: Grammar, text: str, _path: str) -> list[Problem] | None:
    """Both tree-sitter and PyYAML must refuse it: each has valid YAML that it does not take."""
    import yaml

    problems = _from_tree(text, grammar.parse(text), grammar)
    if not problems:
        return []
    if _TEMPLATE.search(text):
        return None
    try:
        for _event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return [(mark.line + 1, mark.column + 1, error.problem)] if mark and error.problem else problems
    except (yaml.YAMLError, RecursionError):
        return problems
    return []


def _plain(grammar: Grammar, text: str, _path: str) -> list[Problem] | None:
    return _unless_template(_from_tree(text, grammar.parse(text), grammar), text)


_CHECKS: dict[str, Callable[[Grammar, str, str], list[Problem] | None]] = {
    "python": _python,
    "javascript": _script,
    "typescript": _plain,
    "tsx": _plain,
    "go": _plain,
    "java": _plain,
    "ruby": _plain,
    "rust": _plain,
    "csharp": _plain,
    "php": _plain,
    "json": _json,
    "yaml": _yaml,
}


def _is_template(path: str) -> bool:
    """A file that a template engine turns into code (cookiecutter, Helm, Jinja) is not code yet."""
    return "{{" in path or "/templates/" in f"/{path}" or ".tmpl" in path or ".j2" in path


def _unless_template(problems: list[Problem], text: str) -> list[Problem] | None:
    """No verdict where the parser stumbled over a template's marks."""
    lines = text.split("\n")
    if problems and any(_TEMPLATE.search(lines[line - 1]) for line, *_ in problems if line <= len(lines)):
        return None
    return problems


def _from_python(error: SyntaxError) -> Problem:
    return error.lineno or 1, max(error.offset or 1, 1), error.msg


def _from_tree(text: str, tree: Tree, grammar: Grammar) -> list[Problem]:
    if not tree.root_node.has_error:
        return []
    lines = text.split("\n")
    return [_problem(node, lines) for node in _outermost(grammar.nodes(tree, _ERRORS))[:_MOST]]


def _outermost(nodes: list[Node]) -> list[Node]:
    kept: list[Node] = []
    for node in nodes:
        if not kept or node.start_byte >= kept[-1].end_byte:
            kept.append(node)
    return kept


def _problem(node: Node, lines: list[str]) -> Problem:
    row, column = node.start_point
    line = lines[row] if row < len(lines) else ""
    characters = len(line.encode()[:column].decode(errors="ignore"))
    if node.is_missing:
        return row + 1, characters + 1, f"`{node.type}` is missing"
    words = line[characters:].strip()
    return row + 1, characters + 1, f"unexpected `{words[:_LONGEST_QUOTE]}`" if words else "unexpected end of the line"
