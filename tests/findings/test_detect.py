"""What code finds without a model: only what the change brings in, quoted as it stands there."""

from dataclasses import replace

import pytest

from pr_reviewer.findings.detect import merge_marker_findings, pattern_findings, secret_findings, syntax_findings
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange
from pr_reviewer.model.code import Masked, PatternHit, Secret, SyntaxProblem
from pr_reviewer.model.findings import Category, Confidence, Finding, Origin, Severity
from pr_reviewer.model.rules import Rule
from tests.rules.builders import rule_source


def file_of(*hunks: str, path="app.py", status=FileStatus.MODIFIED) -> FileDiff:
    """A file from hunks that are written as in a diff, each behind the number of its first line: `3| a`, `+b`."""
    return FileDiff(path, status, tuple(_hunk(hunk) for hunk in hunks))


def _hunk(text: str) -> Hunk:
    start, _, body = text.partition("|")
    old = new = int(start)
    lines = []
    for row in body.split("\n"):
        kind = LineKind(row[0])
        is_old, is_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
        lines.append(Line(kind, row[1:], old if is_old else None, new if is_new else None))
        old, new = old + is_old, new + is_new
    return Hunk(int(start), int(start), "", tuple(lines))


RULE = Rule(
    "no-x",
    "No x",
    "It breaks\nthe *build*.\n\nSources: [x](https://x)",
    rule_source("pack", "a.md", 1),
    Severity.ERROR,
)
CODE = {"confidence": Confidence.HIGH, "origin": Origin.CODE}


class TestPatternFindings:
    FILE = file_of("3| a\n-old\n+b\n+c\n d", "20| x\n-y\n z")

    def found(self, first, last, file=FILE):
        return pattern_findings(file, [PatternHit("no-x", LineRange(first, last))], [RULE])

    def test_a_hit_on_an_added_line_is_a_finding_with_the_rule_and_its_reason(self):
        assert self.found(4, 4) == [
            Finding(
                "app.py",
                "b",
                Severity.ERROR,
                Category.RULE,
                "No x",
                "It breaks the *build*.",
                LineRange(4, 4),
                rule_id="no-x",
                **CODE,
            )
        ]

    @pytest.mark.parametrize(("first", "last"), [(3, 3), (6, 6), (10, 12), (20, 21)])
    def test_a_hit_beside_the_added_lines_is_none(self, first, last):
        assert self.found(first, last) == []

    @pytest.mark.parametrize(("first", "last", "quote"), [(3, 4, "a\nb"), (1, 99, "a\nb\nc\nd"), (5, 6, "c\nd")])
    def test_a_hit_that_reaches_further_quotes_what_the_hunk_shows(self, first, last, quote):
        [finding] = self.found(first, last)
        assert finding.quote == quote
        assert len(finding.lines) == quote.count("\n") + 1

    def test_a_long_hit_is_cut_to_the_lines_that_show_the_change(self):
        context = "\n".join(f" c{n}" for n in range(20))
        [early] = self.found(1, 50, file_of(f"1| a\n+b\n{context}"))
        [late] = self.found(1, 50, file_of(f"1|{context}\n+b\n{context}"))
        assert (early.lines, early.quote[:3]) == (LineRange(1, 12), "a\nb")
        assert (late.lines, late.quote[:2]) == (LineRange(21, 32), "b\n")

    def test_equal_hits_and_hits_of_other_rules_are_passed_over(self):
        hits = [PatternHit("no-x", LineRange(4, 4))] * 2 + [PatternHit("gone", LineRange(4, 4))]
        assert len(pattern_findings(self.FILE, hits, [RULE])) == 1

    def test_a_rule_without_text_says_its_title(self):
        [finding] = pattern_findings(self.FILE, [PatternHit("no-x", LineRange(4, 4))], [replace(RULE, text="")])
        assert finding.message == "No x"


class TestSyntaxFindings:
    FILE = file_of("3| a\n+b\n c", "20| x\n+y")
    BROKEN = (SyntaxProblem(21, 7, "`)` is missing"),)

    def test_a_file_that_the_change_broke_is_said_on_the_line(self):
        assert syntax_findings(self.FILE, (), self.BROKEN) == [
            Finding(
                "app.py",
                "y",
                Severity.ERROR,
                Category.SYNTAX,
                "Syntax error",
                "The file does not parse: line 21, column 7: `)` is missing. It did before this change.",
                LineRange(21, 21),
                **CODE,
            )
        ]

    @pytest.mark.parametrize(("line", "quote"), [(1, "b"), (5, "b"), (11, "b"), (15, "y"), (500, "y")])
    def test_an_error_elsewhere_stands_on_the_nearest_added_line(self, line, quote):
        [finding] = syntax_findings(self.FILE, (), [SyntaxProblem(line, 1, "invalid syntax")])
        assert finding.quote == quote
        assert f"line {line}, column 1" in finding.message

    def test_a_removal_that_broke_the_file_stands_on_what_is_left(self):
        [finding] = syntax_findings(file_of("3| a\n-}\n b"), (), [SyntaxProblem(99, 1, "unexpected end")])
        assert (finding.quote, finding.lines) == ("b", LineRange(4, 4))

    def test_many_errors_are_one_finding_at_the_first(self):
        problems = [SyntaxProblem(21, 7, "b"), SyntaxProblem(4, 2, "a"), SyntaxProblem(22, 1, "c")]
        [finding] = syntax_findings(self.FILE, (), problems)
        assert finding.quote == "b"
        assert finding.message.endswith(
            "column 2: a. It did before this change. There are 3 such places; this is the first."
        )

    def test_a_new_file_has_no_before(self):
        [finding] = syntax_findings(replace(self.FILE, status=FileStatus.ADDED), None, self.BROKEN)
        assert "before" not in finding.message

    @pytest.mark.parametrize(("before", "after"), [((), ()), ((), None), (None, BROKEN), (BROKEN, BROKEN)])
    def test_what_parses_was_broken_before_or_cannot_be_told_is_silent(self, before, after):
        assert syntax_findings(self.FILE, before, after) == []

    def test_a_change_that_shows_no_line_of_the_head_is_silent(self):
        assert syntax_findings(file_of("1|-a"), (), self.BROKEN) == []


CONFLICT = "1| a\n+<<<<<<< HEAD\n b\n+=======\n+c\n+>>>>>>> feature/x\n d"


class TestMergeMarkerFindings:
    def test_a_conflict_is_one_finding_on_its_first_marker(self):
        assert merge_marker_findings(file_of(CONFLICT)) == [
            Finding(
                "app.py",
                "<<<<<<< HEAD",
                Severity.ERROR,
                Category.MERGE_MARKER,
                "Left-over merge marker",
                "Markers of an unresolved merge conflict stand on lines 2, 4, 6: keep one side and delete them.",
                LineRange(2, 2),
                **CODE,
            )
        ]

    def test_a_conflict_across_hunks_is_one(self):
        file = file_of("1|+<<<<<<< HEAD\n a", "30| b\n+=======\n+c\n+>>>>>>> x")
        assert [finding.lines for finding in merge_marker_findings(file)] == [LineRange(1, 1)]

    def test_each_of_several_conflicts_is_said(self):
        two = file_of(
            CONFLICT, "20|+<<<<<<< a\n+||||||| base\n+=======\r\n+>>>>>>> b\r", "40|+<<<<<<< z", "50|+<<<<<<< y"
        )
        assert [finding.lines.first for finding in merge_marker_findings(two)] == [2, 20, 40, 50]

    @pytest.mark.parametrize(
        ("text", "line"),
        [("1| a\n+<<<<<<< HEAD\n b", 2), ("1| a\n+=======\n+>>>>>>> x", 2), ("1| =======\n a\n+>>>>>>> x", 3)],
    )
    def test_a_marker_left_alone_is_said(self, text, line):
        [finding] = merge_marker_findings(file_of(text))
        assert finding.lines.first == line

    def test_a_single_marker_says_what_to_check(self):
        [finding] = merge_marker_findings(file_of("1|+>>>>>>> x"))
        assert finding.message == (
            "A marker of a merge conflict was left here: delete it, and check that only one side was kept."
        )

    @pytest.mark.parametrize(
        "text",
        [
            "1|+Title\n+=======\n+text",
            "1|+a\n+======= b\n+||||||| c",
            "1|+ <<<<<<< HEAD\n+    =======\n+  >>>>>>> x",
            "1|+<<<<<<<\n+<<<<<<<< x\n+>>>>>>>>> x\n+>>>> x",
            "1| <<<<<<< HEAD\n a\n =======\n b\n >>>>>>> x\n+c",
            "1|-<<<<<<< HEAD\n-=======\n->>>>>>> x\n+a",
            "1|+=======\n+a\n+=======\n+b",
        ],
    )
    def test_what_is_no_conflict_of_this_change_is_silent(self, text):
        assert merge_marker_findings(file_of(text)) == []

    def test_prose_needs_a_whole_conflict_outside_of_code_fences(self):
        fenced = "1|+```\n+<<<<<<< HEAD\n+=======\n+>>>>>>> x\n+```"
        assert merge_marker_findings(file_of(fenced, path="a.md")) == []
        assert merge_marker_findings(file_of("1|+>>>>>>> quoted mail", path="a.txt")) == []
        assert len(merge_marker_findings(file_of(CONFLICT, path="a.rst"))) == 1
        assert len(merge_marker_findings(file_of(fenced, path="a.py"))) == 1

    @pytest.mark.parametrize("path", ["tests/fixtures/a.py", "a.patch", "pkg/testdata/x.go", "a.rej"])
    def test_a_fixture_is_silent(self, path):
        assert merge_marker_findings(file_of(CONFLICT, path=path)) == []

    def test_markers_in_a_test_that_parses_are_a_text_of_the_test(self):
        assert merge_marker_findings(file_of(CONFLICT, path="tests/test_git.py"), parses=True) == []
        assert len(merge_marker_findings(file_of(CONFLICT, path="tests/test_git.py"))) == 1
        assert len(merge_marker_findings(file_of(CONFLICT, path="latest/git.py"), parses=True)) == 1


class TestSecretFindings:
    def test_a_secret_on_an_added_line_is_an_error_that_says_to_revoke_it(self):
        file = file_of("1| a\n+key = raw\n c")
        masked = Masked("a\nkey = [masked npm token]\nc", (Secret(2, "npm token"),))
        assert secret_findings(file, masked) == [
            Finding(
                "app.py",
                "key = [masked npm token]",
                Severity.ERROR,
                Category.SECRET,
                "Secret in the code: npm token",
                "This looks like a live npm token. Everyone who can read the repository, or its history, has it now: "
                "revoke it, issue a new one, and read it from the environment or a secret store. Deleting the line is "
                "not enough.",
                LineRange(2, 2),
                **CODE,
            )
        ]

    def test_a_secret_on_an_old_line_is_none(self):
        masked = Masked("x\nb", (Secret(1, "npm token"),))
        assert secret_findings(file_of("1| x\n+b"), masked) == []

    def test_a_secret_of_many_lines_is_one_finding_and_two_kinds_are_two(self):
        body = "\n".join(["+x"] * 30)
        secrets = (*(Secret(n, "private key") for n in range(1, 29)), Secret(28, "npm token"), Secret(29, "npm token"))
        found = secret_findings(file_of(f"1|{body}"), Masked("m\n" * 30, secrets))
        assert [(finding.lines, finding.title.split(": ")[1]) for finding in found] == [
            (LineRange(1, 12), "private key"),
            (LineRange(29, 29), "npm token"),
        ]
        assert found[0].quote == "\n".join(["m"] * 12)

    def test_secrets_apart_are_findings_apart(self):
        secrets = (Secret(1, "secret"), Secret(3, "secret"))
        found = secret_findings(file_of("1|+a\n+b\n+c"), Masked("m\nb\nm", secrets))
        assert [finding.lines.first for finding in found] == [1, 3]
