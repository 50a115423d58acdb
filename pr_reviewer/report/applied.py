"""What a review did with rules, as facts: which held for which files, and one line that counts it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import dirname

from pr_reviewer.model.rules import Quality, Rule, RulesApplied, Standing, Status
from pr_reviewer.report.amounts import count
from pr_reviewer.report.links import Citation, Links


@dataclass(frozen=True, slots=True)
class AppliedGroup:
    """Files that the same rules governed, in the order of the change; none of them: no rule did."""

    paths: tuple[str, ...]
    rules: tuple[Citation, ...]


def applied_groups(applied: RulesApplied, links: Links) -> tuple[AppliedGroup, ...]:
    """One group for each set of rules, files without any last. The same id at another level is another rule."""
    found: dict[tuple[Citation, ...], list[str]] = {}
    known: dict[tuple[str, int], tuple[Rule | None, Citation]] = {}
    for (_, ids), paths in _alike(applied.by_file).items():
        cited = tuple(_cited(paths[0], rule_id, links, known) for rule_id in ids)
        found.setdefault(cited, []).extend(paths)
    position = {path: index for index, (path, _) in enumerate(applied.by_file)}
    groups = (AppliedGroup(tuple(sorted(paths, key=position.__getitem__)), cited) for cited, paths in found.items())
    return tuple(sorted(groups, key=lambda group: not group.rules))


def counted_rules(groups: Sequence[AppliedGroup], applied: RulesApplied) -> str:
    """`5 rules applied to 3 files, 1 rule changed by this pull request`; "" where there is nothing to say.

    A source that nobody expected to be read, such as an organisation's that has none, counts only for want of more.
    """
    missed = sum(not each.is_expected for each in applied.unread)
    parts = (
        _counted_applied(groups),
        f"{count(len(applied.changes), 'rule')} changed by this pull request" if applied.changes else "",
        count(len(applied.silenced), "ignore comment") if applied.silenced else "",
        f"{count(len(applied.problems), 'part')} of rule files left out" if applied.problems else "",
        _unread(missed),
        f"{' and '.join(words)} repository" if (words := standing_words(applied.standing)) else "",
    )
    return ", ".join(filter(None, parts)) or _unread(len(applied.unread))


def standing_words(standing: Standing) -> tuple[str, ...]:
    """`legacy`, `deprecated`: what is not as usual."""
    quality = () if standing.quality is Quality.NORMAL else (str(standing.quality),)
    return (*quality, *(() if standing.status is Status.MAINTAINED else (str(standing.status),)))


def _alike(by_file: Sequence[tuple[str, tuple[str, ...]]]) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Files of one folder with the same ids have the same rules: a rule's level depends on the folder alone."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for path, ids in by_file:
        alike.setdefault((dirname(path) if ids else "", ids), []).append(path)
    return alike


def _unread(sources: int) -> str:
    return f"{count(sources, 'source')} of rules not read" if sources else ""


def _cited(
    path: str, rule_id: str, links: Links, known: dict[tuple[str, int], tuple[Rule | None, Citation]]
) -> Citation:
    """The citation, made once for each rule: a thousand rules can govern hundreds of files."""
    rule = links.rule_for(path, rule_id)
    name = (rule_id, id(rule))
    if name not in known:
        known[name] = rule, links.cite(path, rule_id)
    return known[name][1]


def _counted_applied(groups: Sequence[AppliedGroup]) -> str:
    rules = {citation for group in groups for citation in group.rules}
    files = sum(len(group.paths) for group in groups if group.rules)
    return f"{count(len(rules), 'rule')} applied to {count(files, 'file')}" if rules else ""
