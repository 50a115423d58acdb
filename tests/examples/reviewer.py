"""The scripted model that reviews the shop: what it claims, what it says of suggestions, and how it repairs one.

Some of its claims are wrong on purpose: a rule of another folder, one that is switched off here, one that does not
exist. Suggestions are good, break a pattern rule, or break a prose rule.
"""

import re
from typing import Any

from tests.e2e.models import NOTHING, candidates_of, finding, task_of, verdict
from tests.fakes.model_server import ModelRequest

REFUNDS, CART = "services/billing/refunds.py", "services/checkout/cart.py"
BOOKING = "    ledger.book(order.customer, -amount)"
KEYED = '    ledger.book(order.customer, -amount, key=f"refund-{order.id}-{amount}")'
STILL_A_FLOAT = "    return total(items) / len(items) if items else float(0)"
FEE = "    return float(total(items)) * 0.05"
MEAN = "    return total(items) / len(items)"

DEFECTS = [
    finding(
        CART,
        MEAN,
        title="`mean_price` fails for an empty cart",
        message="`len(items)` is 0 when the cart is empty, so the page of an empty cart answers with an error.",
        failing_case="mean_price([]) divides by zero",
        suggestion="    return total(items) / len(items) if items else 0.0",  # breaks `money-is-decimal`
    )
]
OF_RULES = [
    finding(
        REFUNDS,
        BOOKING,
        title="A part of a refund is booked without an idempotency key",
        message="When the worker dies after booking, the queue delivers again and the customer gets the money twice.",
        failing_case="a worker dies between booking and acknowledging",
        category="rule",
        rule_id="idempotency-key",
        suggestion=f'{KEYED}\n    print("booked", order.id)',  # breaks `no-print`
    ),
    finding(
        CART,
        FEE,
        title="The express fee is a `float`",
        message="The fee is added to amounts that are `Decimal`, which raises TypeError, and it rounds wrongly.",
        failing_case="total(items) + express_fee(items) raises TypeError",
        category="rule",
        rule_id="money-is-decimal",
        suggestion='    return total(items) * Decimal("0.05")',
    ),
    finding(CART, FEE, title="No key", category="rule", rule_id="idempotency-key"),  # a rule of another folder
    finding("tools/daily_report.py", 'print(len(sales), "sales")', category="rule", rule_id="no-print"),  # is off here
    finding(CART, MEAN, title="A made-up rule", category="rule", rule_id="no-magic-numbers"),
]


def answer(request: ModelRequest) -> dict[str, Any]:
    """What the model says to one request."""
    match task_of(request):
        case "find":
            return NOTHING | {"findings": DEFECTS}
        case "rules":
            return NOTHING | {"findings": OF_RULES}
        case "verify":
            verdicts = [verdict(number, [code]) for number, code in candidates_of(request)]
            return NOTHING | {"verdicts": verdicts, "checks": _checks(request)}
        case "hold":
            return NOTHING | {"checks": _checks(request)}
        case "repair":
            repairs = [_repair(number, code) for number, code in candidates_of(request)]
            return NOTHING | {"repairs": repairs}
        case _:
            count = len(re.findall(r"^## Finding \d+", request.messages[-1]["content"], re.MULTILINE))
            return {"reasoning": "", "groups": [], "order": list(range(1, count + 1))}


def _repair(number: int, code: str) -> dict[str, Any]:
    """A booking without the `print`; for the mean price, a float again."""
    return {"candidate": number, "quote": None, "suggestion": STILL_A_FLOAT if code.strip() in MEAN else KEYED}


def _checks(request: ModelRequest) -> list[dict[str, Any]]:
    """An answer for each rule that each suggestion is to be held against."""
    text = next(turn["content"] for turn in reversed(request.messages) if "## Candidate" in turn["content"])
    blocks = re.split(r"^## Candidate (\d+)$", text, flags=re.MULTILINE)[1:]
    return [
        _check(int(number), rule_id, block)
        for number, block in zip(blocks[::2], blocks[1::2], strict=True)
        for listed in re.findall(r"^Hold the suggestion against: (.*)$", block, re.MULTILINE)
        for rule_id in re.findall(r"`([^`]+)`", listed)
    ]


def _check(number: int, rule_id: str, block: str) -> dict[str, Any]:
    is_broken = rule_id == "money-is-decimal" and ("else 0.0" in block or "else float(0)" in block)
    reasoning = "What an empty cart gets is a float." if is_broken else "The code is not about that."
    return {
        "candidate": number,
        "rule_id": rule_id,
        "reasoning": reasoning,
        "answer": "breaks" if is_broken else "keeps",
    }
