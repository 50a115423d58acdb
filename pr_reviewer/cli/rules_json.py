"""Rules as JSON, for programs. `version` is that of the shape: keys may join, none changes its meaning or goes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pr_reviewer.cli.rules_shelf import Shelf, Subject, by_file, levels_of, why_not
from pr_reviewer.diff.text import display
from pr_reviewer.model.rules import Rule, RuleFile, RuleProblem, RuleSource
from pr_reviewer.rules.check import RuleDiagnostic

_VERSION = 1


def list_to_json(shelf: Shelf, subjects: Sequence[Subject]) -> str:
    """What `rules list` tells. Without subjects, `files` is empty and `rules` are all of them."""
    book, standing = shelf.book, shelf.book.standing
    return _text(
        {
            **_head(shelf),
            "files": [_subject(subject) for subject in subjects],
            "rules": [] if subjects else [_rule(rule) for rule in book.rules],
            "sources": [{**_file(file), "rules": len(rules)} for file, rules in by_file(book.rules).items()],
            "unread": [{"origin": each.origin, "why": each.why, "expected": each.is_expected} for each in book.unread],
            "left_out": [_problem(each) for each in book.left_out],
            "problems": [_problem(each) for each in book.problems],
            "packs_off": list(shelf.packs_off),
            "standing": {
                "quality": standing.quality,
                "status": standing.status,
                "note": standing.note,
                "successor": standing.successor,
                "exemplars": list(standing.exemplars),
            },
        }
    )


def rule_to_json(shelf: Shelf, rules: Sequence[Rule], holder: Rule, subject: Subject | None) -> str:
    """What `rules explain` tells."""
    levels = [{**_rule(rule), "holds": rule is holder, "why": why} for rule, why in levels_of(shelf, rules, subject)]
    asked = {} if subject is None else {"file": subject.path, "why_not": why_not(holder, subject)}
    return _text({**_head(shelf), **asked, "rule": _rule(holder), "levels": levels})


def check_to_json(files: Sequence[str], rules: int, diagnostics: Sequence[RuleDiagnostic]) -> str:
    """What `rules check` tells."""
    return _text(
        {"version": _VERSION, "files": list(files), "rules": rules, "diagnostics": list(map(_said, diagnostics))}
    )


def trial_to_json(rule: Rule, files: Sequence[Mapping[str, Any]], problems: Sequence[str]) -> str:
    """What `rules test` tells: for each file whether it is governed, and the hits."""
    return _text({"version": _VERSION, "rule": _rule(rule), "files": list(files), "problems": list(problems)})


def _head(shelf: Shelf) -> dict[str, Any]:
    return {"version": _VERSION, "repository": shelf.name, "where": shelf.where, "revision": shelf.revision}


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "path": subject.path,
        "language": subject.language,
        "rules": [_rule(rule) for rule in subject.governing],
        "off": [_rule(rule) for rule in subject.off],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "text": rule.text,
        **_source(rule.source),
        "amends": _source(rule.outer) if rule.outer else None,
        "severity": rule.severity,
        "enforcement": rule.enforcement,
        "reason": rule.reason,
        "category": rule.category,
        "languages": list(rule.languages),
        "paths": list(rule.paths),
        "changes": list(rule.changes),
        "pattern": None if rule.pattern is None else json.loads(rule.pattern),
        "examples": [
            {"bad": each.is_bad, "language": each.language, "line": each.line, "code": each.code}
            for each in rule.examples
        ],
    }


def _source(source: RuleSource) -> dict[str, Any]:
    return {**_file(source.file), "line": source.line}


def _file(file: RuleFile) -> dict[str, Any]:
    return {
        "level": file.level.name.lower(),
        "origin": file.origin,
        "path": file.path,
        "folder": file.folder,
        "project": file.project,
    }


def _problem(problem: RuleProblem) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "rule": problem.rule_id or None,
        "text": problem.text,
        "origin": problem.origin,
    }


def _said(diagnostic: RuleDiagnostic) -> dict[str, Any]:
    return {
        "path": diagnostic.path,
        "line": diagnostic.line,
        "severity": "error" if diagnostic.is_error else "warning",
        "code": diagnostic.code,
        "rule": diagnostic.rule_id or None,
        "text": diagnostic.text,
    }


def _text(value: Mapping[str, Any]) -> str:
    return display(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"
