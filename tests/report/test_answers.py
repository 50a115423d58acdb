"""Replies to commands: short, and nothing of what somebody wrote gets through."""

from pr_reviewer.model.commands import Mistake
from pr_reviewer.report import answers

NASTY = "@octocat <b>x</b> ![i](http://x/y.png) `code`"


def test_a_refusal_names_the_access_that_it_takes():
    assert "write access" in answers.refusal("write")


def test_a_command_that_is_not_run_says_why():
    assert answers.not_now("the operator has stopped all reviews") == (
        "Nothing was run: the operator has stopped all reviews."
    )


def test_a_command_that_was_stopped_did_not_fail():
    assert answers.not_run_text("review", "the daily cap is reached") == (
        "`/review` was not run: the daily cap is reached."
    )


def test_each_mistake_has_its_line():
    text = answers.mistakes_text(
        [Mistake(1, "reveiw", "there is no such command; did you mean `/review`?"), Mistake(3, "review", "no")]
    )
    assert text == ("Line 1, “reveiw”: there is no such command; did you mean `/review`?\n\nLine 3, “review”: no.")


def test_what_somebody_wrote_mentions_nobody_and_shows_nothing():
    for text in (
        answers.mistakes_text([Mistake(1, NASTY, f"bad: {NASTY}")]),
        answers.failure_text("review", NASTY),
        answers.not_run_text("review", NASTY),
        answers.not_now(NASTY),
    ):
        assert "<b>" not in text
        assert "![" not in text
        assert "@octocat" not in text.replace("`@octocat`", "")  # code mentions nobody


def test_a_result_is_linked():
    assert answers.done_text("review", "https://github.com/o/r/pull/1#x") == (
        "`/review`: [done](https://github.com/o/r/pull/1#x)."
    )
