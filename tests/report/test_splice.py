"""Our block in somebody else's description: their text survives whatever happens, byte for byte."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pr_reviewer.report.splice import LONGEST_DESCRIPTION, Block, Unspliced, find_block, room_for, splice, without_block

BEGIN, END = "<!-- pr-reviewer:description v1 begin -->", "<!-- pr-reviewer:description v1 end -->"
WORDS = st.text(st.sampled_from("ab \t\r\n<!->`#é😀"), max_size=30)
MARKERS = st.sampled_from(
    [BEGIN, END, BEGIN[:-3], END.upper(), "<!-- pr-reviewer:description", f"{BEGIN}\r\nx\r\n{END}"]
)


def outside(description):
    found = find_block(description)
    assert isinstance(found, Block)
    return description[: found.start], description[found.end :]


def test_a_block_stands_below_what_the_author_wrote():
    assert splice("Mine.\r\n", "Ours.") == f"Mine.\r\n\n\n{BEGIN}\n\nOurs.\n\n{END}"


def test_an_empty_description_is_the_block_alone():
    assert splice("", "Ours.") == f"{BEGIN}\n\nOurs.\n\n{END}"


def test_a_block_is_written_anew_in_place():
    first = splice("Above.", "One.")
    assert splice(f"{first}\r\nBelow.", "Two.") == f"{first}\r\nBelow.".replace("One.", "Two.")


def test_a_block_that_says_the_same_is_left_alone_whatever_its_line_ends():
    stored = splice("Above.", "One.\nTwo.").replace("\n", "\r\n")
    assert splice(stored, "One.\nTwo.") == stored


@pytest.mark.parametrize(
    "description",
    [
        BEGIN,
        f"Mine\n{END}",
        f"{END}\n{BEGIN}",
        f"{BEGIN}\n{END}\n{BEGIN}\n{END}",
        f"{BEGIN}\n{BEGIN}\n{END}",
        f"Mine {BEGIN}\n\nOurs.\n\n{END}",
        f"{BEGIN} mine\n\nOurs.\n\n{END}",
        f"> {BEGIN}\n> Ours.\n> {END}",
        "<!--pr-reviewer:description v1 begin-->",
    ],
)
def test_where_markers_are_damaged_or_doubled_nothing_is_written(description):
    assert splice(description, "New.") is Unspliced.DAMAGED
    assert room_for(description) is Unspliced.DAMAGED


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("fence", ["```", "~~~", "````html"])
def test_a_block_that_somebody_shows_as_code_is_theirs(fence, line_end):
    shown = line_end.join(["It looks so:", "", fence, BEGIN, "theirs", END, fence.rstrip("html"), "", "Bye."])
    assert splice(shown, "Ours.") is Unspliced.IN_CODE
    assert room_for(shown) is Unspliced.IN_CODE


def test_a_fence_that_is_never_closed_takes_no_block_in():
    assert splice("Mine.\n```\nx = 1", "Ours.") is Unspliced.IN_CODE
    stood = str(splice("Mine.", "Ours."))
    assert splice(f"```\n{stood}", "Ours.") is Unspliced.IN_CODE


def test_a_fence_that_is_closed_is_in_nobodys_way():
    assert "Ours." in splice("```\nx = 1\n```", "Ours.")
    assert "```" in splice("Mine.", "```\nOurs.\n```")


def test_an_authors_text_is_never_cut_for_ours():
    room = room_for("x" * 60_000)
    assert isinstance(room, int)
    assert len(str(splice("x" * 60_000, "y" * room))) == LONGEST_DESCRIPTION
    assert splice("x" * 60_000, "y" * (room + 1)) is Unspliced.FULL
    assert room_for("x" * LONGEST_DESCRIPTION) == 0


def test_an_emoji_takes_two():
    room = room_for("😀" * 30_000)
    assert room == room_for("x" * 60_000)


def test_the_block_before_leaves_its_room_to_the_next():
    assert room_for(splice("Mine.", "y" * 1000)) == room_for("Mine.")


def test_what_the_author_wrote_is_what_is_not_ours():
    assert without_block(f"{splice('Above.', 'Ours.')}\nBelow.") == "Above.\n\n\nBelow."
    assert without_block("Above.") == "Above."
    assert without_block(f"Above.\n{END}") == f"Above.\n{END}"


def test_our_own_text_holds_no_marker():
    with pytest.raises(ValueError, match="no marker"):
        splice("", f"x\n{END}\ny")


@settings(max_examples=150, deadline=None)
@given(WORDS, st.lists(st.tuples(st.sampled_from(["above", "below", "run"]), WORDS), max_size=8))
def test_any_sequence_of_edits_and_runs_keeps_the_authors_text(first, steps):
    assume(splice(first, "Run 0") is not Unspliced.IN_CODE)
    description = str(splice(first, "Run 0"))
    above, below = outside(description)
    assert above.startswith(first)
    for number, (what, text) in enumerate(steps, start=1):
        if what == "above":
            above = f"{text}\n{above}"
        elif what == "below":
            below = f"{below}\n{text}"
        block = description[find_block(description).start : find_block(description).end]
        description = above + block + below
        written = splice(description, f"Run {number}") if what == "run" else None
        if isinstance(written, str) and written is not Unspliced.IN_CODE:
            description = written
            assert f"Run {number}\n" in description
        if find_block(description) is Unspliced.IN_CODE:
            return
        assert outside(description) == (above, below)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(WORDS, MARKERS), max_size=6).map("\n".join))
def test_whatever_stands_there_either_survives_or_nothing_is_written(description):
    written = splice(description, "Ours.")
    if isinstance(written, Unspliced):
        return
    found = find_block(description)
    kept = (description, "") if found is None else (description[: found.start], description[found.end :])
    above, below = outside(written)
    assert (above.startswith(kept[0]), below) == (True, kept[1])
    assert splice(written, "Ours.") == written
