"""The contracts of all providers, over the stand-in's real HTTP and real git."""

from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from pr_reviewer.git.cache import GitCache
from pr_reviewer.model.posting import CheckState
from pr_reviewer.providers.base import ChangeReader, ReviewWriter
from pr_reviewer.providers.github.address import parse_pull_url
from pr_reviewer.providers.github.opening import open_pull_request
from tests.providers.contract import ProviderContract
from tests.providers.contract_writing import BASE, HEAD, Stage, WritingContract
from tests.providers.github.builders import Scene

_SHOWN = {
    "pending": CheckState.IN_PROGRESS,
    "success": CheckState.SUCCESS,
    "failure": CheckState.FAILURE,
    "error": CheckState.ERROR,
}


class Lazily:
    """Opens what the contract wants to hold without `async with`, and closes it at the test's end."""

    def __init__(self, stack, folder):
        self._stack = stack
        self._folder = folder

    async def open(self, github, **options):
        access = github.access(github.token())
        cache = GitCache(self._folder, wait=lambda _: None, **options)
        ref = parse_pull_url(github.pull.url, access.site)
        return await self._stack.enter_async_context(open_pull_request(ref, access, cache))


@pytest_asyncio.fixture
async def lazily(tmp_path):
    async with AsyncExitStack() as stack:
        yield Lazily(stack, tmp_path / "cache")


def github_with(server, base, head):
    repository = server.repository("octo/app", files=base)
    repository.commit("feature", head, anew=True)
    return Scene(server, repository, repository.open_pull("feature"))


class Deferred:
    """A pull request that is opened when it is first asked for something."""

    can_suggest = True

    def __init__(self, opening):
        self._opening = opening
        self._pull = None

    def __getattr__(self, name):
        async def call(*arguments):
            if self._pull is None:
                self._pull = await self._opening()
            return await getattr(self._pull, name)(*arguments)

        return call


class TestGitHubReads(ProviderContract):
    @pytest.fixture
    def make(self, server, lazily):
        def make(base, head, **options) -> ChangeReader:
            github = github_with(server, base, head)
            return Deferred(lambda: lazily.open(github, **options))

        return make


class GitHubStage(Stage):
    def __init__(self, github, lazily):
        self.github = github
        self._lazily = lazily

    def writer(self) -> ReviewWriter:
        return Deferred(self._open)

    async def _open(self):
        return await self._lazily.open(self.github)

    @property
    def head_sha(self):
        return self.github.pull.head_sha

    def push(self):
        self.github.repository.commit("feature", {"newer.py": "newer\n"})

    def comments(self):
        return [
            (thread.place.path, thread.place.line, thread.comments[0].body) for thread in self.github.pull.threads()
        ]

    def reviews(self):
        return len(self.github.pull.reviews())

    def summaries(self):
        return [found.body for found in self.github.pull.comments()]

    def last_check(self):
        return _SHOWN[self.github.pull.statuses()[-1].state]


class TestGitHubWrites(WritingContract):
    @pytest.fixture
    def make(self, server, lazily):
        def make():
            github = github_with(server, BASE, HEAD)
            return GitHubStage(github, lazily)

        return make
