"""What a person wrote in a comment: may they, what did they mean, and one reply: where results are, what failed."""

from collections.abc import Awaitable

import structlog

from pr_reviewer.model.commands import Command, Mistake
from pr_reviewer.model.errors import ProviderError, SettingsError
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import Reaction
from pr_reviewer.model.triggers import RunCommanded
from pr_reviewer.report import answers
from webhooks.acts import ACTS, arguments_of, why_wrong
from webhooks.ending import PAUSED, Ended
from webhooks.jobs import JobState
from webhooks.workshop import Bench

_RANKS = (Permission.NONE, Permission.READ, Permission.WRITE, Permission.ADMIN)

log = structlog.get_logger("webhooks")


async def run_commanded(bench: Bench, trigger: RunCommanded) -> Ended:
    """Every command of the comment, in its order. One reply links the results and tells what could not be done."""
    operators = bench.shop.operators()
    needed = Permission(operators.server.commanders)
    if _RANKS.index(await bench.pull.permission(trigger.author.login)) < _RANKS.index(needed):
        await _refuse(bench, trigger, answers.refusal(needed))
        return Ended(JobState.SKIPPED, f"{trigger.author.login} may not command")
    if operators.server.paused:
        await _refuse(bench, trigger, answers.not_now(PAUSED))
        return Ended(JobState.SKIPPED, PAUSED)
    await _react(bench, trigger, Reaction.TAKEN)
    return await _Comment(bench, trigger).carry_out()


class _Comment:
    """One comment with its commands."""

    def __init__(self, bench: Bench, trigger: RunCommanded) -> None:
        self._bench = bench
        self._trigger = trigger
        self._mistakes = [each for each in trigger.commands if isinstance(each, Mistake)]
        self._results: list[str] = []
        self._failures: list[str] = []
        self._last: Ended | None = None

    async def carry_out(self) -> Ended:
        """What became of it: the worst of its commands."""
        for command in self._trigger.commands:
            if isinstance(command, Command):
                await self._run(command)
        wrong = [*([answers.mistakes_text(self._mistakes)] if self._mistakes else []), *self._failures]
        if text := "\n\n".join([*wrong, *self._results]):
            await self._bench.fence()
            await self._bench.pull.reply(self._trigger.comment, self._trigger.source, text)
        await _react(self._bench, self._trigger, Reaction.FAILED if wrong else Reaction.DONE)
        return self._ended()

    async def _run(self, command: Command) -> None:
        if command.options:
            await self._bench.require_settings()  # what is wrong beyond that is the comment's own
        try:
            async with self._bench.opened(arguments_of(command)) as work:
                ended = await ACTS[command.name].run(work.commanded(command))
        except SettingsError as error:
            if not command.options:
                raise
            self._mistakes.append(Mistake(command.line, command.name, why_wrong(error)))
            return
        if ended.state is JobState.FAILED:
            self._failures.append(answers.failure_text(command.name, ended.reason))
        elif ended.state is JobState.SKIPPED:
            self._failures.append(answers.not_run_text(command.name, ended.reason))
        elif ended.url and not ACTS[command.name].is_a_reply:
            self._results.append(answers.done_text(command.name, ended.url))
        self._last = ended if self._last is None or self._last.state is JobState.DONE else self._last

    def _ended(self) -> Ended:
        if self._last is not None:
            return self._last
        return Ended(JobState.SKIPPED, "nothing in the comment could be done")


async def tell_failure(bench: Bench, trigger: RunCommanded, ended: Ended) -> None:
    """The whole job failed for good, or was stopped."""
    named = next((each.name for each in trigger.commands if isinstance(each, Command)), "the command")
    text = answers.not_run_text if ended.state is JobState.SKIPPED else answers.failure_text
    await bench.pull.reply(trigger.comment, trigger.source, text(named, ended.reason))
    await _react(bench, trigger, Reaction.FAILED)


async def _refuse(bench: Bench, trigger: RunCommanded, text: str) -> None:
    await bench.fence()
    await bench.pull.reply(trigger.comment, trigger.source, text)
    await _react(bench, trigger, Reaction.FAILED)


async def _react(bench: Bench, trigger: RunCommanded, reaction: Reaction) -> None:
    if trigger.comment is not None:
        await _gladly(bench.pull.react(trigger.comment, reaction))
    elif trigger.review:
        await _gladly(bench.pull.react_to_review(trigger.review, reaction))


async def _gladly(write: Awaitable[None]) -> None:
    """A reaction is a courtesy: without it the work goes on."""
    try:
        await write
    except ProviderError as error:
        log.warning("no reaction", why=error.message)
