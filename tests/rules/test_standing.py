"""What the organisation thinks of a repository, from `repositories.toml`."""

import pytest

from pr_reviewer.model.rules import Quality, Standing, Status
from pr_reviewer.rules.standing import MAX_CHARACTERS, Standings, parse_standings, standing_of

TEXT = """\
[[repository]]
match = "acme/*"
quality = "normal"

[[repository]]
match = ["acme/billing-*", "!acme/billing-api"]
quality = "legacy"
status = "deprecated"
note = \"\"\"
Frozen
since 2024.\"\"\"
successor = "acme/ledger"

[[ repository ]]
match = ["acme/ledger", "acme/platform-*"]
quality = "exemplary"
status = "growing"
"""
EXEMPLARS = ("acme/ledger", "acme/platform-*")


def told(text):
    return [str(problem) for problem in parse_standings(text).problems]


def test_the_last_entry_that_matches_holds():
    file = parse_standings(TEXT)
    legacy = Standing(Quality.LEGACY, Status.DEPRECATED, "Frozen since 2024.", "acme/ledger", EXEMPLARS)
    assert file.problems == ()
    assert standing_of("Acme/Billing-web", [file]) == legacy
    assert standing_of("acme/billing-api", [file]) == Standing(exemplars=EXEMPLARS)
    assert standing_of("other/x", [file]) == Standing(exemplars=EXEMPLARS)


def test_an_exemplary_repository_is_not_its_own_exemplar():
    standing = standing_of("acme/LEDGER", [parse_standings(TEXT)])
    assert standing == Standing(Quality.EXEMPLARY, Status.GROWING, exemplars=("acme/platform-*",))


def test_the_first_file_that_knows_a_repository_decides():
    operator = parse_standings('[[repository]]\nmatch = "acme/ledger"\nquality = "legacy"\n')
    organisation = parse_standings(TEXT)
    assert standing_of("acme/ledger", [operator, organisation]).quality is Quality.LEGACY
    assert standing_of("acme/x", [operator, organisation]).exemplars == ("acme/platform-*",)
    assert standing_of("acme/x", []) == Standing()


def test_what_a_glob_takes_out_is_no_exemplar():
    file = parse_standings('[[repository]]\nmatch = ["acme/*", "!acme/a"]\nquality = "exemplary"\n')
    assert standing_of("x/y", [file]).exemplars == ("acme/*",)


def test_ten_exemplars_are_enough():
    match = ", ".join(f'"acme/r{number}"' for number in range(20))
    file = parse_standings(f'[[repository]]\nmatch = [{match}]\nquality = "exemplary"\n')
    assert len(standing_of("x/y", [file]).exemplars) == 10


ENTRY = "[[repository]]\nmatch = 'ok'\n\n[[repository]]\nmatch = 'acme/x'\n{}\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "qualty = 'legacy'",
            "6: a repository's standing is left out: `qualty` is no key of a repository; did you mean ",
        ),
        (
            "quality = 'bad'",
            "6: a repository's standing is left out: `bad` is no quality: use exemplary, normal or legacy",
        ),
        (
            "status = 1",
            "6: a repository's standing is left out: `1` is no status: use growing, maintained or deprecated",
        ),
        ("note = 1", "6: a repository's standing is left out: `note` must be a text"),
        ("[repositories]", "6: `repositories` is no key here; did you mean `repository`?"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_costs_its_entry_alone(line, expected):
    [problem] = told(ENTRY.format(line))
    assert problem.startswith(f"repositories.toml:{expected}")
    assert parse_standings(ENTRY.format(line)).entries[0].match == ("ok",)


@pytest.mark.parametrize(
    ("match", "why"),
    [
        ("", 'it needs a `match`, such as `match = "acme/billing-*"`'),
        ("match = []", "it needs a `match`"),
        ("match = 1", "it needs a `match`"),
        ("match = ['']", "it needs a `match`"),
        ("match = '!'", "`match` holds something that is no glob"),
        ("match = '*a*b*c*d*e'", "`match` holds something that is no glob: it has too many wildcards"),
    ],
)
def test_an_entry_needs_globs(match, why):
    [problem] = told(f"\n[[repository]]\n{match}\n")
    line = 3 if match else 2
    assert problem.startswith(f"repositories.toml:{line}: a repository's standing is left out: {why}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = \nb", "1: no repository's standing is read: invalid TOML: Invalid value (at line 1, column 5)"),
        ("a = 1\nb = [", "2: no repository's standing is read: invalid TOML: Invalid value (at end of document)"),
        ("a = " + "[" * 100_000, "1: no repository's standing is read: invalid TOML: it nests too deeply"),
        ("#" * (MAX_CHARACTERS + 1), "1: no repository's standing is read: it is longer than 1000000 characters"),
        ("\0", "1: no repository's standing is read: invalid TOML: "),
        ("\n[repository]\nmatch = 'x'", "2: write `[[repository]]` with two brackets"),
        ("repository = [1]", "1: a repository's standing is left out: expected a table with a `match`"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(text, expected):
    [problem] = told(text)
    assert problem.startswith(f"repositories.toml:{expected}")
    assert parse_standings(text).entries == ()


def test_an_entry_knows_the_line_of_its_header():
    assert [entry.line for entry in parse_standings(TEXT).entries] == [1, 5, 14]
    assert [entry.line for entry in parse_standings("\nrepository = [{match = 'a'}, {match = 'b'}]").entries] == [2, 2]


def test_problems_say_whose_file_it_is():
    [problem] = parse_standings("a = 1", "/etc/rules/repositories.toml", "operator").problems
    assert (problem.path, problem.origin) == ("/etc/rules/repositories.toml", "operator")


def test_an_empty_file_says_nothing():
    assert parse_standings("") == Standings()
