"""Answers to comments, held to the contract of all providers and to what GitHub's own rules add."""

from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from pr_reviewer.git.cache import GitCache
from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.events import Comment, CommentPlace
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import Reaction
from pr_reviewer.providers.github.address import parse_pull_url
from pr_reviewer.providers.github.opening import open_pull_request
from tests.fakes.writing import FakeWriter
from tests.providers.contract_conversation import ADA, ConversationContract, Talk
from tests.providers.github.builders import scene

ON_A_LINE = {"path": "new.py", "line": 1, "body": "Why?", "side": "RIGHT"}


class Lazily:
    """A pull request that is opened when it is first asked for something."""

    def __init__(self, opening):
        self._opening = opening

    def __getattr__(self, name):
        async def call(*arguments):
            return await getattr(await self._opening(), name)(*arguments)

        return call


class GitHubTalk(Talk):
    def __init__(self, github, stack, folder, kind):
        self.github = github
        self.kind = kind
        self._stack = stack
        self._folder = folder
        github.repository.grant("ada", "write")

    def partner(self):
        async def opening():
            access = self.github.access(self.github.token(self.kind), in_actions=self.kind == "actions")
            ref = parse_pull_url(self.github.pull.url, access.site)
            return await self._stack.enter_async_context(open_pull_request(ref, access, GitCache(self._folder)))

        return Lazily(opening)

    def said(self, place):
        if place is CommentPlace.CONVERSATION:
            return Comment(self.github.pull.comment("ada", "/review").id, place, "/review", ADA)
        review = self.github.pull.review("ada", comments=[ON_A_LINE])
        (found,) = [each for each in self.github.pull.review_comments() if each.review is review]
        return Comment(found.id, place, "Why?", ADA)

    def _record(self, comment):
        both = [*self.github.pull.comments(), *self.github.pull.review_comments()]
        return next(each for each in both if each.id == comment.id)

    def forget(self, comment):
        pull = self.github.pull.record
        pull.issue_comments[:] = [each for each in pull.issue_comments if each.id != comment.id]
        pull.threads[:] = [each for each in pull.threads if each.comments[0].id != comment.id]

    def reactions(self, comment):
        return [each.content for each in self._record(comment).reactions]

    def answers(self, comment):
        if comment is None:
            return [each.body for each in self.github.pull.comments() if each.user.login != "ada"]
        return [each.body for each in self._record(comment).thread.comments[1:]]


@pytest_asyncio.fixture
async def stack():
    async with AsyncExitStack() as opened:
        yield opened


@pytest.mark.parametrize("kind", ["classic", "actions"])
class TestGitHubConversation(ConversationContract):
    @pytest.fixture
    def make(self, server, stack, tmp_path, kind):
        return lambda: GitHubTalk(scene(server), stack, tmp_path, kind)


class FakeTalk(Talk):
    def __init__(self):
        self.writer = FakeWriter("head", ())
        self.writer.permissions["ada"] = Permission.WRITE
        self._count = 0

    def partner(self):
        return self.writer

    def said(self, place):
        self._count += 1
        return Comment(self._count, place, "/review", ADA)

    def forget(self, comment):
        self.writer.gone.add(comment.id)

    def reactions(self, comment):
        return [reaction.value for number, reaction in self.writer.reactions if number == comment.id]

    def answers(self, comment):
        below = comment.id if comment else None
        return [body for place, body in self.writer.replies.values() if place == below]


class TestFakeConversation(ConversationContract):
    @pytest.fixture
    def make(self):
        return FakeTalk


@pytest.fixture
def talk(server, stack, tmp_path):
    return GitHubTalk(scene(server), stack, tmp_path, "classic")


async def test_a_reply_whose_answer_was_lost_is_not_said_twice(talk):
    comment = talk.said(CommentPlace.CONVERSATION)
    talk.github.server.fault("POST */comments", "502", after=True)
    await talk.partner().reply(comment, "conversation:1", "No.")
    assert len(talk.answers(None)) == 1


async def test_a_review_s_own_text_takes_reactions_each_once(talk):
    review = talk.github.pull.review("ada", "/review")
    talk.github.server.fault("GRAPHQL addReaction", "502", after=True)
    for reaction in (Reaction.TAKEN, Reaction.DONE, Reaction.FAILED, Reaction.DONE):
        await talk.partner().react_to_review(review.node_id, reaction)
    assert [each.content for each in review.reactions] == ["eyes", "rocket", "confused"]


async def test_a_review_that_is_gone_takes_no_reaction_and_where_none_may_react_it_is_told(talk):
    review = talk.github.pull.review("ada", "/review")
    await talk.partner().react_to_review("PRR_kwDOnothing", Reaction.TAKEN)
    talk.github.repository.record.archived = True
    with pytest.raises(ProviderRefused, match="archived"):
        await talk.partner().react_to_review(review.node_id, Reaction.TAKEN)


async def test_a_copy_of_our_marker_is_not_taken_for_our_reply(talk):
    comment = talk.said(CommentPlace.CONVERSATION)
    talk.github.pull.comment("eve", "Ha!\n\n<!-- pr-reviewer:reply v1 conversation:1 -->")
    await talk.partner().reply(comment, "conversation:1", "No.")
    assert [body[:3] for body in talk.answers(None)] == ["Ha!", "No."]


async def test_below_a_reply_the_thread_itself_is_answered(talk):
    first = talk.said(CommentPlace.LINE)
    below = Comment(999, CommentPlace.LINE, "/ask why", ADA, reply_to=first.id)
    await talk.partner().reply(below, "line:999", "So.")
    assert len(talk.answers(first)) == 1


async def test_a_reaction_that_may_not_be_given_is_an_error_that_names_the_permission(talk):
    comment = talk.said(CommentPlace.CONVERSATION)
    talk.github.repository.archive()
    with pytest.raises(ProviderRefused) as refused:
        await talk.partner().react(comment, Reaction.TAKEN)
    assert "archived" in str(refused.value)
