"""Cut GitHub's OpenAPI descriptions down to the operations that the stand-in serves.

    npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
    python cut_openapi.py package/generated

Writes `api.github.com.json` and `ghes.json` beside this script: the operations below with every component that they
reach. Left out: prose, examples and extensions. Nothing else is changed, so what is checked is what GitHub describes.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SOURCES = {"api.github.com.json": "api.github.com.json", "ghes.json": "ghes-3.19.json"}
PROSE = frozenset({"description", "summary", "example", "examples", "externalDocs", "tags", "title", "deprecated"})
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
RAW = frozenset({"enum", "default", "required"})  # values, not schemas
_REPO = "/repos/{owner}/{repo}"
_PULL = _REPO + "/pulls/{pull_number}"
_ISSUE = _REPO + "/issues/{issue_number}"
PATHS = (
    "/app",
    "/app-manifests/{code}/conversions",
    "/app/hook/config",
    "/app/hook/deliveries",
    "/app/hook/deliveries/{delivery_id}",
    "/app/hook/deliveries/{delivery_id}/attempts",
    "/app/installations",
    "/app/installations/{installation_id}",
    "/app/installations/{installation_id}/access_tokens",
    "/installation/repositories",
    "/meta",
    "/rate_limit",
    "/user",
    "/users/{username}",
    _REPO,
    _REPO + "/branches",
    _REPO + "/branches/{branch}",
    _REPO + "/check-runs",
    _REPO + "/check-runs/{check_run_id}",
    _REPO + "/check-runs/{check_run_id}/annotations",
    _REPO + "/collaborators/{username}/permission",
    _REPO + "/commits/{ref}",
    _REPO + "/commits/{ref}/check-runs",
    _REPO + "/commits/{ref}/status",
    _REPO + "/commits/{ref}/statuses",
    _REPO + "/commits/{commit_sha}/pulls",
    _REPO + "/compare/{basehead}",
    _REPO + "/contents/{path}",
    _REPO + "/git/ref/{ref}",
    _REPO + "/installation",
    _REPO + "/issues/comments/{comment_id}",
    _REPO + "/issues/comments/{comment_id}/reactions",
    _REPO + "/issues/comments/{comment_id}/reactions/{reaction_id}",
    _ISSUE,
    _ISSUE + "/comments",
    _ISSUE + "/labels",
    _ISSUE + "/labels/{name}",
    _ISSUE + "/reactions",
    _REPO + "/labels",
    _REPO + "/pulls",
    _PULL,
    _PULL + "/comments",
    _PULL + "/comments/{comment_id}/replies",
    _PULL + "/commits",
    _PULL + "/files",
    _PULL + "/reviews",
    _PULL + "/reviews/{review_id}",
    _PULL + "/reviews/{review_id}/comments",
    _PULL + "/reviews/{review_id}/events",
    _REPO + "/pulls/comments/{comment_id}",
    _REPO + "/pulls/comments/{comment_id}/reactions",
    _REPO + "/pulls/comments/{comment_id}/reactions/{reaction_id}",
    _REPO + "/statuses/{sha}",
)


def cut(whole: dict[str, Any]) -> dict[str, Any]:
    """The description of PATHS alone, with all that they reach."""
    paths = {path: _without_prose(_operations(whole["paths"][path])) for path in PATHS if path in whole["paths"]}
    components: dict[str, dict[str, Any]] = {}
    waiting = list(_references(paths))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name in components.setdefault(kind, {}):
            continue
        components[kind][name] = _without_prose(whole["components"][kind][name])
        waiting.extend(_references(components[kind][name]))
    ordered = {kind: dict(sorted(named.items())) for kind, named in sorted(components.items())}
    return {"openapi": whole["openapi"], "info": {"version": whole["info"]["version"]}, "paths": paths} | {
        "components": ordered
    }


def _operations(path: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in path.items() if name in METHODS or name == "parameters"}


def _without_prose(part: Any, *, are_names: bool = False) -> Any:
    """The part without texts for readers. Keys directly under `properties` are names of fields and stay."""
    if isinstance(part, list):
        return [_without_prose(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = part if are_names else {k: v for k, v in part.items() if k not in PROSE and not k.startswith("x-")}
    return {
        name: value
        if name in ("enum", "default", "required")
        else _without_prose(value, are_names=name == "properties")
        for name, value in kept.items()
    }


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _references(item)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)


def lines_of(description: dict[str, Any]) -> str:
    """JSON with one path or component a line, so that a newer description is a readable difference."""
    paths = _one_a_line(description["paths"])
    components = ",\n".join(
        f"{json.dumps(kind)}: {_one_a_line(part)}" for kind, part in description["components"].items()
    )
    head = json.dumps({"openapi": description["openapi"], "info": description["info"]})[:-1]
    return f'{head},\n"paths": {paths},\n"components": {{\n{components}\n}}}}\n'


def _one_a_line(named: dict[str, Any]) -> str:
    rows = (f"{json.dumps(name)}:{json.dumps(part, separators=(',', ':'))}" for name, part in named.items())
    return "{\n" + ",\n".join(rows) + "\n}"


def main(generated: Path) -> None:
    for target, source in SOURCES.items():
        whole = json.loads((generated / source).read_text())
        whole["info"]["version"] = f"{source.removesuffix('.json')} {whole['info']['version']}"
        (FOLDER / target).write_text(lines_of(cut(whole)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
