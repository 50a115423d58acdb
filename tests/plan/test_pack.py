from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.plan.pack import fill, spread
from tests.plan.builders import patch

_GROUPS = st.lists(st.lists(st.integers(1, 60), min_size=1, max_size=4), max_size=12)


def _named(sizes):
    return [[patch(f"d{at}/f{at}_{index}", size) for index, size in enumerate(group)] for at, group in enumerate(sizes)]


def _nothing(_patch, _room):
    return None, _patch


@given(_GROUPS, st.integers(1, 100), st.integers(1, 5))
def test_every_patch_is_in_one_bin_or_left_and_no_bin_is_over_its_room(sizes, room, count):
    groups = _named(sizes)
    bins, left = spread(groups, room=room, count=count)

    found = [each.path for target in bins for each in target.patches] + [each.path for each in left]
    assert sorted(found) == sorted(each.path for group in groups for each in group)
    for target in bins:
        assert sum(each.tokens for each in target.patches) == room - target.room <= room


@given(_GROUPS, st.integers(1, 100), st.integers(1, 5))
def test_what_is_left_would_not_have_fitted(sizes, room, count):
    bins, left = spread(_named(sizes), room=room, count=count)

    assert all(each.tokens > target.room for each in left for target in bins)


def test_a_group_travels_together_although_its_files_would_fit_apart():
    bins, _ = spread(_named([[50], [30, 30], [40]]), room=100, count=2)

    assert [[each.path for each in target.patches] for target in bins] == [
        ["d0/f0_0", "d2/f2_0"],
        ["d1/f1_0", "d1/f1_1"],
    ]


def test_a_group_that_fits_nowhere_whole_goes_in_pieces():
    bins, left = spread(_named([[60], [60], [30, 30]]), room=100, count=2)

    assert [[each.path for each in target.patches] for target in bins] == [
        ["d0/f0_0", "d2/f2_0"],
        ["d1/f1_0", "d2/f2_1"],
    ]
    assert left == []


def test_files_of_one_folder_travel_together_where_there_is_room():
    groups = [[patch("a/x", 10)], [patch("b/x", 10)], [patch("b/y", 10)], [patch("a/y", 10)]]
    bins, _ = spread(groups, room=30, count=2)

    assert [[each.path for each in target.patches] for target in bins] == [["a/x", "a/y"], ["b/x", "b/y"]]


def test_bins_fill_evenly_so_that_risky_files_have_room_beside_them_too():
    bins, _ = spread([[patch(f"{name}/f", 10)] for name in "abcdef"], room=50, count=2)

    assert [target.room for target in bins] == [20, 20]


def test_parts_of_what_fits_nowhere_fill_what_room_is_left():
    bins, left = spread(_named([[60], [55], [70]]), room=100, count=2)

    def cut(each, room):
        return patch(each.path, room), (patch(each.path, each.tokens - room) if each.tokens > room else None)

    assert [each.path for each in left] == ["d2/f2_0"]
    assert fill(bins, left, cut) == []
    assert [target.room for target in bins] == [15, 0]


def test_what_cannot_be_cut_comes_back_and_hopeless_room_is_not_tried():
    bins, _ = spread(_named([[60], [80]]), room=100, count=2)
    tried = []

    def cut(each, room):
        tried.append(room)
        return None, each

    big = patch("big", 70)
    assert fill(bins, [big], cut) == [big]
    assert tried == [40]
    assert fill(bins, [patch("fits", 35)], _nothing) == []


def test_bins_that_fill_one_after_the_other_keep_the_most_room_in_one_place():
    bins, _ = spread([[patch(f"{name}/f", 10)] for name in "abcd"], room=50, count=2, evenly=False)

    assert [target.room for target in bins] == [10, 50]
