"""What code finds without a model: only what the change brings in, quoted as it stands there."""

from dataclasses import replace

import pytest

from pr_reviewer.findings.detect import merge_marker_findings, secret_findings, syntax_findings
from pr_reviewer.model.changes import FileStatus, LineRange
from pr_reviewer.model.code import Masked, Secret, SyntaxProblem
from pr_reviewer.model.findings import Category, Confidence, Finding, Origin, Severity
from tests.findings.builders import file_of

CODE = {"confidence": Confidence.HIGH, "origin": Origin.CODE}


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
