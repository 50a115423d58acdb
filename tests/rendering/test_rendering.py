"""A second judge of what is posted: remark with GFM and raw HTML, before GitHub's allow-list hides anything."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from pr_reviewer.report.comments import comment_body
from pr_reviewer.report.markdown import summary_body
from pr_reviewer.report.sanitise import prose
from tests.report.builders import LINKS, NASTY, REVIEWS
from tests.report.judging import ACTIVE, HARMLESS, Page
from tests.report.nasty import NASTY_TEXT

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def render():
    """Markdown to what a browser would see, through one node process."""
    if not shutil.which("node") or not (HERE / "node_modules").is_dir():
        pytest.skip("needs node and `npm ci` in tests/rendering")
    call = ["node", str(HERE / "bare.mjs")]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as node:

        def ask(markdown: str) -> Page:
            node.stdin.write(json.dumps(markdown) + "\n")
            node.stdin.flush()
            return Page(json.loads(node.stdout.readline()))

        yield ask
        node.stdin.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(NASTY_TEXT)
def test_remark_too_sees_harmless_elements_only(render, text):
    page = render(prose(text))

    assert page.elements <= HARMLESS
    assert not [word for word in page.words if ACTIVE.search(word)]


def test_a_nasty_comment_shows_its_suggestion_as_it_is_and_nothing_else_active(render):
    placed = NASTY.comments[0]
    page = render(comment_body(placed, LINKS))

    assert page.elements <= HARMLESS | {"sub"}
    assert f"{placed.finding.suggestion}\n" in page.code
    assert not [word for word in page.words if ACTIVE.search(word)]


@pytest.mark.parametrize("review", [*REVIEWS.values(), NASTY], ids=[*REVIEWS, "nasty"])
def test_a_summary_is_a_table_folds_and_lists(render, review):
    page = render(summary_body(review, LINKS))

    layout = {"table", "thead", "tbody", "tr", "th", "td", "details", "summary", "sub"}
    assert page.elements <= HARMLESS | layout
    assert page.open == 0
