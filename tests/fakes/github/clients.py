"""Real clients, set as the product sets them: PyGithub without pauses and retries, git without anybody's settings."""

import os
import subprocess
from pathlib import Path
from typing import Any

import requests
from github import Auth, Github

from tests.fakes.github.server import GitHubServer


def pygithub(server: GitHubServer, token: str) -> Github:
    return Github(
        auth=Auth.Token(token),
        base_url=server.api_url,
        retry=None,
        timeout=5,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )


def call(
    server: GitHubServer, token: str, method: str, path: str, body: Any = None, **headers: str
) -> requests.Response:
    """One plain REST call; header names with underscores."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        sent["authorization"] = f"Bearer {token}"
    return requests.request(
        method, server.api_url + path, json=body, headers=sent, timeout=5, allow_redirects=False, stream=False
    )


def graphql(server: GitHubServer, token: str, query: str, **variables: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"query": query, "variables": variables}
    headers = {"authorization": f"Bearer {token}"}
    answer: dict[str, Any] = requests.post(server.graphql_url, json=body, headers=headers, timeout=5).json()
    return answer


def git(folder: Path, *arguments: str, header: str = "") -> subprocess.CompletedProcess[str]:
    """Git as the product runs it: nobody's settings, no questions, credentials in a header."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
    }
    if header:
        environment |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader", "GIT_CONFIG_VALUE_0": header}
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False, env=environment
    )
