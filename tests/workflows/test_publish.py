"""Publishing, against a provider that only remembers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.model.errors import HeadMoved, ProviderRefused, ProviderUnavailable
from pr_reviewer.model.findings import Severity
from pr_reviewer.model.posting import Check, CheckState, DraftReview, Posted, Refused
from pr_reviewer.report.markers import find_marker
from pr_reviewer.workflows.publish import Terms, failures_shown, review_and_publish
from tests.workflows.builders import NOTHING, ScriptedModel, confirmed, desk, found, review_settings

BASE = {"a.py": "def f(n):\n    return n\n"}
HEAD = {"a.py": "def f(n):\n    return 10 / n\n"}
TERMS = Terms(None, CheckState.NEUTRAL, "https://git.example/{project}/blob/{sha}/{path}#L{first}-L{last}")


@dataclass
class Remembering:
    """Takes everything but the comments it is told to refuse, or fails where it is told to."""

    refuses: Sequence[str] = ()
    fails: Exception | None = None
    reviews: list[DraftReview] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    async def post_review(self, draft: DraftReview) -> Posted:
        if self.fails:
            raise self.fails
        self.reviews.append(draft)
        refused = [each for each in draft.comments if each.path in self.refuses]
        placed = [each.fingerprint for each in draft.comments if each not in refused]
        return Posted(tuple(placed), refused=tuple(Refused(each, "its diff is too large") for each in refused))

    async def put_summary(self, head_sha: str, body: str) -> str:
        assert head_sha == self.reviews[-1].head_sha
        self.summaries.append(body)
        return "https://git.example/summary"

    async def set_check(self, check: Check) -> None:
        self.checks.append(check)


def say(prompt):
    if prompt.task == "review":
        return NOTHING | {"findings": [found("a.py", "    return 10 / n", title="It divides by zero")]}
    return NOTHING | {"verdicts": [confirmed(1, "    return 10 / n")]}


async def published(publisher, script=say, terms=TERMS):
    async with desk(BASE, HEAD, ScriptedModel(script)) as here:
        return await review_and_publish(publisher, here, review_settings(), SkipRules.compile(), terms)


async def test_a_review_its_summary_and_its_check_are_posted_in_this_order():
    provider = Remembering()
    outcome, result = await published(provider)
    (draft,) = provider.reviews
    assert [comment.lines.first for comment in draft.comments] == [2]
    assert result.posted.placed == (draft.comments[0].fingerprint,)
    assert result.summary_url == "https://git.example/summary"
    assert f"https://git.example/octo/app/blob/{outcome.review.head_sha}/a.py#L2" in provider.summaries[0]
    assert find_marker(provider.summaries[0])
    assert [check.state for check in provider.checks] == [CheckState.IN_PROGRESS, CheckState.SUCCESS]


async def test_a_refused_comment_goes_into_the_summary_with_its_reason():
    provider = Remembering(refuses=["a.py"])
    outcome, _ = await published(provider)
    assert outcome.review.comments == ()
    assert [each.why for each in outcome.review.unplaced] == ["its diff is too large"]
    assert "its diff is too large" in provider.summaries[0]
    assert "It divides by zero" in provider.summaries[0]


async def test_the_gate_closes_the_check():
    provider = Remembering()
    await published(provider, terms=replace(TERMS, fail_on=Severity.ERROR))
    assert provider.checks[-1].state is CheckState.FAILURE


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (HeadMoved("a" * 40, "b" * 40), CheckState.NEUTRAL),
        (ProviderRefused("no permission"), CheckState.ERROR),
        (ValueError("a bug"), CheckState.ERROR),
    ],
)
async def test_whatever_goes_wrong_the_check_does_not_stay_in_progress(error, state):
    provider = Remembering(fails=error)
    with pytest.raises(type(error)):
        await published(provider)
    assert [check.state for check in provider.checks] == [CheckState.IN_PROGRESS, state]
    assert provider.summaries == []


@pytest.mark.parametrize(
    ("error", "title", "summary"),
    [
        (
            ProviderRefused("no permission", hint="Grant it."),
            "The review failed: no permission",
            "no permission.\n\nGrant it.",
        ),
        (
            ValueError("s3cret"),
            "The review failed: an internal error of the reviewer",
            "an internal error of the reviewer.\n\nIts own log says more; running it again may help.",
        ),
        (KeyboardInterrupt(), "The review failed: it was stopped", "it was stopped.\n\nRun it again."),
        (asyncio.CancelledError(), "The review failed: it was stopped", "it was stopped.\n\nRun it again."),
    ],
    ids=repr,
)
async def test_the_check_says_why_it_failed_and_what_to_do(error, title, summary):
    provider = Remembering()
    with pytest.raises(type(error)):
        async with failures_shown(provider, "a" * 40, TERMS):
            raise error
    assert provider.checks == [Check("a" * 40, CheckState.ERROR, title, summary)]


async def test_a_check_that_cannot_be_set_does_not_hide_what_went_wrong():
    class Refusing(Remembering):
        async def set_check(self, check: Check) -> None:
            await super().set_check(check)
            raise ProviderRefused("no permission for checks")

    with pytest.raises(ValueError, match="the first"):
        async with failures_shown(Refusing(), "a" * 40, TERMS):
            raise ValueError("the first")


async def test_where_nothing_fails_no_check_is_set():
    provider = Remembering()
    async with failures_shown(provider, "a" * 40, TERMS):
        pass
    assert provider.checks == []


@pytest.mark.parametrize("error", [ProviderUnavailable("no answer"), asyncio.CancelledError()], ids=repr)
async def test_a_check_whose_beginning_was_cut_short_is_concluded_too(error):
    class CutShort(Remembering):
        async def set_check(self, check: Check) -> None:
            await super().set_check(check)
            if check.state is CheckState.IN_PROGRESS:
                raise error

    provider = CutShort()
    with pytest.raises(type(error)):
        await published(provider)
    assert [check.state for check in provider.checks] == [CheckState.IN_PROGRESS, CheckState.ERROR]


async def test_a_head_that_was_superseded_satisfies_no_check_that_an_incomplete_review_may_not():
    provider = Remembering(fails=HeadMoved("a" * 40, "b" * 40))
    with pytest.raises(HeadMoved):
        await published(provider, terms=replace(TERMS, incomplete=CheckState.FAILURE))
    assert provider.checks[-1].state is CheckState.FAILURE


async def test_a_finding_in_a_file_whose_name_is_not_utf8_goes_into_the_summary_and_costs_no_other():
    odd = {"caf\udce9.py": HEAD["a.py"], **HEAD}

    def both(prompt):
        if prompt.task == "review":
            lines = [found(path, "    return 10 / n", title=f"{path[:1]} divides") for path in ("caf\udce9.py", "a.py")]
            return NOTHING | {"findings": lines}
        return NOTHING | {"verdicts": [confirmed(number, "    return 10 / n") for number in (1, 2)]}

    provider = Remembering()
    async with desk({}, odd, ScriptedModel(both)) as here:
        await review_and_publish(provider, here, review_settings(), SkipRules.compile(), TERMS)
    assert [comment.path for comment in provider.reviews[0].comments] == ["a.py"]
    assert "not UTF-8" in provider.summaries[0]
    assert [annotation.path for annotation in provider.checks[-1].annotations] == ["a.py"]
