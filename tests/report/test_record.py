"""What a comment remembers of why its finding was raised."""

from dataclasses import replace

import pytest

from pr_reviewer.model.findings import Category, Confidence, Origin, Severity
from pr_reviewer.report.markers import without_markers
from pr_reviewer.report.record import Record, read_record, record_of, short_id, write_record
from tests.report.builders import placed

NASTY = "It --> ends @octocat #1 <b> `x` -- !1 \ud800 \U0001f600"
RECORD = Record(Severity.ERROR, Category.RULE, Origin.MODEL, Confidence.HIGH, "no-eval", NASTY)


def test_what_is_written_is_read_again():
    read = read_record(f"Words.\r\n\r\n{write_record(RECORD)}\r\n<!-- pr-reviewer:finding v1 v1:ab -->")
    assert read == replace(RECORD, verification=NASTY.replace("\ud800", "\ufffd"))


def test_nothing_in_it_ends_the_comment_or_calls_anybody():
    line = write_record(RECORD)
    inside = line.removeprefix("<!-- pr-reviewer:about v1 ").removesuffix(" -->")
    assert not set("<>&@#!`-\n") & set(inside)
    assert without_markers(f"Words.\n\n{line}") == "Words."


def test_a_finding_of_code_remembers_no_rule_and_no_verification():
    record = record_of(placed())
    assert (record.rule_id, record.verification) == ("", "")
    assert read_record(write_record(record)) == record


def test_a_secret_in_a_verification_is_masked():
    told = replace(placed(), verification="The key AKIAIOSFODNN7EXAMPLF is sent.")
    assert "AKIA" not in record_of(told).verification


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- pr-reviewer:about v1 {} -->",
        "<!-- pr-reviewer:about v1 {broken} -->",
        '<!-- pr-reviewer:about v1 {"severity": "dreadful"} -->',
        '> <!-- pr-reviewer:about v1 {"severity": "error"} -->',
    ],
)
def test_what_is_no_record_is_none(body):
    assert read_record(body) is None


def test_a_short_id_is_the_beginning_of_the_fingerprint():
    assert short_id("v1:0123456789abcdef") == "01234567"
