"""The exact text of every kind of report."""

import pytest

from tests.report.golden import FOLDER, reports

REPORTS = reports()


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_exactly_like_its_golden_file(name):
    assert REPORTS[name] == (FOLDER / name).read_bytes().decode("utf-8")


def test_every_golden_file_has_its_report():
    assert {path.name for path in FOLDER.iterdir()} == set(REPORTS)
