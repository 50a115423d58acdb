"""Repositories, commits, comparisons, contents, branches, collaborators."""

from typing import Any

from tests.fakes.github.call import Call
from tests.fakes.github.messages import Response, not_found, refusal
from tests.fakes.github.payloads import repositories as show
from tests.fakes.github.payloads.people import simple_user
from tests.fakes.github.payloads.pulls import simple_pull
from tests.fakes.github.pull_rules import commits_of, resolve_commit
from tests.fakes.github.routes import route
from tests.fakes.github.state import Repository

_REPO = "/repos/{owner}/{repo}"
_DIFF = "application/vnd.github.v3.diff"
_COARSE = {"maintain": "write", "triage": "read"}


@route("GET", _REPO, needs="metadata:read")
def repository(call: Call) -> dict[str, Any]:
    body = show.repository(call.site, call.repository, full=True)
    token = call.identity.token
    if token and not token.is_app:
        body["permissions"] = show.permissions(call.repository, token.user)
    if call.repository.fork_of:
        parent = show.repository(call.site, call.repository.fork_of)
        body |= {"parent": parent, "source": parent}
    return body


@route("GET", _REPO + "/commits/{ref}", needs="contents:read")
def commit(call: Call) -> dict[str, Any] | Response:
    sha = _resolved(call, call.parameters["ref"])
    facts = call.repository.git.facts(sha)
    if "sha" in call.request.headers.get("accept", ""):
        return Response(200, sha.encode(), {"content-type": "application/vnd.github.sha"})
    files = call.repository.git.diff(facts.parents[0], sha) if facts.parents else ()
    added, removed = sum(file.additions for file in files), sum(file.deletions for file in files)
    limit = call.rules.longest_patch
    return show.commit(call.site, call.world, call.repository, facts) | {
        "stats": {"total": added + removed, "additions": added, "deletions": removed},
        "files": [show.changed_file(call.site, call.repository, sha, file, limit) for file in files[:300]],
    }


@route("GET", _REPO + "/commits/{commit_sha}/pulls", needs="pull_requests:read")
def pulls_of_commit(call: Call) -> Response:
    wanted = call.parameters["commit_sha"]
    found = [pull for pull in call.repository.pulls.values() if wanted in commits_of(pull)]
    return call.page(found, lambda pull: simple_pull(call.site, pull))


@route("GET", _REPO + "/compare/{basehead}", needs="contents:read")
def compare(call: Call) -> Any:
    base_name, dots, head_name = call.parameters["basehead"].partition("...")
    if not dots:
        raise not_found()
    base, head = _resolved(call, base_name), _end(call, head_name)
    git = call.repository.git
    merge_base = git.merge_base(base, head)
    if merge_base is None:
        raise refusal(404, f"No common ancestor between {base_name} and {head_name}.")
    if "diff" in call.request.headers.get("accept", ""):
        return diff_answer(call, git.diff_text(merge_base, head))
    ahead, behind = git.commits(base, head), git.commits(head, base)
    return _comparison(call, (base, head, merge_base), ahead, len(behind))


def _comparison(call: Call, ends: tuple[str, str, str], ahead: tuple[str, ...], behind: int) -> Response:
    """Commits come in pages, files (at most 300) on the first one only."""
    base, head, merge_base = ends
    url = f"{call.site.api}{call.request.raw_path}"
    page = f"{call.site.web}/{call.repository.full_name}/compare/{base}...{head}"
    commits = call.page(ahead, lambda sha: _shown(call, sha))
    status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind", (True, True): "diverged"}
    files = call.repository.git.diff(merge_base, head)[:300] if call.query.get("page", "1") == "1" else ()
    limit = call.rules.longest_patch
    body = {
        "url": url,
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": _shown(call, base),
        "merge_base_commit": _shown(call, merge_base),
        "status": status[bool(ahead), behind > 0],
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "commits": commits.body,
        "files": [show.changed_file(call.site, call.repository, head, file, limit) for file in files],
    }
    return Response(200, body, commits.headers)


def diff_answer(call: Call, text: str) -> Response:
    """The diff media type, which stops at so many lines."""
    most = call.rules.most_diff_lines
    if text.count("\n") > most:
        says = f"Sorry, the diff exceeded the maximum number of lines ({most})"
        error = {"resource": "PullRequest", "field": "diff", "code": "too_large"}
        raise refusal(406, says, [error])
    body = text.encode("utf-8", "surrogateescape")
    return Response(200, body, {"content-type": f"{_DIFF}; charset=utf-8"})


@route("GET", _REPO + "/contents/{path}", needs="contents:read")
def contents(call: Call) -> Any:
    ref = call.query.get("ref", call.repository.default_branch)
    path = call.parameters["path"]
    blob = call.repository.git.blob(_resolved(call, ref), path)
    if blob is None:
        raise not_found()
    if "raw" in call.request.headers.get("accept", ""):
        return Response(200, blob[1], {"content-type": "application/vnd.github.raw; charset=utf-8"})
    return show.content(call.site, call.repository, ref, path, blob)


@route("GET", _REPO + "/branches/{branch}", needs="contents:read")
def branch(call: Call) -> dict[str, Any]:
    name = call.parameters["branch"]
    sha = call.repository.heads.get(name)
    if sha is None:
        raise refusal(404, "Branch not found")
    url = f"{call.site.api}/repos/{call.repository.full_name}/branches/{name}"
    return {
        "name": name,
        "commit": _shown(call, sha),
        "_links": {"self": url, "html": f"{call.site.web}/{call.repository.full_name}/tree/{name}"},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{url}/protection",
    }


@route("GET", _REPO + "/git/ref/{ref}", needs="contents:read")
def reference(call: Call) -> dict[str, Any]:
    name = f"refs/{call.parameters['ref']}"
    sha = call.repository.git.references("refs/").get(name.removeprefix("refs/"))
    if sha is None:
        raise not_found()
    path = f"{call.site.api}/repos/{call.repository.full_name}/git"
    pointed = {"type": "commit", "sha": sha, "url": f"{path}/commits/{sha}"}
    return {"ref": name, "node_id": f"REF_{sha[:12]}", "url": f"{path}/{name}", "object": pointed}


@route("GET", _REPO + "/collaborators/{username}/permission", needs="metadata:read")
def permission(call: Call) -> dict[str, Any]:
    """`permission` is coarse (maintain is write, triage is read); `role_name` is exact."""
    token = call.identity.token
    if token and not token.is_app and not call.repository.grants(token.user, "write"):
        raise refusal(403, "Must have push access to view collaborator permission.")
    if token is None:
        raise refusal(401, "Requires authentication")
    account = call.world.accounts.get(call.parameters["username"].lower())
    if account is None:
        raise refusal(404, f"{call.parameters['username']} is not a user")
    role = call.repository.role_of(account)
    user = simple_user(call.site, account) | {"role_name": role}
    user["permissions"] = show.permissions(call.repository, account)
    return {"permission": _COARSE.get(role, role), "role_name": role, "user": user}


@route("GET", "/installation/repositories", needs="installation")
def of_installation(call: Call) -> Response:
    token = call.identity.token
    assert token is not None
    reached = [found for found in call.world.repositories if _reached(token, found)]
    answer = call.page(reached, lambda found: show.repository(call.site, found), "repositories")
    answer.body["repository_selection"] = "all" if token.repositories is None else "selected"
    return answer


def _reached(token: Any, found: Repository) -> bool:
    if token.repositories is not None:
        return found in token.repositories
    return bool(token.installation and token.installation.covers(found))


def _shown(call: Call, sha: str) -> dict[str, Any]:
    return show.commit(call.site, call.world, call.repository, call.repository.git.facts(sha))


def _resolved(call: Call, revision: str) -> str:
    sha = resolve_commit(call.repository, revision)
    if sha is None:
        raise refusal(422, f"No commit found for SHA: {revision}") if len(revision) == 40 else not_found()
    return sha


def _end(call: Call, name: str) -> str:
    """The head of a comparison: also `fork-owner:branch`."""
    owner, colon, branch_name = name.partition(":")
    if not colon:
        return _resolved(call, name)
    for found in call.world.repositories:
        same = found is call.repository or found.fork_of is call.repository
        if same and found.owner.login == owner and branch_name in found.heads:
            call.repository.git.borrow(found.git, found.heads[branch_name])
            return found.heads[branch_name]
    raise not_found()
