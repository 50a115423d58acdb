"""Small repositories that tests begin with."""

from dataclasses import dataclass

from tests.fakes.github.handles import RepositoryHandle
from tests.fakes.github.pull_handle import PullHandle
from tests.fakes.github.server import GitHubServer

LINES = [f"line {number}" for number in range(1, 61)]


def text_with(changed: dict[int, str | None]) -> str:
    """Sixty lines, of which some are replaced or (None) gone."""
    kept = ((number, changed.get(number, line)) for number, line in enumerate(LINES, 1))
    return "".join(f"{line}\n" for _, line in kept if line is not None)


@dataclass(frozen=True)
class Scene:
    """`octo/demo` with one pull request.

    `a.py` has two hunks: line 10 changed (7 to 13 shown), line 40 gone (old 37 to 43, new 37 to 42 shown). `new.py` is
    new with three lines. `reviewer` may write, `reader` may read.
    """

    server: GitHubServer
    repository: RepositoryHandle
    pull: PullHandle

    def classic(self, user: str = "reviewer", *scopes: str) -> str:
        return self.server.token("classic", user=user, scopes=scopes or ("repo",))


def scene(server: GitHubServer, *, private: bool = False) -> Scene:
    repository = server.repository("octo/demo", files={"a.py": text_with({})}, private=private)
    repository.grant("reviewer", "write")
    repository.grant("reader", "read")
    repository.commit("feature", {"a.py": text_with({10: "changed", 40: None}), "new.py": "one\ntwo\nthree\n"})
    return Scene(server, repository, repository.open_pull("feature", title="A change", body="Why"))
