"""A stand-in for GitHub that applies GitHub's own rules. Begin at `server.py`."""

from tests.fakes.github.app_handle import AppHandle
from tests.fakes.github.faults import Fault
from tests.fakes.github.handles import RepositoryHandle
from tests.fakes.github.log import Exchange
from tests.fakes.github.pull_handle import PullHandle
from tests.fakes.github.rules import Rules
from tests.fakes.github.server import GitHubServer

__all__ = ["AppHandle", "Exchange", "Fault", "GitHubServer", "PullHandle", "RepositoryHandle", "Rules"]
