"""/review as a job: as in a terminal, but recorded, fenced, capped, and shown live."""

from pr_reviewer import bootstrap
from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.llm import Price
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.posting import untouched_check
from pr_reviewer.report.verdict import verdict
from pr_reviewer.settings.load import model_cards
from pr_reviewer.settings.schema.cards import card_for
from pr_reviewer.workflows.publish import Published, review_then_publish
from pr_reviewer.workflows.review import Outcome
from webhooks.asking import WatchedLLM
from webhooks.ending import Again, Ended, judge
from webhooks.jobs import JobState
from webhooks.journal import JournaledLLM
from webhooks.runs import Run, settings_digest
from webhooks.spending import Purse, scopes_of
from webhooks.workshop import Work

KNOWN = "this head was reviewed already, with the same settings"


async def review_pull(work: Work) -> Ended:
    """Review and publish, unless that was done before or may not be paid for."""
    bench = work.bench
    pull = await bench.pull.pull_request()
    run = _run_of(work, pull)
    if work.is_automatic and (url := await bench.shop.runs.url_of(run)) is not None:
        own = await bench.conclusions.last(pull.head.sha)  # it was this job, and a crash came before its end
        if own is not None:
            return Ended(JobState.DONE, own.title, url)
        await bench.fence()
        await bench.leave_concluded(pull.head.sha, KNOWN)
        return Ended(JobState.SKIPPED, KNOWN, url)
    purse = Purse(bench.shop.store, scopes_of(bench.scene, work.settings.server))
    if (refusal := await purse.refusal()) is not None:
        await bench.live.set_check(untouched_check(pull.head.sha, "Not reviewed", refusal))
        return Ended(JobState.SKIPPED, refusal)
    return await _Review(work, pull, run, purse).publish()


class _Review:
    """One review of one job."""

    def __init__(self, work: Work, pull: PullRequest, run: Run, purse: Purse) -> None:
        self._work = work
        self._bench = work.bench
        self._pull = pull
        self._run = run
        self._purse = purse
        self._watched: WatchedLLM | None = None

    async def publish(self) -> Ended:
        """The end of the job; a review that was published whole is on record then."""
        settings = self._work.settings
        skip = SkipRules.compile(settings.paths.ignore, settings.paths.only)
        terms = bootstrap.publishing_terms(settings)
        desk = bootstrap.open_desk(self._bench.pull, settings, self._work.organisation, wrap=self._wrap)
        async with desk as opened, self._bench.live.shown(self._pull.head.sha):
            outcome, published = await review_then_publish(
                self._bench.writer,
                opened,
                settings.review,
                skip,
                terms,
                self._bench.live.on_progress,
                on_reviewed=self._judge,
            )
        return await self._concluded(outcome, published)

    def _wrap(self, llm: LLM) -> LLM:
        self._watched = WatchedLLM(llm, self._bench.may_ask, self._purse, self._price_of, self._bench.shop.numbers)
        return JournaledLLM(self._watched, self._bench.journal, self._bench.shop.numbers.replayed)

    def _price_of(self, model: str) -> Price | None:
        settings = self._work.settings
        return card_for(model, model_cards(settings), settings.models.default_window).price

    def _judge(self, outcome: Outcome) -> None:
        """Raise what made the whole review fail for the moment; note in the check what made it incomplete."""
        watched, conclusion = self._watched, outcome.review.conclusion
        if watched is None or conclusion not in (Conclusion.FAILED, Conclusion.INCOMPLETE):
            return
        if watched.spent is not None:
            self._bench.live.note = f"Stopped: {watched.spent.message}"
        elif conclusion is Conclusion.FAILED and watched.unavailable is not None:
            if isinstance(judge(watched.unavailable, self._bench.job.tries, self._bench.shop.retries), Again):
                raise watched.unavailable
            self._bench.live.note = watched.unavailable.message
        elif watched.is_limited:
            self._bench.live.note = "Rate limited by the model's endpoint"

    async def _concluded(self, outcome: Outcome, published: Published) -> Ended:
        conclusion = outcome.review.conclusion
        if conclusion is Conclusion.FAILED:
            reasons = outcome.review.failures or (verdict(outcome.review),)
            return Ended(JobState.FAILED, reasons[0], published.summary_url)
        if conclusion is not Conclusion.INCOMPLETE:
            await self._bench.shop.runs.record(self._run, self._bench.scene.installation, published.summary_url)
        return Ended(JobState.DONE, verdict(outcome.review), published.summary_url)


def _run_of(work: Work, pull: PullRequest) -> Run:
    scene = work.bench.scene
    base = f"{pull.base.branch}@{pull.merge_base_sha}"
    digest = settings_digest(work.settings)
    return Run(scene.host, scene.repository.id, pull.ref.number, pull.head.sha, base, digest)
