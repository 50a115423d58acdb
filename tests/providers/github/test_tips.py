"""The organisation's repository beside a pull request: real git over HTTP, with every kind of access."""

import pytest

from pr_reviewer.git.cache import GitCache
from pr_reviewer.model.errors import ProviderRefused, ProviderUnavailable
from pr_reviewer.providers.github.opening import open_tips
from tests.providers.github.builders import TO_POST, opened, scene

FILES = {"best_practices.md": "# Rules\n", "repositories.toml": "", "big/other.txt": "not ours\n"}
NAME = "octo/.pr-reviewer"


@pytest.fixture
def github(server):
    return scene(server, private=True)


def organisation(server, *, private=True, files=FILES, role="read"):
    made = server.repository(NAME, files=files, private=private)
    made.grant("reviewer", role)
    return made


def chosen(paths):
    return [path for path in paths if path.endswith((".md", ".toml"))]


async def read_of(github, folder, access=None, project=NAME):
    """The chosen files of a repository at its tip, None where it is not to be read."""
    async with opened(github, access or github.access(github.token()), folder) as pull:
        await pull.pull_request()
        tip = await pull.open_tip(project, chosen)
        return tip and (tip.sha, await tip.files.read_files(tip.sha, chosen(await tip.files.list_files(tip.sha))))


def app_access(github, app, **options):
    return github.access(app_id=str(app.id), private_key=app.private_key, **options)


def installed(server, repositories=None):
    app = server.app(permissions={**TO_POST, "contents": "write", "administration": "write"})
    app.install("octo", repositories)
    return app


def asked_of(server, name=".pr-reviewer"):
    return [exchange for exchange in server.log.git if exchange.path.startswith(f"/octo/{name}")]


async def test_it_is_read_at_the_tip_of_its_default_branch(server, github, tmp_path):
    repository = server.repository(NAME, files=FILES, private=True, default_branch="trunk")
    repository.grant("reviewer", "read")
    repository.commit("other", {"best_practices.md": "# Elsewhere\n"})
    tip, files = await read_of(github, tmp_path)
    assert tip == repository.head("trunk")
    assert files == {"best_practices.md": "# Rules\n", "repositories.toml": ""}


async def test_no_call_of_the_api_is_made_for_it(server, github, tmp_path):
    organisation(server)
    calls = len(server.log.api)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        await pull.pull_request()
        calls = len(server.log.api)
        await pull.open_tip(NAME, chosen)
    assert len(server.log.api) == calls


async def test_what_did_not_change_is_not_fetched_again(server, github, tmp_path):
    repository = organisation(server)
    first = await read_of(github, tmp_path)
    server.log.clear()
    assert await read_of(github, tmp_path) == first
    assert {exchange.path.rpartition("/")[2] for exchange in asked_of(server)} == {"refs", "git-upload-pack"}
    assert len(asked_of(server)) == 2
    repository.commit("main", {"best_practices.md": "# New\n"})
    assert (await read_of(github, tmp_path))[1]["best_practices.md"] == "# New\n"


async def test_only_what_is_chosen_is_fetched(server, github, tmp_path):
    organisation(server, files={**FILES, "big/huge.bin": b"\1" * 3_000_000})
    await read_of(github, tmp_path)
    kept = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*") if path.is_file() and "+" in str(path))
    assert kept < 200_000


async def test_one_that_is_absent_or_hidden_is_nobodys_to_tell(server, github, tmp_path):
    assert await read_of(github, tmp_path) is None
    organisation(server, role="none")
    assert await read_of(github, tmp_path) is None
    token = github.token("fine-grained")
    assert await read_of(github, tmp_path, github.access(token)) is None


async def test_one_that_everybody_may_read_needs_no_right(server, github, tmp_path):
    organisation(server, private=False, role="none")
    assert await read_of(github, tmp_path, github.access(github.token("fine-grained"))) is not None


async def test_a_workflows_token_reads_no_other_private_repository(server, github, tmp_path):
    organisation(server)
    assert await read_of(github, tmp_path, github.access(github.token("actions"), in_actions=True)) is None


async def test_one_without_a_commit_has_no_files(server, github, tmp_path):
    repository = organisation(server)
    repository.move("main", None)
    assert await read_of(github, tmp_path) == ("", {})


async def test_one_that_has_moved_is_not_followed(server, github, tmp_path):
    organisation(server).rename("octo/rules")
    with pytest.raises(ProviderRefused, match=r"octo/\.pr-reviewer has moved") as refused:
        await read_of(github, tmp_path)
    assert refused.value.status == 301
    assert {exchange.path.split("/")[2] for exchange in server.log.git} == {".pr-reviewer.git"}


async def test_a_server_that_fails_is_not_mistaken_for_absence(server, github, tmp_path):
    organisation(server)
    server.fault("GIT */.pr-reviewer*", "502", times=20)
    with pytest.raises(ProviderUnavailable):
        await read_of(github, tmp_path)


async def test_a_failure_that_passes_is_waited_out(server, github, tmp_path):
    organisation(server)
    server.fault("GIT */.pr-reviewer*", "502", times=2)
    assert await read_of(github, tmp_path) is not None


async def test_what_is_broken_on_disk_is_fetched_again(server, github, tmp_path):
    organisation(server)
    first = await read_of(github, tmp_path)
    (kept,) = (tmp_path / "cache").glob("*/octo+.pr-reviewer.git")
    for pack in kept.rglob("*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(b"broken")
    assert await read_of(github, tmp_path) == first


async def test_an_app_asks_for_a_token_for_that_repository_and_for_reading_alone(server, github, tmp_path):
    organisation(server)
    app = installed(server)
    assert await read_of(github, tmp_path, app_access(github, app)) is not None
    mints = [exchange.body for exchange in server.log.api if exchange.path.endswith("/access_tokens")]
    assert mints[1:] == [{"repositories": [".pr-reviewer"], "permissions": {"contents": "read", "metadata": "read"}}]
    lookups = [exchange for exchange in server.log.api if exchange.path.endswith("/installation")]
    assert len(lookups) == 1


@pytest.mark.parametrize("is_there", [True, False])
async def test_an_app_without_access_costs_one_call(server, github, tmp_path, is_there):
    if is_there:
        organisation(server)
    app = installed(server, [github.repository])
    async with opened(github, app_access(github, app), tmp_path) as pull:
        await pull.pull_request()
        calls = len(server.log.api)
        assert await pull.open_tip(NAME, chosen) is None
        assert len(server.log.api) == calls + 1


async def test_an_app_reads_what_is_public_with_the_token_that_it_has(server, github, tmp_path):
    organisation(server, private=False)
    app = installed(server, [github.repository])
    async with opened(github, app_access(github, app), tmp_path) as pull:
        await pull.pull_request()
        calls = len(server.log.api)
        assert await pull.open_tip(NAME, chosen) is not None
        assert len(server.log.api) == calls


@pytest.mark.parametrize("is_installed", [True, False])
async def test_an_app_reads_another_owners_repository_where_it_is_installed(server, github, tmp_path, is_installed):
    server.repository("holding/rules", files=FILES, private=True)
    app = installed(server)
    if is_installed:
        app.install("holding")
    found = await read_of(github, tmp_path, app_access(github, app), "holding/rules")
    assert (found is not None) is is_installed


async def test_no_token_of_any_repository_is_kept_on_disk(server, github, tmp_path):
    organisation(server)
    token = github.token()
    await read_of(github, tmp_path, github.access(token))
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert any("octo+.pr-reviewer" in str(path) for path in files)
    assert all(token.encode() not in path.read_bytes() for path in files)


@pytest.fixture
def cache(tmp_path):
    return GitCache(tmp_path / "cache", wait=lambda _: None)


async def test_without_a_pull_request_a_token_reads_it_too(server, github, cache):
    organisation(server)
    async with open_tips(github.access(github.token()), cache) as tips:
        assert (await tips.open_tip(NAME, chosen)).sha


async def test_without_a_token_what_is_public_is_read(server, github, cache):
    repository = organisation(server, private=False)
    async with open_tips(github.access(), cache) as tips:
        assert (await tips.open_tip(NAME, chosen)).sha == repository.head()
    repository.record.private = True
    async with open_tips(github.access(), cache) as tips:
        assert await tips.open_tip(NAME, chosen) is None


async def test_without_a_pull_request_an_app_reads_it_too(server, github, cache):
    organisation(server)
    app = installed(server)
    async with open_tips(app_access(github, app), cache) as tips:
        assert (await tips.open_tip(NAME, chosen)).sha
