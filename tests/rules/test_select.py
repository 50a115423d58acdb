"""Which rules govern a file."""

from dataclasses import replace

import pytest

from pr_reviewer.languages import language_of
from pr_reviewer.model.rules import Rule, RuleSource
from pr_reviewer.rules.select import RuleSelector, compiled, select_rules
from tests.rules.builders import rule_file, rule_source


def rule(id_, *, languages=(), paths=()):
    return Rule(
        id=id_,
        title=id_,
        text="",
        source=rule_source("", "", 1),
        languages=languages,
        paths=paths,
    )


@pytest.mark.parametrize(
    ("languages", "language", "governs"),
    [
        ((), "python", True),
        ((), None, True),
        (("python",), "python", True),
        (("python", "go"), "go", True),
        (("python",), "go", False),
        (("python",), None, False),
        (("typescript",), "tsx", True),
        (("tsx",), "typescript", False),
    ],
)
def test_a_rule_governs_its_languages(languages, language, governs):
    assert bool(select_rules([rule("r", languages=languages)], "a", language)) is governs


@pytest.mark.parametrize(
    ("paths", "path", "governs"),
    [
        ((), "a/b.py", True),
        (("*.py",), "a/b/c.py", True),
        (("services/**",), "services/a/b.py", True),
        (("services/**",), "lib/services.py", False),
        (("*.go", "!*_test.go"), "a/b_test.go", False),
        (("*", "!tests/"), "a/tests/b.py", False),
        (("*", "!tests/"), "a/b.py", True),
    ],
)
def test_a_rule_governs_the_paths_of_its_globs(paths, path, governs):
    assert bool(select_rules([rule("r", paths=paths)], path, "python")) is governs


@pytest.mark.parametrize("path", ["README.md", "docs/a.rst", "notes.TXT", "LICENSE", "guide.adoc"])
@pytest.mark.parametrize(
    ("options", "folder", "governs"),
    [
        ({}, "", False),
        ({"changes": ("added",)}, "", False),
        ({"languages": ("python",)}, "", False),
        ({"languages": ("markdown", "rst")}, "", None),
        ({"paths": ("*", "!src/")}, "", True),
        ({"paths": ("src/**",)}, "", False),
        ({}, "docs", True),  # `select_rules` is asked about rules whose folder holds the file
    ],
)
def test_prose_is_governed_by_rules_that_name_a_language_a_path_or_a_folder(path, options, folder, governs):
    source = RuleSource(rule_file(folder=folder), 1)
    asked = Rule(id="r", title="r", text="", source=source, **options)
    language = language_of(path)
    expected = language in asked.languages if governs is None else governs
    assert bool(select_rules([asked], path, language)) is expected


def test_an_amendment_in_a_folder_does_not_make_a_rule_about_code_one_about_prose():
    outer = rule("r")
    nearer = RuleSource(rule_file(folder="docs"), 1)
    amended = replace(outer, source=nearer, outer=outer.source)
    assert select_rules([amended], "docs/a.md", "markdown") == ()
    assert select_rules([amended], "docs/conf.py", "python") == (amended,)


@pytest.mark.parametrize("path", ["CMakeLists.txt", "requirements.txt", "a.unknown", "Makefile", "data.json", ".txt"])
def test_what_is_no_prose_is_governed_by_rules_that_name_nothing(path):
    assert select_rules([rule("r")], path, language_of(path))


def test_selected_rules_keep_their_order():
    rules = [rule("c"), rule("a", paths=("*.py",)), rule("x", paths=("*.go",)), rule("b", languages=("python",))]
    assert [each.id for each in select_rules(rules, "a.py", "python")] == ["c", "a", "b"]


def test_a_glob_that_is_none_is_refused():
    with pytest.raises(ValueError, match="pattern"):
        compiled(("!",))


def test_a_thousand_rules_over_five_hundred_files_select_the_same_for_each():
    globs = [(), ("src/**",), ("*.py", "!tests/"), ("services/*/api/*.py",)]
    rules = [rule(str(n), languages=("python",) if n % 2 else ("go",), paths=globs[n % 4]) for n in range(1000)]
    paths = [f"services/s{n}/api/f{n}.py" for n in range(500)]
    selector = RuleSelector(rules)
    chosen = [selector.select(path, "python") for path in paths]
    assert {len(rules) for rules in chosen} == {250}
