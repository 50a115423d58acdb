"""Rules for tests of the worker, and one that takes for ever."""

import json
from typing import Any

from pr_reviewer.model.rules import Rule
from tests.rules.builders import rule_source


def rule(id_: str, pattern: Any, *languages: str, paths: tuple[str, ...] = ()) -> Rule:
    """A pattern rule; `pattern` is code, or an ast-grep rule object."""
    value = json.dumps({"pattern": pattern} if isinstance(pattern, str) else pattern)
    source = rule_source("pack core", "core.md", 7)
    return Rule(id_, id_, "", source, languages=languages or ("python",), paths=paths, pattern=value)


def _nested(depth: int) -> dict[str, Any]:
    """Every node of the file is looked at from every node, again for each level: a polynomial of that degree."""
    inner = {"inside": {"kind": "module", "stopBy": "end", "has": _nested(depth - 1)}} if depth else {"kind": "float"}
    return {"kind": "integer", "stopBy": "end", **inner}


ENDLESS = rule("endless", {"kind": "integer", "inside": {"kind": "module", "stopBy": "end", "has": _nested(6)}})
MANY_NUMBERS = "x = [" + "1, " * 400 + "]\n"
