"""Comments that silence rules, and the lines on which they do."""

import pytest

from pr_reviewer.model.changes import LineRange
from pr_reviewer.rules.ignore import Ignore, find_ignores


def found(text, language):
    return [
        (each.line, (each.governs.first, each.governs.last), each.rule_ids, each.reason)
        for each in find_ignores(text.split("\n"), language)
    ]


def lines(text, language):
    return [(line, governs) for line, governs, _, _ in found(text, language)]


def test_a_comment_behind_code_governs_its_line():
    text = "a()\nb()  # pr-reviewer: ignore[no-b, agents-md/x.y] it is a fake"
    assert find_ignores(text.split("\n"), "python") == (
        Ignore(2, LineRange(2, 2), ("no-b", "agents-md/x.y"), "it is a fake"),
    )


def test_a_comment_of_its_own_governs_the_next_line_of_code():
    text = "a()\n# pr-reviewer: ignore[x] why\n# more\n\nb()\nc()"
    assert lines(text, "python") == [(2, (5, 5))]


def test_the_decorators_before_a_definition_are_governed_with_its_header_alone():
    text = "# pr-reviewer: ignore[x] why\n@app.get(\n    '/',\n)\n# note\n@other\ndef f():\n    body()"
    assert lines(text, "python") == [(1, (2, 7))]
    assert lines("// pr-reviewer: ignore[x]\n#[test]\nfn f() {}", "rust") == [(1, (2, 3))]
    assert lines("// pr-reviewer: ignore[x]\n[Fact]\nvoid F() {}", "csharp") == [(1, (2, 3))]
    assert lines("// pr-reviewer: ignore[x]\n[1, 2].map(f)\ng()", "typescript") == [(1, (2, 2))]
    assert lines("// pr-reviewer: ignore[x]\npublic @interface A {}\ng()", "java") == [(1, (2, 2))]


def test_a_comment_with_nothing_behind_it_governs_itself():
    assert lines("a()\n# pr-reviewer: ignore[x]\n", "python") == [(2, (2, 2))]
    assert lines("# pr-reviewer: ignore[x]\n@a(", "python") == [(1, (2, 2))]


@pytest.mark.parametrize(
    ("comment", "ids", "reason"),
    [
        ("# pr-reviewer: ignore[a]: since it is old", ("a",), "since it is old"),
        ("# pr-reviewer: ignore[a] – old\r", ("a",), "old"),
        ("#pr-reviewer:ignore[ a ,, b ]", ("a", "b"), ""),
        ("# PR-Reviewer: Ignore[a]", ("a",), ""),
        ("# pr-reviewer: ignore", (), ""),
        ("# pr-reviewer: ignore[] all", (), "all"),
        ("# noqa: E501  # pr-reviewer: ignore[a] old", ("a",), "old"),
    ],
)
def test_ids_and_reason_are_read_as_people_write_them(comment, ids, reason):
    assert [each[2:] for each in found(f"x()  {comment}", "python")] == [(ids, reason)]


@pytest.mark.parametrize(
    "text",
    [
        "# use pr-reviewer: ignore[a] to silence it",
        "# pr-reviewer: ignored[a]",
        "# pr-reviewer: ignore-next[a]",
        "x = '# pr-reviewer: ignore[a]'",
        'x = "\\" # pr-reviewer: ignore[a]"',
        'x = """\n# pr-reviewer: ignore[a]\n"""',
        "'''\n# pr-reviewer: ignore[a]",
        "// pr-reviewer: ignore[a]",
    ],
)
def test_what_is_no_comment_of_this_meaning_silences_nothing(text):
    assert found(text, "python") == []


@pytest.mark.parametrize(
    ("language", "comment"),
    [
        ("typescript", "/* pr-reviewer: ignore[a] why */"),
        ("tsx", "// pr-reviewer: ignore[a] why"),
        ("go", "// pr-reviewer: ignore[a] why"),
        ("css", "/* pr-reviewer: ignore[a] why */"),
        ("html", "<!-- pr-reviewer: ignore[a] why -->"),
        ("vue", "<!-- pr-reviewer: ignore[a] why -->"),
        ("sql", "-- pr-reviewer: ignore[a] why"),
        ("lua", "--[[ pr-reviewer: ignore[a] why ]]"),
        ("haskell", "{- pr-reviewer: ignore[a] why -}"),
        ("ocaml", "(* pr-reviewer: ignore[a] why *)"),
        ("json", "// pr-reviewer: ignore[a] why"),
        ("vim", '" pr-reviewer: ignore[a] why'),
        ("batch", "rem pr-reviewer: ignore[a] why"),
        ("php", "# pr-reviewer: ignore[a] why"),
        ("rust", "/* pr-reviewer: ignore[a] why */"),
        ("jinja", "{# pr-reviewer: ignore[a] why #}"),
    ],
)
def test_every_language_has_its_own_comments(language, comment):
    code = "fn f<'a>(x: &'a str) {}" if language == "rust" else "f(1)"
    assert found(f"{code}\n{code} {comment}", language) == [(2, (2, 2), ("a",), "why")]


def test_a_block_over_several_lines_is_read_line_by_line():
    text = "/**\n * Text.\n * pr-reviewer: ignore[a] why\n */\n\nclass A {}"
    assert found(text, "java") == [(3, (6, 6), ("a",), "why")]


def test_a_comment_in_jsx_braces_governs_the_next_line():
    text = "<div>\n  {/* pr-reviewer: ignore[a] why */}\n  <b/>\n</div>"
    assert lines(text, "tsx") == [(2, (3, 3))]


def test_templates_and_raw_strings_hide_no_comment_and_are_none():
    assert lines("a = `\n// pr-reviewer: ignore[a]\n`; // pr-reviewer: ignore[b]", "typescript") == [(3, (3, 3))]
    assert lines("a := `\\` // pr-reviewer: ignore[b]", "go") == [(1, (1, 1))]


def test_a_mark_within_a_word_starts_no_comment_where_the_language_wants_a_blank():
    assert found("echo ${x#pr-reviewer: ignore[a]}", "bash") == []
    assert lines("echo x # pr-reviewer: ignore[a]", "bash") == [(1, (1, 1))]


@pytest.mark.parametrize("language", [None, "rst", "cobol"])
def test_a_file_without_known_comments_has_none(language):
    assert found("x # pr-reviewer: ignore[a]", language) == []


def test_a_file_that_never_says_it_is_not_searched():
    assert find_ignores(["x = 1  # fine"], "python") == ()
