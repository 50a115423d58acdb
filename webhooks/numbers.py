"""What the working half counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from pr_reviewer.model.llm import Usage
from pr_reviewer.providers.github.connection import Answer
from webhooks.jobs import JobState

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)


class WorkNumbers:
    """Registered once in a registry. Safe to use from several threads."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.jobs = Gauge("pr_reviewer_jobs", "Jobs on record by state.", ["state"], registry=registry)
        self.waiting = Gauge(
            "pr_reviewer_jobs_waiting", "Jobs without a slot, by what they wait for.", ["reason"], registry=registry
        )
        self.slots = Gauge("pr_reviewer_slots", "Jobs that all processes may run at once.", registry=registry)
        self.oldest = Gauge("pr_reviewer_queue_oldest_seconds", "Age of the oldest queued job.", registry=registry)
        self._ended = Counter("pr_reviewer_jobs_ended", "Jobs that ended, by state.", ["state"], registry=registry)
        self._retries = Counter("pr_reviewer_job_retries", "Jobs put off after a failure.", registry=registry)
        self._waited = Histogram(
            "pr_reviewer_job_wait_seconds", "From accepted to started.", buckets=_SECONDS, registry=registry
        )
        self._lasted = Histogram(
            "pr_reviewer_job_seconds", "From started to ended.", ["state"], buckets=_SECONDS, registry=registry
        )
        self._stages = Histogram(
            "pr_reviewer_stage_seconds", "Stages of a review.", ["stage"], buckets=_SECONDS, registry=registry
        )
        self._calls = Counter("pr_reviewer_model_calls", "Model calls by outcome.", ["outcome"], registry=registry)
        self._tokens = Counter("pr_reviewer_model_tokens", "Tokens by kind.", ["kind"], registry=registry)
        self._usd = Counter("pr_reviewer_model_usd", "US dollars, where prices are known.", registry=registry)
        self._provider = Counter(
            "pr_reviewer_provider_calls", "Answers of the provider's API by status.", ["status"], registry=registry
        )
        self._remaining = Gauge(
            "pr_reviewer_provider_rate_limit_remaining",
            "Calls left, as the last answer said.",
            ["resource"],
            registry=registry,
        )

    def ended(self, state: JobState, waited: float, lasted: float) -> None:
        """A job has ended."""
        self._ended.labels(state).inc()
        self._waited.observe(max(0.0, waited))
        self._lasted.labels(state).observe(max(0.0, lasted))

    def retried(self) -> None:
        """A job was put off."""
        self._retries.inc()

    def stage(self, name: str, seconds: float) -> None:
        """A stage of a review is over."""
        self._stages.labels(name).observe(seconds)

    def called(self, outcome: str) -> None:
        """A model call: `answered`, `failed`, or `replayed` from the journal."""
        self._calls.labels(outcome).inc()

    def replayed(self) -> None:
        """An answer of the model's was taken from the record."""
        self.called("replayed")

    def used(self, usage: Usage, usd: float) -> None:
        """What a call has used."""
        self._tokens.labels("input").inc(usage.input_tokens - usage.cached_tokens)
        self._tokens.labels("cached").inc(usage.cached_tokens)
        self._tokens.labels("output").inc(usage.output_tokens)
        self._usd.inc(usd)

    def heard(self, answer: Answer) -> None:
        """An answer of the provider; called on the thread that got it."""
        self._provider.labels(str(answer.status)).inc()
        remaining = answer.headers.get("x-ratelimit-remaining", "")
        if remaining.isdecimal():
            resource = answer.headers.get("x-ratelimit-resource", "core")
            self._remaining.labels(resource).set(int(remaining))
