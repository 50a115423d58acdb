"""Bring objects from a provider. The credential stands in git's environment alone, in no argument, address or file.

Objects are asked for by their ids: what arrives is what was named, whoever pushes meanwhile. A server that gives none
for its id alone is asked by name (`refs/pull/7/head`) instead, whole and without a filter.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pr_reviewer.git.run import Git
from pr_reviewer.model.errors import GitError, HeadMoved, ProviderRefused, ProviderUnavailable

_REMOTE = "origin"
# How much history is asked for by name, until the merge base is in it; the last is all of it.
_DEPTHS = (50, 1_000, 0x7FFFFFFF)
# For a single call, not as the option --filter, which git writes into the repository's own settings: without a promisor
# there, git says of an object that it is missing, and asks nobody for it.
_PARTIAL = {f"remote.{_REMOTE}.promisor": "true", f"remote.{_REMOTE}.partialclonefilter": "blob:none"}

_PASSING = re.compile(
    r"returned error: (408|429|5\d\d)|could not resolve|timed out|timeout was reached|connection (reset|refused|closed)"
    r"|failed to connect|recv failure|send failure|early eof|hung up|rpc failed|empty reply|unexpected disconnect"
    r"|transfer closed|operation too slow|bad gateway|gnutls|ssl_error_syscall|invalid response",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"returned error: 40[134]|authentication failed|could not read (username|password)|repository not found"
    r"|repository '.*' not found|not granted|terminal prompts disabled",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"returned error: 401|authentication failed|could not read (username|password)|terminal prompts disabled",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"returned error: 403", re.IGNORECASE)
_LIMITED = re.compile(r"rate limit|abuse detection|too many requests", re.IGNORECASE)
_REASON = re.compile(r"^remote: *\S", re.MULTILINE)  # the server's own words, where it sends any as plain text
_UNTRUSTED = re.compile(r"certificate (problem|verif)|self[- ]signed|unable to get local issuer", re.IGNORECASE)
_NO_IDS = re.compile(r"not our ref|request for unadvertised object", re.IGNORECASE)
_REDIRECTED = re.compile(r"unable to update url base from redirection|returned error: 30\d|redirect", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is, and how it is reached.

    `authorization` is the whole value of that header, sent to the host of `url` and no other. `ca_file` replaces
    the system's CAs; `proxy` is used if it is not empty, and no other one.
    """

    url: str
    authorization: str = field(default="", repr=False)
    ca_file: str = ""
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Named:
    """The names under which a server shows what is wanted: `head_ref` leads to `head`, unless somebody pushed.

    From there and from `base_ref`, which may be gone, all `commits` are reached.
    """

    head: str
    head_ref: str
    base_ref: str
    commits: tuple[str, ...]


class IdsRefused(GitError):
    """The server gives no object for its id alone, or has none of that id."""


class Forbidden(ProviderRefused):
    """The server answered 403 without a reason: we may not, or not so often."""


def fetch_commits(git: Git, remote: Remote, commits: Iterable[str]) -> None:
    """Bring commits with their trees, without their history and without any file."""
    _fetch(git, remote, commits, "--depth=1", is_partial=True)


def fetch_blobs(git: Git, remote: Remote, blobs: Iterable[str]) -> None:
    """Bring files by their ids, all in one request."""
    # What we have is of no interest to the server: it is asked for single objects.
    _fetch(git.with_options("-c", "fetch.negotiationAlgorithm=noop"), remote, blobs, is_partial=True)


def find_named(git: Git, remote: Remote, named: Named) -> tuple[str, ...]:
    """The names that are there. Raises HeadMoved where the head's leads to another commit by now."""
    tips = _tips(git, remote, (named.head_ref, named.base_ref))
    if named.head_ref not in tips:
        raise GitError(f"cannot fetch {remote.url}: it has neither {named.head[:12]} nor {named.head_ref}")
    if tips[named.head_ref] != named.head:
        raise HeadMoved(named.head, tips[named.head_ref])
    return tuple(tips)


def fetch_named(git: Git, remote: Remote, names: Sequence[str], commits: Sequence[str]) -> None:
    """Bring commits by name, with every file and as much history as it takes, into an empty repository.

    Into one that lacks files it would not work: git tells the server what it has, and is given only the rest.
    """
    for depth in _DEPTHS:
        _fetch(git, remote, names, f"--depth={depth}")
        if not (missing := _missing(git, commits)):
            return
    histories = " and ".join(names)
    raise GitError(f"cannot fetch {remote.url}: {missing} is not in the history of {histories}, nor given for its id")


def read_tip(git: Git, remote: Remote) -> str:
    """The commit at the tip of the default branch; "" where there is no commit yet. `git` needs no repository.

    Raises as fetching does: ProviderRefused with the status 403 where there is none, or none for us.
    """
    return _tips(git, remote, ("HEAD",)).get("HEAD", "")


def _tips(git: Git, remote: Remote, names: Iterable[str]) -> dict[str, str]:
    """Name → commit, for the names that are there."""
    lines = _run(git, remote, "ls-remote", "--quiet", _REMOTE, *names).decode().split("\n")
    there = {name: commit for commit, _, name in (line.partition("\t") for line in lines)}
    return {name: there[name] for name in names if name in there}


def _missing(git: Git, commits: Iterable[str]) -> str:
    """The first that is not here; "" if all are."""
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    rows = git.run("cat-file", "--batch-check", stdin=asked).decode().split("\n")
    return next((row.removesuffix(" missing") for row in rows if row.endswith(" missing")), "")


def _fetch(git: Git, remote: Remote, objects: Iterable[str], *options: str, is_partial: bool = False) -> None:
    arguments = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *options, "--stdin", _REMOTE)
    wanted = "".join(f"{name}\n" for name in dict.fromkeys(objects)).encode()
    _run(git, remote, *arguments, stdin=wanted, is_partial=is_partial)


def _run(git: Git, remote: Remote, *arguments: str, stdin: bytes = b"", is_partial: bool = False) -> bytes:
    """What git prints. `is_partial`: the server may leave out what is not named.

    Raises ProviderUnavailable where a retry may help, ProviderRefused where it will not (the status is 401 where the
    token is not accepted), Forbidden where nobody can know, else GitError.
    """
    try:
        return git.set(**_environment(remote, _PARTIAL if is_partial else {})).run(*arguments, stdin=stdin)
    except GitError as exc:
        raise _told(exc, remote) from None


def _environment(remote: Remote, more: Mapping[str, str]) -> dict[str, str]:
    parts = urlsplit(remote.url)
    settings = {
        f"remote.{_REMOTE}.url": remote.url,
        **more,
        f"protocol.{parts.scheme}.allow": "always",
        "http.followRedirects": "false",
        "http.proxy": remote.proxy,
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "60",
    }
    if remote.authorization:
        settings[f"http.{parts.scheme}://{parts.netloc}/.extraHeader"] = f"Authorization: {remote.authorization}"
    environment = {"GIT_CONFIG_COUNT": str(len(settings)), "HOME": os.devnull}  # no ~/.netrc
    for number, (key, value) in enumerate(settings.items()):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    if remote.ca_file:
        environment["GIT_SSL_CAINFO"] = remote.ca_file
    return environment


def _told(error: GitError, remote: Remote) -> GitError | ProviderRefused | ProviderUnavailable:
    """The error as what it means."""
    said, host = error.stderr or error.message, urlsplit(remote.url).netloc
    why = error.message.partition(": ")[2] or error.message
    if _UNTRUSTED.search(said):
        hint = "If a private CA signs it, name its bundle in SSL_CERT_FILE."
        return ProviderRefused(f"{host} has a certificate that git cannot trust", hint=hint)
    if _REFUSED.search(said) and not _LIMITED.search(said):
        return _refused(said, why, remote)
    if _REDIRECTED.search(said):
        return ProviderRefused(
            f"cannot fetch {remote.url}: {host} redirects, which is not followed: a token goes nowhere else",
            hint="Check GITHUB_SERVER_URL, and any proxy on the way.",
            status=301,
        )
    if _NO_IDS.search(said):
        return IdsRefused(error.message, stderr=error.stderr, hint=error.hint)
    if _PASSING.search(said) or _LIMITED.search(said):
        return ProviderUnavailable(
            f"cannot fetch {remote.url}: {why}", hint="Check the network and the provider's status."
        )
    return error


def _refused(said: str, why: str, remote: Remote) -> ProviderRefused:
    host = urlsplit(remote.url).netloc
    hint = "The token needs to read the repository's code: `contents: read`, or the scope `repo`."
    if _FORBIDDEN.search(said) and not _REASON.search(said):
        told = f"cannot fetch {remote.url}: {host} refuses, and does not say why ({why})"
        return Forbidden(told, hint=f"{hint} If it does, a limit or a proxy may be the reason.", status=403)
    status = 401 if _UNKNOWN.search(said) else 403
    return ProviderRefused(f"cannot fetch {remote.url}: {host} refuses ({why})", hint=hint, status=status)
