"""Jobs that are no review: another run of a check, a merge queue's question, and forgetting."""

from pr_reviewer.model.posting import Check, CheckState
from pr_reviewer.model.triggers import AnswerMergeGroup, Forget, RunAgain
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.report.posting import superseded_check
from webhooks import spending
from webhooks.automatic import skipped
from webhooks.ending import DONE, PAUSED, Ended
from webhooks.jobs import JobState
from webhooks.reviewing import review_pull
from webhooks.workshop import Bench, Workshop

_FIND = Need("find the pull request of a commit", "pull_requests", "read")
_ANSWERED = "Each pull request was reviewed on its own"


async def run_again(bench: Bench, trigger: RunAgain) -> Ended:
    """Review the pull request once more, if the head that the button belongs to is still its head."""
    if bench.shop.operators().server.paused:
        return await skipped(bench, trigger.head_sha, "Paused", PAUSED)
    pull = await bench.pull.pull_request()
    async with bench.opened() as work:
        if pull.head.sha == trigger.head_sha:
            return await review_pull(work)
        await bench.live.set_check(superseded_check(trigger.head_sha, CheckState(work.settings.check.incomplete)))
    return Ended(JobState.SUPERSEDED, "the pull request has a newer head")


async def find_pulls(bench: Bench, head_sha: str) -> tuple[int, ...]:
    """The open pull requests with this head, where GitHub's event names none: it does not name those of forks."""
    subject = bench.pull.subject
    rows = await subject.client.pages(f"{subject.repository_path}/commits/{head_sha}/pulls", _FIND)
    return tuple(row["number"] for row in rows if row["state"] == "open" and row["head"]["sha"] == head_sha)


async def answer_merge_group(bench: Bench, trigger: AnswerMergeGroup) -> Ended:
    """At once: nothing is new in a commit that a queue made of reviewed ones, and without an answer it hangs.

    A commit status has no neutral, and an error would take the pull requests out of the queue.
    """
    is_run = bench.pull.subject.client.credentials.kind.can_write_checks
    state = CheckState.NEUTRAL if is_run else CheckState.SUCCESS
    await bench.live.set_check(Check(trigger.head_sha, state, _ANSWERED, f"{_ANSWERED}."))
    return DONE


async def forget(shop: Workshop, trigger: Forget) -> Ended:
    """Delete all that is kept of an installation or of some of its repositories.

    Of files, every machine deletes its own, soon; what is being read goes as soon as it is not.
    """
    gone = trigger.repositories
    known = gone if gone is not None else await shop.jobs.repositories(trigger.host, trigger.installation)
    await shop.forgotten.add(trigger.host, known, trigger.names, trigger.installation if gone is None else None)
    await shop.forgotten.purge()
    if gone is None:
        shop.office.forget(trigger.installation)
        await shop.inbox.purge(trigger.installation)
    await shop.runs.forget(trigger.host, trigger.installation, gone)
    await spending.forget(shop.store, trigger.host, trigger.installation if gone is None else 0, known)
    await shop.jobs.forget(trigger.host, trigger.installation, gone)
    return DONE
