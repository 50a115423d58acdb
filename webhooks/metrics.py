"""Numbers for Prometheus, in a registry of their own: a test or a second app in one process shares none."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from webhooks.github import is_known
from webhooks.outcomes import Outcome

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What the receiving half counts. Whoever counts more registers it with `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "pr_reviewer_deliveries",
            "Deliveries by event and by what became of them.",
            ["provider", "event", "outcome"],
            registry=self.registry,
        )
        self._answered = Histogram(
            "pr_reviewer_acknowledgement_seconds",
            "From the first byte of a delivery's body to its answer.",
            ["provider"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._handed_over = Counter(
            "pr_reviewer_handovers",
            "Deliveries handed over to the job engine, and tries that failed.",
            ["outcome"],
            registry=self.registry,
        )
        self.waiting = Gauge(
            "pr_reviewer_inbox_deliveries", "Deliveries that no job engine has yet.", registry=self.registry
        )
        self.oldest = Gauge("pr_reviewer_inbox_oldest_seconds", "Age of the oldest of them.", registry=self.registry)

    def count_delivery(self, provider: str, event: str, outcome: Outcome, seconds: float) -> None:
        """One answer. `event` is the sender's word: what is not known is counted as `other`."""
        label = event if outcome is not Outcome.BAD_SIGNATURE and is_known(event) else "other"
        self._deliveries.labels(provider, label, outcome.label).inc()
        self._answered.labels(provider).observe(seconds)

    def count_handover(self, *, is_taken: bool) -> None:
        """One try."""
        self._handed_over.labels("taken" if is_taken else "failed").inc()

    def text(self) -> bytes:
        """All numbers, as Prometheus reads them."""
        return generate_latest(self.registry)
