"""The commands that tell something: asked for in comments, answered on the pull request, each kept as a file."""

import os
import re
from pathlib import Path

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import DIVISION
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.e2e

FOLDER = Path(__file__).parents[1] / "golden" / "posted"
BY_CODE = "\r\nWhy: we owe it to *everybody*.\r\n\r\n- [ ] tested   \r\n"
DESCRIPTION = {
    "groups": [
        {
            "name": "Divide by the discount",
            "files": [{"path": "shop.py", "change": "`total` takes a `discount` and divides the sum by it."}],
        }
    ],
    "summary": ["`total` divides the sum of all prices by a discount", "Ask @octocat <!-- or --> #1"],
    "kind": "feature",
    "title": "Divide totals by a discount",
    "labels": ["pricing", "invented"],
}
ANSWER = {
    "citations": [
        {"path": "shop.py", "quote": "    return amount / discount", "line": 3},
        {"path": "shop.py", "quote": "raise ValueError(discount)", "line": 4},
    ],
    "is_told": True,
    "text": "A discount of 0 raises `ZeroDivisionError` [1]; nothing catches it [2].",
}


def answering(request):
    if "# Task: describe" in request.text:
        return DESCRIPTION
    if "# Task: answer" in request.text:
        return ANSWER
    return confirming(DIVISION)(request)


@pytest.fixture
def model():
    with ModelServer(answering) as model:
        yield model


def readable(text, scene):
    """What is posted, without what nobody can know before."""
    for sha, name in ((scene.pull.head_sha, "HEAD"), (scene.pull.base_sha, "BASE")):
        text = text.replace(sha, name).replace(sha[:12], name)
    text = text.replace(scene.github.url, "https://github.example")
    text = re.sub(r"\b(conversation|line|review):\d+", r"\1:ID", text)
    text = re.sub(r"(discussion_r|issuecomment-)\d+", r"\1ID", text)
    return re.sub(r"\d+ model calls? \([^)]*\) · [^<\n]*", "COST", text) + "\n"


def assert_posted(name, text, scene):
    path, shown = FOLDER / f"{name}.md", readable(text.replace("\r\n", "\n"), scene)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


def asked(server, scene, *commands):
    before = len(server.jobs())
    for command in commands:
        server.commented(scene.pull.comment("ann", command))
    assert set(server.finished(before + len(commands))) == {"done"}, server.log


def test_a_description_stands_below_the_authors_and_is_written_anew_in_place(serving, scene, model):
    scene.pull.record.body = BY_CODE
    server = serving(
        model, PR_REVIEWER_DESCRIBE__LABELS='["pricing", "docs"]', PR_REVIEWER_DESCRIBE__APPLY_LABELS="true"
    )
    asked(server, scene, "/describe", "/describe")

    body = scene.pull.record.body
    assert body.startswith(BY_CODE)
    assert body.count("pr-reviewer:description v1 begin") == body.count("What this changes") == 1
    assert [label.name for label in scene.pull.record.labels] == ["pricing"]
    assert [each.partition("(")[0] for each in scene.replies] == ["`/describe`: [done]"] * 2
    assert_posted("description", body, scene)


def test_a_description_that_cannot_be_told_from_the_authors_words_becomes_a_comment(server, scene):
    body = f"{BY_CODE}\r\n<!-- pr-reviewer:description v1 end -->\r\nMine."
    scene.pull.record.body = body
    asked(server, scene, "/describe", "/describe --as-comment")

    assert scene.pull.record.body == body
    assert len([each for each in scene.replies if "What this changes" in each]) == 1


def test_an_answer_cites_lines_that_resolve_and_says_which_do_not(server, scene):
    asked(server, scene, "/ask What about a discount of 0?\n\nIs @bob sure?")

    (reply,) = scene.replies
    assert f"/blob/{scene.pull.head_sha}/shop.py#L3)" in reply
    assert_posted("answer", reply, scene)


def test_in_a_thread_the_lines_and_what_was_said_there_are_part_of_the_question(server, scene, model):
    line = {"path": "shop.py", "line": 3, "body": "Is this safe?", "side": "RIGHT"}
    scene.pull.review("rob", comments=[line])
    scene.pull.review("ann", comments=[{**line, "body": "/ask What if it is 0?"}])
    mine = scene.pull.review_comments()[-1]
    server.commented(mine)
    assert server.finished() == ["done"]

    (request,) = [each for each in model.requests if "# Task: answer" in each.text]
    assert "line 3 of the new version" in request.text
    answer = mine.thread.comments[-1].body
    assert "> What if" not in answer
    assert_posted("answer-in-thread", answer, scene)


def test_on_a_removed_line_the_question_is_about_what_stood_there(server, scene, model):
    line = {"path": "shop.py", "line": 1, "body": "/ask Who called it so?", "side": "LEFT"}
    scene.pull.review("ann", comments=[line])
    (mine,) = scene.pull.review_comments()
    server.commented(mine)
    assert server.finished() == ["done"]

    (request,) = [each for each in model.requests if "# Task: answer" in each.text]
    assert "line 1 of the old version" in request.text
    assert "-def total(items):\n</data-" in request.text
    assert mine.thread.comments[-1].body.startswith("A discount of 0 raises")


def test_what_holds_here_and_what_can_be_asked_for_is_told(server, scene):
    scene.repository.commit(
        "main", {".pr_reviewer.toml": "[review]\nmax_comments = 3\n", "best_practices.md": "## No eval\n\nNever.\n"}
    )
    asked(server, scene, "/config", "/rules", "/help")

    told = {re.search(r":(\w+):\d+ -->$", reply)[1]: reply for reply in scene.replies}
    assert "| `review.max_comments`<br>from `repository .pr_reviewer.toml:2` | `3` |" in told["config"]
    assert f"/blob/{scene.repository.git.run('rev-parse', 'main').strip()}/best_practices.md" in told["rules"]
    assert "`/ask QUESTION`" in told["help"]
    assert "@reviewer review" in told["help"]
    for secret in ("sk-test-key", scene.github.url, "BEGIN"):
        assert secret not in told["config"]


def test_what_runs_by_itself_is_told_once_each_and_written_anew(serving, scene, model):
    server = serving(model, PR_REVIEWER_AUTOMATIC__OPENED='["rules", "config"]')
    for number in (1, 2):
        server.happened("opened")
        assert set(server.finished(number)) == {"done"}, server.log
    rules, config = scene.replies
    assert rules.endswith("pr-reviewer:reply v1 automatic:rules -->")
    assert config.endswith("pr-reviewer:reply v1 automatic:config -->")


def test_a_finding_is_explained_by_its_short_id_and_in_its_own_thread(server, scene):
    asked(server, scene, "/review")
    (finding,) = scene.pull.review_comments()
    (short,) = re.findall(r"`([0-9a-f]{8})`", finding.body)
    asked(server, scene, f"/explain {short}", "/explain deadbeef")

    explained, unknown = [each for each in scene.replies if not each.startswith("`/review`: [done](")]
    assert_posted("explanation", explained, scene)
    assert_posted("explanation-unknown", unknown, scene)


def test_a_finding_that_stands_in_the_summary_alone_is_explained_as_well(server, scene):
    asked(server, scene, "/review --max-comments 0")
    (short,) = re.findall(r"`([0-9a-f]{8})`</sub>", scene.summaries[0])
    asked(server, scene, f"/explain {short}\n\nThanks!")

    explained = scene.replies[-1]
    assert "in the summary alone: it is beyond the limit of comments" in explained
    assert_posted("explanation-summary", explained, scene)
