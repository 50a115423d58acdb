from pr_reviewer.diff.unified import unified
from pr_reviewer.findings.combine import combine, patch_of
from pr_reviewer.findings.suggest import judge
from pr_reviewer.model.code import SyntaxProblem
from tests.findings.builders import placed

HEAD = "a = 1\r\nb = 2\r\nc = 3\r\nd = 4"


def test_all_suggestions_stand_in_the_text_whatever_their_order():
    more, gone, last = (
        placed("a = 1", 1, suggestion="a = 1\nextra = 0"),
        placed("c = 3", 3, suggestion=""),
        placed("d = 4", 4, suggestion="d = 5"),
    )
    text = "a = 1\r\nextra = 0\r\nb = 2\r\nd = 5"
    assert combine(HEAD, [more, gone, last]).text_after == combine(HEAD, [last, more, gone]).text_after == text


def test_the_patch_has_the_line_ends_of_the_file():
    patch = unified(patch_of("a.py", HEAD, [placed("d = 4", 4, suggestion="d = 5\ne = 6")]))
    assert patch.endswith(
        "@@ -1,4 +1,5 @@\n a = 1\r\n b = 2\r\n c = 3\r\n-d = 4\n\\ No newline at end of file\n"
        "+d = 5\r\n+e = 6\n\\ No newline at end of file\n"
    )


def test_each_line_has_one_place_in_both_versions():
    parts = placed("a = 1", 1, suggestion="a = 1\nextra = 0"), placed("c = 3", 3, suggestion="")
    moved = combine(HEAD, parts).moved
    assert [moved.of_head(line) for line in (1, 2, 3, 4)] == [-1, 3, -2, 4]
    assert [moved.of_result(line) for line in (1, 2, 3, 4)] == [-1, -1, 3, 4]


def test_what_was_wrong_in_one_replacement_excuses_nothing_in_another():
    both = combine(HEAD, [placed("a = 1", 1, suggestion="a = 2"), placed("c = 3", 3, suggestion="c = (")])
    before, after = (SyntaxProblem(1, 1, "odd"),), (SyntaxProblem(3, 1, "odd"),)
    assert judge(both, before, before) is None
    assert judge(both, before, after) == "With the suggestion, line 3 does not parse: odd"
