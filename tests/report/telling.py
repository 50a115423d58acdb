"""What /describe, /ask, /explain and the other commands say in real life, as conversations to be looked at."""

from collections.abc import Mapping
from dataclasses import replace

from pr_reviewer.model.answering import Answer, Answered, Citation, Question
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.commands import Mistake
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.describing import ChangeKind, Concern, Description, FileNote, Portrait
from pr_reviewer.model.findings import Category, Confidence, Origin, Severity
from pr_reviewer.model.posting import Remark
from pr_reviewer.model.rules import Enforcement, RulesApplied
from pr_reviewer.report.answer import answer_body
from pr_reviewer.report.answers import done_text, failure_text, mistakes_text, not_now, refusal
from pr_reviewer.report.description import description_body
from pr_reviewer.report.explanation import explained, explained_in_summary, explanation_body, not_found
from pr_reviewer.report.governing_rules import rules_body
from pr_reviewer.report.help import help_body
from pr_reviewer.report.kept import read_kept
from pr_reviewer.report.markers import Marker, MarkerKind, mark
from pr_reviewer.report.posting import draft_summary
from pr_reviewer.report.record import Record, write_record
from pr_reviewer.settings.load import load_settings
from pr_reviewer.workflows.commands import HELPS
from pr_reviewer.workflows.show_config import show_config
from tests.report.builders import COST, INCOMPLETE, LINKS, MONEY_RULE, PACK_RULE, TIMEOUT_RULE, covered

SHA = "4f2a9c17d0be3391c2a5f8e6b7d4a1c09e8f3b21"
SOME = Coverage(
    (
        *covered("shop/checkout.py", "shop/rates.py", "shop/coupons.py", "tests/test_rates.py"),
        FileCoverage("poetry.lock", CoverageState.SKIPPED, "a lock file", is_deliberate=True),
    )
)
PARTIAL = replace(
    SOME,
    files=(*SOME.files, FileCoverage("shop/tax.py", CoverageState.PARTIAL, "lines 40–812 not shown: no call is left")),
)
PORTRAIT = Portrait(
    "Cache exchange rates for an hour",
    ChangeKind.PERFORMANCE,
    (
        "Exchange rates are kept for an hour, where each checkout fetched them from the bank before.",
        "A rate that is older is fetched again; if the bank does not answer, the old one is used and logged.",
    ),
    (
        Concern(
            "Keep rates for an hour",
            (
                FileNote("shop/rates.py", "`rate` looks into a `TTLCache` first and falls back to the last known rate"),
                FileNote("shop/checkout.py", "Asks `rates.rate` instead of the bank's client"),
            ),
        ),
        Concern("Test it", (FileNote("tests/test_rates.py", "Covers a hit, a miss and a bank that is away"),)),
        Concern("Other files", (FileNote("shop/coupons.py"),)),
    ),
    ("performance", "checkout"),
)
DESCRIPTION = Description(SHA, PORTRAIT, SOME, COST, ("gpt-5",))
ANSWERED = Answered(
    SHA,
    Question("What happens at checkout when the bank does not answer, and do we tell anybody?"),
    Answer(
        "The last known rate is used, however old it is [1], and a warning is logged [2]. If there never was one, "
        "`rate` raises `RateUnknown` [3], which `checkout` does not catch: the customer sees an error page.",
        is_told=True,
        citations=(
            Citation(1, "shop/rates.py", "        return self._last[currency]", LineRange(41, 41)),
            Citation(2, "shop/rates.py", '        log.warning("bank is away", currency=currency)', LineRange(40, 40)),
            Citation(3, "shop/rates.py", "    if currency not in self._last:\n        raise", LineRange(37, 38)),
            Citation(4, "shop/bank.py", "timeout=10", why="no file of this change has this name"),
        ),
    ),
    SOME,
    COST,
    ("gpt-5",),
)
UNTOLD = replace(
    ANSWERED,
    question=Question("How often does the bank change its rates?"),
    answer=Answer(
        "How often is the bank's decision; its contract or the client in `shop/bank.py` may say.", is_told=False
    ),
    coverage=PARTIAL,
)
REMARK = Remark(
    7,
    "pr-reviewer[bot]",
    mark(
        write_record(
            Record(
                Severity.WARNING,
                Category.RULE,
                Origin.MODEL,
                Confidence.HIGH,
                "http-timeout",
                "`requests.get` is called without `timeout`, and nothing around it sets one for the session.",
            )
        ),
        Marker(MarkerKind.FINDING, "v1:a3d665c5f00dfeed"),
    ),
    "shop/rates.py",
    LineRange(6, 6),
    hunk="@@ -1,3 +4,3 @@\n def fetch(currency):\n+    response = requests.get(RATES_URL)",
    url="https://git.example/acme/shop/pull/7#discussion_r7",
    is_ours=True,
)
APPLIED = RulesApplied(
    (
        ("shop/checkout.py", ("py-bare-except", "http-timeout")),
        ("shop/rates.py", ("py-bare-except", "http-timeout")),
        ("services/billing/pay.py", ("py-bare-except", "http-timeout", "money")),
        ("README.md", ()),
    )
)
RULES = (replace(PACK_RULE, pattern="{}"), replace(TIMEOUT_RULE, enforcement=Enforcement.REQUIRED), MONEY_RULE)
MISTAKES = (
    Mistake(1, "reveiw", "there is no such command; did you mean `/review`?"),
    Mistake(3, "review --max-comment 3", "there is no option `--max-comment`; did you mean `--max-comments`?"),
)
URL = "https://git.example/acme/shop/pull/7#issuecomment-5"


def conversations() -> Mapping[str, list[str]]:
    """Each command with what it says, one post after the other."""
    thread = explained(REMARK)
    assert thread is not None
    kept = explained_in_summary(read_kept(draft_summary(INCOMPLETE, LINKS))[0], URL)
    environ = {"PR_REVIEWER_REVIEW__MAX_COMMENTS": "15", "OPENAI_API_KEY": "sk-1234567890abcdef1234"}
    return {
        "describe": [description_body(DESCRIPTION, LINKS, current_title="rates"), description_body(_long(), LINKS)],
        "ask": [answer_body(ANSWERED, LINKS), answer_body(UNTOLD, LINKS, quotes_question=False)],
        "explain": [
            explanation_body(thread, LINKS),
            explanation_body(kept, LINKS),
            not_found("77777777", [thread, kept]),
            not_found("", []),
        ],
        "rules": [rules_body(APPLIED, RULES, LINKS), rules_body(RulesApplied((("a.txt", ()),)), (), LINKS)],
        "config": [show_config(load_settings(environ))],
        "help": [help_body(HELPS, ["acme-reviewer[bot]"])],
        "replies": [
            refusal("write"),
            not_now("the operator has stopped all reviews"),
            mistakes_text(MISTAKES),
            "\n\n".join([mistakes_text(MISTAKES[:1]), done_text("review", URL), done_text("improve", URL)]),
            failure_text("ask", "the model endpoint answered 503 five times"),
        ],
    }


def _long() -> Description:
    files = tuple(FileNote(f"shop/part_{number}.py", "Takes the rate from the cache.") for number in range(30))
    return replace(
        DESCRIPTION, portrait=replace(PORTRAIT, concerns=(Concern("Use the cache", files),)), coverage=PARTIAL
    )
