from pr_reviewer.diff.unified import unified
from pr_reviewer.findings.combine import combined_text, patch_of
from tests.findings.builders import placed

HEAD = "a = 1\r\nb = 2\r\nc = 3\r\nd = 4"


def test_all_suggestions_stand_in_the_text_whatever_their_order():
    more, gone, last = (
        placed("a = 1", 1, suggestion="a = 1\nextra = 0"),
        placed("c = 3", 3, suggestion=""),
        placed("d = 4", 4, suggestion="d = 5"),
    )
    text = "a = 1\r\nextra = 0\r\nb = 2\r\nd = 5"
    assert combined_text(HEAD, [more, gone, last]) == combined_text(HEAD, [last, more, gone]) == text


def test_the_patch_has_the_line_ends_of_the_file():
    patch = unified(patch_of("a.py", HEAD, [placed("d = 4", 4, suggestion="d = 5\ne = 6")]))
    assert patch.endswith(
        "@@ -1,4 +1,5 @@\n a = 1\r\n b = 2\r\n c = 3\r\n-d = 4\n\\ No newline at end of file\n"
        "+d = 5\r\n+e = 6\n\\ No newline at end of file\n"
    )
