"""A change of ten lines with a bug in it, reviewed as any other change is: is the bug found, proven, and quoted?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from pr_reviewer.doctor.check import Check, State, failed
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.model.review import Review
from pr_reviewer.report.amounts import cost_text

PATH = "prices.py"
BEFORE = '''def total(prices: list[int]) -> int:
    """The sum of all prices."""
    amount = 0
    for price in prices:
        amount += price
    return amount
'''
AFTER = '''def total(prices: list[int]) -> int:
    """The sum of all prices."""
    amount = 0
    for index in range(1, len(prices)):
        amount += prices[index]
    return amount
'''
DIFF = f'''diff --git a/{PATH} b/{PATH}
index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644
--- a/{PATH}
+++ b/{PATH}
@@ -1,6 +1,6 @@
 def total(prices: list[int]) -> int:
     """The sum of all prices."""
     amount = 0
-    for price in prices:
-        amount += price
+    for index in range(1, len(prices)):
+        amount += prices[index]
     return amount
'''
BUG = LineRange(4, 5)  # the first price is left out
_NAME = "planted bug"
_OLD, _NEW = "1" * 40, "2" * 40
_RECORD = "`pr-reviewer review --record DIR` keeps each request and reply of a review: look what was sent and answered."
_STRONGER_VERIFIER = "The model that verifies (models.verify) rejects what is true: choose a stronger one."
_STRONGER = "Reviews by this model will miss such bugs: choose a stronger one (models.review)."


class PlantedChange:
    """The change as a `ChangeReader`; there is nothing to read but the two versions of one file."""

    can_suggest = True

    async def pull_request(self) -> PullRequest:
        """See `PullRequestReader`."""
        base, head = Revision("main", _OLD), Revision("sum-by-index", _NEW)
        ref = PullRequestRef("local", "doctor", 0)
        return PullRequest(ref, "Sum by index", "", "", base, head, _OLD)

    async def diff(self, old: str, new: str) -> str:  # noqa: ARG002 there is one diff
        """See `CodeReader`."""
        return DIFF

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        """See `CodeReader`."""
        return {PATH: AFTER if revision == _NEW else BEFORE} if PATH in paths else {}

    async def list_files(self, revision: str) -> tuple[str, ...]:  # noqa: ARG002
        """See `CodeReader`."""
        return (PATH,)

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:  # noqa: ARG002
        """See `CodeReader`."""
        return frozenset()


async def check_planted_bug(review: Callable[[], Awaitable[Review]]) -> Check:
    """Review the change. What counts is what would be posted: found, verified, on the right line."""
    try:
        outcome = await review()
    except ReviewerError as error:
        return failed(_NAME, error)
    return judged(outcome)


def judged(review: Review) -> Check:
    """What the review is worth."""
    cost = cost_text(review.cost, review.models)
    found = [each for each in (*review.comments, *review.folded) if _is_about_bug(each)]
    if found:
        line = f"found on line {found[0].lines.first} and verified"
        if any(each.finding.quote == each.quote for each in found):
            return Check(_NAME, State.OK, f"{line}, quoted exactly · {cost}")
        todo = "Findings are placed by what they quote: sloppy quotes cost some of them their place."
        return Check(_NAME, State.WARN, f"{line}, but not quoted exactly · {cost}", todo)
    why, todo = _why_not(review)
    return Check(_NAME, State.FAIL, f"{why} · {cost}", todo)


def _why_not(review: Review) -> tuple[str, str]:
    """Why the bug is not raised, and what to do about it."""
    if review.failures:
        return f"the review failed: {'; '.join(review.failures)}", _RECORD
    if rejected := [each for each in review.dropped if each.finding.path == PATH]:
        return f"found, but not raised: {rejected[0].why}", _STRONGER_VERIFIER
    if review.unplaced:
        return f"something was found, but {review.unplaced[0].why}", _STRONGER
    return f"not found: {'other lines were blamed' if review.comments else 'nothing was said of the change'}", _STRONGER


def _is_about_bug(placed: Placed) -> bool:
    return placed.finding.path == PATH and placed.lines.overlaps(BUG)
