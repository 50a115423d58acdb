"""A day's caps hold for each repository and for each installation."""

import asyncio

import pytest

from pr_reviewer.model.errors import BudgetSpent
from pr_reviewer.model.events import Account, Repository, Scene
from pr_reviewer.model.llm import Usage
from pr_reviewer.settings.load import load_settings
from webhooks import spending
from webhooks.spending import Caps, Purse, Scope, scopes_of

NOON = 1_770_000_000.0
DAY = 86_400.0


def purse(store, *, at=NOON, key="repository h/1", **caps):
    return Purse(store, [Scope(key, "octo/shop", Caps(**caps))], lambda: at)


async def test_without_a_cap_nothing_is_refused(store):
    endless = purse(store)
    for _ in range(3):
        await endless.take()
        await endless.book(Usage(10**9, 0, 10**9), 10**6)
    assert await endless.refusal() is None


async def test_no_call_goes_beyond_the_cap_however_many_ask_at_once(store):
    capped = purse(store, calls=5)
    asked = await asyncio.gather(*(capped.take() for _ in range(12)), return_exceptions=True)
    assert len([each for each in asked if each is None]) == 5
    assert {type(each) for each in asked if each is not None} == {BudgetSpent}
    assert await capped.refusal() == "the daily cap of 5 model calls for octo/shop is reached"


@pytest.mark.parametrize(
    ("caps", "told"),
    [
        ({"calls": 1}, "1 model call"),
        ({"tokens": 1}, "1 token"),
        ({"tokens": 1_500_000}, "1,500,000 tokens"),
        ({"usd": 0.00001}, "$0.00001"),
        ({"usd": 1_000_000.0}, "$1,000,000"),
        ({"usd": 2.5}, "$2.5"),
    ],
    ids=str,
)
async def test_a_cap_that_is_reached_is_said_as_people_write_it(store, caps, told):
    capped = purse(store, **caps)
    await capped.take()
    await capped.book(Usage(10**9, 0, 0), 10.0**6)
    assert await capped.refusal() == f"the daily cap of {told} for octo/shop is reached"


async def test_a_call_that_cost_nothing_is_given_back(store):
    capped = purse(store, calls=1)
    await capped.take()
    await capped.give_back()
    assert await capped.refusal() is None


@pytest.mark.parametrize(
    ("caps", "words"),
    [({"tokens": 1_000}, "1,000 tokens"), ({"usd": 0.5}, "$0.5"), ({"tokens": 900, "calls": 9}, "900")],
)
async def test_what_was_used_counts(store, caps, words):
    capped = purse(store, **caps)
    await capped.take()
    assert await capped.refusal() is None
    await capped.book(Usage(800, 100, 200), 0.5)
    assert words in (await capped.refusal() or "")
    with pytest.raises(BudgetSpent) as refused:
        await capped.take()
    assert refused.value.usage == Usage()


async def test_the_next_day_begins_with_nothing(store):
    await purse(store, calls=1).take()
    assert await purse(store, calls=1, at=NOON + DAY).refusal() is None
    assert await purse(store, calls=1).refusal()


async def test_one_of_several_caps_is_enough(store):
    both = [Scope("repository h/1", "octo/shop", Caps()), Scope("installation h/9", "all of octo", Caps(calls=1))]
    await Purse(store, both, lambda: NOON).take()
    other = [Scope("repository h/2", "octo/site", Caps()), both[1]]
    assert "all of octo" in (await Purse(store, other, lambda: NOON).refusal() or "")


async def test_days_are_forgotten_and_so_are_installations(store):
    await purse(store, calls=1).take()
    await purse(store, key="installation h/9", calls=1).take()
    await spending.forget(store, "h", 9, [])
    assert await purse(store, key="installation h/9", calls=1).refusal() is None
    assert await purse(store, calls=1).refusal()
    await spending.prune(store, NOON + 2 * DAY)
    assert await purse(store, calls=1).refusal() is None


def test_scopes_are_the_repository_and_its_installation_by_their_ids():
    server = load_settings({"PR_REVIEWER_SERVER__MAX_DAILY_REPOSITORY_CALLS": "7"}).settings.server
    scene = Scene("github.com", Repository(5, "octo/shop"), Account("ann", 1), 9)
    first, second = scopes_of(scene, server)
    assert (first.key, first.name, first.caps) == ("repository github.com/5", "octo/shop", Caps(calls=7))
    assert (second.key, second.caps) == ("installation github.com/9", Caps())
    assert len(scopes_of(Scene("github.com", Repository(5, "octo/shop"), Account("ann", 1)), server)) == 1
