"""The line on stderr."""

import pytest

from pr_reviewer.cli.progress import progress_display, status_text
from pr_reviewer.model.llm import Cost, Usage
from pr_reviewer.workflows.progress import Progress, Stage, nobody

COST = Cost(3, Usage(48_000, 0, 120), 0.1234)


@pytest.mark.parametrize(
    ("progress", "cost", "elapsed", "text"),
    [
        (None, Cost(), 0.2, "starting"),
        (Progress(Stage.READING), Cost(), 0.4, "fetching · 0 s"),
        (Progress(Stage.ASKING, 3, 8), COST, 12.4, "asking 3/8 · 12 s · 48,120 tokens · $0.12"),
        (Progress(Stage.VERIFYING, 0, 2), Cost(3, Usage(10, 0, 1), None), 75, "verifying 0/2 · 75 s · 11 tokens"),
    ],
)
def test_it_says_the_step_the_time_the_tokens_and_the_cost(progress, cost, elapsed, text):
    assert status_text(progress, cost, elapsed) == text


def test_there_is_none_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]):
    with progress_display(Cost, is_wanted=True) as listener:
        assert listener is nobody
        listener(Progress(Stage.READING))
    assert capsys.readouterr().err == ""
