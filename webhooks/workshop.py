"""What all jobs of a process share, and what one job works with."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import sqlalchemy as sa
import structlog

from pr_reviewer import bootstrap, sources
from pr_reviewer.git.cache import GitCache
from pr_reviewer.model.commands import Command
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.events import Scene
from pr_reviewer.model.posting import Check
from pr_reviewer.model.pull import PullRequestRef
from pr_reviewer.providers.github.opening import Office
from pr_reviewer.providers.github.writer import GitHubPullRequest
from pr_reviewer.report.posting import untouched_check
from pr_reviewer.settings.load import load_settings
from pr_reviewer.settings.schema.problems import Assignment
from pr_reviewer.settings.schema.sections import Settings
from pr_reviewer.workflows.organisation import Organisation
from webhooks.announcements import LONGEST, Announcements
from webhooks.conclusions import Conclusions, last_of_lane
from webhooks.ending import PAUSED, OperatorsMistake, Paused
from webhooks.executors import Heartbeat
from webhooks.fence import Fence
from webhooks.forgetting import Forgotten
from webhooks.inbox import Inbox
from webhooks.jobs import Job, Jobs
from webhooks.journal import Journal, JournaledWriter
from webhooks.live import LiveWriter
from webhooks.numbers import WorkNumbers
from webhooks.owners import require_served
from webhooks.runs import Runs
from webhooks.store import Store

log = structlog.get_logger("webhooks")


@dataclass(frozen=True, slots=True)
class Workshop:
    """Of one process. `environ` is read for every job, so that the operator's file counts as it is then.

    `retries` are the seconds before each further try of a job, `progress_seconds` is how often a check tells progress,
    `announcement_seconds` how long a job waits for its announcement.
    """

    environ: Mapping[str, str]
    store: Store
    jobs: Jobs
    runs: Runs
    heartbeat: Heartbeat
    office: Office
    cache: GitCache
    forgotten: Forgotten
    inbox: Inbox
    numbers: WorkNumbers
    retries: tuple[float, ...] = ()
    progress_seconds: float = 5.0
    announcement_seconds: float = LONGEST

    @property
    def announcements(self) -> Announcements:
        """What is being announced of jobs that wait."""
        return Announcements(self.store, seconds=self.announcement_seconds)

    def operators(self) -> Settings:
        """The operator's settings as they are now. Raises OperatorsMistake: they are not the pull request's."""
        try:
            return load_settings(self.environ).settings
        except SettingsError as error:
            log.error("the operator's settings cannot be read", why=error.message, hint=error.hint)  # noqa: TRY400
            raise OperatorsMistake("the reviewer's own settings cannot be read; its log says more") from error

    @asynccontextmanager
    async def open(self, job: Job, scene: Scene, number: int) -> AsyncIterator["Bench"]:
        """All that work on a pull request takes. Nothing is asked of anybody yet."""
        fence = Fence(self.heartbeat, self.jobs, job)
        ref = PullRequestRef(scene.host, scene.repository.project, number)
        async with sources.open_known_pull(ref, scene.installation, self.office, self.cache, fence) as pull:
            journal = Journal(self.store, job.id)
            kept = Conclusions(self.store, job.id, job.tries)
            live = LiveWriter(pull, fence, self.numbers.stage, seconds=self.progress_seconds, conclusions=kept)
            yield Bench(self, job, scene, pull, fence, journal, live, JournaledWriter(live, journal), kept)


@dataclass(frozen=True, slots=True)
class Bench:
    """One pull request and one job. Reviews are written through `writer`: recorded, fenced, and shown live."""

    shop: Workshop
    job: Job
    scene: Scene
    pull: GitHubPullRequest
    fence: Fence
    journal: Journal
    live: LiveWriter
    writer: JournaledWriter
    conclusions: Conclusions

    async def tell(self, check: Check) -> None:
        """Show the check, fence or no fence: it tells that the work has ended."""
        if check.state.is_final:
            with contextlib.suppress(sa.exc.DBAPIError):  # it may be the database that has failed
                await self.conclusions.keep(check)
        await self.pull.set_check(check)

    async def leave_concluded(self, head_sha: str, reason: str) -> None:
        """Nothing is done: where an announcement stands, the check says again what it said last, or else the reason."""
        if not await self.pull.has_open_check(head_sha):
            return
        said = await last_of_lane(self.shop.store, self.job.lane, head_sha)
        await self.pull.set_check(said or untouched_check(head_sha, "Skipped", reason))

    async def may_ask(self) -> None:
        """Raise where the job is no longer ours, or the operator has stopped everything meanwhile."""
        await self.fence()
        if self.shop.operators().server.paused:
            raise Paused(PAUSED)

    async def require_settings(self) -> None:
        """Raise SettingsError where those that hold for the pull request are wrong."""
        async with self.opened():
            return

    @asynccontextmanager
    async def opened(self, arguments: tuple[Assignment, ...] = ()) -> AsyncIterator["Work"]:
        """The settings that hold for the pull request. Raises SettingsError, and Withdrawn for one of a stranger."""
        operators = self.shop.operators()
        owner = (await self.pull.pull_request()).ref.project.partition("/")[0]
        await require_served(self.shop.office.app, operators.github, self.scene.repository.owner, owner)
        async with sources.open_organisation_of(self.pull, operators, self.shop.environ) as organisation:
            settings = await bootstrap.resolve_settings(self.pull, self.shop.environ, arguments, organisation)
            structlog.contextvars.bind_contextvars(head=(await self.pull.pull_request()).head.sha)
            yield Work(self, settings, organisation)


@dataclass(frozen=True, slots=True)
class Work:
    """A command to be carried out. Nobody asked for it where it `is_automatic`."""

    bench: Bench
    settings: Settings
    organisation: Organisation
    command: Command | None = None
    is_automatic: bool = False

    def commanded(self, command: Command | None, *, is_automatic: bool = False) -> "Work":
        """The same for this command."""
        return replace(self, command=command, is_automatic=is_automatic)
