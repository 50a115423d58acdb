"""The terminal form: what it shows, and that nothing in it is obeyed."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.model.changes import Side
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.errors import InvalidDiff, UsageError
from pr_reviewer.model.findings import Dropped, Misplaced, Unplaced
from pr_reviewer.model.llm import Message, Prompt, ReplySchema, Role, Task
from pr_reviewer.model.rules import RuleProblem, RulesApplied, Unread
from pr_reviewer.report.dry_run import dry_run_to_text
from pr_reviewer.report.links import Links
from pr_reviewer.report.prose_lines import prose_lines, runs_of
from pr_reviewer.report.read import read_blocks
from pr_reviewer.report.sentences import error_text
from pr_reviewer.report.terminal import Ink, Paper, Style, for_log, hung, width_of, wrap
from pr_reviewer.report.text import Detail, to_text
from pr_reviewer.report.tree import Break, Text
from tests.report.builders import (
    BOOK,
    CHECKOUT,
    FILES,
    INCOMPLETE,
    THREE,
    WITH_RULES,
    covered,
    file,
    finding,
    hunk,
    placed,
    review,
    rule,
    rules_of,
)
from tests.report.nasty import NASTY_TEXT

PLAIN = Paper(20, Ink(is_coloured=False))
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\ud800-\udfff]")
OUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


@given(NASTY_TEXT, st.booleans())
def test_nothing_written_by_others_reaches_the_terminal_as_a_control_character(text, is_coloured):
    one = placed(1, path=f"{text}.py", title=text, message=text, quote=text, suggestion=text, rule_id=text)
    diff = file(f"{text}.py", hunk(1, f"+{text}".replace("\n", "")))
    shown = to_text(
        review(
            comments=(one, replace(one, finding=replace(one.finding, suggestion=None), suggestion_problem=text)),
            folded=(one,),
            unplaced=(Unplaced(one.finding, Misplaced.QUOTE_MISSING),),
            dropped=(Dropped(one.finding, text),),
            coverage=Coverage((FileCoverage(text, CoverageState.SKIPPED, text),), (text,)),
            failures=(text,),
            models=(text,),
            rules=rules_of(text),
        ),
        [diff],
        is_coloured=is_coloured,
        detail=Detail.VERBOSE,
        links=Links(rule_for=lambda _path, _id: rule(text, text, origin=text, path=text)),
    )

    assert not CONTROL.search(OUR_CODES.sub("", shown) if is_coloured else shown)
    assert not re.search(r"(?m)^\s*::|##\[", shown)
    assert shown.endswith("\n")


@given(NASTY_TEXT, st.integers(20, 100))
def test_prose_is_wrapped_to_the_width_but_for_long_words(text, width):
    shown = prose_lines(read_blocks(text), Paper(width, Ink(is_coloured=False)))

    for line in shown:
        longest = max((width_of(word) for word in line.split(" ")), default=0)
        assert width_of(line) <= width or longest > width - 16 or line.startswith("    ") or "    " in line


def test_without_colour_there_is_no_escape_sequence():
    assert "\x1b" not in to_text(THREE, FILES)


def test_with_colour_the_words_are_the_same():
    plain, coloured = to_text(THREE, FILES), OUR_CODES.sub("", to_text(THREE, FILES, is_coloured=True))

    assert coloured.split() == plain.replace("`", "").split()


def test_quiet_says_findings_and_verdict_only():
    quiet = to_text(THREE, FILES, detail=Detail.QUIET)

    assert quiet.startswith("3 findings: 1 error, 2 warnings.\n\nerror: A time-out charges")
    assert "model calls" not in quiet
    assert "poetry.lock" not in quiet


def test_verbose_says_what_was_dropped_and_names_every_file():
    verbose = to_text(THREE, FILES, detail=Detail.VERBOSE)

    assert "Dropped: 1 finding" in verbose
    assert "Reviewed: shop/checkout.py, shop/coupons.py, shop/rates.py" in verbose


def test_verbose_with_nothing_dropped_says_nothing_of_it():
    assert "Dropped" not in to_text(review(), detail=Detail.VERBOSE)


def test_of_many_files_with_one_reason_five_are_named():
    files = tuple(FileCoverage(f"{n}.py", CoverageState.SKIPPED, "r") for n in range(8))
    given_review = replace(INCOMPLETE, coverage=Coverage(files))

    assert "Not reviewed: 0.py, 1.py, 2.py, 3.py, 4.py, 3 more (r)" in to_text(given_review, FILES)


def test_an_excerpt_marks_the_placed_lines_and_numbers_its_side():
    removed = placed(40, 41, path=CHECKOUT.path, side=Side.OLD, message="")

    assert (
        "    38 |   def charge(order: Order, card: Card) -> Receipt:\n"
        '    39 |       """Charge the card once and mark the order as paid."""\n'
        "  > 40 | -     total = order.total()\n"
        "  > 41 | -     receipt = gateway.charge(card, total)\n"
        "       | +     for attempt in range(3):\n"
        "       | +         try:\n"
    ) in to_text(review(comments=(removed,)), FILES)


@pytest.mark.parametrize("files", [(), (file("a.py", hunk(50, "+x")),)])
def test_without_its_lines_in_a_diff_the_quote_is_shown(files):
    assert "\n  > x = 1\n" in to_text(review(comments=(placed(7),)), files)


def test_tabs_and_carriage_returns_are_shown_as_space():
    diff = file("a.py", hunk(1, "+\tx\r"))

    assert "\n  > 1 | +     x\n" in to_text(review(comments=(placed(1),)), [diff])


def test_a_suggestion_that_was_left_out_says_why():
    shown = to_text(review(comments=(placed(problem="A diff alone\nis no file."),)))

    assert "No suggestion: A diff alone␊is no file." in shown


def test_an_unplaced_finding_says_why_it_has_no_line():
    lost = Unplaced(finding(message=""), Misplaced.QUOTE_MISSING)

    assert "warning: A title\n  a.py (no line: the model quoted no code)  correctness\n" in to_text(
        review(unplaced=(lost,))
    )


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("one two three four five", ["one two three four", "five"]),
        ("one\\\ntwo", ["one", "two"]),
        ("a\n\nb", ["a", "", "b"]),
        ("> one two three four five", ["> one two three four", "> five"]),
        ("- one two three four five\n- b", ["- one two three four", "  five", "- b"]),
        ("9. one\n10. two", ["9. one", "10. two"]),
        ("```\none two three four five\n\tx\n```", ["    one two three four five", "        x"]),
        ("*a* **b `c`** [d](https://x.yz) <https://x.yz>", ["a b `c` d (x.yz)", "<https://x.yz>", "https://x.yz"]),
        ("日本語日本語 日本語", ["日本語日本語 日本語"]),
        ("日本語日本語 日本語日本", ["日本語日本語", "日本語日本"]),
    ],
)
def test_prose_on_a_terminal(markdown, lines):
    assert list(prose_lines(read_blocks(markdown), PLAIN)) == lines


def test_colours_tell_code_weight_and_stress_apart():
    ink = Ink(is_coloured=True)

    assert list(prose_lines(read_blocks("*a* **b `c`** d"), Paper(40, ink))) == [
        "\x1b[3ma\x1b[0m \x1b[1mb\x1b[0m \x1b[36mc\x1b[0m d"
    ]
    assert runs_of([Text("a"), Break(), Text("b")], ink) == [("a", Style.PLAIN), (" ", Style.PLAIN), ("b", Style.PLAIN)]
    assert [ink("", Style.BOLD), ink("x", Style.PLAIN)] == ["", "x"]


def test_spaces_within_a_path_are_kept():
    assert list(wrap([("a  b", Style.PLAIN), ("  c", Style.DIM)], PLAIN)) == ["a  b  c"]


def test_paper_never_gets_too_narrow_to_read():
    assert PLAIN.narrower(15) == PLAIN


def test_marks_hang():
    assert list(hung("- ", ["a", "", "b"])) == ["- a", "", "  b"]


def test_combining_characters_take_no_column():
    assert [width_of("e\u0301"), width_of("語"), width_of("ab")] == [1, 2, 2]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", ": :error::x"),
        ("  ::x", "  : :x"),
        ("a ::x", "a ::x"),
        ("say ##[group]x", "say ## [group]x"),
    ],
)
def test_a_ci_runner_takes_no_line_for_a_command(line, shown):
    assert for_log(line) == shown


def test_an_error_says_what_is_wrong_and_below_what_to_do():
    assert error_text(UsageError("no such ref: 'x'", hint="Fetch it first.")) == "no such ref: 'x'\nFetch it first."
    assert error_text(InvalidDiff("no hunk\nhere\x1b[2J ", line=3)) == "line 3 of the diff: no hunk\n  here␛[2J"


def test_a_dry_run_shows_every_byte_of_every_prompt():
    prompt = Prompt(
        Task.REVIEW,
        ("gpt-5",),
        (Message(Role.SYSTEM, "Review.\n\nWell."), Message(Role.USER, "+x\x1b\n")),
        ReplySchema("reply", '{"type": "object"}'),
        100,
    )
    shown = dry_run_to_text(
        [(prompt, 1200), (replace(prompt, schema=None, messages=()), 1)],
        Coverage(covered("a.py"), ("a note",)),
        ["a.py", "b\n.py"],
    )

    assert shown == (
        "Dry run: nothing was sent. The first pass would send 2 prompts, 1,201 tokens.\n\n"
        "Prompt 1 of 2: review, model gpt-5, 1,200 tokens\n\n"
        "--- system\nReview.\n\nWell.\n\n"
        "--- user\n+x␛\n\n\n"
        '--- reply schema reply\n{\n  "type": "object"\n}\n\n'
        "Prompt 2 of 2: review, model gpt-5, 1 tokens\n\n"
        "Later passes may quote from\n  a.py, b␊.py\n\n"
        "Coverage\n  Reviewed: a.py\n\n"
        "  a note\n"
    )


def test_a_dry_run_names_the_rules_of_each_file():
    shown = dry_run_to_text([], Coverage(()), rules=WITH_RULES.rules, links=Links(rule_for=BOOK.rule_for), width=100)
    reviewed = to_text(WITH_RULES, FILES, width=100, detail=Detail.VERBOSE, links=Links(rule_for=BOOK.rule_for))
    title, rules = shown.split("\n\n")[-1].rstrip("\n").split("\n", 1)
    assert title == "Rules, if every call were answered"
    assert "applied to" in rules
    assert rules in reviewed


def test_a_dry_run_of_nothing_says_so():
    assert "0 prompts, 0 tokens" in dry_run_to_text([], Coverage(()))


def test_a_finding_ends_with_its_rule_and_a_place_that_an_editor_opens():
    shown = to_text(WITH_RULES, FILES, width=100, links=Links(rule_for=BOOK.rule_for, installation="/opt/reviewer"))

    assert "\n\n  Rule: Every request has a time-out · acme/.pr-reviewer · best_practices/http.md:31\n\n" in shown
    assert "\n\n  Rule: A to-do names its ticket · operator · /etc/pr-reviewer/rules/house.md:7\n\n" in shown
    assert "  rule\n  py-bare-except (/opt/reviewer/best_practices/core/python.md:12)\n" in shown


def test_which_rules_held_for_which_file_is_said_on_request():
    given_review = review(rules=RulesApplied((("a.py", ("no-print",)), ("b.py", ("no-print",)))))
    links = Links(rule_for=BOOK.rule_for)

    assert "\n\n1 rule applied to 2 files\n\n4 model calls" in to_text(given_review, links=links)
    assert "1 rule applied to 2 files\n  All 2 reviewed files — repository: no-print\n" in to_text(
        given_review, detail=Detail.VERBOSE, links=links
    )
    assert "applied" not in to_text(given_review, detail=Detail.QUIET, links=links)


def test_a_source_that_nobody_expected_is_named_on_request_only():
    given_review = review(rules=RulesApplied(unread=(Unread("o/.pr-reviewer", "there is none", is_expected=True),)))

    assert "\n\n1 source of rules not read\n\n" in to_text(given_review)
    assert "\n  Not read: o/.pr-reviewer — there is none\n" in to_text(given_review, detail=Detail.VERBOSE)


def test_of_very_many_things_to_say_of_rules_some_are_counted():
    problems = tuple(RuleProblem("rules.md", line, "no text") for line in range(1, 25))
    given_review = review(rules=RulesApplied(problems=problems))

    assert "rules.md:20 — no text\n  and 4 more, which --verbose shows\n" in to_text(given_review)
    assert "rules.md:24 — no text\n\n" in to_text(given_review, detail=Detail.VERBOSE)
