"""The planted bug: a change that is what it seems, and how a review of it is judged."""

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.doctor.check import Check, State
from pr_reviewer.doctor.planted import AFTER, BEFORE, BUG, DIFF, PATH, PlantedChange, check_planted_bug, judged
from pr_reviewer.model.changes import LineKind
from pr_reviewer.model.errors import GitError
from pr_reviewer.model.findings import Dropped
from pr_reviewer.model.review import Review
from tests.report.builders import finding, placed, review

QUOTE = "    for index in range(1, len(prices)):"


def test_the_diff_leads_from_one_version_to_the_other_and_the_bug_is_what_it_adds():
    (file,) = parse_diff(DIFF)
    lines = [line for hunk in file.hunks for line in hunk.lines]
    assert "".join(f"{line.text}\n" for line in lines if line.kind is not LineKind.ADDED) == BEFORE
    assert "".join(f"{line.text}\n" for line in lines if line.kind is not LineKind.REMOVED) == AFTER
    assert [line.new_number for line in lines if line.kind is LineKind.ADDED] == [BUG.first, BUG.last]


def test_the_bug_is_one():
    before, after = {}, {}
    exec(BEFORE, before)  # noqa: S102 our own text
    exec(AFTER, after)  # noqa: S102 our own text
    assert (before["total"]([5, 3]), after["total"]([5, 3])) == (8, 3)


async def test_the_change_is_read_like_any_other():
    change = PlantedChange()
    pull = await change.pull_request()
    assert await change.read_files(pull.base.sha, [PATH, "b.py"]) == {PATH: BEFORE}
    assert await change.read_files(pull.head.sha, [PATH]) == {PATH: AFTER}
    assert await change.read_files(pull.head.sha, ["b.py"]) == {}
    assert await change.list_files(pull.head.sha) == (PATH,)


def state_of(found: Review) -> State:
    return judged(found).state


def test_found_among_other_findings_is_found():
    bug = placed(4, path=PATH, quote=QUOTE)
    assert state_of(review(comments=(placed(6, path=PATH),), folded=(bug,))) is State.OK


def test_the_cost_is_told():
    check = judged(review(comments=(placed(4, path=PATH, quote=QUOTE),)))
    assert check.detail == (
        "found on line 4 and verified, quoted exactly · 4 model calls (gpt-5) · 18.2k tokens in (11.9k cached) "
        "· 1.5k out · $0.03 · 21 s"
    )


def test_the_same_lines_of_another_file_are_not_the_bug():
    assert state_of(review(comments=(placed(4, path="other.py"),))) is State.FAIL


def test_what_was_dropped_in_another_file_is_no_reason():
    check = judged(review(dropped=(Dropped(finding(path="other.py"), "it says nothing"),)))
    assert check.detail.startswith("not found: nothing was said of the change")


async def test_a_review_that_cannot_begin_is_a_failure_with_its_way_out():
    async def broken() -> Review:
        raise GitError("no git", hint="Install git.")

    assert await check_planted_bug(broken) == Check("planted bug", State.FAIL, "no git", "Install git.")
