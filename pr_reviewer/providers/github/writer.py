"""Writes a review to a pull request; the `ReviewWriter` of GitHub."""

from pr_reviewer.git.repository import Choice, choose_none
from pr_reviewer.model.events import Comment
from pr_reviewer.model.posting import Check, DraftReview, Posted, Reaction
from pr_reviewer.providers.base import CheckSetter, TipOpener
from pr_reviewer.providers.github.checks import NAME, CheckRuns, external_id
from pr_reviewer.providers.github.conversation import react, react_to_review, reply
from pr_reviewer.providers.github.reader import CodeOpener, GitHubReader
from pr_reviewer.providers.github.remarks import Conversation
from pr_reviewer.providers.github.reviews import Fence, post_review
from pr_reviewer.providers.github.standing import Subject
from pr_reviewer.providers.github.statuses import CommitStatuses
from pr_reviewer.providers.github.summary import put_summary


class GitHubPullRequest(GitHubReader, Conversation):
    """A pull request that is read and written: a `ChangeReader` and a `ReviewWriter`."""

    def __init__(  # noqa: PLR0913 the parts of one pull request
        self,
        subject: Subject,
        host: str,
        open_code: CodeOpener,
        tips: TipOpener,
        *,
        choose: Choice = choose_none,
        fence: Fence | None = None,
        posts: bool = True,
    ) -> None:
        """With a `fence`, reviews are posted as `post_review` says of it. `posts`: the token is one to write with."""
        can_check = subject.client.credentials.kind.can_write_checks
        checks = (NAME, external_id(subject.number)) if can_check and posts else ("", "")
        super().__init__(subject, host, open_code, tips, choose=choose, checks=checks)
        self._fence = fence
        self._checks: CheckSetter = (
            CheckRuns(subject, self._knows_of_no_check) if can_check else CommitStatuses(subject)
        )

    async def post_review(self, draft: DraftReview) -> Posted:
        """See `ReviewPoster`."""
        return await post_review(self.subject, draft, self._fence)

    async def put_summary(self, head_sha: str, body: str) -> str:
        """See `SummaryPoster`."""
        return await put_summary(self.subject, head_sha, body)

    async def set_check(self, check: Check) -> None:
        """See `CheckSetter`: a check run where the token may write one, else a commit status."""
        await self._checks.set_check(check)

    async def has_open_check(self, head_sha: str) -> bool:
        """Whether a check run of ours beside this head is not concluded. A commit status is not asked for."""
        is_run = isinstance(self._checks, CheckRuns)
        return is_run and not self._knows_of_no_check(head_sha) and await CheckRuns(self.subject).has_open_run(head_sha)

    async def react(self, comment: Comment, reaction: Reaction) -> None:
        """See `Reactor`."""
        await react(self.subject, comment, reaction)

    async def react_to_review(self, review: str, reaction: Reaction) -> None:
        """As `react`, to a review's own text; `review` is the id of its node."""
        await react_to_review(self.subject, review, reaction)

    async def reply(self, comment: Comment | None, key: str, body: str) -> str:
        """See `Replier`."""
        return await reply(self.subject, comment, key, body)
