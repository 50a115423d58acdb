"""The cache over real smart HTTP: what is fetched, kept, thrown away, and never written."""

import asyncio
import base64
import os
import shutil
import threading

import pytest

from pr_reviewer.git.admission import nobody_renews
from pr_reviewer.git.cache import GitCache, Wanted
from pr_reviewer.git.fetch import Remote
from pr_reviewer.git.locks import FileLock
from pr_reviewer.model.errors import GitError, ProviderRefused, ProviderUnavailable
from tests.fakes.github import Fault, GitHubServer

FILES = {f"d{number % 10}/f{number}.txt": f"{number}\n" for number in range(100)}


@pytest.fixture
def server():
    with GitHubServer() as server:
        yield server


@pytest.fixture
def repository(server):
    made = server.repository("octo/app", files=FILES, private=True)
    made.commit("feature", {"d1/f1.txt": "one\n", "new.txt": "new\n"})
    made.grant("reviewer", "read")
    return made


@pytest.fixture
def token(server, repository):  # noqa: ARG001 who reads it was granted there
    return server.token("classic", user="reviewer")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def header(token):
    return f"Basic {base64.b64encode(f'x-access-token:{token}'.encode()).decode()}"


def remote(repository, token):
    async def ask():
        return Remote(repository.url, header(token))

    return ask


def wanted(repository, head="feature", **options):
    main = repository.head("main")
    return Wanted(main, repository.head(head), main, **options)


def cache_at(folder, **options):
    return GitCache(folder, wait=lambda _: None, **options)


async def opened(folder, repository, token, want=None, renew=nobody_renews, **options):
    cache = cache_at(folder, **options)
    want = want or wanted(repository)
    return await cache.open("github.test", repository.id, remote(repository, token), want, renew)


async def new_text(code, repository):
    return (await code.read_files(repository.head("feature"), ["new.txt"]))["new.txt"]


async def test_a_review_takes_four_requests_and_the_next_one_of_the_same_head_none(server, folder, repository, token):
    for count in (4, 0):
        server.log.clear()
        code = await opened(folder, repository, token)
        want = wanted(repository)
        assert "+new\n" in await code.diff(want.old, want.new)
        assert await code.generated(want.base, ["new.txt"]) == frozenset()
        assert await code.read_files(want.new, ["new.txt", "d1/f1.txt"]) == {"new.txt": "new\n", "d1/f1.txt": "one\n"}
        assert len(await code.list_files(want.new)) == 101
        assert len(server.log) == count
        code.close()


async def test_a_new_head_brings_only_what_is_new(server, folder, repository, token):
    (await opened(folder, repository, token)).close()
    repository.commit("feature", {"late.txt": "late\n"})
    server.log.clear()
    code = await opened(folder, repository, token)
    assert await code.read_files(repository.head("feature"), ["late.txt"]) == {"late.txt": "late\n"}
    packs = sorted((folder / "github.test" / f"{repository.id}.git" / "objects" / "pack").glob("*.pack"))
    sizes = [pack.stat().st_size for pack in packs]
    assert min(sizes) < 1_000 < max(sizes)
    assert len(server.log) == 4


async def test_any_number_of_missing_files_is_one_fetch(folder, repository, token):
    code = await opened(folder, repository, token)
    before = code.fetches
    texts = await code.read_files(repository.head("main"), list(FILES))
    assert texts == FILES
    assert code.fetches == before + 1


async def test_settings_come_with_the_first_fetch(server, folder, repository, token):
    repository.commit("main", {".pr_reviewer.toml": "x = 1\n", "sub/.gitattributes": "*.txt linguist-generated\n"})
    want = wanted(repository, choose=lambda _: (".pr_reviewer.toml", "absent.toml"))
    code = await opened(folder, repository, token, want)
    server.log.clear()
    assert await code.read_files(want.base, [".pr_reviewer.toml"]) == {".pr_reviewer.toml": "x = 1\n"}
    assert await code.generated(want.base, ["sub/a.txt", "a.txt"]) == {"sub/a.txt"}
    assert len(server.log) == 0


async def test_renames_are_found_although_no_file_was_there(folder, repository, token):
    text = "".join(f"line {number}\n" for number in range(50))
    repository.commit("main", {"before.txt": text})
    repository.commit("moved", {"before.txt": None, "after.txt": f"{text}more\n"})
    want = wanted(repository, "moved")
    diff = await (await opened(folder, repository, token, want)).diff(want.old, want.new)
    assert "rename from before.txt\nrename to after.txt\n" in diff


async def test_no_credential_reaches_the_disk_or_a_command_line(folder, repository, token, monkeypatch, tmp_path):
    trace = tmp_path / "trace"
    real = shutil.which("git")
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {trace}\nexec {real} "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    code = await opened(folder, repository, token)
    await code.read_files(repository.head("main"), list(FILES))
    forms = [token.encode(), header(token).encode(), header(token).split(" ")[1].encode()]
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()] + [trace.read_bytes()]
    assert b"fetch" in written[-1]
    assert not any(form in content for form in forms for content in written)
    assert token not in repr(Remote(repository.url, header(token)))


async def test_the_folder_is_its_owner_s_alone(folder, repository, token):
    await opened(folder, repository, token)
    assert {path.stat().st_mode & 0o777 for path in (folder, folder / "github.test")} == {0o700}


async def test_a_repository_is_kept_by_its_id_whatever_it_is_called(server, folder, repository, token):
    (await opened(folder, repository, token)).close()
    repository.rename("octo/other")
    server.log.clear()
    (await opened(folder, repository, token)).close()
    assert len(server.log) == 0


async def test_ten_readers_at_once_share_one_repository(folder, repository, token):
    heads = []
    for number in range(10):
        repository.commit(f"b{number}", {f"b{number}.txt": f"{number}\n"})
        heads.append(f"b{number}")

    async def read(number):
        want = wanted(repository, heads[number])
        code = await opened(folder, repository, token, want)
        return await code.read_files(want.new, [f"b{number}.txt", *list(FILES)[:number]])

    texts = await asyncio.gather(*map(read, range(10)))
    assert [text[f"b{number}.txt"] for number, text in enumerate(texts)] == [f"{number}\n" for number in range(10)]


BREAKAGES = {
    "empty folder": lambda git: (shutil.rmtree(git), git.mkdir()),
    "no objects": lambda git: shutil.rmtree(git / "objects"),
    "cut packs": lambda git: [pack.write_bytes(pack.read_bytes()[:40]) for pack in _writable(git, "*.pack")],
    "no packs": lambda git: [pack.unlink() for pack in git.glob("objects/pack/*.pack")],
    "broken packs": lambda git: [_flip(pack) for pack in _writable(git, "*.pack")],
    "broken index": lambda git: [_flip(pack) for pack in _writable(git, "*.idx")],
    "broken config": lambda git: git.joinpath("config").write_text("[core\n"),
    "broken HEAD": lambda git: git.joinpath("HEAD").write_text("nonsense\n"),
    "broken shallow": lambda git: git.joinpath("shallow").write_text("nonsense\n"),
    "broken refs": lambda git: [ref.write_text("nonsense\n") for ref in git.glob("refs/pr-reviewer/*")],
    "left locks": lambda git: [git.joinpath(name).touch() for name in ("shallow.lock", "packed-refs.lock")],
    "a file": lambda git: (shutil.rmtree(git), git.write_text("no folder")),
}


def _writable(git, pattern):
    for path in git.glob(f"objects/pack/{pattern}"):
        path.chmod(0o644)
        yield path


def _flip(path):
    content = bytearray(path.read_bytes())
    for position in range(20, len(content), 7):
        content[position] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("name", BREAKAGES)
async def test_a_broken_cache_heals_itself(folder, repository, token, name):
    (await opened(folder, repository, token)).close()
    BREAKAGES[name](folder / "github.test" / f"{repository.id}.git")
    repository.commit("feature", {"late.txt": "late\n"})
    code = await opened(folder, repository, token)
    want = wanted(repository)
    assert "+late\n" in await code.diff(want.old, want.new)
    assert await new_text(code, repository) == "new\n"


@pytest.mark.parametrize("name", ["no packs", "cut packs", "broken packs", "no objects"])
async def test_a_cache_that_breaks_while_it_is_read_heals_itself(folder, repository, token, name):
    code = await opened(folder, repository, token)
    BREAKAGES[name](folder / "github.test" / f"{repository.id}.git")
    want = wanted(repository)
    assert "+new\n" in await code.diff(want.old, want.new)
    assert await new_text(code, repository) == "new\n"


async def test_a_commit_that_nobody_has_is_an_error_and_no_reason_to_fetch_for_ever(server, folder, repository, token):
    with pytest.raises(GitError):
        await opened(folder, repository, token, Wanted(repository.head(), "1" * 40, repository.head()))
    assert len(server.log) <= 4


async def test_above_the_limit_the_repository_that_was_not_used_for_longest_goes(server, folder, repository, token):
    others = [server.repository(f"octo/other{number}", files=FILES) for number in range(3)]
    for number, other in enumerate(others):
        head = other.head()
        (await opened(folder, other, token, Wanted(head, head, head))).close()
        os.utime(folder / "github.test" / f"{other.id}.use", (number, number))
    size = sum(path.stat().st_size for path in (folder / "github.test" / f"{others[0].id}.git").rglob("*"))
    (await opened(folder, repository, token, max_bytes=size + size // 2)).close()
    kept = {path.stem for path in folder.glob("*/*.git")}
    assert kept == {str(others[2].id), str(repository.id)}


async def test_a_repository_in_use_is_not_evicted(server, folder, repository, token):
    code = await opened(folder, repository, token)
    other = server.repository("octo/other", files=FILES)
    head = other.head()
    (await opened(folder, other, token, Wanted(head, head, head), max_bytes=1)).close()
    assert await new_text(code, repository) == "new\n"
    code.close()
    (await opened(folder, other, token, Wanted(head, head, head), max_bytes=1)).close()
    assert not (folder / "github.test" / f"{repository.id}.git").exists()


async def test_a_repository_can_be_purged_unless_it_is_read(folder, repository, token):
    code, cache = await opened(folder, repository, token), cache_at(folder)
    assert not cache.purge("github.test", repository.id)
    code.close()
    assert cache.purge("github.test", repository.id)
    assert cache.purge("github.test", repository.id)
    assert list(folder.glob("*/*.git")) == []


PASSING = [
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.RESET,
    Fault.TRUNCATED,
    Fault.TOO_MANY,
    Fault.SECONDARY,
    Fault.SECONDARY_IN_WORDS,
]


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("call", ["GIT */info/refs", "GIT */git-upload-pack"])
async def test_a_passing_fault_is_waited_out(server, folder, repository, token, call, fault):
    server.fault(call, fault, times=2)
    assert await new_text(await opened(folder, repository, token), repository) == "new\n"


async def test_a_host_that_stays_away_is_named(server, folder, repository, token):
    server.fault("GIT *", Fault.UNAVAILABLE, times=99)
    with pytest.raises(ProviderUnavailable, match=r"cannot fetch http://127.0.0.1:\d+/octo/app.git: .*503"):
        await opened(folder, repository, token)


@pytest.mark.parametrize("given", ["ghp_wrong", ""])
async def test_a_token_that_may_not_read_is_told_what_it_needs(folder, repository, given):
    with pytest.raises(ProviderRefused, match="refuses") as refused:
        await opened(folder, repository, given)
    assert "`contents: read`" in refused.value.hint


async def test_a_refusal_with_its_reason_is_for_good(server, folder, repository):
    blind = server.token("fine-grained", user="reviewer", repositories=[repository], permissions={"issues": "read"})
    with pytest.raises(ProviderRefused, match="refuses") as refused:
        await opened(folder, repository, blind, renew=cannot_be_asked)
    assert refused.value.status == 403
    assert len(server.log) == 1


async def test_a_refusal_without_a_reason_may_pass_and_is_waited_for_within_limits(server, folder, repository, token):
    server.fault("GIT *", Fault.SECONDARY, times=99)
    with pytest.raises(ProviderUnavailable, match="refuses, and does not say why") as refused:
        await opened(folder, repository, token)
    assert "`contents: read`" in refused.value.hint
    assert len(server.log) == 4


async def test_a_token_that_is_over_is_replaced_once(server, folder, repository):
    tokens = Tokens(server, repository)
    server.on("GIT */info/refs", tokens.revoke)
    code = await tokens.opened(folder)
    server.on("GIT */info/refs", tokens.revoke)
    assert await code.read_files(repository.head("feature"), ["d5/f5.txt"]) == {"d5/f5.txt": "5\n"}
    assert tokens.count == 3
    code.close()

    server.revoke(tokens.token)
    tokens.is_renewable = False
    repository.commit("feature", {"late.txt": "late\n"})
    with pytest.raises(ProviderRefused, match="refuses") as refused:
        await tokens.opened(folder)
    assert refused.value.status == 401


async def test_a_token_that_is_over_is_replaced_when_the_tip_is_asked_for(server, folder, repository):
    tokens = Tokens(server, repository)
    server.revoke(tokens.token)
    assert await cache_at(folder).tip(tokens.remote, tokens.renew) == repository.head("main")
    assert tokens.count == 2


class Tokens:
    """Tokens of somebody who may read, one after the other."""

    def __init__(self, server, repository):
        self.server = server
        self.repository = repository
        self.count = 0
        self.is_renewable = True
        self.make()

    def make(self):
        self.count += 1
        self.token = self.server.token("classic", user="reviewer")

    def revoke(self, _request):
        self.server.revoke(self.token)

    async def remote(self):
        return Remote(self.repository.url, header(self.token))

    async def renew(self):
        if self.is_renewable:
            self.make()
        return self.is_renewable

    async def opened(self, folder):
        want = wanted(self.repository)
        return await cache_at(folder).open("github.test", self.repository.id, self.remote, want, self.renew)


async def cannot_be_asked():
    raise AssertionError


@pytest.mark.parametrize("host", ["", "..", "a/b", "a\0b", "a b"])
async def test_a_host_cannot_leave_the_folder(folder, repository, token, host):
    with pytest.raises(ValueError, match="not a host"):
        await cache_at(folder).open(host, 1, remote(repository, token), wanted(repository))


async def test_hundreds_of_kept_heads_are_forgotten_some_day(folder, repository, token):
    (await opened(folder, repository, token)).close()
    kept = folder / "github.test" / f"{repository.id}.git" / "refs" / "pr-reviewer"
    for number in range(250):
        (kept / f"{number:040x}").write_text(f"{repository.head('feature')}\n")
    repository.commit("feature", {"late.txt": "late\n"})
    code = await opened(folder, repository, token)
    assert await new_text(code, repository) == "new\n"
    assert {ref.name for ref in kept.iterdir()} == {repository.head("feature")}


async def test_a_cancelled_reader_leaves_the_cache_usable(server, folder, repository, token):
    arrived = threading.Event()
    server.on("GIT */git-upload-pack", lambda _: arrived.set())
    server.fault("GIT */git-upload-pack", Fault.HANG)
    task = asyncio.create_task(opened(folder, repository, token))
    assert await asyncio.to_thread(arrived.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await new_text(await opened(folder, repository, token), repository) == "new\n"


def test_a_lock_is_held_by_one_alone_or_shared_by_many(tmp_path):
    first, second, third = (FileLock(tmp_path / "lock") for _ in range(3))
    assert first.take()
    assert not second.take()
    assert not second.take(is_shared=True)
    first.give()
    first.give()
    assert second.take(is_shared=True)
    assert third.take(is_shared=True)
    assert not first.take()
    second.give()
    third.give()
    assert first.take()


def test_a_lock_that_is_never_given_back_is_named(tmp_path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.take()
    with pytest.raises(GitError, match="another process has held"):
        second.wait(wait=lambda _: None)


async def test_a_repository_whose_id_is_unknown_is_kept_by_its_name_and_evicted_like_any_other(
    folder, repository, token
):
    tip = await cache_at(folder).tip(remote(repository, token))
    assert tip == repository.head("main")
    code = await cache_at(folder).open("git.example", "octo+app", remote(repository, token), Wanted(tip, tip, tip))
    assert len(await code.list_files(tip)) == len(FILES)
    code.close()
    assert (folder / "git.example" / "octo+app.git").is_dir()
    assert cache_at(folder).purge("git.example", "octo+app")
    assert not (folder / "git.example" / "octo+app.git").exists()


async def test_what_is_kept_by_name_goes_with_its_repository_or_with_all_of_its_owner(folder, repository, token):
    cache, tip = cache_at(folder), repository.head("main")
    for key in ("octo+app", "octo+app2", "octopus+app", repository.id):
        (await cache.open("git.example", key, remote(repository, token), Wanted(tip, tip, tip))).close()

    def kept():
        return {path.stem for path in folder.glob("*/*.git")}

    assert cache.purge_named("elsewhere", "octo")
    assert cache.purge_named("git.example", "Octo/App")
    assert kept() == {"octo+app2", "octopus+app", str(repository.id)}
    code = await cache.open("git.example", "octo+app2", remote(repository, token), Wanted(tip, tip, tip))
    assert not cache.purge_named("git.example", "octo")
    code.close()
    assert cache.purge_named("git.example", "octo")
    assert kept() == {"octopus+app", str(repository.id)}


@pytest.mark.parametrize("key", ["", "app", "../app", "a/b", "octo+", "+app", "octo+app/../x", "octo+app\n"])
async def test_what_is_no_key_reaches_no_folder(folder, repository, token, key):
    with pytest.raises(ValueError, match="not a repository's key"):
        await cache_at(folder).open("git.example", key, remote(repository, token), wanted(repository))
