"""Servers that give git nothing for an id alone: the head is then found by the pull request's own name."""

import pytest

from pr_reviewer.model.errors import GitError, HeadMoved
from tests.providers.contract import applied
from tests.providers.github.builders import BASE, HEAD, Scene, opened, scene

STRICTER = ["reachable commits", "tips"]


def from_a_fork(server):
    """The head stands in the fork, and here under `refs/pull/1/head` alone; the base has moved on since."""
    repository = server.repository("octo/app", files=BASE, private=True)
    fork = repository.fork("ada")
    for number in range(3):
        fork.commit("patch", {f"step{number}.py": "step\n"})
    fork.commit("patch", HEAD)
    github = Scene(server, repository, repository.open_pull("patch", fork=fork))
    repository.commit("main", {"other.py": "other\n"})
    return github


async def read(github, folder):
    async with opened(github, github.access(github.token()), folder) as pull:
        found = await pull.pull_request()
        diff = await pull.diff(found.merge_base_sha, found.head.sha)
        texts = await pull.read_files(found.head.sha, ["app.py", "old.py", "step1.py"])
        return found, diff, texts


@pytest.mark.parametrize("gives", ["any id", *STRICTER])
async def test_a_head_that_only_the_pull_request_s_name_leads_to_is_read_whole(server, tmp_path, gives):
    github = from_a_fork(server)
    server.rules.git_gives = gives
    found, diff, texts = await read(github, tmp_path)
    steps = {f"step{number}.py": "step\n" for number in range(3)}
    expected = {**BASE, **HEAD, **steps}
    assert found.head.sha == github.pull.head_sha
    assert github.pull.head_sha not in github.repository.record.heads.values()
    assert applied(tmp_path / "applied", BASE, diff) == {path: text.encode() for path, text in expected.items()}
    assert texts == {path: expected[path] for path in ("app.py", "old.py", "step1.py")}


async def test_where_ids_are_given_no_name_is_asked_for(server, tmp_path):
    await read(from_a_fork(server), tmp_path)
    assert len([exchange for exchange in server.log.git if exchange.method == "POST"]) <= 6


@pytest.mark.parametrize("gives", STRICTER)
async def test_what_was_fetched_by_name_is_kept_for_the_next_review(server, tmp_path, gives):
    github = from_a_fork(server)
    server.rules.git_gives = gives
    first = await read(github, tmp_path)
    server.log.clear()
    assert (await read(github, tmp_path))[1:] == first[1:]
    assert server.log.git == []


@pytest.mark.parametrize("gives", STRICTER)
async def test_a_cache_that_was_filled_by_ids_is_no_hindrance(server, tmp_path, gives):
    github = from_a_fork(server)
    await read(github, tmp_path)
    github.repository.commit("main", {"old.py": "newer\n"})
    server.rules.git_gives = gives
    found, diff, texts = await read(github, tmp_path)
    assert found.base.sha == github.repository.head("main")
    assert "+ten\n" in diff
    assert texts["old.py"] == "old\n"


async def test_a_merge_base_far_back_is_reached(server, tmp_path):
    github = scene(server)
    for number in range(60):
        github.repository.commit("feature", {"count.txt": f"{number}\n"})
    server.rules.git_gives = "tips"
    _, diff, _ = await read(github, tmp_path)
    assert "+59\n" in diff


@pytest.mark.parametrize("is_forced", [False, True], ids=["pushed", "pushed by force"])
async def test_a_name_that_leads_elsewhere_by_now_is_a_head_that_moved(server, tmp_path, is_forced):
    github = from_a_fork(server)
    server.rules.git_gives = "tips"
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        found = await pull.pull_request()
        parents = [found.merge_base_sha] if is_forced else [found.head.sha]
        github.repository.git.commit(
            "pushed",
            {"late.py": "late\n"},
            parents=tuple(parents),
            message="Late",
            author="ada",
            when=1,
            anew=is_forced,
        )
        newer = github.repository.git.resolve("refs/heads/pushed")
        github.repository.git.set_reference("refs/pull/1/head", newer)
        with pytest.raises(HeadMoved) as moved:
            await pull.diff(found.merge_base_sha, found.head.sha)
    assert (moved.value.reviewed, moved.value.current) == (found.head.sha, newer)


async def test_a_head_under_no_name_is_told(server, tmp_path):
    github = from_a_fork(server)
    server.rules.git_gives = "tips"
    github.repository.git.set_reference("refs/pull/1/head", None)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        found = await pull.pull_request()
        with pytest.raises(GitError, match=f"has neither {found.head.sha[:12]} nor refs/pull/1/head"):
            await pull.diff(found.merge_base_sha, found.head.sha)


async def test_a_base_that_no_name_leads_to_is_told(server, tmp_path):
    github = scene(server)
    start = github.repository.commit("release", {"r.py": "r\n"})
    github.pull.retarget("release")
    github.repository.move("release", None)
    server.rules.git_gives = "tips"
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        found = await pull.pull_request()
        with pytest.raises(GitError, match=f"{start} is not in the history of refs/pull/1/head, nor given for its id"):
            await pull.diff(found.merge_base_sha, found.head.sha)
