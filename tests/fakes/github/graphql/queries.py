"""Where queries begin: repository, node, viewer, rateLimit."""

from typing import Any

from tests.fakes.github.access import can_see
from tests.fakes.github.graphql.context import Context, connection, failure
from tests.fakes.github.graphql.schema import reads, resolves
from tests.fakes.github.pull_rules import resolve_commit
from tests.fakes.github.state import Pull, Repository


@resolves("Query", "repository")
def repository(_: Any, context: Context, *, owner: str, name: str, followRenames: bool = True) -> Repository:  # noqa: N803
    found, is_moved = context.world.find_repository(f"{owner}/{name}")
    if found is None or (is_moved and not followRenames) or not can_see(context.identity, found):
        raise failure("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return found


@resolves("Query", "node")
def node(_: Any, context: Context, *, id: str) -> Any:  # noqa: A002 GitHub's name
    return context.node(id)


@resolves("Query", "nodes")
def nodes(_: Any, context: Context, *, ids: list[str]) -> list[Any]:
    return [context.node(wanted) for wanted in ids]


@resolves("Query", "viewer")
def viewer(_: Any, context: Context) -> dict[str, Any]:
    """Also installation tokens have one, named with `[bot]`; it is a `User` all the same."""
    account = context.user
    return {
        "id": account.node_id,
        "login": account.login,
        "databaseId": account.id,
        "name": account.login,
        "url": f"{context.site.web}/{account.login}",
    }


@resolves("Query", "rateLimit")
def rate_limit(_: Any, context: Context, *, dryRun: bool = False) -> dict[str, Any]:  # noqa: ARG001, N803
    row = context.limits.row(context.identity, "graphql")
    numbers = {name: row[name] for name in ("limit", "remaining", "used")}
    return {**numbers, "cost": 1, "nodeCount": 0, "resetAt": context.world.stamp(row["reset"])}


@resolves("Repository", "pullRequest")
def pull_request(found: Repository, context: Context, *, number: int) -> Pull:
    context.require(found, "pull_requests:read")
    pull = found.pulls.get(number)
    if pull is None:
        raise failure("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
    return pull


@resolves("Repository", "ref")
def ref(found: Repository, _: Context, *, qualifiedName: str) -> Any:  # noqa: N803 GitHub's name
    name = qualifiedName.removeprefix("refs/heads/")
    sha = found.heads.get(name)
    return branch(found, name) if sha else None


@resolves("Repository", "object")
def git_object(found: Repository, _: Context, *, expression: str | None = None, oid: str | None = None) -> Any:
    sha = resolve_commit(found, oid or expression or "")
    return {"__typename": "Commit", "id": f"C_{sha}", "oid": sha} if sha else None


def branch(found: Repository, name: str) -> dict[str, Any]:
    target = {"__typename": "Commit", "id": f"C_{found.heads[name]}", "oid": found.heads[name]}
    return {"id": f"REF_{found.id}_{name}", "name": name, "prefix": "refs/heads/", "target": target}


@resolves("Repository", "labels")
def repository_labels(found: Repository, _: Context, **arguments: Any) -> Any:
    return connection("labels", found.labels, arguments)


@resolves("Repository", "viewerPermission")
def viewer_permission(found: Repository, context: Context) -> str | None:
    role = found.role_of(context.identity.user).upper()
    return None if role == "NONE" else role


@resolves("Repository", "url")
def repository_url(found: Repository, context: Context) -> str:
    return f"{context.site.web}/{found.full_name}"


def _account(name: str, record: Any) -> Any:
    """A field of an account, or of the viewer, which is a dictionary."""
    if isinstance(record, dict):
        return record[name]
    return {"id": record.node_id, "login": record.login.removesuffix("[bot]"), "databaseId": record.id}[name]


# A bot's login has no `[bot]` in GraphQL, unlike in REST and as the viewer.
for _kind in ("User", "Bot", "Organization"):
    reads(
        _kind,
        id=lambda found: _account("id", found),
        login=lambda found: _account("login", found),
        databaseId=lambda found: _account("databaseId", found),
    )
reads(
    "Repository",
    id=lambda found: found.node_id,
    databaseId=lambda found: found.id,
    name=lambda found: found.name,
    nameWithOwner=lambda found: found.full_name,
    isPrivate=lambda found: found.private,
    isArchived=lambda found: found.archived,
    isFork=lambda found: found.fork_of is not None,
    owner=lambda found: found.owner,
    defaultBranchRef=lambda found: branch(found, found.default_branch),
)
reads(
    "Label",
    id=lambda found: found.node_id,
    name=lambda found: found.name,
    color=lambda found: found.color,
    description=lambda found: found.description,
)
