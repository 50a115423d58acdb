"""A review that was published whole is on record; any other change, head or setting is another review."""

from dataclasses import replace

import pytest

from pr_reviewer.settings.load import load_settings
from webhooks.runs import Run, Runs, settings_digest
from webhooks.store import Store

RUN = Run("github.com", 5, 3, "a" * 40, "main@" + "b" * 40, "d" * 64)


@pytest.fixture
async def runs(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/reviewer.sqlite")
    yield Runs(store)
    await store.close()


async def test_what_is_on_record_is_found_and_nothing_else(runs):
    await runs.record(RUN, 9, "https://x/1")
    await runs.record(RUN, 9, "https://x/2")
    assert await runs.url_of(RUN) == "https://x/2"
    others = {"host": "ghe", "repository": 6, "number": 4, "head": "c", "base": "dev@b", "digest": "e"}
    for name, value in others.items():
        assert await runs.url_of(replace(RUN, **{name: value})) is None


async def test_it_is_forgotten_with_its_repository_its_installation_or_its_time(runs):
    for act in (
        lambda: runs.forget("github.com", 9, [5]),
        lambda: runs.forget("github.com", 9),
        lambda: runs.prune(10.0**12),
    ):
        await runs.record(RUN, 9, "https://x/1")
        await runs.forget("github.com", 9, [6])
        await runs.forget("github.com", 8)
        await runs.prune(0.0)
        assert await runs.url_of(RUN)
        await act()
        assert await runs.url_of(RUN) is None


def test_settings_that_change_a_review_change_its_digest_and_no_secret_does():
    def digest(**environ):
        return settings_digest(load_settings(environ).settings)

    assert digest() == digest(OPENAI_API_KEY="sk-other", PR_REVIEWER_SERVER__DEBOUNCE_SECONDS="3")
    assert digest() != digest(PR_REVIEWER_REVIEW__MAX_COMMENTS="1")
    assert digest() != digest(PR_REVIEWER_MODELS__REVIEW="gpt-other")
