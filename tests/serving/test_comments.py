"""Commands in comments: who may, what they say, and one answer."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import AFTER, DIVISION
from tests.serving.scene import BOTH, Held

pytestmark = pytest.mark.e2e


def reactions(comment):
    return [each.content for each in comment.reactions]


def test_a_reader_is_refused_in_one_reply(server, scene, model):
    comment = scene.pull.comment("rob", "/review")
    for _ in range(2):
        assert server.commented(comment) == 202
    assert server.finished() == ["skipped"]

    (reply,) = scene.replies
    assert "write access" in reply
    assert (model.requests, scene.pull.checks(), reactions(comment)) == ([], [], ["confused"])
    assert len(server.jobs()) == 1


def test_a_writer_is_obeyed_and_told_by_reactions_and_where_the_result_is(server, scene):
    comment = scene.pull.comment("ann", "Please:\n\n/review --max-comments 0")
    server.commented(comment)

    assert server.finished() == ["done"]
    assert reactions(comment) == ["eyes", "rocket"]
    assert (scene.said, len(scene.summaries)) == ([], 1)
    (reply,) = scene.replies
    (summary,) = [each for each in scene.pull.comments() if "pr-reviewer:summary" in each.body]
    assert reply.startswith("`/review`: [done](")
    assert f"#issuecomment-{summary.id})." in reply
    assert "A discount of 0 divides by zero" in scene.summaries[0]


def test_a_command_on_a_line_is_obeyed_and_answered_in_its_thread(server, scene):
    line = {"path": "shop.py", "line": 3, "body": "/review", "side": "RIGHT"}
    scene.pull.review("ann", comments=[line])
    (comment,) = scene.pull.review_comments()
    server.commented(comment)
    assert server.finished() == ["done"]
    assert reactions(comment) == ["eyes", "rocket"]
    said = [each.body for each in scene.pull.review_comments()]
    assert (said[0], len(said)) == ("/review", 3)
    assert any(each.startswith("`/review`: [done](") for each in said)


def test_a_command_in_the_text_of_a_review_is_obeyed_and_answered(server, scene):
    review = scene.pull.review("ann", "Please look again:\n\n/review --max-comments 0")
    for _ in range(2):
        assert server.tell(*scene.pull.review_event(review, scene.installation)) == 202

    assert server.finished() == ["done"]
    assert len(server.jobs()) == 1
    assert reactions(review) == ["eyes", "rocket"]
    (reply,) = scene.replies
    assert reply.startswith("`/review`: [done](")
    assert (scene.said, len(scene.summaries)) == ([], 1)


def test_a_reader_s_command_in_a_review_is_refused_in_the_conversation(server, scene, model):
    review = scene.pull.review("rob", "/review")
    server.tell(*scene.pull.review_event(review, scene.installation))
    assert server.finished() == ["skipped"]
    (reply,) = scene.replies
    assert "write access" in reply
    assert (model.requests, reactions(review)) == ([], ["confused"])


def test_what_is_mistyped_in_a_review_is_told(server, scene):
    review = scene.pull.review("ann", "/reveiw")
    server.tell(*scene.pull.review_event(review, scene.installation))
    server.finished()
    (reply,) = scene.replies
    assert "did you mean" in reply
    assert reactions(review) == ["eyes", "confused"]


def test_what_is_no_command_of_a_person_runs_nothing(server, scene, model):
    scene.github.world.account("helper[bot]", "Bot")
    server.commented(scene.pull.comment("helper[bot]", "/review"))
    server.commented(scene.pull.comment("reviewer[bot]", "/review"))
    server.commented(scene.pull.comment("ann", "/review"), "edited")
    server.commented(scene.pull.comment("ann", "> /review\n\nand `/review`, too"))
    server.commented(scene.pull.comment("rob", "/review"))

    assert server.finished() == ["skipped"]
    assert len(server.jobs()) == 1
    assert model.requests == []


@BOTH
def test_what_is_mistyped_is_told_once_and_the_rest_is_done(server, scene):
    comment = scene.pull.comment("ann", "/reveiw\n\n/review --max-comments lots\n\n/review --modle x\n\n/review")
    server.commented(comment)

    assert server.finished() == ["done"]
    (reply,) = scene.replies
    assert "did you mean" in reply
    assert "max" in reply
    assert "modle" in reply
    assert reactions(comment) == ["eyes", "confused"]
    assert scene.said == ["shop.py"]


def test_a_command_reviews_again_what_was_reviewed(server, scene, model):
    server.happened("opened")
    server.finished()
    asked = len(model.requests)
    server.commented(scene.pull.comment("ann", "@reviewer review"))

    assert server.finished(2) == ["done", "done"]
    assert len(model.requests) == 2 * asked
    assert (len(scene.said), len(scene.summaries)) == (1, 1)


def test_the_button_beside_the_check_reviews_again(server, scene, model):
    server.happened("opened")
    server.finished()
    asked = len(model.requests)
    server.tell("check_run", scene.pull.check_event(scene.check, "ann", scene.installation))

    assert server.finished(2) == ["done", "done"]
    assert len(model.requests) == 2 * asked
    assert (len(scene.said), scene.check.conclusion) == (1, "success")


def test_the_button_for_all_checks_reviews_again_also_where_github_names_no_pull_request(server, scene, model):
    """Of a pull request from a fork it names none."""
    server.happened("opened")
    server.finished()
    asked = len(model.requests)
    server.tell("check_suite", suite_event(scene, scene.app.id))
    server.finished(2)  # which found the pull request, and left the review to a job of that
    assert server.finished(3) == ["done", "done", "done"]
    assert len(model.requests) == 2 * asked
    assert (len(scene.said), len(scene.summaries), scene.check.conclusion) == (1, 1, "success")

    server.tell("check_suite", suite_event(scene, scene.app.id + 1))
    server.tell("check_suite", suite_event(scene, scene.app.id) | {"action": "completed"})
    server.happened("reopened")
    assert server.finished(4)[3] == "skipped"


def test_the_button_for_all_checks_waits_for_the_review_under_way(serving, scene):
    with Held(confirming(DIVISION)) as model:
        server = serving(model)
        model.hold(server)
        server.tell("check_suite", suite_event(scene, scene.app.id))
        server.wait(lambda: [job["state"] for job in server.jobs()[1:2]] == ["done"])
        assert [(job["lane"], job["state"]) for job in server.jobs()[::2]] == [
            (server.jobs()[0]["lane"], "running"),
            (server.jobs()[0]["lane"], "queued"),
        ]
        model.let_go(server, 3)
        assert server.finished(3) == ["done", "done", "done"]
    assert (len(scene.said), len(scene.summaries), scene.check.conclusion) == (1, 1, "success")


def test_the_button_of_an_older_head_reviews_nothing(server, scene, model):
    server.happened("opened")
    server.finished()
    old, told = scene.check, scene.pull.check_event(scene.check, "ann", scene.installation)
    server.pushed({"shop.py": AFTER + "\n# More.\n"})
    server.finished(2)
    asked = len(model.requests)

    server.tell("check_run", told)
    assert server.finished(3)[2] == "superseded"
    assert len(model.requests) == asked
    check = max(scene.pull.checks(old.head_sha), key=lambda run: run.id)
    assert (check.status, check.title) == ("completed", "Superseded by a newer head")


def suite_event(scene, app):
    suite = {"id": 5, "head_sha": scene.pull.head_sha, "app": {"id": app}, "pull_requests": []}
    return scene.pull._told("rerequested", "ann", scene.installation) | {"check_suite": suite}


def test_the_operator_may_let_readers_command(serving, scene, model):
    server = serving(model, PR_REVIEWER_SERVER__COMMANDERS="read")
    comment = scene.pull.comment("rob", "/review")
    server.commented(comment)
    assert server.finished() == ["done"]
    assert reactions(comment) == ["eyes", "rocket"]
