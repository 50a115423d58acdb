"""The nearest rule of an id holds, in the folder that it governs."""

from pr_reviewer.model.rules import Enforcement, Level, Rule, RuleFile, RuleSource
from pr_reviewer.rules.book import RuleBook


def rule(id_, level, folder="", **fields):
    file = RuleFile(level, level.name.lower(), "best_practices.md", folder=folder)
    return Rule(id_, id_, f"as {level.name.lower()} {folder}".strip(), RuleSource(file, 1), **fields)


def texts(rules):
    return [(each.id, each.text) for each in rules]


def test_the_nearest_rule_of_an_id_holds_in_its_folder_alone():
    book = RuleBook(
        (
            rule("a", Level.PACK),
            rule("b", Level.PACK),
            rule("a", Level.REPOSITORY),
            rule("a", Level.DIRECTORY, "services"),
            rule("a", Level.DIRECTORY, "services/billing"),
        )
    )

    assert texts(book.governing("web/x.py", "python")) == [("a", "as repository"), ("b", "as pack")]
    assert texts(book.governing("services/x.py", "python")) == [("a", "as directory services"), ("b", "as pack")]
    nearest = book.governing("services/billing/x.py", "python")
    assert texts(nearest) == [("a", "as directory services/billing"), ("b", "as pack")]
    assert texts(book.governing("servicesx/x.py", "python")) == [("a", "as repository"), ("b", "as pack")]


def test_a_nearer_level_switches_a_rule_off_with_a_reason():
    off = rule("a", Level.DIRECTORY, "tools", enforcement=Enforcement.OFF, reason="a command line prints")
    book = RuleBook((rule("a", Level.ORGANISATION), off))

    assert book.governing("tools/x.py", "python") == ()
    assert book.switched_off("tools/x.py") == (off,)
    assert book.rule_for("tools/x.py", "a") == off
    assert book.switched_off("x.py") == ()
    assert book.rule_for("x.py", "b") is None
    assert texts(book.governing("x.py", "python")) == [("a", "as organisation")]


def test_a_rule_may_govern_new_files_alone():
    book = RuleBook((rule("a", Level.REPOSITORY, changes=("added",)),))

    assert texts(book.governing("x.py", "python", "added")) == [("a", "as repository")]
    assert book.governing("x.py", "python", "modified") == ()
