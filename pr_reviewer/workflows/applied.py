"""Which rules were really held against each file: matched by their pattern, or judged by a model that answered."""

from collections.abc import Collection, Sequence

from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternResult
from pr_reviewer.workflows.governing import Governing

Applied = tuple[tuple[str, tuple[str, ...]], ...]


def applied_rules(
    governing: Governing,
    matched: PatternResult,
    batches: Sequence[BatchPlan],
    unapplied: Collection[tuple[str, str]],
) -> Applied:
    """Every reviewed file with the ids of the rules that were applied to it, in their order.

    `batches` are those that a model was asked about; a rule that one of a file's batches did not ask about, or whose
    answer is lacking (`unapplied`), was not applied to the file. Nor was one that is not raised here anyway.
    """
    judged = _judged(governing, batches) - set(unapplied)
    return tuple(
        (path, tuple(rule.id for rule in rules.values() if _is_applied(path, rule, governing, matched, judged)))
        for path, rules in governing.rules.items()
    )


def kept_rules(governing: Governing, matched: PatternResult) -> Applied:
    """Every reviewed file with the ids of the rules that each suggestion for it is held against.

    Also those that are not raised here: what is new keeps to them. A pattern that cannot be tried is none of them.
    """
    return tuple(
        (path, tuple(rule.id for rule in rules.values() if rule.pattern is None or _is_matched(path, rule, matched)))
        for path, rules in governing.rules.items()
    )


def _is_applied(
    path: str, rule: Rule, governing: Governing, matched: PatternResult, judged: Collection[tuple[str, str]]
) -> bool:
    if rule.id in governing.silent[path]:
        return False
    if rule.pattern is None:
        return (path, rule.id) in judged
    return _is_matched(path, rule, matched)


def _is_matched(path: str, rule: Rule, matched: PatternResult) -> bool:
    return path in matched.hits and rule.id not in matched.unchecked.get(path, ())


def _judged(governing: Governing, batches: Sequence[BatchPlan]) -> set[tuple[str, str]]:
    """Each file with each rule that every prompt's batch asked about in which a part of the file stands."""
    asked: dict[str, list[set[str]]] = {}
    for batch in batches:
        rules = {rule for asks in batch.rules for rule in asks}
        for path in batch.batch.paths:
            ids = {rule.id for rule in governing.of_file(path) if rule in rules}
            asked.setdefault(path, []).append(ids)
    return {(path, rule_id) for path, each in asked.items() for rule_id in set.intersection(*each)}
