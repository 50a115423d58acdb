"""What people say on lines, and what the pull request says of itself: over REST, which keeps every byte.

https://docs.github.com/en/rest/pulls/comments and https://docs.github.com/en/rest/pulls/pulls
"""

from collections.abc import Sequence

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.posting import PullText, Remark
from pr_reviewer.providers.github.payload import Json
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject

_READ = Need("read the conversation", "pull_requests", "read")
_EDIT = Need("edit the description", "pull_requests", "write")
_LABEL = Need("put labels on the pull request", "pull_requests", "write")
_GHOST = "ghost"


class Conversation:
    """A `ConversationReader`, a `DescriptionEditor` and a `Labeler`, for a class that has a `subject`."""

    subject: Subject

    async def remarks(self) -> tuple[Remark, ...]:
        """See `ConversationReader`."""
        viewer = (await self.subject.look(threads=False, comments=False)).viewer
        rows = await self.subject.client.pages(f"{self.subject.path}/comments", _READ)
        return tuple(sorted((read_remark(row, viewer.login) for row in rows), key=lambda remark: remark.id))

    async def pull_text(self) -> PullText:
        """See `DescriptionEditor`."""
        return read_text(await self.subject.client.get(self.subject.path, _READ))

    async def replace_description(self, old: str, new: str) -> bool:
        """See `DescriptionEditor`. GitHub has no compare-and-set: it is read right before each attempt to write."""

        async def step() -> bool:
            now = (await self.pull_text()).description
            if now == new:
                return True  # an attempt whose answer was lost
            if now != old:
                return False
            await self.subject.client.send("PATCH", self.subject.path, {"body": new}, _EDIT)
            return True

        return await self.subject.client.patiently(step)

    async def add_labels(self, names: Sequence[str]) -> None:
        """See `Labeler`. A label that is there already stays as it is, so it may be repeated."""
        path = f"{self.subject.repository_path}/issues/{self.subject.number}/labels"
        await self.subject.client.patiently(
            lambda: self.subject.client.send("POST", path, {"labels": list(names)}, _LABEL)
        )


def read_remark(row: Json, viewer: str) -> Remark:
    """Read a review comment. Outdated ones have no line any more."""
    author = (row["user"] or {}).get("login", _GHOST)
    last, first = row.get("line"), row.get("start_line")
    then, began = row.get("original_line"), row.get("original_start_line")
    return Remark(
        id=row["id"],
        author=author,
        body=row["body"] or "",
        path=row["path"],
        lines=LineRange(min(first or last, last), last) if last else None,
        side=Side.OLD if row.get("side") == "LEFT" else Side.NEW,
        reply_to=row.get("in_reply_to_id"),
        hunk=row.get("diff_hunk") or "",
        height=1 + (then - began if then and began and began < then else 0),
        url=row["html_url"],
        is_ours=author == viewer,
    )


def read_text(row: Json) -> PullText:
    """Read a pull request."""
    labels = tuple(label["name"] for label in row["labels"])
    return PullText(row["title"], row["body"] or "", row["head"]["sha"], labels, row["html_url"])
