"""`pr-reviewer review URL --post` against the stand-in for GitHub, each of whose answers takes 0.1 s.

*Cold*: the first review of a pull request, nothing cached. *Warm*: its next head, where three other defects have taken
the place of the first three, with the cache of the first run. The model answers at once, so the time is ours, git's and
the provider's.
"""

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.changes import changed_modules, modules, path_of
from benchmarks.model import Body, ZeroLatencyModel
from benchmarks.processes import Run, measure, median
from tests.e2e.models import confirming, finding
from tests.fakes.github import GitHubServer
from tests.fakes.github.handles import RepositoryHandle
from tests.fakes.github.log import is_write
from tests.fakes.github.pull_handle import PullHandle
from tests.fakes.model_server import ModelRequest

_KINDS = ("token", "workflow", "App")
_OWNER_S = {"no organisation's repository": False, "an organisation's repository": True}
_CASES = {
    f"{files} files, {kind}, {rules}": (files, kind, is_there)
    for rules, is_there in _OWNER_S.items()
    for kind in _KINDS
    for files in (4, 26, 500)
}
_PERMISSIONS = {"checks": "write", "contents": "read", "pull_requests": "write"}
_LATENCY = 0.1  # seconds
_LINES_A_FILE = 20
_FINDINGS = 3
_DEFECT = re.compile(r" {4}share_\d_(\d+) = amount / shares")


@dataclass(frozen=True, slots=True)
class Sample:
    """One review: what the process took, and how often it asked the provider and the model."""

    run: Run
    reads: int
    writes: int
    git: int
    model: int


def github_figures(
    folder: Path, command: Sequence[str], env: Mapping[str, str], times: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Name and medians for each case, cold and warm. `command` is followed by the pull request's address."""
    model = ZeroLatencyModel(_finds_what_is_planted)
    asked = {**env, "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": model.url}
    try:
        for case, (name, (files, kind, has_owner_s)) in enumerate(_CASES.items()):
            with GitHubServer() as server:
                server.delay(_LATENCY)
                if has_owner_s:
                    _make_owner_s(server, kind)
                bench = _Bench(server, model, command, asked, kind)
                pairs = [bench.cold_and_warm(files, folder / f"pull-{case}-{number}") for number in range(times)]
                assert server.violations == []
            cold, warm = zip(*pairs, strict=True)
            yield f"{name}, cold", _medians(cold)
            yield f"{name}, warm", _medians(warm)
    finally:
        model.close()


@dataclass(frozen=True, slots=True)
class _Bench:
    server: GitHubServer
    model: ZeroLatencyModel
    command: Sequence[str]
    env: Mapping[str, str]
    kind: str

    def cold_and_warm(self, files: int, home: Path) -> tuple[Sample, Sample]:
        """Both reviews of a new pull request, from an empty home."""
        home.mkdir()
        repository = self.server.repository(f"octo/shop-{home.name}", files=modules(files))
        repository.grant("reviewer", "write")
        after = changed_modules(files, files * _LINES_A_FILE)
        repository.commit("work", _planted(after, 1))
        pull = repository.open_pull("work", title="Discounts")
        env = {**self.env, **_credentials(self.server, self.kind, repository), "HOME": str(home)}
        cold = self._review(pull, env, home, threads=_FINDINGS)
        repository.commit("work", _planted(after, 2))
        return cold, self._review(pull, env, home, threads=2 * _FINDINGS)

    def _review(self, pull: PullHandle, env: Mapping[str, str], home: Path, threads: int) -> Sample:
        """Review and post; a run that did not post as many threads as it should is not worth measuring."""
        self.server.log.clear()
        self.model.requests.clear()
        run = measure([*self.command, pull.url], cwd=home, env=env)
        assert run.code == 0, run.err.decode()
        assert len(pull.threads()) == threads
        api = self.server.log.api
        writes = sum(map(is_write, api))
        return Sample(run, len(api) - writes, writes, len(self.server.log.git), len(self.model.requests))


def _make_owner_s(server: GitHubServer, kind: str) -> None:
    """The organisation's repository with a rule. A workflow's token reads its own repository and what is public."""
    rule = "# Say why\n\nA comment says why, not what.\n"
    server.repository("octo/.pr-reviewer", files={"best_practices/why.md": rule}, private=kind != "workflow").grant(
        "reviewer", "read"
    )


def _credentials(server: GitHubServer, kind: str, repository: RepositoryHandle) -> dict[str, str]:
    where = {"GITHUB_API_URL": server.api_url, "GITHUB_SERVER_URL": server.url}
    if kind == "token":
        return where | {"GITHUB_TOKEN": server.token("classic", user="reviewer")}
    if kind == "workflow":
        token = server.token("actions", permissions=_PERMISSIONS, repositories=[repository])
        return where | {"GITHUB_TOKEN": token, "GITHUB_ACTIONS": "true"}
    app = server.app(permissions=_PERMISSIONS)
    app.install("octo")
    return where | {"PR_REVIEWER_GITHUB__APP_ID": str(app.id), "PR_REVIEWER_GITHUB__PRIVATE_KEY": app.private_key}


def _planted(texts: Mapping[str, str], head: int) -> dict[str, str]:
    """The files, with a division by what may be zero in the first, the middle and the last of them."""
    planted = dict(texts)
    for number in (0, len(texts) // 2, len(texts) - 1):
        name = f"share_{head}_{number}"
        defect = ["", "", f"def {name}_of(amount, shares):", f"    {name} = amount / shares", f"    return {name}", ""]
        planted[path_of(number)] += "\n".join(defect)
    return planted


def _finds_what_is_planted(body: Body) -> Body:
    """A model that finds each planted defect that it is shown, and confirms whatever it is asked about."""
    request = ModelRequest(0, "", {}, body)
    shown = {found[0]: path_of(int(found[1])) for found in _DEFECT.finditer(request.text)}
    answer: Body = confirming(*(finding(path, quote) for quote, path in shown.items()))(request)
    return answer


def _medians(samples: Sequence[Sample]) -> dict[str, float]:
    run = median([sample.run for sample in samples])
    return {
        "api_calls": statistics.median(sample.reads + sample.writes for sample in samples),
        "reads": statistics.median(sample.reads for sample in samples),
        "writes": statistics.median(sample.writes for sample in samples),
        "git_requests": statistics.median(sample.git for sample in samples),
        "cpu": run.cpu,
        "wall": run.wall,
        "peak_mb": run.peak_mb,
        "calls": statistics.median(sample.model for sample in samples),
    }
