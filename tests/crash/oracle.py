"""What must be so when everything has ended, however often somebody was killed."""

from collections.abc import Collection

from tests.crash.records import Records
from tests.crash.shop import COMMENTS, Shop, twice
from tests.fakes.github.pull_handle import PullHandle
from tests.fakes.model_server import ModelServer


def assert_reviewed_once(shop: Shop, pull: PullHandle | None = None) -> None:
    """One review is published, nothing stands twice, nothing is left half made, and the check is concluded."""
    pull = pull or shop.pull
    reviews = pull.reviews()
    assert [review.state for review in reviews] == ["COMMENTED"], reviews
    places = [comment.thread.place.path for comment in pull.review_comments()]
    assert (len(places), twice(places)) == (COMMENTS, [])
    summaries = [each.body for each in pull.comments() if "pr-reviewer:summary" in each.body]
    assert len(summaries) == 1, summaries
    check = max(pull.checks(), key=lambda run: run.id)  # the one that GitHub shows
    assert (check.status, check.conclusion, check.title) == ("completed", "success", "6 findings: 6 errors.")
    assert shop.github.violations == []


def assert_answered_once(shop: Shop) -> None:
    """The command has both reactions, and one reply, which names the mistake."""
    command, *others = shop.pull.comments()
    assert [each.content for each in command.reactions] == ["eyes", "confused"]
    replies = [each.body for each in others if "pr-reviewer:reply" in each.body]
    assert len(replies) == 1, replies
    assert "did you mean" in replies[0]


def assert_asked_once(model: ModelServer, recorded: Collection[int], seen: int) -> None:
    """No prompt is asked again whose answer was on record when the knife fell (`recorded`, by number), and none twice
    but for those that were under way then: asked (there were `seen` requests) and not recorded."""
    asked: dict[str, list[int]] = {}
    for request in model.requests:
        asked.setdefault(request.text, []).append(request.number)
    for numbers in asked.values():
        under_way = [number for number in numbers if number <= seen and number not in recorded]
        assert len(numbers) <= 1 + len(under_way), numbers
        assert not (set(numbers) & set(recorded) and max(numbers) > seen), numbers
    assert model.failures == []


def assert_all_on_record(records: Records, count: int = 1) -> None:
    """Each job is there, done; each answer stands in one entry."""
    assert [job["state"] for job in records.jobs()] == ["done"] * count
    answers = records.answers()
    assert len(answers) == len(set(answers))
