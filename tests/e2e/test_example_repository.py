"""A whole example: a shop whose pull request breaks rules of every level, and exactly what is posted on it.

`tests/examples/shop/README.md` tells what stands there and why. `UPDATE_GOLDEN=1` writes the posted texts anew.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import pytest

from tests.e2e.conftest import Result, runner
from tests.e2e.models import task_of
from tests.examples.posted import posted, readable
from tests.examples.reviewer import answer
from tests.examples.scene import Scene
from tests.examples.trees import SHOP, tree
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelRequest, ModelServer

pytestmark = pytest.mark.e2e

POSTED = SHOP / "posted"
_LINK = re.compile(r"/([\w.-]+/[\w.-]+)/blob/(\w+)/([^?#)\s]+)(?:\?plain=1)?#L(\d+)")
_CITED = re.compile(
    r"<sub>\[(?P<title>.*)\]\((?P<address>[^)]*)\) · rule `(?P<id>[^`]+)` · (?P<origin>[^·<]*) · `\w+`</sub>"
)


@dataclass(frozen=True)
class Reviewed:
    """A finished run: what it said, what stands on the pull request, what the model was asked."""

    run: Result
    scene: Scene
    requests: list[ModelRequest]
    texts: Mapping[str, str]

    def line_at(self, address: str) -> str:
        """The line that an address leads to, out of git."""
        found = _LINK.search(address)
        assert found, address
        return self.scene.line_at(found[1], found[2], unquote(found[3]), int(found[4]))

    def raw(self) -> Iterator[str]:
        """Every text that was posted, as it was."""
        yield from (comment.body for comment in self.scene.pull.review_comments())
        yield from (comment.body for comment in self.scene.pull.comments())
        for check in self.scene.pull.checks():
            yield from (check.text, *(each["message"] for each in check.annotations))

    def asked(self, task: str) -> str:
        """Everything that the model was asked for one kind of task, in its last messages."""
        return "\n".join(each.messages[-1]["content"] for each in self.requests if task_of(each) == task)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    """The example, reviewed and posted."""
    home = tmp_path_factory.mktemp("shop")
    with GitHubServer() as server, ModelServer(answer, checks_replies=True) as model:
        scene = Scene(server, tree("base"), tree("head"), tree("organisation"))
        arguments = ("review", scene.pull.url, "--post", "--verbose", "--fail-on", "error")
        done = runner(home)(*arguments, cwd=home, env=scene.env(model))
        assert done.code == 1, done.err
        assert model.failures == []
        texts = posted(scene) | {"terminal.txt": readable(done.out, scene)}
        yield Reviewed(done, scene, model.requests, texts)
        assert server.violations == []


def test_exactly_this_is_posted(shop: Reviewed):
    if os.environ.get("UPDATE_GOLDEN"):
        POSTED.mkdir(exist_ok=True)
        for name, text in shop.texts.items():
            (POSTED / name).write_text(text, encoding="utf-8")
    assert sorted(shop.texts) == sorted(path.name for path in POSTED.iterdir())
    for name, text in shop.texts.items():
        assert text == (POSTED / name).read_text(encoding="utf-8"), name


def test_a_rule_of_each_level_is_raised_where_it_governs_and_only_there(shop: Reviewed):
    cited = [
        (thread.place.path, shop.scene.pull.line_of(thread), found["id"], found["origin"])
        for thread in shop.scene.pull.threads()
        for found in _CITED.finditer(thread.comments[0].body)
    ]
    assert sorted(cited) == [
        ("services/billing/refunds.py", 18, "no-print", "`acme/.pr-reviewer`"),
        ("services/billing/refunds.py", 19, "idempotency-key", "`services/billing/`"),
        ("services/checkout/cart.py", 13, "money-is-decimal", "repository"),
        ("services/checkout/payment.py", 11, "no-card-data-in-log", "`acme/.pr-reviewer`"),
    ]


def test_what_a_model_claims_by_rules_that_do_not_hold_there_is_refused(shop: Reviewed):
    words = " ".join(shop.run.out.split())
    assert "it names the rule 'idempotency-key', which does not govern this file" in words
    assert "it names the rule 'no-print', which is switched off for this file: tools are run by people" in words
    assert "it names the rule 'no-magic-numbers', which does not exist" in words


def test_every_rule_link_leads_to_the_rules_own_heading_as_it_was_read(shop: Reviewed):
    cited = {(found["title"], found["address"]) for text in shop.raw() for found in _CITED.finditer(text)}
    assert len(cited) == 4
    for title, address in cited:
        assert shop.line_at(address).startswith(f"## {title} {{#")
        assert shop.scene.pull.head_sha not in address


def test_every_link_of_every_text_leads_to_a_line(shop: Reviewed):
    addresses = {found[0] for text in shop.raw() for found in _LINK.finditer(text)}
    assert len(addresses) == 11
    for address in addresses:
        assert shop.line_at(address).strip(), address


def test_on_a_disk_the_same_places_are_named(shop: Reviewed):
    places = dict(re.findall(r"Rule: (.+?) · [^·]+ · ([\w./-]+:\d+)", " ".join(shop.run.out.split())))
    assert len(places) == 4
    for title, place in places.items():
        path, _, line = place.partition(":")
        files = tree("organisation") | tree("base")
        assert files[path].split("\n")[int(line) - 1].startswith(f"## {title} {{#")


def test_the_summary_names_every_rule_that_held_for_each_file_and_no_other(shop: Reviewed):
    (summary,) = shop.scene.pull.comments()
    everywhere = {
        "errors-catch-the-exception-that-you-can-answer",
        "errors-the-message-of-an-exception-names-the-order",
        "agents-md/code-style-a-name-that-is-true-or-false-reads",
    }
    python = {*everywhere, "money-is-decimal", "no-card-data-in-log"}
    assert {path: _rules_of(path, summary.body) for path in shop.scene.pull.paths} == {
        "best_practices.md": set(),  # prose, and no rule names it
        "services/billing/refunds.py": {*python, "no-print", "idempotency-key"},
        "services/checkout/__main__.py": {*python, "no-print"},
        "services/checkout/cart.py": {*python, "no-print"},
        "services/checkout/payment.py": {*python, "no-print"},
        "tools/daily_report.py": python,
    }


def _rules_of(path: str, summary: str) -> set[str]:
    """The ids that the summary names for a file."""
    rows = re.findall(r"^- (All 6 reviewed files|`.*`) — (.*)$", summary, re.MULTILINE)
    governing = [rules for files, rules in rows if f"`{path}`" in files or files.startswith("All")]
    named = [re.findall(r"(?:: |, )`([^`]+)`", rules) for rules in governing]
    return {rule for ids in named for rule in ids}


def test_no_suggestion_breaks_a_pattern_rule_the_model_was_told_and_tried_again(shop: Reviewed):
    told = shop.asked("repair")
    assert "no-print" in told
    (comment,) = [each.body for each in shop.scene.pull.review_comments() if "idempotency-key" in each.body]
    assert '```suggestion\n    ledger.book(order.customer, -amount, key=f"refund-{order.id}-{amount}")\n```' in comment


def test_prose_rules_are_asked_about_one_by_one_and_a_suggestion_that_breaks_one_is_prose(shop: Reviewed):
    asked = re.findall(r"^Hold the suggestion against: (.*)$", shop.asked("verify"), re.MULTILINE)
    assert len(asked) == 3
    assert all("`money-is-decimal`, " in each and "`no-print`" not in each for each in asked)
    (comment,) = [each.body for each in shop.scene.pull.review_comments() if "mean_price" in each.body]
    assert "suggestion" not in comment
    words = " ".join(shop.run.out.split())
    assert "No suggestion: The suggestion breaks the rule `money-is-decimal` (Money is a `Decimal`): What" in words
    assert "What an empty cart gets is a float." in shop.asked("repair")


def test_the_rules_of_the_head_have_no_effect_and_the_summary_says_what_it_changes(shop: Reviewed):
    (summary,) = shop.scene.pull.comments()
    assert "- Changed by this pull request in `best_practices.md`: `money-is-decimal`" in summary.body
    assert "- Switched off by this pull request in `best_practices.md`: `no-print`" in summary.body
    assert "- Removed by this pull request in `best_practices.md`: `errors-catch-the-exception" in summary.body
    assert "except where a `float` is easier" not in shop.asked("rules")
    assert "cannot hold ten cents" in shop.asked("rules")


def test_a_required_rule_is_not_silenced_by_the_pull_request_and_another_is_with_its_reason(shop: Reviewed):
    (summary,) = shop.scene.pull.comments()
    assert "`no-card-data-in-log` not silenced: a required rule cannot be silenced by the pull request" in summary.body
    assert "`no-print` silenced by this pull request: who starts it by hand waits for this line" in summary.body
    assert [check.conclusion for check in shop.scene.pull.checks()] == ["failure"]
