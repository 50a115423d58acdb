"""A written diff reads back as the value from which it was written."""

from pathlib import Path

import pytest

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.diff.unified import unified
from pr_reviewer.model.changes import FileDiff, FileStatus

_GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "diff").glob("git*.diff"))


@pytest.mark.parametrize("path", _GOLDEN, ids=lambda path: path.stem)
def test_every_golden_diff_of_git_reads_back(path):
    files = parse_diff(path.read_bytes().decode("utf-8", "surrogateescape"))
    assert parse_diff("".join(map(unified, files))) == files


def test_a_file_of_unknown_mode_is_written_as_a_regular_one():
    assert unified(FileDiff("f", FileStatus.ADDED)) == "diff --git a/f b/f\nnew file mode 100644\n"
    assert unified(FileDiff("f", FileStatus.DELETED)) == "diff --git a/f b/f\ndeleted file mode 100644\n"


def test_what_git_wrote_for_text_is_written_the_same_but_for_object_names():
    text = (
        "diff --git a/with space b/with space\n"
        "index 0000000..0000000 100644\n"
        "--- a/with space\t\n"
        "+++ b/with space\t\n"
        "@@ -4 +4,2 @@ def f():\n"
        "-d\n"
        "\\ No newline at end of file\n"
        "+D\n"
        "+e\n"
    )
    assert "".join(map(unified, parse_diff(text))) == text
