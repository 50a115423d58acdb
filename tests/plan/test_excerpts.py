from dataclasses import replace

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.plan.excerpts import Excerpt, excerpt_around, render_excerpts, shortened
from tests.plan.builders import ChangedFile, changed_lines, edited


def _range(excerpt):
    return excerpt.first, excerpt.last


def test_the_definition_around_a_finding_is_shown_with_some_lines_more():
    file = replace(changed_lines("a.py", 400, 50), scopes=(LineRange(45, 60), LineRange(40, 120), LineRange(1, 400)))

    assert _range(excerpt_around(file, LineRange(50, 50), Side.NEW)) == (30, 130)


def test_code_outside_of_definitions_is_shown_with_lines_around_it():
    file = changed_lines("a.py", 400, 100)

    assert _range(excerpt_around(file, LineRange(100, 101), Side.NEW)) == (60, 141)
    assert _range(excerpt_around(file, LineRange(2, 2), Side.NEW)) == (1, 42)


def test_a_finding_about_removed_lines_is_shown_where_they_stood():
    head = tuple(f"line {number}" for number in range(1, 401))
    diff = edited("a.py", "@@ -200,2 +300 @@\n kept\n-gone")

    assert _range(excerpt_around(ChangedFile(diff, head), LineRange(201, 201), Side.OLD)) == (260, 340)


def test_removed_lines_that_the_diff_does_not_know_are_looked_for_after_its_last_line():
    file = changed_lines("a.py", 400, 100)

    assert _range(excerpt_around(file, LineRange(390, 390), Side.OLD)) == (63, 143)


def test_a_file_that_is_not_at_hand_or_shorter_than_claimed_has_no_excerpt():
    file = changed_lines("a.py", 60, 10)

    assert excerpt_around(replace(file, head_lines=()), LineRange(10, 10), Side.NEW) is None
    assert excerpt_around(file, LineRange(900, 900), Side.NEW) is None


def test_excerpts_that_meet_show_each_line_once():
    text = render_excerpts(
        [
            Excerpt("a.py", 4, ("four", "five\r")),
            Excerpt("b.py", 1, ("one",)),
            Excerpt("a.py", 5, ("five\r", "six\udcff")),
            Excerpt("a.py", 9, ("nine",)),
        ]
    )

    assert text == "### a.py\n@@\n4  four\n5  five\n6  six\ufffd\n@@\n9  nine\n\n### b.py\n@@\n1  one\n"


def test_an_excerpt_is_shortened_around_the_finding():
    excerpt = Excerpt("a.py", 11, tuple(map(str, range(11, 111))))

    assert _range(shortened(excerpt, LineRange(60, 60), 20)) == (50, 69)
    assert _range(shortened(excerpt, LineRange(11, 11), 20)) == (11, 30)
    assert _range(shortened(excerpt, LineRange(110, 110), 20)) == (91, 110)
    assert shortened(excerpt, LineRange(60, 60), 500) == excerpt
