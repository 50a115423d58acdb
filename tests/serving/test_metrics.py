"""What a running server tells Prometheus of a review."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import DIVISION
from tests.fakes.model_replies import error
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.e2e

EXPECTED = {
    'pr_reviewer_deliveries_total{event="pull_request",outcome="accepted",provider="github"}': 1,
    'pr_reviewer_acknowledgement_seconds_count{provider="github"}': 1,
    'pr_reviewer_handovers_total{outcome="taken"}': 1,
    "pr_reviewer_inbox_deliveries": 0,
    "pr_reviewer_inbox_oldest_seconds": 0,
    "pr_reviewer_queue_oldest_seconds": 0,
    'pr_reviewer_jobs{state="done"}': 1,
    'pr_reviewer_jobs{state="queued"}': 0,
    'pr_reviewer_jobs{state="running"}': 0,
    'pr_reviewer_jobs{state="failed"}': 0,
    'pr_reviewer_jobs_waiting{reason="turn"}': 0,
    "pr_reviewer_slots": 8,
    'pr_reviewer_jobs_ended_total{state="done"}': 1,
    "pr_reviewer_job_retries_total": 1,
    "pr_reviewer_job_wait_seconds_count": 1,
    'pr_reviewer_job_seconds_count{state="done"}': 1,
    'pr_reviewer_model_calls_total{outcome="failed"}': 1,
}
STAGES = ("fetching", "checking", "planning", "asking", "verifying", "finishing")
SOME = (
    'pr_reviewer_model_tokens_total{kind="input"}',
    'pr_reviewer_model_tokens_total{kind="output"}',
    "pr_reviewer_model_usd_total",
    'pr_reviewer_provider_calls_total{status="200"}',
    'pr_reviewer_provider_calls_total{status="201"}',
    'pr_reviewer_provider_rate_limit_remaining{resource="core"}',
    'pr_reviewer_provider_rate_limit_remaining{resource="graphql"}',
)


def test_every_number_of_a_review_is_told(serving):
    failures = iter([error(503, "overloaded")])

    def busy(request):
        return next(failures, None) or confirming(DIVISION)(request)

    with ModelServer(busy) as model:
        settings = {"PR_REVIEWER_MODELS__MAX_RETRIES": "0", "PR_REVIEWER_SERVER__RETRY_SECONDS": "[0.2]"}
        server = serving(model, **settings)
        server.happened("opened")
        assert server.finished() == ["done"]
        server.wait(lambda: server.numbers().get('pr_reviewer_jobs{state="done"}') == 1)
        told, asked = server.numbers(), len(model.requests)
    assert {name: told[name] for name in EXPECTED} == EXPECTED
    stages = {name for name in told if name.startswith("pr_reviewer_stage_seconds_count")}
    assert stages == {f'pr_reviewer_stage_seconds_count{{stage="{stage}"}}' for stage in STAGES}
    assert told['pr_reviewer_model_calls_total{outcome="answered"}'] == asked - 1
    assert all(told[name] > 0 for name in SOME)
