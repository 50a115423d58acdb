"""What git says when it fails, as a sentence with a way out where one is known, and without secrets."""

import re

from pr_reviewer.model.errors import GitError, UsageError

_MISSING = re.compile(
    r"unable to (read|find)|could not (read|fetch)|bad object|missing (blob|tree|commit)|not a tree object|bad tree"
    r"|failed to read|lazy fetching disabled|transport '.*' not allowed",
    re.IGNORECASE,
)
_SECRETS = re.compile(
    r"(?P<before>://)[^/@\s]+(?P<after>@)"
    r"|(?P<header>(?i:authorization|private-token)\s*:\s*)(\S+ )?\S+"
    r"|\b(gh[a-z]_|github_pat_|glpat-)\w+"
)
_UNTRUSTED_FOLDER = re.compile(r"safe\.directory (.+)")


def failure(name: str, stderr: str) -> GitError | UsageError:
    """The error for a git command that failed, from what it printed."""
    said = redact(stderr).strip()
    if "not a git repository" in said:
        return UsageError("this is not a git repository", hint="Call it inside one, or name one with --repo PATH.")
    if "dubious ownership" in said:
        folder = _UNTRUSTED_FOLDER.search(said)
        return GitError(
            "git does not trust this repository, because it belongs to another user",
            stderr=said,
            hint=f"If you trust it: git config --global --add safe.directory {folder[1] if folder else 'PATH'}",
        )
    if _MISSING.search(said):
        return GitError(
            f"git {name} needs objects that this repository does not have: {_last_line(said)}",
            stderr=said,
            hint="In a partial clone, `git diff --stat BASE...HEAD` fetches them; "
            "in a shallow one, `git fetch --unshallow` does.",
        )
    return GitError(f"git {name} failed: {_last_line(said)}", stderr=said)


def redact(text: str) -> str:
    """The text without credentials in addresses, headers and the providers' own tokens."""
    return _SECRETS.sub(lambda hit: f"{hit['before'] or hit['header'] or ''}***{hit['after'] or ''}", text)


def _last_line(text: str) -> str:
    return text[-2000:].rpartition("\n")[2] or "it said nothing"
