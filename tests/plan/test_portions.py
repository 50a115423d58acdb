from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.plan.portions import Need, Portions, Room
from tests.plan.builders import WordCounter


def _room(tokens, bare=""):
    return Room(tokens, bare, WordCounter())


def test_what_surely_fits_together_is_never_counted():
    room = _room(100, "bare")

    assert room.portions(["a" * 40, "b" * 40], Need, most=9) == Portions((("a" * 40, "b" * 40),), ())
    assert room.holds("a" * 90)
    assert not room.counter.counted


def test_what_may_not_fit_is_counted_once_and_parted():
    room = _room(20, "four words are here")
    entries = ["one two three", "four five six", "seven eight nine", "ten"]

    assert room.portions(entries, Need, most=9) == Portions(
        (("one two three", "four five six"), ("seven eight nine", "ten")), ()
    )
    assert set(room.counter.counted.values()) == {1}


def test_an_entry_that_fits_nowhere_is_named_and_the_others_go_on():
    found = _room(8).portions(["a b", "c " * 20, "d e"], Need, most=9)

    assert found == Portions((("a b", "d e"),), ("c " * 20,))


def test_no_portion_has_more_entries_than_it_may():
    assert _room(100).portions(list("abc"), Need, most=2).full == (("a", "b"), ("c",))


def test_what_entries_share_takes_its_room_once():
    shared = frozenset({"a b c d e"})  # nine tokens
    entries = [Need("one two", shared), Need("four", shared), Need("six", frozenset({"other text"}))]
    found = _room(14).portions(entries, lambda need: need, most=9)

    assert found.full == ((entries[0], entries[1]), (entries[2],))
    assert _room(11).portions(entries[:1], lambda need: need, most=9).too_long == (entries[0],)


def test_a_portion_has_no_more_weight_than_it_may_and_a_heavy_entry_goes_alone():
    entries = [Need("a", weight=3), Need("b", weight=9), Need("c", weight=2), Need("d", weight=3)]

    assert _room(100).portions(entries, lambda need: need, most=5).full == (
        (entries[0],),
        (entries[1],),
        (entries[2], entries[3]),
    )


def test_nothing_makes_no_portion():
    assert _room(0).portions([], Need, most=0) == Portions((), ())


def test_a_text_is_counted_exactly_when_its_bytes_may_be_too_many():
    room = _room(12, "x")

    assert room.holds("abcdef" * 3)
    assert not room.holds("a " * 20)


@given(st.lists(st.text("ab ", max_size=30), max_size=8), st.integers(0, 40), st.integers(1, 3))
def test_every_entry_comes_back_once_and_no_portion_is_too_long(entries, tokens, most):
    room = _room(tokens)
    numbered = list(enumerate(entries))
    found = room.portions(numbered, lambda entry: Need(entry[1]), most)

    assert sorted([entry for portion in found.full for entry in portion] + list(found.too_long)) == numbered
    for portion in found.full:
        assert 1 <= len(portion) <= most
        assert sum(room.counter.count(text) for _, text in portion) <= tokens
