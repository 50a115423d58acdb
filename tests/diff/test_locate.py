"""Line look-ups say which line stands where, on which side, in which hunk."""

import pytest

from pr_reviewer.diff.locate import find_hunk, lines_of, number_of, span_of, text_of
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, LineRange, Side
from tests.diff.builders import added, context, removed

_FIRST = Hunk(2, 2, "", (context("a", 2, 2), removed("b", 3), added("B", 3), added("BB", 4), context("c", 4, 5)))
_SECOND = Hunk(9, 9, "", (removed("x", 9), removed("y", 10)))
_FILE = FileDiff("f", FileStatus.MODIFIED, (_FIRST, _SECOND))


def test_a_line_has_a_number_on_the_sides_on_which_it_stands():
    assert (number_of(removed("b", 3), Side.OLD), number_of(removed("b", 3), Side.NEW)) == (3, None)
    assert (number_of(context("c", 4, 5), Side.OLD), number_of(context("c", 4, 5), Side.NEW)) == (4, 5)


def test_the_lines_of_a_side_come_in_order_with_their_hunk():
    assert [(index, line.text) for index, line in lines_of(_FILE, Side.NEW)] == [
        (0, "a"),
        (0, "B"),
        (0, "BB"),
        (0, "c"),
    ]
    assert [(index, line.text) for index, line in lines_of(_FILE, Side.OLD)] == [
        *((0, "a"), (0, "b"), (0, "c")),
        *((1, "x"), (1, "y")),
    ]


def test_a_hunk_spans_its_lines_on_each_side():
    assert span_of(_FIRST, Side.NEW) == LineRange(2, 5)
    assert span_of(_SECOND, Side.OLD) == LineRange(9, 10)
    assert span_of(_SECOND, Side.NEW) is None


@pytest.mark.parametrize(
    ("side", "lines", "hunk", "text"),
    [
        (Side.NEW, LineRange(3, 4), _FIRST, "B\nBB"),
        (Side.NEW, LineRange(2, 5), _FIRST, "a\nB\nBB\nc"),
        (Side.OLD, LineRange(3, 4), _FIRST, "b\nc"),
        (Side.OLD, LineRange(10, 10), _SECOND, "y"),
        (Side.OLD, LineRange(4, 9), None, None),
        (Side.NEW, LineRange(1, 2), None, None),
        (Side.NEW, LineRange(9, 9), None, None),
    ],
)
def test_a_range_stands_in_the_one_hunk_that_shows_all_of_it(side, lines, hunk, text):
    assert find_hunk(_FILE, side, lines) == hunk
    assert text_of(_FILE, side, lines) == text
