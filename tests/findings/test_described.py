"""What is left of a model's description once it is held against the change."""

from pr_reviewer.findings.described import (
    OTHER_FILES,
    DescribeReply,
    SumReply,
    joined,
    notes_of,
    read_description,
    read_sum,
)
from pr_reviewer.model.describing import ChangeKind, Concern, FileNote, Portrait
from tests.plan.builders import new_file

FILES = [new_file("a.py", "x"), new_file("b/ü.py", "y"), new_file("c.py", "z")]


def reply(*groups, **fields):
    told = {"groups": groups, "summary": [" It works. ", ""], "kind": "Bugfix", "title": "Do it", "labels": []} | fields
    return DescribeReply.model_validate(told)


def group(name, *files):
    return {"name": name, "files": [{"path": path, "change": change} for path, change in files]}


def test_every_file_stands_once_and_invented_ones_nowhere():
    portrait = read_description(
        reply(
            group("One", ("a/a.py", "Adds\n x."), ("nowhere.py", "?"), ("a.py", "again")), group("Two", ("a.py", "!"))
        ),
        FILES,
        (),
    )
    assert portrait.concerns == (
        Concern("One", (FileNote("a.py", "Adds x."),)),
        Concern(OTHER_FILES, (FileNote("b/ü.py"), FileNote("c.py"))),
    )
    assert (portrait.kind, portrait.summary) == (ChangeKind.FIX, ("It works.",))


def test_labels_are_those_that_may_be_suggested_as_they_are_written_there():
    assert read_description(reply(labels=["BUG", "mine", "bug "]), FILES, ("Bug", "docs")).labels == ("Bug",)


def test_what_is_too_long_is_cut_between_words():
    portrait = read_description(reply(group(" ", ("a.py", "word " * 200)), title="x" * 500), FILES, ())
    assert portrait.title == f"{'x' * 200} …"
    assert portrait.concerns[0].name == OTHER_FILES
    assert portrait.concerns[0].files[0].text.endswith("word …")


def test_a_sum_names_files_by_number():
    notes = [FileNote("a.py", "Adds."), FileNote("b.py"), FileNote("c.py", "Drops.")]
    told = {"groups": [{"name": "All", "files": [3, "1", 9, 3]}], "summary": None, "kind": "tests", "title": "T"}
    portrait = read_sum(SumReply.model_validate(told), notes, ())
    assert portrait.concerns == (Concern("All", (notes[2], notes[0])), Concern(OTHER_FILES, (notes[1],)))


def test_parts_are_joined_by_code_where_nobody_sums_them_up():
    one = Portrait("A", ChangeKind.FIX, ("1.",), (Concern("X", (FileNote("a.py", "top"),)),), ("bug",))
    two = Portrait("B", ChangeKind.FIX, ("2.",), (Concern("X", (FileNote("a.py", "end"), FileNote("b.py"))),), ("bug",))
    portrait = joined([one, two])
    assert portrait == Portrait(
        "", ChangeKind.FIX, ("1.", "2."), (Concern("X", (FileNote("a.py", "top end"), FileNote("b.py"))),), ("bug",)
    )
    assert notes_of([one, two]) == (FileNote("a.py", "top end"), FileNote("b.py"))


def test_a_description_of_every_file_needs_no_others():
    portrait = read_description(reply(group("All", ("a.py", ""), ("b/ü.py", ""), ("c.py", ""))), FILES, ())
    assert [concern.name for concern in portrait.concerns] == ["All"]
