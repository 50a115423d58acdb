import pytest

from pr_reviewer.providers.base import ChangeReader
from pr_reviewer.providers.local import LocalRange
from tests.git.builders import GitFolder
from tests.providers.contract import ProviderContract


def replace_files(repo, files):
    repo.git("rm", "-rq", "--ignore-unmatch", ".")
    repo.path.mkdir(exist_ok=True)
    repo.write(files)


class TestLocalRange(ProviderContract):
    """A branch against main."""

    @pytest.fixture
    def make(self, tmp_path):
        def make(base, head, **options) -> ChangeReader:
            repo = GitFolder.create(tmp_path / "a repo")
            repo.commit(base)
            repo.branch("feature")
            replace_files(repo, head)
            repo.commit()
            return LocalRange(repo.path, **options)

        return make


class TestUncommittedChanges(ProviderContract):
    """The working tree against HEAD."""

    @pytest.fixture
    def make(self, tmp_path):
        def make(base, head, **options) -> ChangeReader:
            repo = GitFolder.create(tmp_path / "repo")
            repo.commit(base)
            replace_files(repo, head)
            return LocalRange(repo.path, uncommitted=True, **options)

        return make


class TestStagedChanges(ProviderContract):
    """The index against HEAD."""

    @pytest.fixture
    def make(self, tmp_path):
        def make(base, head, **options) -> ChangeReader:
            repo = GitFolder.create(tmp_path / "repo")
            repo.commit(base)
            replace_files(repo, head)
            repo.git("add", "--all")
            repo.write(dict.fromkeys(head, "not staged"))
            return LocalRange(repo.path, staged=True, **options)

        return make
