"""A pull request of an organisation on the stand-in for GitHub, and the variables to review it with."""

from collections.abc import Mapping

from tests.fakes.github import GitHubServer
from tests.fakes.github.git_store import Content
from tests.fakes.model_server import ModelServer

PERMISSIONS = {"checks": "write", "contents": "read", "pull_requests": "write", "statuses": "write"}
Tree = Mapping[str, Content]


class Scene:
    """`acme/shop` with these files at base and head, beside `acme/.pr-reviewer` if there is one."""

    def __init__(self, server: GitHubServer, base: Tree, head: Tree, organisation: Tree | None = None) -> None:
        self.server = server
        self.repository = server.repository("acme/shop", files=base)
        self.organisation = server.repository("acme/.pr-reviewer", files=organisation) if organisation else None
        self.repository.commit("express", head)
        self.pull = self.repository.open_pull("express", title="Express delivery, and refunds in part")
        readable = [each for each in (self.repository, self.organisation) if each]
        self._token = server.token("actions", permissions=PERMISSIONS, repositories=readable)

    def env(self, model: ModelServer | None = None) -> dict[str, str]:
        asked = {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": model.url} if model else {}
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_TOKEN": self._token,
            "GITHUB_API_URL": self.server.api_url,
            "GITHUB_SERVER_URL": self.server.url,
            **asked,
        }

    @property
    def names(self) -> dict[str, str]:
        """Words for the commits of which nobody can know the ids."""
        names = {self.pull.head_sha: "HEAD", self.repository.head(): "BASE"}
        return names | ({self.organisation.head(): "ORGANISATION"} if self.organisation else {})

    def line_at(self, project: str, sha: str, path: str, line: int) -> str:
        """A line of a file, out of the git repository of its project."""
        return self.server.find(project).git.run("show", f"{sha}:{path}").split("\n")[line - 1]
