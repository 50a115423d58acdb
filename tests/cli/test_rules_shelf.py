"""How rules are arranged for a reader."""

from pr_reviewer.cli.rules_shelf import Shelf, Subject, levels_of, nearest_first, scope_of, why_not
from pr_reviewer.languages import language_of
from pr_reviewer.model.rules import Level, Rule
from pr_reviewer.rules.book import RuleBook
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


def test_a_rule_that_names_neither_languages_nor_paths_is_about_code_and_says_so_of_prose():
    money = placed("money", "repository", 1, Level.REPOSITORY)
    said = {
        path: why_not(money, Subject(path, language_of(path), (), ())) for path in ("README.md", "a.py", "Dockerfile")
    }
    why = "it names neither languages nor paths, so it is about code, and this is prose"
    assert said == {"README.md": why, "a.py": "", "Dockerfile": ""}
    assert scope_of(money) == "files of code"
    assert scope_of(placed("money", "docs/", 1, Level.DIRECTORY, "docs")) == "files in docs/"


def test_the_nearest_level_is_told_from_one_that_governs_the_file():
    money = placed("money", "repository", 1, Level.REPOSITORY)
    shelf = Shelf(RuleBook((money,)), "acme/app", "main", "")
    said = {
        path: list(levels_of(shelf, [money], Subject(path, language_of(path), (), ()))) for path in ("a.py", "a.md")
    }
    assert said == {
        "a.py": [(money, "holds here")],
        "a.md": [(money, "is the nearest here, and does not govern the file")],
    }
