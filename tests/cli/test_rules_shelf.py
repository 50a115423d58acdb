"""How rules are arranged for a reader."""

from pr_reviewer.cli.rules_shelf import nearest_first
from pr_reviewer.model.rules import Level, Rule
from tests.rules.builders import rule_source


def placed(name: str, origin: str, line: int, level: Level, folder: str = ""):
    source = rule_source(origin, f"{folder}/best_practices.md", line, folder=folder, level=level)
    return Rule(name, name, "Text.", source)


def test_a_nearer_rule_that_takes_the_place_of_a_farther_one_stands_with_its_own_file():
    pack = placed("no-print", "pack core", 3, Level.PACK)
    naming = placed("naming", "shop/", 9, Level.DIRECTORY, "shop")  # it took the place of the repository's
    errors = placed("errors", "repository", 5, Level.REPOSITORY)
    money = placed("money", "shop/", 1, Level.DIRECTORY, "shop")
    found = nearest_first([pack, naming, errors, money])
    groups = [(file.origin, [rule.id for rule in rules]) for file, rules in found]
    assert groups == [("shop/", ["money", "naming"]), ("repository", ["errors"]), ("pack core", ["no-print"])]
