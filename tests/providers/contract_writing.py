"""What everything that writes reviews promises, as tests. A subclass gives the fixture `make`: () → `Stage`."""

from dataclasses import replace

import pytest

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.errors import HeadMoved
from pr_reviewer.model.posting import Check, CheckState, DraftComment, DraftReview
from pr_reviewer.providers.base import ReviewWriter
from pr_reviewer.report.markers import Marker, MarkerKind, mark

BASE = {"a.py": "".join(f"{number}\n" for number in range(1, 41))}
HEAD = {"a.py": BASE["a.py"].replace("10\n", "ten\n", 1).replace("30\n", "thirty\n", 1)}
_NOT_EVERYWHERE = (CheckState.NEUTRAL, CheckState.QUEUED)  # a commit status has neither
SHOWN = [("a.py", number) for number in (*range(7, 14), *range(27, 34))]


class Stage:
    """A pull request from BASE to HEAD as tests see it: who writes, and what stands in the end."""

    def writer(self) -> ReviewWriter:
        """Whoever writes; a new one each time, as in a new process."""
        raise NotImplementedError

    @property
    def head_sha(self) -> str:
        raise NotImplementedError

    def push(self) -> None:
        """Let the head move."""
        raise NotImplementedError

    def comments(self) -> list[tuple[str, int, str]]:
        """(path, last line, body) of every comment on a line."""
        raise NotImplementedError

    def reviews(self) -> int:
        """How many there are."""
        raise NotImplementedError

    def summaries(self) -> list[str]:
        raise NotImplementedError

    def last_check(self) -> CheckState:
        """What the head's check shows."""
        raise NotImplementedError


def comment(name: str, first: int, last: int | None = None, path: str = "a.py") -> DraftComment:
    body = mark(f"{name} is wrong.", Marker(MarkerKind.FINDING, f"v1:{name}"))
    return DraftComment(f"v1:{name}", path, Side.NEW, LineRange(first, last or first), body)


def summary(text: str) -> str:
    return mark(text, Marker(MarkerKind.SUMMARY))


TEN, THIRTY, RANGE = comment("ten", 10), comment("thirty", 30), comment("range", 28, 31)
NOWHERE = (comment("far", 20), comment("wide", 10, 30), comment("absent", 1, path="absent.py"))


class WritingContract:
    """Subclass it once for each provider."""

    async def test_a_review_is_posted_as_one(self, make):
        stage = make()
        posted = await stage.writer().post_review(DraftReview(stage.head_sha, "Three.", (TEN, THIRTY, RANGE)))
        assert (posted.placed, posted.standing, posted.refused) == (("v1:ten", "v1:thirty", "v1:range"), (), ())
        assert posted.url
        assert stage.reviews() == 1
        assert stage.comments() == [("a.py", 10, TEN.body), ("a.py", 30, THIRTY.body), ("a.py", 31, RANGE.body)]

    async def test_without_comments_there_is_no_review(self, make):
        stage = make()
        posted = await stage.writer().post_review(DraftReview(stage.head_sha, "Nothing.", ()))
        assert (posted.placed, posted.url, stage.reviews()) == ((), "", 0)

    async def test_a_comment_without_a_place_costs_no_other_one(self, make):
        stage = make()
        posted = await stage.writer().post_review(DraftReview(stage.head_sha, "", (TEN, *NOWHERE, THIRTY)))
        assert posted.placed == ("v1:ten", "v1:thirty")
        assert [refused.comment for refused in posted.refused] == list(NOWHERE)
        assert all(refused.why for refused in posted.refused)
        assert [line for _, line, _ in stage.comments()] == [10, 30]

    async def test_where_nothing_has_a_place_there_is_no_review(self, make):
        stage = make()
        posted = await stage.writer().post_review(DraftReview(stage.head_sha, "", NOWHERE))
        assert (len(posted.refused), posted.url, stage.reviews()) == (3, "", 0)

    async def test_what_stands_is_not_posted_again(self, make):
        stage = make()
        await stage.writer().post_review(DraftReview(stage.head_sha, "", (TEN,)))
        other_words = replace(TEN, body=mark("Said otherwise.", Marker(MarkerKind.FINDING, TEN.fingerprint)))
        posted = await stage.writer().post_review(DraftReview(stage.head_sha, "", (other_words, THIRTY)))
        assert (posted.placed, posted.standing) == (("v1:thirty",), ("v1:ten",))
        assert [body for _, _, body in stage.comments()] == [TEN.body, THIRTY.body]

    async def test_a_finding_given_twice_is_posted_once(self, make):
        stage = make()
        posted = await stage.writer().post_review(DraftReview(stage.head_sha, "", (TEN, TEN)))
        assert posted.placed == ("v1:ten",)
        assert len(stage.comments()) == 1

    async def test_what_stands_is_told(self, make):
        stage = make()
        await stage.writer().post_review(DraftReview(stage.head_sha, "", (TEN, THIRTY)))
        await stage.writer().put_summary(stage.head_sha, summary("All."))
        standing = await stage.writer().standing()
        assert standing.head_sha == stage.head_sha
        assert standing.fingerprints == {"v1:ten", "v1:thirty"}
        assert standing.summary == summary("All.")

    async def test_at_first_nothing_stands(self, make):
        standing = await make().writer().standing()
        assert (standing.threads, standing.summary) == ((), None)

    async def test_a_head_that_moved_gets_nothing(self, make):
        stage = make()
        reviewed = stage.head_sha
        stage.push()
        with pytest.raises(HeadMoved) as moved:
            await stage.writer().post_review(DraftReview(reviewed, "", (TEN,)))
        with pytest.raises(HeadMoved):
            await stage.writer().put_summary(reviewed, summary("Old."))
        assert (moved.value.reviewed, moved.value.current) == (reviewed, stage.head_sha)
        assert (stage.comments(), stage.summaries()) == ([], [])

    async def test_the_summary_is_written_anew_in_place(self, make):
        stage = make()
        first = await stage.writer().put_summary(stage.head_sha, summary("First."))
        second = await stage.writer().put_summary(stage.head_sha, summary("Second."))
        assert first == second
        assert stage.summaries() == [summary("Second.")]

    async def test_each_command_keeps_a_summary_of_its_own(self, make):
        stage = make()
        other = mark("Suggestions.", Marker(MarkerKind.SUMMARY, "improve"))
        first = await stage.writer().put_summary(stage.head_sha, other)
        second = await stage.writer().put_summary(stage.head_sha, summary("First."))
        await stage.writer().put_summary(stage.head_sha, summary("Second."))
        again = await stage.writer().put_summary(stage.head_sha, other.replace("Suggestions", "More suggestions"))
        assert sorted(stage.summaries()) == sorted(
            [other.replace("Suggestions", "More suggestions"), summary("Second.")]
        )
        assert (await stage.writer().standing()).summary == summary("Second.")
        assert first == again
        assert first.startswith("fake:") or first != second

    async def test_suggestions_stand_as_findings_do_and_are_told_apart_with_their_addresses(self, make):
        stage = make()
        body = mark("Better.", Marker(MarkerKind.SUGGESTION, "s1:ten"))
        better = DraftComment("s1:ten", "a.py", Side.NEW, LineRange(10, 10), body)
        await stage.writer().post_review(DraftReview(stage.head_sha, "", (better, THIRTY)))
        posted = await stage.writer().post_review(DraftReview(stage.head_sha, "", (better,)))
        assert (posted.placed, posted.standing) == ((), ("s1:ten",))
        threads = {thread.fingerprint: thread for thread in await stage.writer().find_threads()}
        assert {name: thread.is_suggestion for name, thread in threads.items()} == {"s1:ten": True, "v1:thirty": False}
        assert len({thread.url for thread in threads.values()} - {""}) == 2

    @pytest.mark.parametrize("state", [state for state in CheckState if state not in _NOT_EVERYWHERE])
    async def test_a_check_shows_the_last_state(self, make, state):
        stage = make()
        writer = stage.writer()
        await writer.set_check(Check(stage.head_sha, CheckState.IN_PROGRESS, "Reviewing"))
        await writer.set_check(Check(stage.head_sha, state, "Done", "Summary."))
        assert stage.last_check() is state

    async def test_the_check_of_an_old_head_can_still_be_ended(self, make):
        stage = make()
        reviewed = stage.head_sha
        writer = stage.writer()
        await writer.set_check(Check(reviewed, CheckState.IN_PROGRESS, "Reviewing"))
        stage.push()
        await writer.set_check(Check(reviewed, CheckState.ERROR, "Superseded", "A newer head."))
