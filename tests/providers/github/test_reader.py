"""Pull requests of every shape, over real HTTP and real git."""

import pytest

from pr_reviewer.model.errors import HeadMoved, UsageError
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from tests.fakes.github import GitHubServer
from tests.providers.contract import applied
from tests.providers.github.builders import BASE, HEAD, TO_POST, Scene, opened, scene


async def read(github, folder, token=""):
    """The pull request, and its diff."""
    async with opened(github, github.access(token or github.token()), folder) as pull:
        found = await pull.pull_request()
        return found, await pull.diff(found.merge_base_sha, found.head.sha)


async def test_a_pull_request_is_read_whole(server, tmp_path):
    github = scene(server, title="Count to ten", body="As *asked*.", author="ada", labels=["bug", "urgent"], draft=True)
    found, _ = await read(github, tmp_path)
    assert found == PullRequest(
        ref=PullRequestRef(server.url.partition("://")[2], "octo/app", 1),
        title="Count to ten",
        description="As *asked*.",
        author="ada",
        base=Revision("main", github.repository.head("main")),
        head=Revision("feature", github.pull.head_sha),
        merge_base_sha=github.repository.head("main"),
        is_draft=True,
        is_fork=False,
        labels=("bug", "urgent"),
    )


async def test_the_diff_turns_the_merge_base_into_the_head(server, tmp_path):
    _, diff = await read(scene(server), tmp_path)
    expected = {**BASE, **HEAD}
    assert applied(tmp_path / "applied", BASE, diff) == {path: text.encode() for path, text in expected.items()}


async def test_code_is_read_at_every_commit_without_a_question_for_each_file(server, tmp_path):
    many = {f"d{number}/f.py": f"{number}\n" for number in range(200)}
    github = scene(server, base={**BASE, **many})
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        found = await pull.pull_request()
        assert await pull.read_files(found.base.sha, list(many)) == many
        assert await pull.read_files(found.head.sha, ["new.py", *many]) == {"new.py": "new\n", **many}
        assert len(await pull.list_files(found.head.sha)) == 203
        assert pull.fetches == 3
    assert len(server.log.git) <= 6


async def test_a_fork_needs_no_access_of_its_own(server, tmp_path):
    repository = server.repository("octo/app", files=BASE, private=True)
    fork = repository.fork("ada")
    fork.commit("patch", HEAD)
    github = Scene(server, repository, repository.open_pull("patch", fork=fork))
    token = server.token("fine-grained", user="octo", permissions=TO_POST, repositories=[repository])
    found, diff = await read(github, tmp_path, token)
    assert found.is_fork
    assert "+ten\n" in diff
    assert {exchange.path.split("/")[1] for exchange in server.log.git} == {"octo"}


async def test_a_deleted_fork_and_a_deleted_head_branch_are_still_read(server, tmp_path):
    github = scene(server)
    github.repository.move("feature", None)
    _, diff = await read(github, tmp_path)
    assert "+ten\n" in diff


async def test_a_base_that_moved_on_is_no_part_of_the_change(server, tmp_path):
    github = scene(server)
    start = github.repository.head("main")
    github.repository.commit("main", {"other.py": "other\n", "app.py": BASE["app.py"].replace("line 20\n", "twenty\n")})
    found, diff = await read(github, tmp_path)
    assert found.base.sha == github.repository.head("main")
    assert found.merge_base_sha == start
    assert "twenty" not in diff
    assert "other" not in diff


async def test_settings_come_from_the_tip_of_the_base_branch(server, tmp_path):
    github = scene(server)
    github.repository.commit("main", {".pr_reviewer.toml": "late = true\n"})
    github.repository.commit("feature", {".pr_reviewer.toml": "mine = true\n"})
    paths = [".pr_reviewer.toml"]
    async with opened(github, github.access(github.token()), tmp_path, choose=lambda _: paths) as pull:
        found = await pull.pull_request()
        assert await pull.read_files(found.base.sha, paths) == {".pr_reviewer.toml": "late = true\n"}
        assert pull.fetches == 2


async def test_a_retargeted_pull_request_is_compared_with_its_new_base(server, tmp_path):
    github = scene(server)
    github.repository.commit("release", {"released.py": "released\n"})
    github.pull.retarget("release")
    found, diff = await read(github, tmp_path)
    assert found.base == Revision("release", github.repository.head("release"))
    assert "released" not in diff


async def test_merges_of_the_base_into_the_head_are_no_part_of_the_change(server, tmp_path):
    github = scene(server)
    tip = github.repository.commit("main", {"other.py": "other\n"})
    github.repository.commit("feature", {"other.py": "other\n"}, parents=[github.pull.head_sha, tip])
    found, diff = await read(github, tmp_path)
    assert found.merge_base_sha == tip
    assert "other.py" not in diff


async def test_a_closed_pull_request_is_read_like_an_open_one(server, tmp_path):
    github = scene(server)
    github.pull.close()
    assert "+ten\n" in (await read(github, tmp_path))[1]


async def test_a_merged_pull_request_shows_what_it_changed(server, tmp_path):
    github = scene(server)
    github.pull.merge()
    assert "+ten\n" in (await read(github, tmp_path))[1]


async def test_a_pull_request_whose_base_branch_is_gone_is_compared_with_what_that_was(server, tmp_path):
    github = scene(server)
    start = github.repository.commit("release", {"r.py": "r\n"})
    github.pull.retarget("release")
    github.repository.move("release", None)
    found, diff = await read(github, tmp_path)
    assert found.base == Revision("release", start)
    assert "+ten\n" in diff


async def test_an_empty_pull_request_has_an_empty_diff(server, tmp_path):
    github = scene(server, head={})
    assert (await read(github, tmp_path))[1] == ""


async def test_unrelated_histories_are_named(server, tmp_path):
    github = scene(server)
    github.repository.commit("feature", {"alone.py": "alone\n"}, parents=[], anew=True)
    with pytest.raises(UsageError, match="octo/app#1 have no common ancestor"):
        await read(github, tmp_path)


async def test_more_files_and_commits_than_the_api_shows_are_all_there(server, tmp_path):
    github = scene(server)
    for number in range(260):
        github.repository.commit("feature", {f"c{number}.txt": "c\n"})
    github.repository.commit("feature", {f"f{number}.txt": f"{number}\n" for number in range(3_100)})
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        found = await pull.pull_request()
        diff = await pull.diff(found.merge_base_sha, found.head.sha)
        assert pull.fetches == 2
    assert diff.count("diff --git ") == 3_100 + 260 + 2
    assert len(server.log.api) == 2


async def test_a_renamed_repository_is_found_under_its_old_name(server, tmp_path):
    github = scene(server)
    url = github.pull.url
    github.repository.rename("octo/application")
    async with opened(github, github.access(github.token()), tmp_path, url=url) as pull:
        found = await pull.pull_request()
        assert found.ref.project == "octo/application"
        assert "+ten\n" in await pull.diff(found.merge_base_sha, found.head.sha)


async def test_a_force_pushed_head_is_read_as_it_is_now(server, tmp_path):
    github = scene(server)
    main = github.repository.head("main")
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        first = await pull.pull_request()
        await pull.diff(first.merge_base_sha, first.head.sha)
        github.repository.commit("feature", {"pushed.py": "pushed\n"}, parents=[main], anew=True)
        assert "+ten\n" in await pull.diff(first.merge_base_sha, first.head.sha)
    found, diff = await read(github, tmp_path)
    assert found.head.sha == github.pull.head_sha
    assert "+pushed\n" in diff


async def test_a_head_that_is_gone_before_it_is_fetched_is_told_as_moved(server, tmp_path):
    github = scene(server)
    main = github.repository.head("main")
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        first = await pull.pull_request()
        github.repository.commit("feature", {"pushed.py": "pushed\n"}, parents=[main], anew=True)
        github.repository.git.run("prune", "--expire=now")
        with pytest.raises(HeadMoved):
            await pull.diff(first.merge_base_sha, first.head.sha)


async def test_an_enterprise_server_has_its_api_below_a_path(tmp_path):
    with GitHubServer(enterprise=True) as server:
        github = scene(server, private=True)
        assert github.access("ghp_x").site.api_url.endswith("/api/v3")
        found, diff = await read(github, tmp_path)
        assert server.violations == []
    assert "+ten\n" in diff
    assert found.ref.project == "octo/app"
