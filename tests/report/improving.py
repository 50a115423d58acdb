"""Improvements as they come in real life, and the exact text of all that is said of them.

`python -m tests.report.improving` writes the texts anew; look at the difference.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import Severity
from pr_reviewer.model.improvements import Improvements, Offer, Theme, Withheld
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.improvements import (
    Whereabouts,
    draft_improvements,
    draft_suggestions,
    improvements_body,
    improvements_markdown,
)
from pr_reviewer.report.improvements_json import improvements_json
from pr_reviewer.report.improvements_text import improvements_text
from pr_reviewer.report.text import Detail
from tests.report.builders import LINKS, covered, file, finding, hunk, placed, review

FOLDER = Path(__file__).parents[1] / "golden" / "improve"
ORDERS = file(
    "shop/orders.py",
    hunk(
        10,
        " def active(orders: list[Order]) -> list[Order]:",
        "+    result = []",
        "+    for index in range(len(orders)):",
        "+        if orders[index].active == True:",
        "+            result.append(orders[index])",
        "+    return result",
        " ",
        " ",
        " def total(orders: list[Order]) -> Decimal:",
        "+    amount = Decimal(0)",
        "+    for index in range(len(orders)):",
        "+        amount = amount + orders[index].price",
        "+    unused = len(orders)",
        "+    return amount",
    ),
)
STOCK = file(
    "shop/stock.py",
    hunk(
        30,
        " def reserve(session, item, count):",
        "+    stock = session.execute(f\"SELECT count FROM stock WHERE item = '{item}'\").scalar()",
        "+    print('reserving')",
        "+    return stock",
    ),
)
FILES: tuple[FileDiff, ...] = (ORDERS, STOCK)


def offer(
    name: str, first: int, last: int, *, theme: Theme = Theme.SIMPLICITY, idea: str = "", **fields: object
) -> Offer:
    return Offer(placed(first, last, **{"path": "shop/orders.py", **fields}), theme, idea, f"s1:{name}")


INJECTION = offer(
    "injection",
    31,
    31,
    theme=Theme.SECURITY,
    path="shop/stock.py",
    quote="    stock = session.execute(f\"SELECT count FROM stock WHERE item = '{item}'\").scalar()",
    severity=Severity.ERROR,
    title="Pass `item` as a parameter of the query",
    message="`item` is put into the text of the query, so a name with a quotation mark in it ends the string, and what "
    "follows is run as SQL.",
    suggestion='    query = "SELECT count FROM stock WHERE item = ?"\n'
    "    stock = session.execute(query, (item,)).scalar()",
)
ACTIVE = offer(
    "active",
    11,
    15,
    idea="iterate over the orders themselves",
    quote="\n".join(line.text for line in ORDERS.hunks[0].lines[1:6]),
    title="Keep the active orders with one comprehension",
    message="The loop counts indices to get at each order, and compares a truth value with `True`.",
    suggestion="    return [order for order in orders if order.active]",
)
TOTAL = offer(
    "total",
    20,
    21,
    idea="Iterate over the orders  themselves",
    quote="\n".join(line.text for line in ORDERS.hunks[0].lines[10:12]),
    severity=Severity.NOTE,
    title="Add up the prices themselves",
    message="The index is used for nothing but to get at each order.",
    suggestion="    for order in orders:\n        amount += order.price",
)
UNUSED = offer(
    "unused",
    22,
    22,
    quote="    unused = len(orders)",
    severity=Severity.NOTE,
    title="Remove `unused`",
    message="Nothing reads it.",
    suggestion="",
)
PRINTED = offer(
    "printed",
    32,
    32,
    theme=Theme.RULE,
    path="shop/stock.py",
    quote="    print('reserving')",
    rule_id="no-print",
    title="Log instead of printing",
    message="`print` writes where nobody of operations looks.",
    suggestion="    log.info('reserving')",
)
WITHHELD = (
    Withheld(finding(path="shop/stock.py", title="Lock the row"), "the model withdrew it", INJECTION.placed),
    Withheld(finding(path="shop/orders.py", title="Cache `total`"), "the quoted code does not stand in the change"),
)
SOME = Improvements(
    review(conclusion=Conclusion.FINDINGS, coverage=Coverage(covered("shop/orders.py", "shop/stock.py"))),
    offers=(INJECTION, PRINTED, ACTIVE, TOTAL),
    folded=(UNUSED,),
    withheld=WITHHELD,
    standing=frozenset({"s1:printed"}),
)
WHERE = Whereabouts(
    urls={
        "s1:injection": "https://git.example/acme/shop/pull/7#discussion_r1",
        "s1:printed": "https://git.example/acme/shop/pull/7#discussion_r2",
        "s1:active": "https://git.example/acme/shop/pull/7#discussion_r3",
    },
    refused={"s1:total": "GitHub takes no comment at this place of the diff"},
    earlier=(
        "https://git.example/acme/shop/pull/7#discussion_r8",
        "https://git.example/acme/shop/pull/7#discussion_r9",
    ),
)
NONE = Improvements(review(), (), (), ())
SKIPPED = FileCoverage("poetry.lock", CoverageState.SKIPPED, "a lock file", is_deliberate=True)
INCOMPLETE = replace(
    SOME,
    offers=(ACTIVE,),
    folded=(),
    withheld=(),
    review=review(
        conclusion=Conclusion.INCOMPLETE,
        coverage=Coverage(
            (
                *covered("shop/orders.py"),
                FileCoverage("shop/stock.py", CoverageState.SKIPPED, "the model call failed: no answer in 600 s"),
                SKIPPED,
            ),
            ("the rules of acme/.pr-reviewer were not read: it has moved",),
        ),
        failures=("no answer in 600 s",),
    ),
)
FAILED = replace(
    NONE,
    review=review(
        conclusion=Conclusion.FAILED,
        coverage=Coverage((FileCoverage("a.py", CoverageState.SKIPPED, "the model call failed: 401"),)),
        failures=("401",),
        models=(),
    ),
)
NASTY = replace(
    SOME,
    offers=(
        offer(
            "nasty",
            11,
            11,
            path="a|b `c`.py",
            quote="x",
            idea="@team <b>",
            title="Ping @team, close #1 | `code` <img src=x>",
            message="/approve\n\n<script>alert(1)</script> ![x](https://evil.example/x.png)\n\n"
            "```suggestion\nrm -rf\n```",
            suggestion="```\n@decorator\n<!-- pr-reviewer:summary v1 -->\n```",
        ),
    ),
    folded=(),
    withheld=(Withheld(finding(path="x.py", title="<b>@you</b>"), "it says <!-- --> | no"),),
)


def texts() -> Mapping[str, str]:
    """File name to text."""
    found = {
        "some.summary.md": draft_improvements(SOME, LINKS, WHERE) + "\n",
        "none.summary.md": draft_improvements(NONE, LINKS, Whereabouts()) + "\n",
        "incomplete.summary.md": improvements_body(INCOMPLETE, LINKS) + "\n",
        "failed.summary.md": improvements_body(FAILED, LINKS) + "\n",
        "nasty.summary.md": improvements_body(NASTY, LINKS) + "\n",
        "some.document.md": improvements_markdown(SOME, FILES, LINKS),
        "some.txt": improvements_text(SOME, FILES, links=LINKS),
        "some.verbose.txt": improvements_text(SOME, FILES, width=70, detail=Detail.VERBOSE, links=LINKS),
        "some.quiet.txt": improvements_text(SOME, FILES, detail=Detail.QUIET),
        "some.coloured.txt": improvements_text(SOME, FILES, is_coloured=True),
        "none.txt": improvements_text(NONE),
        "incomplete.txt": improvements_text(INCOMPLETE, FILES),
        "incomplete.verbose.txt": improvements_text(INCOMPLETE, FILES, detail=Detail.VERBOSE),
        "failed.txt": improvements_text(FAILED),
        "nasty.txt": improvements_text(NASTY),
        "some.json": improvements_json(SOME),
    }
    for name, made in {"some": SOME, "nasty": NASTY}.items():
        for number, comment in enumerate(draft_suggestions(made, LINKS).comments, start=1):
            found[f"{name}.comment{number}.md"] = comment.body + "\n"
    found["removal.comment.md"] = draft_suggestions(replace(SOME, offers=(UNUSED,)), LINKS).comments[0].body + "\n"
    return found


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_bytes(text.encode("utf-8"))
