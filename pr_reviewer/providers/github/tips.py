"""Other repositories of the same GitHub, as git shows them to our token: the organisation's rules. No API call.

Whether a repository is absent or hidden from us, GitHub does not tell; whether it has moved, it does, and that is
followed nowhere: whoever holds the new place would write our rules.
"""

from collections.abc import Awaitable, Callable, Iterable

from pr_reviewer.git.admission import Renew
from pr_reviewer.git.cache import CachedRepository, GitCache, Wanted
from pr_reviewer.git.fetch import Remote
from pr_reviewer.git.repository import Choice
from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.providers.base import Tip
from pr_reviewer.providers.github.tokens import Credentials, ShownToken

_MOVED = 301
_HIDDEN = frozenset({401, 403, 404, 422})


class GitHubTips:
    """Opens repositories at the tip of their default branch; the `TipOpener` of GitHub."""

    def __init__(
        self,
        host: str,
        cache: GitCache,
        remote: Callable[[str, str], Remote],
        credentials: Callable[[str], Iterable[Credentials | None]],
    ) -> None:
        """`remote` makes one of a project and a token ("": nobody's); `credentials` are tried in their order."""
        self._host = host
        self._cache = cache
        self._remote = remote
        self._credentials = credentials
        self._opened: list[CachedRepository] = []

    async def open_tip(self, project: str, choose: Choice) -> Tip | None:
        """See `TipOpener`."""
        for credentials in self._credentials(project):
            try:
                return await self._open_as(credentials, project, choose)
            except ProviderRefused as exc:
                if exc.status == _MOVED:
                    raise ProviderRefused(f"{project} has moved; that is not followed", status=_MOVED) from exc
                if exc.status not in _HIDDEN:
                    raise
        return None

    def close(self) -> None:
        """Let go of every repository."""
        for repository in self._opened:
            repository.close()

    async def _open_as(self, credentials: Credentials | None, project: str, choose: Choice) -> Tip:
        shown = ShownToken(credentials)

        async def remote() -> Remote:
            return self._remote(project, await shown.token())

        sha = await self._cache.tip(remote, shown.renew)
        if not sha:
            return Tip(project, sha, _Nothing())
        return Tip(project, sha, await self._fetched(project, remote, shown.renew, Wanted(sha, sha, sha, choose)))

    async def _fetched(
        self, project: str, remote: Callable[[], Awaitable[Remote]], renew: Renew, wanted: Wanted
    ) -> CachedRepository:
        key = project.lower().replace("/", "+")
        repository = await self._cache.open(self._host, key, remote, wanted, renew)
        self._opened.append(repository)
        return repository


class _Nothing:
    """The files of a repository without a commit."""

    async def read_files(self, revision: str, paths: object) -> dict[str, str]:  # noqa: ARG002
        return {}

    async def list_files(self, revision: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()
