"""A `ReviewWriter` that lives in memory: a pull request whose conversation is a few lists."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from pr_reviewer.model.changes import Side
from pr_reviewer.model.errors import HeadMoved
from pr_reviewer.model.events import Comment, CommentPlace
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import (
    Check,
    DraftComment,
    DraftReview,
    Posted,
    PullText,
    Reaction,
    Refused,
    Remark,
    Standing,
    Thread,
)
from pr_reviewer.report.markers import MarkerKind, find_marker

NO_PLACE = "GitHub takes no comment at this place of the diff"


class FakeWriter:
    """Obeys the same contract as the real ones.

    `shown` are the (path, line) of the head that the diff shows: comments elsewhere are refused. Move `head_sha`, and
    everything that is written for the old head is refused. `reviews`, `threads`, `summaries`, `checks`: what stands.
    """

    def __init__(self, head_sha: str, shown: Collection[tuple[str, int]]) -> None:
        self.head_sha = head_sha
        self.shown = shown
        self.reviews: list[DraftReview] = []
        self.threads: list[tuple[Thread, DraftComment]] = []
        self.summaries: list[str] = []
        self.checks: dict[str, list[Check]] = {}
        self.permissions: dict[str, Permission] = {}
        self.reactions: list[tuple[int, Reaction]] = []
        self.replies: dict[str, tuple[int | None, str]] = {}
        self.gone: set[int] = set()
        self.text = PullText("Change", "", head_sha, url="fake:pull")
        self.said: list[Remark] = []
        self.meanwhile: list[str] = []

    async def standing(self) -> Standing:
        summary = next((each for each in self.summaries if not find_marker(each).name), None)
        url = "fake:summary" if summary else ""
        return Standing(self.head_sha, tuple(thread for thread, _ in self.threads), summary, summary_url=url)

    async def post_review(self, draft: DraftReview) -> Posted:
        if not draft.comments:
            return Posted()
        standing = (await self.standing()).fingerprints
        unique = {comment.fingerprint: comment for comment in draft.comments}
        missing = [comment for name, comment in unique.items() if name not in standing]
        if missing and self.head_sha != draft.head_sha:
            raise HeadMoved(draft.head_sha, self.head_sha)
        placed = [comment for comment in missing if self._has_place(comment)]
        if placed:
            self.reviews.append(replace(draft, comments=tuple(placed)))
        for comment in placed:
            self.threads.append((self._thread(comment), comment))
        return Posted(
            placed=tuple(comment.fingerprint for comment in placed),
            standing=tuple(name for name in unique if name in standing),
            refused=tuple(Refused(comment, NO_PLACE) for comment in missing if comment not in placed),
            url=f"fake:review/{len(self.reviews)}" if placed else "",
        )

    async def put_summary(self, head_sha: str, body: str) -> str:
        if self.head_sha != head_sha:
            raise HeadMoved(head_sha, self.head_sha)
        name = find_marker(body).name
        self.summaries = [each for each in self.summaries if find_marker(each).name != name] + [body]
        return "fake:summary"

    async def find_threads(self) -> tuple[Thread, ...]:
        return tuple(thread for thread, _ in self.threads)

    async def set_check(self, check: Check) -> None:
        self.checks.setdefault(check.head_sha, []).append(check)

    async def permission(self, login: str) -> Permission:
        return self.permissions.get(login.lower(), Permission.NONE)

    async def remarks(self) -> tuple[Remark, ...]:
        return tuple(self.said)

    async def pull_text(self) -> PullText:
        """`meanwhile` are descriptions that somebody else saves, one before each of our writes."""
        return self.text

    async def replace_description(self, old: str, new: str) -> bool:
        if self.meanwhile:
            self.text = replace(self.text, description=self.meanwhile.pop(0))
        if self.text.description != old:
            return False
        self.text = replace(self.text, description=new)
        return True

    async def add_labels(self, names: Sequence[str]) -> None:
        self.text = replace(self.text, labels=(*self.text.labels, *names))

    async def react(self, comment: Comment, reaction: Reaction) -> None:
        if comment.id not in self.gone and (comment.id, reaction) not in self.reactions:
            self.reactions.append((comment.id, reaction))

    async def reply(self, comment: Comment | None, key: str, body: str) -> str:
        below = (comment.reply_to or comment.id) if comment and comment.place is CommentPlace.LINE else None
        self.replies[key] = (below, body)
        return f"fake:reply/{key}"

    def _thread(self, comment: DraftComment) -> Thread:
        number = len(self.threads)
        is_suggestion = find_marker(comment.body).kind is MarkerKind.SUGGESTION
        return Thread(
            f"T{number}",
            comment.fingerprint,
            is_suggestion=is_suggestion,
            url=f"fake:comment/{number}",
            path=comment.path,
            lines=comment.lines,
        )

    def _has_place(self, comment: DraftComment) -> bool:
        """Lines one after the other, each shown: a gap is where one hunk ends."""
        numbers = range(comment.lines.first, comment.lines.last + 1)
        return comment.side is Side.NEW and all((comment.path, number) in self.shown for number in numbers)
