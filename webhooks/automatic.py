"""What runs by itself on a pull request: what the settings list, unless they leave it out. Each skip is told."""

from dataclasses import replace

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.filters import automatic_commands, why_paths_skipped, why_skipped
from pr_reviewer.model.commands import CommandName
from pr_reviewer.model.events import PullState
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.model.triggers import Occasion, RunAutomatic
from pr_reviewer.report.posting import untouched_check
from pr_reviewer.settings.schema.sections import AutomaticSettings
from webhooks.acts import ACTS
from webhooks.conclusions import last_of_lane
from webhooks.ending import DONE, PAUSED, Ended
from webhooks.jobs import JobState
from webhooks.workshop import Bench, Work

CLOSED = "the pull request is closed"
_NOT_LISTED = "the settings list nothing for it"
_SAME_DIFF = (Occasion.LABELED, Occasion.TITLE_CHANGED)
# A head that nobody has told anything about yet.
_NEW_HEAD = (Occasion.OPENED, Occasion.REOPENED, Occasion.READY_FOR_REVIEW, Occasion.SYNCHRONIZE)


async def run_automatic(bench: Bench, trigger: RunAutomatic) -> Ended:
    """Everything that is listed for what has happened, also for what this job took the place of."""
    if bench.shop.operators().server.paused:
        return await _paused(bench, trigger)
    pull = await bench.pull.pull_request()
    if pull.is_closed:  # GitHub may tell that later, or never
        await bench.fence()
        await bench.leave_concluded(pull.head.sha, CLOSED)
        return Ended(JobState.CANCELLED, CLOSED)
    async with bench.opened() as work:
        commands = await _listed(bench, trigger, work.settings.automatic)
        if not commands:
            return await _not_listed(bench, trigger, pull)
        reason = why_skipped(_state_now(trigger.pull, pull), work.settings.automatic)
        if reason is None and work.settings.automatic.only_paths:
            reason = why_paths_skipped(await _paths(bench, pull), work.settings.automatic)
        if reason is not None:
            return await skipped(bench, pull.head.sha, "Skipped", reason)
        return await _run(work, commands)


async def skipped(bench: Bench, head_sha: str, heading: str, reason: str) -> Ended:
    """Nothing is done, and the check says why."""
    await bench.live.set_check(untouched_check(head_sha, heading, reason))
    return Ended(JobState.SKIPPED, reason)


async def _paused(bench: Bench, trigger: RunAutomatic) -> Ended:
    """A label or a title does not take back what was said of this diff: anybody could turn a failure into neutral."""
    head = trigger.pull.head.sha
    if trigger.occasion in _SAME_DIFF and await last_of_lane(bench.shop.store, bench.job.lane, head) is not None:
        await bench.fence()
        await bench.leave_concluded(head, PAUSED)
        return Ended(JobState.SKIPPED, PAUSED)
    return await skipped(bench, head, "Paused", PAUSED)


async def _listed(bench: Bench, trigger: RunAutomatic, settings: AutomaticSettings) -> tuple[CommandName, ...]:
    """The commands of every occasion that is this job's by now, as far as they are known here."""
    others = [each.trigger for each in await bench.shop.jobs.replaced_by(bench.job)]
    triggers = [*(each for each in others if isinstance(each, RunAutomatic)), trigger]
    listed = dict.fromkeys(name for each in triggers for name in automatic_commands(each, settings))
    return tuple(name for name in listed if name in ACTS)


async def _not_listed(bench: Bench, trigger: RunAutomatic, pull: PullRequest) -> Ended:
    if trigger.occasion in _NEW_HEAD:
        return await skipped(bench, pull.head.sha, "Skipped", _NOT_LISTED)
    await bench.fence()
    await bench.leave_concluded(pull.head.sha, _NOT_LISTED)
    return Ended(JobState.SKIPPED, _NOT_LISTED)


async def _paths(bench: Bench, pull: PullRequest) -> frozenset[str]:
    diff = await bench.pull.diff(pull.merge_base_sha, pull.head.sha)
    return frozenset(file.path for file in parse_diff(diff))


async def _run(work: Work, commands: tuple[CommandName, ...]) -> Ended:
    """One after the other; the first that does not end well ends the job."""
    ended = DONE
    for name in commands:
        ended = await ACTS[name].run(work.commanded(None, is_automatic=True))
        if ended.state is not JobState.DONE:
            return ended
    return ended


def _state_now(told: PullState, pull: PullRequest) -> PullState:
    """What the event said, as it is now: it may have waited."""
    return replace(
        told,
        title=pull.title,
        base=pull.base,
        head=pull.head,
        is_draft=pull.is_draft,
        is_fork=pull.is_fork,
        labels=pull.labels,
    )
