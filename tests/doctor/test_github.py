"""What the doctor says of the access to a pull request: nothing is posted, whatever may be."""

import pytest

from pr_reviewer.doctor.github import pull_checks
from tests.doctor.builders import line_of
from tests.fakes.github import GitHubServer
from tests.providers.github.builders import TO_POST, opened, scene


@pytest.fixture
def server():
    with GitHubServer() as server:
        yield server
        assert server.violations == []


async def told(github, access, folder, *, posts=True, **options) -> list[str]:
    checks = pull_checks(lambda: opened(github, access, folder, **options), posts=posts)
    lines = [line_of(check) async for check in checks]
    assert github.pull.reviews() == []
    assert github.pull.comments() == []
    assert github.pull.threads() == []
    assert github.pull.statuses() == []
    return lines


def names_and_states(lines: list[str]) -> dict[str, str]:
    return {line[8:].partition(":")[0]: line[:8].strip() for line in lines}


async def test_reading_alone_writes_nothing_and_tries_to_write_nothing(server, tmp_path):
    github = scene(server, private=True, title="Feature")
    lines = await told(github, github.access(github.token()), tmp_path, posts=False)
    assert lines[0] == "ok      pull request: octo/app#1 “Feature” is read with a classic personal access token"
    assert lines[1].startswith("ok      code: git reads the change (")
    assert len(lines) == 2
    assert not [exchange for exchange in server.log.api if "POST" in exchange.name and "graphql" not in exchange.name]


KINDS = {"classic": {}, "fine-grained": {}, "actions": {"in_actions": True}}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_that_may_all_is_told_so_and_nothing_is_posted(server, tmp_path, kind):
    github = scene(server, private=True)
    lines = await told(github, github.access(github.token(kind), **KINDS[kind]), tmp_path)
    assert names_and_states(lines) == {"pull request": "ok", "code": "ok", "comments": "ok", "check": "ok"}
    assert lines[2] == "ok      comments: a review, and a summary, may be posted"
    assert ("check run" if kind == "actions" else "commit status") in lines[3]


@pytest.mark.parametrize(("area", "name"), [("pull_requests", "comments"), ("statuses", "check")])
async def test_a_missing_permission_is_named_with_what_it_costs(server, tmp_path, area, name):
    github = scene(server, private=True)
    token = github.token("fine-grained", permissions=TO_POST | {area: "read"})
    lines = await told(github, github.access(token), tmp_path)
    states = names_and_states(lines)
    assert states.pop(name) == "fail"
    assert set(states.values()) == {"ok"}
    (line,) = [line for line in lines if line.startswith("fail")]
    assert "; without it, --post posts nothing -> The token must be made for this repository" in line
    assert "Read and write" in line


async def test_an_app_is_told_what_it_lacks(server, tmp_path):
    github = scene(server, private=True)
    app = server.app(permissions={"contents": "read", "pull_requests": "write"})
    app.install("octo")
    lines = await told(github, github.access(app_id=str(app.id), private_key=app.private_key), tmp_path)
    assert lines[0].startswith("fail    pull request: the GitHub App lacks permissions on octo/app: checks: write -> ")
    assert lines[1:] == [
        f"skipped {name}: the pull request could not be read" for name in ("code", "comments", "check")
    ]


async def test_a_token_that_is_not_accepted_is_no_secret_in_the_report(server, tmp_path):
    github = scene(server, private=True)
    wrong = "ghp_" + "x" * 36
    lines = await told(github, github.access(wrong), tmp_path)
    assert "GitHub does not accept the classic personal access token" in lines[0]
    assert wrong not in "\n".join(lines)


async def test_code_that_git_cannot_fetch_is_the_second_line(server, tmp_path):
    github = scene(server, private=True)
    token = github.token("fine-grained", permissions=TO_POST | {"contents": "none"})
    lines = await told(github, github.access(token), tmp_path, posts=False)
    assert "fail" in names_and_states(lines).values()
    assert "Contents" in "\n".join(lines)


async def test_no_token_is_a_line_and_no_crash(server, tmp_path):
    github = scene(server)
    lines = await told(github, github.access(""), tmp_path, posts=False)
    assert lines[0].startswith("fail    pull request: GITHUB_TOKEN is not set")
    assert lines[1] == "skipped code: the pull request could not be read"
