"""A pull request on the stand-in, and ourselves in front of it."""

from contextlib import asynccontextmanager
from dataclasses import dataclass

from pr_reviewer.git.cache import GitCache
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.posting import Check, CheckState, DraftComment, DraftReview
from pr_reviewer.providers.github.address import Site, parse_pull_url
from pr_reviewer.providers.github.client import Patience
from pr_reviewer.providers.github.connection import Timeouts
from pr_reviewer.providers.github.opening import Access, open_pull_request
from pr_reviewer.report.markers import Marker, MarkerKind, mark
from tests.fakes.github import GitHubServer, PullHandle, RepositoryHandle

BASE = {"app.py": "".join(f"line {number}\n" for number in range(1, 41)), "old.py": "old\n"}
HEAD = {
    "app.py": BASE["app.py"].replace("line 10\n", "ten\n").replace("line 30\n", "thirty\nmore\n"),
    "new.py": "new\n",
}
SOON = Patience(first=0.0, longest=0.0)
TO_POST = {"checks": "write", "contents": "read", "pull_requests": "write", "statuses": "write"}


@dataclass
class Scene:
    """A repository with one pull request: `app.py` changes in two hunks and `new.py` is new."""

    server: GitHubServer
    repository: RepositoryHandle
    pull: PullHandle

    def token(self, kind="classic", **options):
        """A token that may do all that a review does."""
        if kind == "classic":
            self.repository.grant("reviewer", "write")
            return self.server.token(kind, user="reviewer", **options)
        self.repository.grant("reviewer", "write")
        defaults = {"permissions": TO_POST, "repositories": [self.repository], "user": "reviewer"}
        return self.server.token(kind, **defaults | options)

    def access(self, token="", **options):
        site = Site.of(self.server.url, self.server.api_url)
        defaults = {"site": site, "token": token, "patience": SOON, "timeouts": Timeouts(2.0, 2.0), "posts": True}
        return Access(**defaults | options)


def scene(server, *, base=BASE, head=HEAD, private=False, **options):
    repository = server.repository("octo/app", files=base, private=private)
    repository.commit("feature", head)
    return Scene(server, repository, repository.open_pull("feature", **options))


@asynccontextmanager
async def opened(scene, access, folder, *, url="", **options):
    ref = parse_pull_url(url or scene.pull.url, access.site)
    cache = GitCache(folder / "cache", wait=lambda _: None)
    async with open_pull_request(ref, access, cache, **options) as pull:
        yield pull


def comment(name, path="app.py", first=10, last=None, side=Side.NEW):
    body = mark(f"**{name}** is wrong.", Marker(MarkerKind.FINDING, f"v1:{name}"))
    return DraftComment(f"v1:{name}", path, side, LineRange(first, last or first), body)


def draft(scene, *comments, body="Two remarks."):
    return DraftReview(scene.pull.head_sha, body, comments or (comment("ten"), comment("new", "new.py", 1)))


def summary(text="All is said."):
    return mark(text, Marker(MarkerKind.SUMMARY))


def check(scene, state=CheckState.SUCCESS, **options):
    defaults = {"title": "Reviewed", "summary": "2 findings"}
    return Check(scene.pull.head_sha, state, **defaults | options)
