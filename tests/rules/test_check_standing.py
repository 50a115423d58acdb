"""What `rules check` says of `repositories.toml`."""

from pr_reviewer.rules.check_standing import check_standings
from pr_reviewer.rules.standing import parse_standings

PATH = "repositories.toml"


def told(*entries):
    text = "\n".join(f"[[repository]]\n{entry}\n" for entry in entries)
    return [(each.code, str(each), each.is_error) for each in check_standings(parse_standings(text, PATH), PATH)]


def doubts(*entries):
    said = told(*entries)
    assert {(code, is_error) for code, _, is_error in said} <= {("standing-without-effect", False)}
    return [text for _, text, _ in said]


def test_what_is_in_order_is_not_spoken_of():
    legacy = 'match = "acme/a-*"\nquality = "legacy"\nstatus = "deprecated"\nsuccessor = "acme/b"'
    assert told('match = "acme/*"\nstatus = "growing"', legacy, 'match = "acme/a-1"\nnote = "Kept."') == []


def test_what_a_review_leaves_out_is_an_error_with_its_own_line():
    assert told('match = "acme/a"\nquality = "bad"', 'match = "acme/b"', 'quality = "legacy"', 'match = "acme/c"') == [
        (
            "invalid-standing",
            f"{PATH}:3: a repository's standing is left out: `bad` is no quality: use exemplary, normal or legacy",
            True,
        ),
        (
            "invalid-standing",
            f'{PATH}:8: a repository\'s standing is left out: it needs a `match`, such as `match = "acme/billing-*"`',
            True,
        ),
    ]


def test_an_entry_that_a_later_one_covers_never_holds():
    covered = f"{PATH}:1: this entry never holds: the one on line 4 matches all that it does, and the last one holds"
    assert doubts('match = "acme/A"', 'match = ["acme/a", "acme/b"]') == [covered]
    assert doubts('match = ["acme/a", "!acme/b"]', 'match = "*"') == [covered]
    assert doubts('match = "acme/a"', 'match = "acme/*"') == []  # what a glob matches is not guessed
    assert doubts('match = "acme/a"', 'match = ["*", "!acme/a"]') == []


def test_an_address_matches_no_repository():
    said = f"{PATH}:1: `https://github.com/acme/a` matches no repository: write `owner/name`, not an address"
    assert doubts('match = "https://github.com/acme/a"') == [said]


def test_only_a_deprecated_repository_has_a_successor_and_one_that_is_not_deprecated():
    assert doubts('match = "acme/a"\nsuccessor = "acme/b"') == [
        f'{PATH}:1: `successor` has no effect: only a repository with `status = "deprecated"` points to one'
    ]
    old = 'match = "acme/{}"\nstatus = "deprecated"\nsuccessor = "acme/{}"'
    assert doubts(old.format("a", "b"), old.format("b", "c")) == [
        f"{PATH}:1: `acme/b`, the successor, is deprecated itself"
    ]
