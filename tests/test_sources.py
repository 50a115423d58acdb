"""Where a change comes from decides how its organisation is read."""

import pytest

from pr_reviewer.bootstrap import read_rules, resolve_settings
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.rules import Level, Quality, Unread
from pr_reviewer.providers.local import DiffFile, LocalRange
from pr_reviewer.settings.load import load_settings
from pr_reviewer.sources import open_organisation_of, open_pull
from pr_reviewer.workflows.organisation import Organisation
from tests.fakes.github import GitHubServer
from tests.git.builders import GitFolder
from tests.git.settings import use_settings_of_nobody

RULE = "## Rule {0} {{#{0}}}\nDo it.\n"


@pytest.fixture(autouse=True)
def settings_of_nobody(tmp_path_factory, monkeypatch):
    return use_settings_of_nobody(tmp_path_factory, monkeypatch)


@pytest.fixture
def server():
    with GitHubServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def organisation(server):
    return server.repository(
        "octo/.pr-reviewer",
        files={
            "best_practices.md": RULE.format("shared"),
            "repositories.toml": '[[repository]]\nmatch = "octo/app"\nquality = "legacy"\n',
            ".pr_reviewer.toml": "[review]\nmax_comments = 7\nmin_confidence = 'low'\n",
        },
    )


def environ(server, tmp_path, **more):
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    return {"GITHUB_SERVER_URL": server.url, "GITHUB_API_URL": server.api_url} | cache | more


def named(name):
    return {"PR_REVIEWER_RULES__ORGANISATION_REPOSITORY": name}


def local(tmp_path, origin=""):
    folder = GitFolder.create(tmp_path / "app")
    folder.commit({"a.py": "x = 1\n", "best_practices.md": RULE.format("own")})
    folder.branch("feature")
    folder.commit({"a.py": "x = 2\n"})
    if origin:
        folder.git("remote", "add", "origin", origin)
    return LocalRange(folder.path, base="main")


async def organisation_of(source, env):
    async with open_organisation_of(source, load_settings(env).settings, env) as found:
        return found


async def test_a_pull_request_is_read_with_all_that_its_organisation_says(server, organisation, tmp_path):
    repository = server.repository("octo/app", files={"a.py": "1\n", ".pr_reviewer.toml": "review.max_comments = 2\n"})
    repository.commit("feature", {"a.py": "2\n"})
    pull = repository.open_pull("feature")
    repository.grant("reviewer", "write")
    env = environ(server, tmp_path, GITHUB_TOKEN=server.token("classic", user="reviewer"))
    operators = load_settings(env).settings
    async with (
        open_pull(pull.url, operators, env, posts=False) as source,
        open_organisation_of(source, operators, env) as found,
    ):
        settings = await resolve_settings(source, env, (), found)
        book = await read_rules(source, settings, found)
    assert (settings.review.max_comments, settings.review.min_confidence) == (2, "low")
    assert book.standing.quality is Quality.LEGACY
    shared = book.rule_for("a.py", "shared")
    assert shared is not None
    assert (shared.source.file.project, shared.source.file.revision) == ("octo/.pr-reviewer", organisation.head())


async def test_a_pull_requests_rules_come_with_its_first_fetch(server, tmp_path):
    files = {f"d{number}/best_practices.md": RULE.format(f"r{number}") for number in range(20)}
    repository = server.repository(
        "octo/app", files={**files, "AGENTS.md": "# Style\n\n- Tabs, always.\n", "a.py": "1\n"}
    )
    repository.commit("feature", {"a.py": "2\n", "best_practices.md": RULE.format("mine")})
    pull = repository.open_pull("feature")
    env = environ(server, tmp_path, GITHUB_TOKEN=server.token("classic", user="octo"), **named("none"))
    settings = load_settings(env).settings
    async with open_pull(pull.url, settings, env, posts=False) as source:
        book = await read_rules(source, await resolve_settings(source, env, ()))
        found = await source.pull_request()
        await source.diff(found.merge_base_sha, found.head.sha)
        assert source.fetches == 2
    assert {f"r{number}" for number in range(20)} < {rule.id for rule in book.rules}
    assert "mine" not in {rule.id for rule in book.rules}


async def test_a_wrong_setting_of_the_organisation_is_named_with_its_place(server, organisation, tmp_path):
    organisation.commit("main", {".pr_reviewer.toml": "[models]\nreview = 'x'\n"})
    env = environ(server, tmp_path, **named("octo/.pr-reviewer"))
    source = local(tmp_path)
    async with open_organisation_of(source, load_settings(env).settings, env) as found:
        with pytest.raises(SettingsError) as refused:
            await resolve_settings(source, env, (), found)
    assert "octo/.pr-reviewer/.pr_reviewer.toml:2: models.review may be set by the operator only" in str(refused.value)


async def test_settings_of_the_organisation_that_are_no_text_are_an_error(server, organisation, tmp_path):
    organisation.commit("main", {".pr_reviewer.toml": b"\0"})
    env = environ(server, tmp_path, **named("octo/.pr-reviewer"))
    source = local(tmp_path)
    async with open_organisation_of(source, load_settings(env).settings, env) as found:
        with pytest.raises(SettingsError, match=r"octo/\.pr-reviewer/\.pr_reviewer\.toml cannot be read"):
            await resolve_settings(source, env, (), found)


async def test_a_local_range_asks_no_server_by_itself(server, organisation, tmp_path):  # noqa: ARG001
    env = environ(server, tmp_path, GITHUB_TOKEN=server.token("classic", user="octo"))
    found = await organisation_of(local(tmp_path, f"{server.url}/octo/app.git"), env)
    assert found.project == "octo/app"
    assert found.tip is None
    assert found.unread == Unread(
        "octo/.pr-reviewer",
        "a local review asks no server for it unless rules.organisation_repository names it",
        is_expected=True,
    )
    assert server.log.git == []


async def test_a_local_range_from_elsewhere_has_no_organisation(server, tmp_path):
    assert await organisation_of(local(tmp_path, "https://git.example/octo/app.git"), environ(server, tmp_path)) == (
        Organisation()
    )


@pytest.mark.parametrize("name", ["octo/rules", "{owner}/rules"])
async def test_a_local_range_reads_the_repository_that_is_named(server, organisation, tmp_path, name):
    organisation.rename("octo/rules")
    env = environ(server, tmp_path, **named(name))
    source = local(tmp_path, f"{server.url}/octo/app.git")
    async with open_organisation_of(source, load_settings(env).settings, env) as found:
        book = await read_rules(source, await resolve_settings(source, env, (), found), found)
    assert {"own", "shared"} < {rule.id for rule in book.rules}
    assert book.standing.quality is Quality.LEGACY


async def test_a_local_range_that_tells_no_owner_leaves_a_gap(server, tmp_path):
    found = await organisation_of(local(tmp_path), environ(server, tmp_path, **named("{owner}/rules")))
    assert found.unread is not None
    assert not found.unread.is_expected
    assert found.unread.origin == "{owner}/rules"


async def test_switched_off_nothing_is_looked_for_and_nothing_said(server, tmp_path):
    source = local(tmp_path, f"{server.url}/octo/app.git")
    assert await organisation_of(source, environ(server, tmp_path, **named("none"))) == Organisation("octo/app")


async def test_a_bare_diff_has_no_organisation(server, tmp_path):
    assert await organisation_of(DiffFile(""), environ(server, tmp_path)) == Organisation()


async def test_settings_of_github_that_contradict_cost_a_local_range_nothing(tmp_path):
    env = {
        "GITHUB_SERVER_URL": "https://ghe.example",
        "GITHUB_API_URL": "https://api.github.com",
        "HOME": str(tmp_path),
    }
    assert await organisation_of(local(tmp_path, "https://ghe.example/octo/app"), env) == Organisation()


async def test_a_local_ranges_rules_are_those_of_its_base(tmp_path):
    folder = GitFolder.create(tmp_path / "app")
    folder.commit({"best_practices.md": RULE.format("old")})
    folder.branch("feature")
    folder.commit({"best_practices.md": RULE.format("new"), "a/best_practices.md": RULE.format("newer")})
    (folder.path / "best_practices.md").write_text(RULE.format("newest"))
    for source in (LocalRange(folder.path, base="main"), LocalRange(folder.path, base="main", uncommitted=True)):
        book = await read_rules(source, load_settings({}).settings)
        assert [rule.id for rule in book.rules if rule.source.file.level >= Level.REPOSITORY] == ["old"]
