"""`pr-reviewer improve`: real git, GitHub's stand-in, and a scripted model at the other end of HTTP."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import GIT_ENVIRONMENT, Repo, Run
from tests.e2e.models import task_of
from tests.e2e.test_github import Scene
from tests.fakes.github import GitHubServer
from tests.fakes.model_replies import Raw
from tests.fakes.model_server import ModelRequest, ModelServer
from tests.report.schemas import valid

pytestmark = pytest.mark.e2e

NOTHING: dict[str, Any] = {"places": [], "verdicts": [], "checks": [], "repairs": []}
HEAD = (
    "def active(orders):\r\n\tresult = []\r\n\tfor index in range(len(orders)):\r\n"
    "\t\tresult.append(orders[index])\r\n\treturn result"
)
QUOTE = "\tfor index in range(len(orders)):\n\t\tresult.append(orders[index])"
BETTER = "\tfor order in orders:\n\t\tresult.append(order)"


def place(path: str, quote: str, *candidates: str, **fields: Any) -> dict[str, Any]:
    return {
        "path": path,
        "quote": quote,
        "first_line": 1,
        "last_line": 1,
        "why": "The index is used for nothing else.",
        "goal": "Loop over the items",
        "candidates": [{"approach": "Other code.", "risk": "None.", "suggestion": each} for each in candidates],
        "ranking": list(range(1, len(candidates) + 1)),
        "theme": "simplicity",
        "impact": "medium",
        "rule_id": None,
        "idea": None,
    } | fields


def improving(*places: dict[str, Any]):
    """A model that proposes these and confirms every candidate, with its first line of code as proof."""

    def answer(request: ModelRequest) -> dict[str, Any]:
        if task_of(request) == "improve":
            return NOTHING | {"places": list(places)}
        last = next(turn["content"] for turn in reversed(request.messages) if "## Candidate" in turn["content"])
        if task_of(request) == "repair":
            count = len(re.findall(r"^## Candidate", last, re.MULTILINE))
            withdrawn = [{"candidate": number, "quote": None, "suggestion": None} for number in range(1, count + 1)]
            return NOTHING | {"repairs": withdrawn}
        proofs = re.findall(r"is about:\n\n(.*)$", last, re.MULTILINE)
        return NOTHING | {"verdicts": [_verdict(number, proof) for number, proof in enumerate(proofs, start=1)]}

    return answer


def _verdict(number: int, proof: str) -> dict[str, Any]:
    return {
        "candidate": number,
        "reasoning": "The result is the same.",
        "proof": [proof],
        "duplicate_of": None,
        "verdict": "confirm",
        "severity": "error",
        "confidence": "high",
    }


def env(model: ModelServer) -> dict[str, str]:
    return {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": model.url}


@pytest.fixture
def work(repo: Repo) -> Repo:
    repo.commit({"orders.py": "x = 1\n"}, "start")
    repo.branch("work")
    repo.commit({"orders.py": HEAD})
    return repo


def test_a_local_range_is_improved_and_its_patch_applied(run: Run, work: Repo, tmp_path: Path):
    patch = tmp_path / "better.patch"
    with ModelServer(improving(place("orders.py", QUOTE, f"{BETTER})", BETTER)), checks_replies=True) as model:
        result = run("improve", "--apply-patch", str(patch), cwd=work.path, env=env(model))
    assert result.code == 0, result.err
    assert "1 suggestion of medium impact." in result.out
    assert "+ " in result.out
    assert [task_of(request) for request in model.requests] == ["improve", "verify"]
    work.git("apply", "--check", str(patch))
    work.git("apply", str(patch))
    wanted = HEAD.replace(QUOTE.replace("\n", "\r\n"), BETTER.replace("\n", "\r\n"))
    assert (work.path / "orders.py").read_bytes() == wanted.encode()


def test_a_patch_on_standard_output_goes_straight_into_git(run: Run, work: Repo):
    with ModelServer(improving(place("orders.py", QUOTE, BETTER))) as model:
        result = run("improve", "--apply-patch", "-", "--quiet", cwd=work.path, env=env(model))
    assert result.out.startswith("diff --git a/orders.py b/orders.py\n")
    assert "1 suggestion of medium impact." in result.err
    done = subprocess.run(
        ["git", "apply", "-"], cwd=work.path, env=GIT_ENVIRONMENT, input=result.out.encode(), check=False
    )
    assert done.returncode == 0


def test_what_is_not_committed_yet_is_improved_in_place(run: Run, work: Repo, tmp_path: Path):
    work.write({"new.py": "def is_empty(items):\n    return len(items) == 0\n"})
    patch = tmp_path / "p"
    model = improving(place("new.py", "    return len(items) == 0", "    return not items"))
    with ModelServer(model) as server:
        result = run("improve", "--uncommitted", "--apply-patch", str(patch), cwd=work.path, env=env(server))
    assert result.code == 0, result.err
    work.git("apply", str(patch))
    assert (work.path / "new.py").read_text() == "def is_empty(items):\n    return not items\n"


def test_what_cannot_be_committed_is_counted_and_explained(run: Run, work: Repo, tmp_path: Path):
    patch = tmp_path / "p"
    with ModelServer(improving(place("orders.py", QUOTE, f"{BETTER})"))) as model:
        result = run("improve", "--verbose", "--apply-patch", str(patch), cwd=work.path, env=env(model))
        found = valid("improve", run("improve", "--format", "json", cwd=work.path, env=env(model)).json)
    assert result.code == 0, result.err
    assert "No suggestions worth a click in 1 file." in result.out
    assert "1 further idea has no suggestion that can be committed" in result.out
    assert "unmatched ')'" in result.out
    assert "the patch is empty" in result.err
    assert patch.read_bytes() == b""
    assert (found["suggestions"], found["withheld"][0]["first_line"]) == ([], 3)
    assert [task_of(request) for request in model.requests] == ["improve", "repair"] * 2


def test_all_formats_say_the_same(run: Run, work: Repo):
    with ModelServer(improving(place("orders.py", QUOTE, BETTER))) as model:
        found = run("improve", "--format", "json", cwd=work.path, env=env(model)).json
        document = run("improve", "--format", "markdown", cwd=work.path, env=env(model)).out
    (suggestion,) = found["suggestions"]
    assert (suggestion["path"], suggestion["first_line"], suggestion["suggestion"]) == ("orders.py", 3, BETTER)
    assert f"```suggestion\n{BETTER}\n```" in document
    assert found["cost"]["calls"] == 2


def test_a_dry_run_sends_nothing_and_shows_the_whole_prompt(run: Run, work: Repo):
    with ModelServer(improving()) as model:
        result = run("improve", "--dry-run", cwd=work.path, env=env(model))
    assert result.code == 0, result.err
    assert "# Task: improve the change" in result.out
    assert "range(len(orders))" in result.out
    assert model.requests == []


def test_a_dry_run_lists_the_rules_that_suggestions_would_be_held_against(run: Run, work: Repo):
    work.git("checkout", "-q", "main")
    work.commit({"best_practices.md": "# Best practices\n\n## Say no to prints\n\nUse the logger in services.\n"})
    work.git("checkout", "-q", "work")
    work.git("rebase", "-q", "main")
    shown = run("improve", "--dry-run", cwd=work.path)
    assert shown.code == 0, shown.err
    assert "repository: say-no-to-prints" in " ".join(shown.out.split())
    told = run("improve", "--dry-run", "--format", "json", cwd=work.path).json
    valid("improve", told)
    (applied,) = told["rules"]["applied"]
    assert {"say-no-to-prints", "python-bare-except"} <= {rule["id"] for rule in applied["rules"]}


def test_less_can_be_asked_for(run: Run, work: Repo):
    places = (
        place("orders.py", "\tresult = []", "\tresult: list = []", impact="low"),
        place("orders.py", QUOTE, BETTER, impact="high"),
    )
    with ModelServer(improving(*places)) as model:
        few = run("improve", "--max-suggestions", "1", "--format", "json", cwd=work.path, env=env(model)).json
        high = run("improve", "--min-impact", "high", "--format", "json", cwd=work.path, env=env(model)).json
    assert [(each["first_line"], each["folded"]) for each in few["suggestions"]] == [(3, False), (2, True)]
    assert [each["first_line"] for each in high["suggestions"]] == [3]
    assert [each["why"] for each in high["withheld"]] == ["its impact is below improve.min_impact"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--post",), "--post needs the URL"),
        (("--diff", "x.diff"), "--diff shows no whole files"),
        (("--quiet", "--verbose"), "exclude each other"),
        (("--dry-run", "--apply-patch", "-"), "--dry-run makes no suggestions"),
        (("--apply-patch", "."), ". is a folder"),
        (("--apply-patch", "nowhere/x.patch"), "there is no folder nowhere"),
        (("--max-suggestions", "0"), "improve.max_suggestions"),
        ((), "/improve needs a model"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Run, work: Repo, arguments, why):
    result = run("improve", *arguments, cwd=work.path)
    assert result.code == 2
    assert why in result.err


def test_a_model_that_never_answers_is_a_failure(run: Run, work: Repo):
    with ModelServer(lambda _: Raw(400, {"error": {"message": "no"}})) as model:
        result = run("improve", cwd=work.path, env=env(model))
    assert result.code == 3
    assert "No suggestions: every model call failed." in result.out


@pytest.fixture(params=[False, True], ids=["github.com", "enterprise"])
def scene(request: pytest.FixtureRequest):
    with GitHubServer(enterprise=request.param) as server:
        yield Scene(server)
        assert server.violations == []


DIVISION = place("shop.py", "    return amount / discount", "    return amount / (discount or 1)", idea="guards")


def test_suggestions_are_posted_as_one_review_with_a_table_of_all(run: Run, scene: Scene, tmp_path):
    with ModelServer(improving(DIVISION)) as model:
        result = run("improve", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model))
    assert result.code == 0, result.err
    assert "Posted: " in result.err
    (thread,) = scene.pull.threads()
    assert scene.pull.line_of(thread) == 3
    assert "```suggestion\n    return amount / (discount or 1)\n```" in thread.comments[0].body
    assert [review.state for review in scene.pull.reviews()] == ["COMMENTED"]
    (summary,) = scene.pull.comments()
    assert "1 suggestion of medium impact." in summary.body
    assert f"[suggestion]({scene.pull.url}#discussion_r{thread.comments[0].id})" in summary.body
    assert f"{scene.server.url}/octo/shop/blob/{scene.pull.head_sha}/shop.py#L3)" in summary.body
    assert scene.pull.statuses() == []


def test_a_second_run_posts_nothing_twice_and_keeps_its_one_summary(run: Run, scene: Scene, tmp_path):
    with ModelServer(improving(DIVISION)) as model:
        for _ in range(2):
            result = run("improve", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model))
            assert result.code == 0, result.err
    assert len(scene.pull.threads()) == 1
    (summary,) = scene.pull.comments()
    assert "suggested before" in summary.body
    assert [task_of(request) for request in model.requests] == ["improve", "verify", "improve"]


def test_it_is_only_printed_without_post(run: Run, scene: Scene, tmp_path):
    with ModelServer(improving(DIVISION)) as model:
        result = run("improve", scene.pull.url, "--format", "json", cwd=tmp_path, env=scene.env(model))
    assert json.loads(result.out)["head_sha"] == scene.pull.head_sha
    assert (scene.pull.threads(), scene.pull.comments()) == ([], [])


def test_suggestions_and_findings_keep_out_of_each_others_way(run: Run, scene: Scene, tmp_path):
    from tests.e2e.models import confirming
    from tests.e2e.test_github import DIVISION as FINDING

    with ModelServer(improving(DIVISION)) as model:
        assert run("improve", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model)).code == 0
    with ModelServer(confirming(FINDING)) as model:
        assert run("review", scene.pull.url, "--post", cwd=tmp_path, env=scene.env(model)).code == 0
    markers = [thread.comments[0].body.splitlines()[-1] for thread in scene.pull.threads()]
    assert sorted(marker.split()[1].removeprefix("pr-reviewer:") for marker in markers) == ["finding", "suggestion"]
    assert len(scene.pull.comments()) == 2
