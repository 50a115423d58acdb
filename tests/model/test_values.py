"""Bad values cannot be made, and good ones answer questions about themselves."""

import pytest

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.findings import Confidence, Severity
from pr_reviewer.model.people import Permission


@pytest.mark.parametrize(("first", "last"), [(9, 1), (0, 3), (-1, -1), (2, 1)])
def test_a_range_that_is_none_cannot_be_made(first, last):
    with pytest.raises(ValueError, match="not a range of lines"):
        LineRange(first, last)


def test_a_range_knows_its_lines():
    lines = LineRange(3, 5)
    assert len(lines) == 3
    assert [number for number in range(8) if number in lines] == [3, 4, 5]
    assert lines.overlaps(LineRange(5, 9))
    assert not lines.overlaps(LineRange(6, 9))


def test_severities_rank_from_the_worst():
    assert sorted(Severity, key=lambda severity: severity.rank) == [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    assert Severity.ERROR.reaches(Severity.WARNING)
    assert not Severity.NOTE.reaches(Severity.WARNING)
    assert min(Confidence, key=lambda confidence: confidence.rank) is Confidence.HIGH


def test_only_writers_and_admins_can_write():
    assert [each for each in Permission if each.can_write] == [Permission.WRITE, Permission.ADMIN]
