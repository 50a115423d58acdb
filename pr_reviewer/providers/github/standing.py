"""What stands on the pull request already: asked before every write."""

from dataclasses import dataclass, replace

from pr_reviewer.model.errors import HeadMoved
from pr_reviewer.providers.github.client import Client
from pr_reviewer.providers.github.payload import Cursors, Json, Standings, read_standings
from pr_reviewer.providers.github.queries import PULL, STANDING
from pr_reviewer.providers.github.refusals import Need

_READ = Need("read the pull request", "pull_requests", "read")
_START = Cursors()


@dataclass(frozen=True, slots=True)
class Subject:
    """The pull request that is talked about, and the client to talk with."""

    client: Client
    project: str
    number: int

    @property
    def repository_path(self) -> str:
        """Its repository in the API."""
        return f"/repos/{self.project}"

    @property
    def path(self) -> str:
        """It itself in the API."""
        return f"{self.repository_path}/pulls/{self.number}"

    async def read(self, *, checks: str = "") -> tuple[Json, Standings]:
        """All that is said of the pull request: the answer to the query `Pull`, and what stands there.

        `checks`: the name of the head's check runs to tell as well. A token that may not read them reads the rest.
        """
        told: dict[str, Json] = {"withChecks": bool(checks), "check": checks, "spare": "commits"}
        data = await self._ask(PULL, _START, threads=True, comments=True, **told)
        return data, await self._complete(read_standings(data))

    async def look(self, *, threads: bool = True, comments: bool = True, after: Cursors = _START) -> Standings:
        """What stands there now, every page of it; threads and comments only where they are asked for."""
        data = await self._ask(STANDING, after, threads=threads, comments=comments)
        return await self._complete(read_standings(data))

    async def _complete(self, found: Standings) -> Standings:
        """The same with the pages that follow."""
        while found.cursors.has_more_threads or found.cursors.has_more_comments:
            more = await self._ask(
                STANDING,
                found.cursors,
                threads=found.cursors.has_more_threads,
                comments=found.cursors.has_more_comments,
            )
            found = _joined(found, read_standings(more))
        return found

    async def _ask(self, query: str, after: Cursors, *, threads: bool, comments: bool, **more: Json) -> Json:
        owner, _, name = self.project.partition("/")
        return await self.client.query(
            query,
            _READ,
            owner=owner,
            name=name,
            number=self.number,
            withThreads=threads,
            withComments=comments,
            threadsAfter=after.threads,
            commentsAfter=after.comments,
            **more,
        )


def require_head(found: Standings, head_sha: str) -> None:
    """Raise HeadMoved where the head is another one by now."""
    if found.head_sha != head_sha:
        raise HeadMoved(head_sha, found.head_sha)


def _joined(one: Standings, other: Standings) -> Standings:
    """Two pages as one; the second tells the head."""
    cursors = replace(
        other.cursors,
        threads=other.cursors.threads or one.cursors.threads,
        comments=other.cursors.comments or one.cursors.comments,
    )
    return replace(other, threads=one.threads + other.threads, comments=one.comments + other.comments, cursors=cursors)
