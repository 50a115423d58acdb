"""The exact text that a model sees."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.diff.render import path_label, render_file, render_hunk
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, LineKind
from tests.diff.builders import added, context, diff_of, removed


def _render(text: str) -> str:
    return "".join(render_file(file) for file in parse_diff(text))


def test_each_line_has_its_number_and_removed_ones_say_that_theirs_is_old():
    text = (
        "diff --git a/src/main.py b/src/app.py\n"
        "rename from src/main.py\n"
        "rename to src/app.py\n"
        "--- a/src/main.py\n"
        "+++ b/src/app.py\n"
        "@@ -10,3 +9,3 @@ def main():\n"
        " \tport = 80\n"
        "-    serve(port)\n"
        "+    serve(port, host)\n"
        " \n"
        "@@ -20 +19 @@\n"
        "-a\n"
        "+b\n"
        "\\ No newline at end of file\n"
    )
    assert _render(text) == (
        "### src/app.py\n"
        "renamed from src/main.py\n"
        "@@ def main():\n"
        "9  \tport = 80\n"
        "old 11 -    serve(port)\n"
        "10 +    serve(port, host)\n"
        "11  \n"
        "@@\n"
        "old 20 -a\n"
        "19 +b\n"
        "\\ No newline at end of file\n"
    )


def test_what_happened_to_the_file_is_said_below_its_path():
    def notes(status: FileStatus, old_mode: str | None, new_mode: str | None, old_path: str | None = None) -> str:
        return render_file(FileDiff("f", status, (), old_path, False, old_mode, new_mode))  # noqa: FBT003

    assert notes(FileStatus.MODIFIED, "100644", "100644") == "### f\n"
    assert notes(FileStatus.ADDED, None, "100644") == "### f\nnew file\n"
    assert notes(FileStatus.DELETED, "100644", None) == "### f\ndeleted\n"
    assert notes(FileStatus.COPIED, None, None, "g") == "### f\ncopied from g\n"
    assert notes(FileStatus.MODIFIED, "100644", "100755") == "### f\nmode 100644 to 100755\n"
    assert notes(FileStatus.TYPE_CHANGED, "120000", "100644") == "### f\ntype changed\nmode 120000 to 100644\n"


def test_line_ends_that_are_crlf_throughout_are_said_once():
    assert _render("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\n\\ No newline at end of file\n") == (
        "### f\nlines end with CRLF\n@@\n1  a\nold 2 -b\n2 +c\n\\ No newline at end of file\n"
    )


def test_line_ends_that_change_stay_visible():
    assert _render("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+a\n") == "### f\n@@\nold 1 -a\r\n1 +a\n"


def test_a_last_line_without_newline_proves_no_line_ends():
    assert "CRLF" not in _render("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n")


def test_an_unchanged_missing_newline_is_not_worth_a_line():
    lines = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n\\ No newline at end of file\n"
    assert _render(lines) == "### f\n@@\nold 1 -a\n1 +b\n2  c\n"


def test_bytes_that_are_not_utf8_are_shown_as_replacement_characters():
    assert render_hunk(Hunk(1, 1, "s\udcff", (context("a\udcff", 1, 1),))) == "@@ s\ufffd\n1  a\ufffd\n"


def test_only_unprintable_paths_are_quoted():
    assert path_label('dir name/ä "x".py') == 'dir name/ä "x".py'
    assert path_label("a\nb") == '"a\\nb"'
    assert path_label("\udcff") == '"\\377"'
    assert path_label("a\u202eb") == '"a\\342\\200\\256b"'
    assert path_label('"a"') == '"\\"a\\""'


_TEXTS = st.lists(
    st.sampled_from(["", "### f", "@@ x", "old 3 -x", "12 +y", "new file", "\\ No newline", "-", "+"]), max_size=12
)


@given(old=_TEXTS, new=_TEXTS.filter(bool))
def test_no_line_of_a_file_passes_for_a_header(old, new):
    if old == new:
        return
    file = diff_of(old, new, 3)
    seen = []
    for line in render_file(file).split("\n")[1:-1]:
        if match := re.match(r"(old )?([0-9]+) ([ +-])(.*)", line):
            is_old = match[3] == "-"
            assert bool(match[1]) == is_old
            assert (old if is_old else new)[int(match[2]) - 1] == match[4]
            seen.append(LineKind(match[3]))
        else:
            assert line == "@@"
    assert seen == [line.kind for hunk in file.hunks for line in hunk.lines]


def test_rendering_a_hunk_alone_is_what_the_file_shows_of_it():
    hunk = Hunk(1, 1, "", (removed("a", 1), added("b", 1)))
    assert render_file(FileDiff("f", FileStatus.MODIFIED, (hunk,))) == "### f\n" + render_hunk(hunk)
