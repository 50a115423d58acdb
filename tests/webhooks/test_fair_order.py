"""Whose turn it is, and which limit keeps somebody waiting."""

import pytest

from webhooks.fair_order import Hold, Limits, Owner, Rank, Shares

SHOP = Owner("github.com", 9, 5)
SITE = Owner("github.com", 9, 6)
OTHER = Owner("github.com", 10, 7)
ALONE = Owner("github.com", None, 8)


def first(shares, *owners):
    return min(owners, key=shares.place)


def test_the_installation_with_the_fewest_slots_is_next_then_its_repository_with_the_fewest():
    shares = Shares.of([SHOP, SHOP, OTHER], {}, {})

    assert first(shares, SHOP, SITE, OTHER) == OTHER
    assert first(shares, SHOP, SITE) == SITE


def test_among_equals_the_one_whose_last_turn_was_longest_ago_is_next():
    shares = Shares.of([], {}, {SHOP: 4, SITE: 3, SHOP.top: 4, OTHER: 2, OTHER.top: 2})

    assert first(shares, SHOP, SITE, OTHER) == OTHER
    assert first(shares, SHOP, SITE) == SITE
    assert first(shares, SHOP, ALONE) == ALONE, "it never had one"


def test_with_one_slot_that_is_free_again_each_time_two_take_turns():
    order = []
    shares = Shares()
    for turn in range(6):
        owner = first(shares, SHOP, OTHER)
        order.append(owner)
        shares.took(owner, turn, Rank.AUTOMATIC)
        shares.slots.clear()

    assert order == [SHOP, OTHER] * 3


def test_a_slot_counts_for_the_repository_and_its_installation():
    shares = Shares()
    shares.took(SHOP, 1, Rank.ASKED)

    assert (shares.slots[SHOP], shares.slots[SHOP.top], shares.slots[SITE]) == (1, 1, 0)
    assert (shares.began[SHOP], shares.began[SHOP.top], shares.began[SITE]) == (1, 1, 0)
    shares.took(Owner("github.com", 9, None), 2, Rank.URGENT)
    assert (shares.slots[SHOP.top], shares.began[SHOP.top]) == (2, 1), "what is urgent is no review"


@pytest.mark.parametrize(
    ("limits", "held"),
    [
        (Limits(), [None, None, None]),
        (Limits(repository_slots=3), [None, None, None]),
        (Limits(repository_slots=2), [None, Hold.REPOSITORY_SLOTS, Hold.REPOSITORY_SLOTS]),
        (Limits(installation_slots=2), [None, Hold.INSTALLATION_SLOTS, Hold.INSTALLATION_SLOTS]),
        (Limits(hourly_repository=4), [None, None, Hold.REPOSITORY_RATE]),
        (Limits(hourly_repository=5), [None, None, None]),
        (Limits(hourly_installation=4), [None, None, Hold.INSTALLATION_RATE]),
        (Limits(repository_slots=2, hourly_installation=4), [None, Hold.REPOSITORY_SLOTS, Hold.INSTALLATION_RATE]),
    ],
)
def test_what_is_urgent_knows_no_limit_and_what_is_asked_for_no_hourly_one(limits, held):
    shares = Shares.of([SHOP, SHOP], {SHOP: 4}, {})

    assert [shares.hold(SHOP, rank, limits) for rank in Rank] == held


def test_limits_of_installations_hold_for_nobody_who_has_none():
    shares = Shares.of([ALONE, ALONE], {ALONE: 4}, {})

    assert shares.hold(ALONE, Rank.AUTOMATIC, Limits(installation_slots=1, hourly_installation=1)) is None
    assert shares.hold(ALONE, Rank.AUTOMATIC, Limits(repository_slots=1)) is Hold.REPOSITORY_SLOTS


@pytest.mark.parametrize("hold", Hold)
def test_every_limit_says_what_is_reached(hold):
    assert hold.meaning.startswith(f"this {hold.partition('_')[0]} has ")
    assert hold.is_rate == hold.endswith("rate")
