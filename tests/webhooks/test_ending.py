"""What an error means for a job."""

import pytest
import sqlalchemy as sa

from pr_reviewer.model.errors import HeadMoved, ModelUnavailable, ProviderRefused, ProviderUnavailable, SettingsError
from webhooks.ending import INTERNAL, Again, Ended, Superseded, Withdrawn, judge
from webhooks.jobs import JobState

RETRIES = (60.0, 300.0, 900.0)
AWAY = ProviderUnavailable("GitHub is away")


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (HeadMoved("a" * 40, "b" * 40), JobState.SUPERSEDED, "has moved"),
        (Superseded("a newer event"), JobState.SUPERSEDED, "a newer event"),
        (Withdrawn("the pull request was closed"), JobState.CANCELLED, "was closed"),
        (ProviderRefused("no"), JobState.FAILED, "no"),
        (SettingsError("wrong"), JobState.FAILED, "wrong"),
        (RuntimeError("a secret"), JobState.FAILED, INTERNAL),
    ],
)
def test_what_will_not_pass_ends_it(error, state, reason):
    ended = judge(error, 1, RETRIES)
    assert isinstance(ended, Ended)
    assert (ended.state, reason in ended.reason) == (state, True)


@pytest.mark.parametrize(
    "error",
    [AWAY, ModelUnavailable("busy"), OSError("no route"), sa.exc.OperationalError("select", {}, Exception("gone"))],
)
def test_what_may_pass_is_tried_again(error):
    assert isinstance(judge(error, 1, RETRIES), Again)


def test_each_try_waits_longer_until_there_are_no_more():
    judged = [judge(AWAY, tries, RETRIES) for tries in (1, 2, 3)]
    assert [each.delay for each in judged if isinstance(each, Again)] == [60.0, 300.0, 900.0]
    assert judge(AWAY, 4, RETRIES) == Ended(JobState.FAILED, "GitHub is away")


def test_who_tries_a_failed_job_again_has_all_tries_again():
    assert isinstance(judge(AWAY, 5, RETRIES), Again)
    assert isinstance(judge(AWAY, 8, RETRIES), Ended)
    assert isinstance(judge(AWAY, 1, ()), Ended)


def test_whoever_asks_for_a_longer_wait_gets_it():
    assert judge(ProviderUnavailable("limited", retry_after=3_000), 1, RETRIES) == Again(3_000, "limited")


def test_the_words_of_a_database_stay_in_the_log():
    judged = judge(sa.exc.OperationalError("select", {}, Exception("at 10.0.0.1")), 4, RETRIES)
    assert judged == Ended(JobState.FAILED, "the database could not be reached")
