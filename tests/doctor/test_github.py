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


async def told(github, access, folder, *, posts=True, organisation=None, **options) -> list[str]:
    checks = pull_checks(lambda: opened(github, access, folder, **options), posts=posts, organisation=organisation)
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


DEFAULT = "{owner}/.pr-reviewer"
RULES = {"best_practices.md": "## A {#a}\nb\n", "best_practices/go.md": "## C {#c}\nd\n", "notes/x.md": "e\n"}


async def organisation_line(github, folder, *, organisation=DEFAULT) -> str:
    lines = await told(github, github.access(github.token()), folder, posts=False, organisation=organisation)
    assert len(lines) == 3
    return lines[2]


async def test_the_organisations_repository_is_read_as_a_review_would(server, tmp_path):
    github = scene(server, private=True)
    made = server.repository("octo/.pr-reviewer", files=RULES, private=True)
    made.grant("reviewer", "read")
    line = await organisation_line(github, tmp_path)
    tip = made.head("main")[:12]
    assert line == f"ok      organisation: octo/.pr-reviewer is read at {tip}: 2 files of rules and settings"


async def test_one_that_is_missing_under_its_default_name_is_usual(server, tmp_path):
    line = await organisation_line(scene(server, private=True), tmp_path)
    assert line.startswith("skipped organisation: octo/.pr-reviewer is not read: it is not there, or our token may not")


async def test_one_that_somebody_named_and_that_is_hidden_fails_with_what_to_do(server, tmp_path):
    github = scene(server, private=True)
    server.repository("octo/standards", files=RULES, private=True)
    line = await organisation_line(github, tmp_path, organisation="octo/standards")
    assert line.startswith("fail    organisation: octo/standards is not read: it is not there, or our token may not")
    assert "-> Every review says so and counts as incomplete" in line


async def test_one_without_rules_or_settings_is_said_to_hold_none(server, tmp_path):
    github = scene(server, private=True)
    server.repository("octo/.pr-reviewer", files={"README.md": "# Rules\n"}, private=True).grant("reviewer", "read")
    line = await organisation_line(github, tmp_path)
    assert line.startswith("warn    organisation: octo/.pr-reviewer can be read, and holds neither rules nor settings")


async def test_nothing_is_said_of_an_organisation_where_the_change_cannot_be_read(server, tmp_path):
    github = scene(server, private=True)
    lines = await told(github, github.access(""), tmp_path, posts=False, organisation=DEFAULT)
    assert lines[2] == "skipped organisation: the pull request could not be read"
