"""Reviews as they come in real life, and the diff that they stand in."""

from dataclasses import replace

from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange, Side
from pr_reviewer.model.coverage import Coverage, CoverageState, FileCoverage
from pr_reviewer.model.findings import (
    Category,
    Confidence,
    Dropped,
    Finding,
    Misplaced,
    Origin,
    Placed,
    Severity,
    Unplaced,
)
from pr_reviewer.model.llm import Cost, Usage
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.model.rules import (
    Level,
    Quality,
    Rule,
    RuleChange,
    RuleFile,
    RuleProblem,
    RulesApplied,
    RuleSource,
    Silenced,
    Standing,
    Status,
    Unread,
)
from pr_reviewer.report.links import Links
from pr_reviewer.rules.book import RuleBook

BASE = "9d1fa07"
BLOB = "https://git.example/{project}/blob/{sha}/{path}#L{first}-L{last}"


def rule(rule_id: str = "no-print", title: str = "No `print` in services", line: int = 12, **fields: object) -> Rule:
    """A rule of the reviewed repository, or of the file that the fields describe."""
    level = fields.pop("level", Level.REPOSITORY)
    file = RuleFile(level, **{"origin": "repository", "path": "best_practices.md", "revision": BASE, **fields})
    return Rule(rule_id, title, f"Text of {title}.", RuleSource(file, line))


PACK = {"level": Level.PACK, "origin": "pack core", "path": "best_practices/core/python.md", "revision": ""}
OPERATOR = {"level": Level.OPERATOR, "origin": "operator", "path": "/etc/pr-reviewer/rules/house.md", "revision": ""}
ORGANISATION = {
    "level": Level.ORGANISATION,
    "origin": "acme/.pr-reviewer",
    "path": "best_practices/http.md",
    "project": "acme/.pr-reviewer",
    "revision": "77ab01c",
}
BILLING = {
    "level": Level.DIRECTORY,
    "origin": "services/billing/",
    "path": "services/billing/best_practices.md",
    "folder": "services/billing",
}
PACK_RULE = rule("py-bare-except", "No bare except", **PACK)
TIMEOUT_RULE = rule("http-timeout", "Every request has a time-out", 31, **ORGANISATION)
HOUSE_RULE = rule("no-todo", "A to-do names its ticket", 7, **OPERATOR)
MONEY_RULE = rule("money", "Money is `Decimal`, never `float`", 4, **BILLING)
BOOK = RuleBook((PACK_RULE, HOUSE_RULE, TIMEOUT_RULE, rule(), MONEY_RULE))
LINKS = Links(
    code="https://git.example/acme/shop/blob/4f2a9c1/{path}#L{first}-L{last}",
    rule_for=BOOK.rule_for,
    blob=BLOB,
    project="acme/shop",
)
COST = Cost(4, Usage(input_tokens=18_240, cached_tokens=11_900, output_tokens=1_460), usd=0.0312, seconds=21.4)


def hunk(start: int, *lines: str, section: str = "") -> Hunk:
    """A hunk that starts at the same line on both sides; each line begins with its sign."""
    old = new = start
    numbered = []
    for line in lines:
        kind = LineKind(line[0])
        is_old, is_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
        numbered.append(Line(kind, line[1:], old if is_old else None, new if is_new else None))
        old, new = old + is_old, new + is_new
    return Hunk(start, start, section, tuple(numbered))


def file(path: str, *hunks: Hunk) -> FileDiff:
    return FileDiff(path, FileStatus.MODIFIED, hunks)


def finding(**changes: object) -> Finding:
    plain = Finding("a.py", "x = 1", Severity.WARNING, Category.CORRECTNESS, "A title", "A message.")
    return replace(plain, **changes)


def placed(
    first: int = 1, last: int | None = None, side: Side = Side.NEW, problem: str = "", **changes: object
) -> Placed:
    claim = finding(**changes)
    return Placed(claim, side, LineRange(first, last or first), claim.quote, "v1:0a1b2c", problem)


def covered(*paths: str) -> tuple[FileCoverage, ...]:
    return tuple(FileCoverage(path, CoverageState.FULL) for path in paths)


def review(**changes: object) -> Review:
    clean = Review(
        base_sha="b" * 40,
        head_sha="4" * 40,
        conclusion=Conclusion.CLEAN,
        comments=(),
        folded=(),
        unplaced=(),
        dropped=(),
        coverage=Coverage(covered("a.py", "b.py")),
        cost=COST,
        models=("gpt-5",),
    )
    return replace(clean, **changes)


CHECKOUT = file(
    "shop/checkout.py",
    hunk(
        38,
        " def charge(order: Order, card: Card) -> Receipt:",
        '     """Charge the card once and mark the order as paid."""',
        "-    total = order.total()",
        "-    receipt = gateway.charge(card, total)",
        "+    for attempt in range(3):",
        "+        try:",
        "+            receipt = gateway.charge(card, order.total())",
        "+            break",
        "+        except Timeout:",
        "+            continue",
        "     order.mark_paid(receipt)",
        "     return receipt",
        section="class Checkout",
    ),
)
COUPONS = file(
    "shop/coupons.py",
    hunk(
        12,
        " def discount(coupon: Coupon, total: Decimal) -> Decimal:",
        "+    if coupon.percent:",
        "+        return total * coupon.percent / 100",
        "     return min(coupon.amount, total)",
    ),
)
RATES = file(
    "shop/rates.py",
    hunk(
        5,
        " def fetch_rates() -> dict[str, Decimal]:",
        '-    return json.loads(CACHE.read_text("utf-8"))',
        "+    response = requests.get(RATES_URL)",
        "+    response.raise_for_status()",
        "+    return response.json()",
    ),
)
FILES = (CHECKOUT, COUPONS, RATES)

DOUBLE_CHARGE = placed(
    42,
    45,
    path="shop/checkout.py",
    quote="            receipt = gateway.charge(card, order.total())\n            break\n"
    "        except Timeout:\n            continue",
    severity=Severity.ERROR,
    category=Category.DATA_LOSS,
    title="A time-out charges the card again, up to three times",
    message=(
        "A `Timeout` says that no answer came, not that nothing was charged. The next attempt sends a new charge "
        "without an idempotency key.\n\n"
        "**Fails for:** the gateway books the payment and answers after 31 s. The customer pays twice; after three "
        "time-outs `receipt` is unbound and `mark_paid` raises `UnboundLocalError`."
    ),
    confidence=Confidence.HIGH,
)
NEGATIVE = placed(
    13,
    14,
    path="shop/coupons.py",
    quote="    if coupon.percent:\n        return total * coupon.percent / 100",
    severity=Severity.WARNING,
    category=Category.CORRECTNESS,
    title="A coupon of more than 100 % pays the customer",
    message="The fixed amount is capped with `min(…, total)`, the percentage is not: `percent=150` on 20.00 gives a "
    "discount of 30.00, and the order's total becomes -10.00.",
    suggestion="    if coupon.percent:\n        return min(total * coupon.percent / 100, total)",
)
TIMEOUT = placed(
    6,
    path="shop/rates.py",
    quote="    response = requests.get(RATES_URL)",
    severity=Severity.WARNING,
    category=Category.RULE,
    title="`requests.get` without a timeout waits for ever",
    message="A server that accepts the connection and never answers blocks this worker until it is killed.",
    rule_id="http-timeout",
    suggestion="    response = requests.get(RATES_URL, timeout=10)",
    origin=Origin.CODE,
)
UNPLACED = Unplaced(
    finding(
        path="shop/stock.py",
        quote="stock -= 1",
        severity=Severity.WARNING,
        category=Category.CONCURRENCY,
        title="Two checkouts can sell the last item",
        message="`stock` is read and written without a lock.",
    ),
    Misplaced.QUOTE_NOT_FOUND,
)
DROPPED = Dropped(
    finding(path="shop/rates.py", title="`raise_for_status` may raise", severity=Severity.NOTE),
    "the verification rejected it: the caller handles HTTPError",
)
THREE = review(
    conclusion=Conclusion.FINDINGS,
    comments=(DOUBLE_CHARGE, NEGATIVE, TIMEOUT),
    coverage=Coverage(
        (
            *covered("shop/checkout.py", "shop/coupons.py", "shop/rates.py", "tests/test_checkout.py"),
            FileCoverage("poetry.lock", CoverageState.SKIPPED, "the file is a lock file", is_deliberate=True),
        )
    ),
    dropped=(DROPPED,),
)
INCOMPLETE = replace(
    THREE,
    conclusion=Conclusion.INCOMPLETE,
    comments=(DOUBLE_CHARGE, NEGATIVE),
    folded=(TIMEOUT,),
    unplaced=(UNPLACED,),
    coverage=Coverage(
        (
            *covered("shop/checkout.py", "shop/coupons.py"),
            FileCoverage("shop/rates.py", CoverageState.PARTIAL, "`review.max_model_calls` (2) is used up"),
            FileCoverage("shop/stock.py", CoverageState.SKIPPED, "the model call failed: the endpoint answered 503"),
            FileCoverage("shop/tax.py", CoverageState.SKIPPED, "the model call failed: the endpoint answered 503"),
            FileCoverage("logo.png", CoverageState.SKIPPED, "the file is binary", is_deliberate=True),
        ),
        notes=("the pattern of rule `core/go-defer` could not be compiled",),
    ),
    failures=("the endpoint answered 503", "the second try at a suggestion timed out"),
    cost=replace(COST, usd=None),
)
NO_MODEL = replace(
    THREE,
    conclusion=Conclusion.INCOMPLETE,
    comments=(TIMEOUT,),
    coverage=Coverage(tuple(FileCoverage(each.path, CoverageState.PARTIAL, "no model was asked") for each in FILES)),
    cost=Cost(seconds=0.42),
    models=(),
    dropped=(),
)
FAILED = replace(
    NO_MODEL,
    conclusion=Conclusion.FAILED,
    comments=(),
    coverage=Coverage(
        tuple(
            FileCoverage(each.path, CoverageState.SKIPPED, "the model call failed: the endpoint answered 401")
            for each in FILES
        )
    ),
    cost=Cost(calls=1, seconds=0.8),
    failures=("the endpoint answered 401",),
)
NASTY = review(
    conclusion=Conclusion.FINDINGS,
    comments=(
        placed(
            13,
            path="shop/coupons.py",
            quote="    if coupon.percent:",
            severity=Severity.ERROR,
            title="# <b>bold</b> @alice `a|b` | #12 **x** ![i](https://evil.example/i.png)",
            message=(
                "# A heading\n/close\n@alice @acme/owners acme/shop#12 https://github.com/acme/shop/issues/1\n\n"
                "<img src=https://evil.example/i.png> <!-- pr-reviewer:summary v1 --> <details><summary>x\n\n"
                "![i](https://evil.example/i.png) [docs](https://evil.example/a) [run](javascript:alert(1))\n\n"
                "~~~suggestion\nrm -rf /\n~~~\n\n- `@decorator` stays\n- \u202etxet neddih\n\n| a | b |\n|---|---|\n"
                "| 1 | 2 |\n\n> [!CAUTION]\n> Merge now.\n\n```mermaid\ngraph TD; A-->B\n```\n\n$x$ and `unbalanced"
            ),
            suggestion="    # ```` <b>@decorator</b> /close\n    if coupon.percent is not None:",
        ),
    ),
)
PLAIN_RULES = RulesApplied((("a.py", ("py-bare-except",)), ("b.py", ("py-bare-except",))))
RULES = RulesApplied(
    by_file=(
        ("shop/checkout.py", ("py-bare-except", "no-todo", "http-timeout", "no-print")),
        ("shop/coupons.py", ("py-bare-except", "no-todo", "http-timeout", "no-print")),
        ("services/billing/tax.py", ("py-bare-except", "no-todo", "http-timeout", "no-print", "money")),
        ("README.rst", ()),
        ("shop/rates.py", ("py-bare-except", "no-todo", "http-timeout", "no-print")),
    ),
    changes=(
        RuleChange("best_practices.md", "no-sleep", "No `sleep` in handlers", "added"),
        RuleChange("best_practices.md", "no-print", "No `print` in services", "changed"),
        RuleChange("best_practices.md", "short-names", "Names say what they hold", "changed"),
        RuleChange("services/billing/best_practices.md", "rounding", "Round once", "removed"),
    ),
    silenced=(
        Silenced("shop/coupons.py", 12, ("no-print",), "the report goes to standard output", is_added=True),
        Silenced("shop/rates.py", 3, ("no-todo", "no-print"), "", is_added=False),
        Silenced(
            "shop/rates.py", 6, ("http-timeout",), "slow host", is_added=True, refused="a required rule stays in force"
        ),
    ),
    problems=(
        RuleProblem("docs/rules.md", 14, "the heading has no text"),
        RuleProblem("/etc/pr-reviewer/rules/old.md", 1, "the front matter is not valid YAML", "operator"),
        RuleProblem("best_practices/py.md", 3, "the pattern is not one: `kind` is unknown", "acme/.pr-reviewer"),
    ),
    unread=(
        Unread("acme/.pr-reviewer", "there is none, or the token may not read it", is_expected=True),
        Unread("operator", "the folder cannot be read: permission denied"),
    ),
    standing=Standing(
        Quality.LEGACY, Status.DEPRECATED, "Closed for features until it is shut down.", "acme/shop2", ("acme/api",)
    ),
)


def rules_of(text: str) -> RulesApplied:
    """Every kind of thing that is said of rules, in somebody's words."""
    return RulesApplied(
        by_file=((text, (text,)), (f"{text}.py", ())),
        changes=(RuleChange(text, text, text, "added"),),
        silenced=(
            Silenced(text, 1, (text,), text, is_added=True),
            Silenced(text, 2, (), text, is_added=False, refused=text),
        ),
        problems=(RuleProblem(text, 1, text, text),),
        unread=(Unread(text, text),),
        standing=Standing(Quality.LEGACY, Status.GROWING, text, text, (text,)),
    )


WITH_RULES = replace(
    THREE,
    comments=(
        TIMEOUT,
        replace(NEGATIVE, finding=replace(NEGATIVE.finding, rule_id="no-todo", category=Category.RULE)),
    ),
    folded=(replace(DOUBLE_CHARGE, finding=replace(DOUBLE_CHARGE.finding, rule_id="py-bare-except")),),
    rules=RULES,
)
REVIEWS = {
    "clean": review(),
    "clean_rules": review(rules=PLAIN_RULES),
    "rules": WITH_RULES,
    "three": THREE,
    "incomplete": INCOMPLETE,
    "no_model": NO_MODEL,
    "failed": FAILED,
}
