"""Everything that a test of this folder has: a shop on GitHub's stand-in, a model, and reviewers."""

from contextlib import ExitStack
from pathlib import Path

from tests.crash.fleet import Fleet
from tests.crash.shop import Model, Shop
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelServer


class Stage:
    """`script` decides what `model` answers."""

    def __init__(self, stack: ExitStack, github: GitHubServer, folder: Path, database: str) -> None:
        self._stack = stack
        self.folder = folder
        self.database = database
        self.github = github
        self.shop = Shop(github)
        self.script = Model()
        self.model = stack.enter_context(ModelServer(self.script))

    def fleet(self, **settings: str) -> Fleet:
        """Reviewers, none of which runs yet."""
        return self._stack.enter_context(Fleet(self.shop, self.model.url, self.folder, self.database, **settings))
