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
_YAML_LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # git ends no line there
_MOST = 20
_LONGEST_QUOTE = 30
_NEWER_PYTHON = "(type_alias_statement) @node (type_parameter) @node (print_statement) @node (exec_statement) @node"
# What these grammars take and the languages' own parsers refuse.
_RUBY_END = '((identifier) @node (#eq? @node "end"))'
_RUBY_NAMES = {"call": "method", "method": "name", "singleton_method": "name", "keyword_parameter": "name"}
_NO_JAVA_STATEMENT = """(expression_statement [(identifier) (field_access) (binary_expression) (array_access)
  (parenthesized_expression) (string_literal) (decimal_integer_literal)] @node)"""
_UNSURE_PYTHON = re.compile(r"f-string|t-string|too many nested|multiple exception types|Exceeds the limit")
_GENERIC_PYTHON = re.compile(r"^\s*(?:async\s+def|def|class|type)\s+\w+\s*\[")
_COMMENTED_JSON = re.compile(
    r"\.(?:jsonc|json5|code-workspace)$|(?:^|/)(?:[tj]sconfig[^/]*|\.?eslintrc|\.?babelrc|deno|turbo|nx|biome|wrangler"
    r"|renovate|api-extractor|devcontainer|language-configuration|\.swcrc)(?:\.json)?$|(?:^|/)\.(?:vscode|devcontainer)/"
)


def syntax_problems(text: str, language: str, path: str) -> list[Problem] | None:
    """The places that do not parse, in order; none for a file that parses, None where that cannot be told."""
    check = _CHECKS.get(language)
    grammar = grammar_of(language)
    if check is None or grammar is None or _is_template(path) or "\0" in text:
        return None
    return check(grammar, clean(text), path)


def _python(grammar: Grammar, text: str, _path: str) -> list[Problem] | None:
    """`ast` decides, except on syntax that the running Python is too old (or too new) for."""
    import ast

    try:
        ast.parse(text)
    except (MemoryError, RecursionError):
        return _from_tree(text, grammar.parse(text), grammar)
    except SyntaxError as error:
        problem = error.lineno or 1, max(error.offset or 1, 1), error.msg
        tree = grammar.parse(text)
        if _GENERIC_PYTHON.match(_line(text.split("\n"), problem[0])):
            return None if tree.root_node.has_error else []
        if _UNSURE_PYTHON.search(error.msg) or grammar.nodes(tree, _NEWER_PYTHON):
            return _from_tree(text, tree, grammar)
        return _unless_template([problem], text)
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
    except RecursionError:
        return None
    except json.JSONDecodeError as error:
        if not grammar.parse(text).root_node.has_error:
            return []
        return None if _TEMPLATE.search(text) else [(error.lineno, error.colno, error.msg)]
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
        for _event in yaml.parse(_YAML_LINE_ENDS.sub(" ", text), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return [(mark.line + 1, mark.column + 1, error.problem)] if mark and error.problem else problems
    except (yaml.YAMLError, RecursionError):
        return problems
    return []


def _ruby(grammar: Grammar, text: str, path: str) -> list[Problem] | None:
    """The grammar takes an `end` too many for a name, wherever no name can be called so."""
    problems = _plain(grammar, text, path)
    if problems != []:
        return problems
    return _of_nodes([each for each in grammar.nodes(grammar.parse(text), _RUBY_END) if not _is_ruby_name(each)], text)


def _is_ruby_name(node: Node) -> bool:
    """A method may be called `end`: `range.end`, `def end`, `alias end stop`."""
    parent = node.parent
    if parent is None or parent.type in ("alias", "undef"):
        return parent is not None
    return parent.child_by_field_name(_RUBY_NAMES.get(parent.type, "")) == node


def _java(grammar: Grammar, text: str, path: str) -> list[Problem] | None:
    """The grammar takes any expression for a statement."""
    problems = _plain(grammar, text, path)
    if problems != []:
        return problems
    return _of_nodes(grammar.nodes(grammar.parse(text), _NO_JAVA_STATEMENT), text)


def _plain(grammar: Grammar, text: str, _path: str) -> list[Problem] | None:
    return _unless_template(_from_tree(text, grammar.parse(text), grammar), text)


_CHECKS: dict[str, Callable[[Grammar, str, str], list[Problem] | None]] = {
    "python": _python,
    "javascript": _script,
    "typescript": _plain,
    "tsx": _plain,
    "go": _plain,
    "java": _java,
    "ruby": _ruby,
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
    if any(_TEMPLATE.search(_line(lines, number)) for number, *_ in problems):
        return None
    return problems


def _line(lines: list[str], number: int) -> str:
    """A line by its number; a parser can name the one behind the last."""
    return lines[number - 1] if number <= len(lines) else ""


def _from_tree(text: str, tree: Tree, grammar: Grammar) -> list[Problem]:
    if not tree.root_node.has_error:
        return []
    return _of_nodes(_sharpest(grammar.nodes(tree, _ERRORS)), text)


def _of_nodes(nodes: list[Node], text: str) -> list[Problem]:
    lines = text.split("\n")
    return [_problem(node, lines) for node in nodes[:_MOST]]


def _sharpest(nodes: list[Node]) -> list[Node]:
    """Of errors within errors only the inner ones: an outer one can start hundreds of lines before the mistake."""
    following = [*nodes[1:], None]
    return [node for node, after in zip(nodes, following, strict=True) if after is None or not _holds(node, after)]


def _holds(outer: Node, inner: Node) -> bool:
    return inner.start_byte < outer.end_byte


def _problem(node: Node, lines: list[str]) -> Problem:
    row, column = node.start_point
    line = _line(lines, row + 1)
    characters = len(line.encode()[:column].decode(errors="ignore"))
    if node.is_missing:
        return row + 1, characters + 1, f"`{node.type}` is missing"
    words = line[characters:].strip()
    return row + 1, characters + 1, f"unexpected `{words[:_LONGEST_QUOTE]}`" if words else "unexpected end of the line"
