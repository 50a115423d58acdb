"""Git's smart HTTP through `git http-backend`, with GitHub's rules on who may fetch and push."""

import re
import subprocess

from tests.fakes.github.access import NOBODY, Identity, can_see, identify, reaches, refused
from tests.fakes.github.git_store import ENVIRONMENT
from tests.fakes.github.messages import Refusal, Request, Response
from tests.fakes.github.pull_rules import sync_branches
from tests.fakes.github.service import Service
from tests.fakes.github.state import Repository

_ADDRESS = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")
_PASSED = {"content-type": "CONTENT_TYPE", "content-encoding": "HTTP_CONTENT_ENCODING", "git-protocol": "GIT_PROTOCOL"}

# Git's protocol 2 gives whatever id it is asked for: stricter servers speak an older one.
_TIPS = {
    "GIT_PROTOCOL": "version=0",
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "uploadpack.allowAnySHA1InWant",
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "uploadpack.allowReachableSHA1InWant",
    "GIT_CONFIG_VALUE_1": "false",
}
_STRICTER = {"tips": _TIPS, "reachable commits": _TIPS | {"GIT_CONFIG_VALUE_1": "true"}}


def is_git(path: str) -> bool:
    return _ADDRESS.fullmatch(path) is not None


def serve_git(service: Service, request: Request) -> tuple[Response, Identity]:
    """The answer, and who asked. Fetches run side by side; after a push the pull requests follow."""
    try:
        with service.lock:
            identity, repository, moved = _admitted(service, request)
    except Refusal as no:
        return no.response, NOBODY
    if moved is not None:
        return moved, identity
    response = _run(repository, request, identity, service.rules.git_gives)
    if _is_push(request):
        with service.lock:
            sync_branches(service.world, repository)
    return response, identity


def _admitted(service: Service, request: Request) -> tuple[Identity, Repository, Response | None]:
    match = _ADDRESS.fullmatch(request.path)
    assert match is not None
    identity = _identity(service, request)
    found, is_moved = service.world.find_repository(f"{match[1]}/{match[2]}")
    if found is None or not can_see(identity, found):
        raise _plain(404, "Repository not found.") if identity.token else _login()
    if is_moved:
        query = request.target.partition("?")[2]
        location = f"{service.site.web}/{found.full_name}.git/{match[3]}" + (f"?{query}" if query else "")
        return identity, found, Response(301, b"", {"location": location})
    _authorize(identity, found, is_push=_is_push(request))
    return identity, found, None


def _identity(service: Service, request: Request) -> Identity:
    """Basic credentials alone, as GitHub's git endpoints take them: any user name, the token as password."""
    header = request.headers.get("authorization")
    if header and not header.lower().startswith("basic "):
        raise _login()
    try:
        identity = identify(service.world, header)
    except Refusal as no:
        raise _login("Invalid username or token. Password authentication is not supported for Git operations.") from no
    if identity.app:
        raise _login("Invalid username or token. Password authentication is not supported for Git operations.")
    return identity


def _authorize(identity: Identity, repository: Repository, *, is_push: bool) -> None:
    if is_push and identity.token is None:
        raise _login()
    if is_push and repository.archived:
        raise _plain(403, "This repository was archived so it is read-only.")
    needs = "contents:write" if is_push else "contents:read"
    if refused(identity, repository, needs, "write" if is_push else "read") is None:
        return
    who = identity.user.login if identity.user else ""
    says = (
        f"Permission to {repository.full_name}.git denied to {who}."
        if reaches(identity, repository) and is_push
        else ("Write access to repository not granted.")
    )
    raise _plain(403, says)


def _run(repository: Repository, request: Request, identity: Identity, gives: str) -> Response:
    match = _ADDRESS.fullmatch(request.path)
    assert match is not None
    environment = {
        **ENVIRONMENT,
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(repository.folder.parent),
        "PATH_INFO": f"/{repository.folder.name}/{match[3]}",
        "QUERY_STRING": request.target.partition("?")[2],
        "REQUEST_METHOD": request.method,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        **{name: request.headers[header] for header, name in _PASSED.items() if header in request.headers},
        **_STRICTER.get(gives, {}),
    }
    if identity.user:
        environment["REMOTE_USER"] = identity.user.login
    done = subprocess.run(
        ["git", "http-backend"], input=request.body, capture_output=True, check=False, env=environment
    )
    return _read_cgi(done.stdout)


def _read_cgi(output: bytes) -> Response:
    head, _, body = output.partition(b"\r\n\r\n")
    headers = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    status = int(headers.pop("status", "200").split(" ")[0])
    return Response(status, body, headers)


def _is_push(request: Request) -> bool:
    return request.path.endswith("/git-receive-pack") or "service=git-receive-pack" in request.target


def _plain(status: int, text: str) -> Refusal:
    return Refusal(Response(status, f"{text}\n".encode(), {"content-type": "text/plain; charset=utf-8"}))


def _login(text: str = "No anonymous access") -> Refusal:
    no = _plain(401, text)
    no.response.headers["www-authenticate"] = 'Basic realm="GitHub"'
    return no
