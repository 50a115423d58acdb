"""Opens what is to be reviewed: a range of a local repository, a diff in a file, or a pull request of a provider.

Part of the wiring, like `bootstrap.py`: nothing is decided here.
"""

import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pr_reviewer.bootstrap import network_of
from pr_reviewer.model.errors import SettingsError, UsageError
from pr_reviewer.model.rules import Unread
from pr_reviewer.providers.base import ChangeReader, TipOpener
from pr_reviewer.providers.local import DiffFile, LocalRange, nothing_to_review
from pr_reviewer.rules.sources import rule_files
from pr_reviewer.settings.load import REPOSITORY_FILE
from pr_reviewer.settings.schema.sections import Settings
from pr_reviewer.workflows.organisation import DEFAULT, Organisation, open_organisation, wanted_name

if TYPE_CHECKING:
    from pr_reviewer.git.cache import GitCache
    from pr_reviewer.model.pull import PullRequestRef
    from pr_reviewer.providers.github.connection import Listener
    from pr_reviewer.providers.github.opening import Access, Office
    from pr_reviewer.providers.github.reviews import Fence
    from pr_reviewer.providers.github.writer import GitHubPullRequest

_NOT_ASKED = "a local review asks no server for it unless rules.organisation_repository names it"


def local_source(options: Mapping[str, Any], diff: str | None, index_file: Path | None = None) -> LocalRange | DiffFile:
    """The change that the command line names: a range (`repo`, `base`, `head`, …), or a diff's file (`-`: stdin).

    `index_file` is the index that git names to a hook.
    """
    if diff is None:
        return LocalRange(
            options["repo"] or Path.cwd(),
            base=options["base"],
            head=options["head"],
            staged=options["staged"],
            uncommitted=options["uncommitted"],
            index_file=index_file,
        )
    try:
        content = sys.stdin.buffer.read() if diff == "-" else Path(diff).read_bytes()
    except OSError as exc:
        raise UsageError(f"the diff {diff} cannot be read: {exc.strerror}") from exc
    return DiffFile.from_bytes(content)


@asynccontextmanager
async def open_pull(
    url: str, settings: Settings, environ: Mapping[str, str], *, posts: bool
) -> AsyncIterator["GitHubPullRequest"]:
    """The pull request at this address. Raises UsageError for any other host, SettingsError without credentials."""
    from pr_reviewer.git.cache import GitCache
    from pr_reviewer.providers.github.address import parse_pull_url
    from pr_reviewer.providers.github.opening import open_pull_request

    access = github_access(settings, environ, posts=posts)
    ref = parse_pull_url(url, access.site)
    cache = GitCache(cache_folder(environ) / "git")
    async with open_pull_request(ref, access, cache, choose=_read_anyway) as pull:
        yield pull


@asynccontextmanager
async def open_known_pull(
    ref: "PullRequestRef", installation: int | None, office: "Office", cache: "GitCache", fence: "Fence"
) -> AsyncIterator["GitHubPullRequest"]:
    """A pull request that GitHub told us of, with the tokens and the cache of a process that works on many.

    Raises UsageError where it is on another GitHub than the configured one.
    """
    from pr_reviewer.providers.github.opening import open_pull_request

    if ref.host != office.access.site.host:
        raise UsageError(
            f"{ref.project}#{ref.number} is on {ref.host}, and this server works with {office.access.site.host}",
            hint="Set github.server_url to the GitHub that the webhooks come from.",
        )
    credentials = office.credentials(installation, ref.project)
    async with open_pull_request(
        ref, office.access, cache, choose=_read_anyway, credentials=credentials, fence=fence
    ) as pull:
        yield pull


def _read_anyway(paths: Sequence[str]) -> Iterable[str]:
    """What is read of the base branch's tip for every review."""
    return (REPOSITORY_FILE, *(file.path for file in rule_files(paths)))


@asynccontextmanager
async def open_organisation_of(
    source: ChangeReader, settings: Settings, environ: Mapping[str, str]
) -> AsyncIterator[Organisation]:
    """The organisation's repository for a change: of a pull request by its own access, of a local range by ours.

    A local range asks a server only if `rules.organisation_repository` names a repository itself: nobody expects `git
    commit` with a hook to wait for a network, or a laptop without one to fail.
    """
    named = settings.rules.organisation_repository
    if isinstance(source, LocalRange):
        async with _open_organisation_of_range(source, named, settings, environ) as organisation:
            yield organisation
        return
    project = (await source.pull_request()).ref.project
    if isinstance(source, TipOpener):
        yield await open_organisation(named, project, source)
    else:
        yield Organisation(project)


@asynccontextmanager
async def _open_organisation_of_range(
    source: LocalRange, named: str | None, settings: Settings, environ: Mapping[str, str]
) -> AsyncIterator[Organisation]:
    project = await _origin_of(source, settings)
    if named == DEFAULT:
        expected = Unread(wanted_name(named, project), _NOT_ASKED, is_expected=True)
        yield Organisation(project, unread=expected if project else None)
    elif named is not None and "{owner}" in named and not project:
        yield Organisation(unread=Unread(named, "no remote `origin` on the configured GitHub tells the owner"))
    elif named is None:
        yield Organisation(project)
    else:
        from pr_reviewer.git.cache import GitCache
        from pr_reviewer.providers.github.opening import open_tips

        cache = GitCache(cache_folder(environ) / "git")
        async with open_tips(github_access(settings, environ, posts=False), cache) as tips:
            yield await open_organisation(named, project, tips)


async def _origin_of(source: LocalRange, settings: Settings) -> str:
    """The name of a local repository on the configured GitHub; "" where it comes from elsewhere."""
    from pr_reviewer.providers.github.address import Site, project_of_remote

    github = settings.github
    try:
        site = Site.of(github.server_url or "", github.api_url or "")
    except SettingsError:
        return ""  # a review of a local range needs no GitHub
    return project_of_remote(await source.origin(), site)


def github_access(
    settings: Settings, environ: Mapping[str, str], *, posts: bool, listener: "Listener | None" = None
) -> "Access":
    """How GitHub is reached, and as whom; a GitHub App goes before a token. `listener` hears of every answer."""
    from pr_reviewer.providers.github.address import Site
    from pr_reviewer.providers.github.client import Patience
    from pr_reviewer.providers.github.connection import Timeouts, nobody
    from pr_reviewer.providers.github.opening import Access

    github = settings.github
    return Access(
        site=Site.of(github.server_url or "", github.api_url or ""),
        token=github.token.get_secret_value() if github.token else "",
        app_id=github.app_id or "",
        private_key=github.private_key.get_secret_value() if github.private_key else "",
        in_actions=environ.get("GITHUB_ACTIONS") == "true",
        posts=posts,
        network=network_of(settings),
        timeouts=Timeouts(read=github.timeout_seconds),
        patience=Patience(total=github.max_wait_seconds, attempts=github.max_retries + 1),
        listener=listener or nobody,
    )


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Where the command line keeps what it can fetch again (XDG base directories)."""
    top = environ.get("XDG_CACHE_HOME") or ""
    base = Path(top) if Path(top).is_absolute() else Path(environ.get("HOME") or Path.home()) / ".cache"
    return base / "pr-reviewer"


async def why_empty(source: ChangeReader) -> str:
    """Why a change has no files."""
    if isinstance(source, DiffFile):
        return "the diff is empty."
    pull = await source.pull_request()
    if isinstance(source, LocalRange):
        return nothing_to_review(pull)
    return f"{pull.head.branch} and {pull.base.branch} do not differ."
