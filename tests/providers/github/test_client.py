"""Waiting, repeating and giving up, against a server that misbehaves."""

from dataclasses import dataclass, field

import pytest

from pr_reviewer.llm.endpoint import Network
from pr_reviewer.model.errors import ProviderError, ProviderRefused, ProviderUnavailable
from pr_reviewer.model.posting import DraftReview
from pr_reviewer.providers.github.address import Site
from pr_reviewer.providers.github.client import Client, Patience, Unanswered
from pr_reviewer.providers.github.connection import Answer, Broken, Connection, Timeouts
from pr_reviewer.providers.github.pending import PendingReviews
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject
from pr_reviewer.providers.github.tokens import GivenToken, basic
from tests.providers.github.builders import comment

NEED = Need("look", "metadata", "read")
TOKEN = "ghp_0123456789"


@dataclass
class Scripted(Connection):
    """Answers what it was given, one after the other; an exception is raised."""

    answers: list
    sent: list = field(default_factory=list)

    def __post_init__(self):
        super().__init__(Site(), Network(), Timeouts())

    def send(self, request, authorization):
        self.sent.append((request.verb, request.path, authorization))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Slept:
    pauses: list = field(default_factory=list)

    async def __call__(self, seconds):
        self.pauses.append(seconds)


def client_for(*answers, patience=None, jitter=1.0):
    connection, slept = Scripted(list(answers)), Slept()
    patience = patience or Patience()
    client = Client(
        connection,
        GivenToken(TOKEN),
        "octo/app",
        patience=patience,
        sleep=slept,
        jitter=lambda: jitter,
        clock=lambda: 1_000.0,
    )
    return client, connection, slept


def ok(data=None):
    return Answer(200, {}, data)


def failed(status=502, message="", **headers):
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, {"message": message})


async def test_a_read_is_repeated_with_growing_pauses():
    client, connection, slept = client_for(*[failed()] * 4, ok("there"))
    assert await client.get("/x", NEED) == "there"
    assert slept.pauses == [1.0, 2.0, 4.0, 8.0]
    assert connection.sent == [("GET", "/x", f"Bearer {TOKEN}")] * 5


async def test_half_of_a_pause_is_chance():
    client, _, slept = client_for(*[failed()] * 2, ok(), jitter=0.0)
    await client.get("/x", NEED)
    assert slept.pauses == [0.5, 1.0]


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (failed(429, "API rate limit exceeded", retry_after="7"), 7.7),
        (failed(403, "You have exceeded a secondary rate limit.", retry_after="0"), 0.0),
        (failed(403, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset="1019"), 22.0),
    ],
)
async def test_a_limit_is_sat_out_for_as_long_as_github_asks(answer, pause):
    client, _, slept = client_for(answer, ok("there"))
    assert await client.get("/x", NEED) == "there"
    assert slept.pauses == pytest.approx([pause])


async def test_a_limit_that_lasts_too_long_is_told_with_its_time():
    client, _, slept = client_for(failed(429, "API rate limit exceeded", retry_after="3600"))
    with pytest.raises(ProviderUnavailable) as limited:
        await client.get("/x", NEED)
    assert str(limited.value) == (
        "GitHub limits us (429: API rate limit exceeded)\nGitHub asks to wait 3960 s: run it again then."
    )
    assert limited.value.retry_after == 3600.0
    assert slept.pauses == []


async def test_all_pauses_of_a_call_together_have_a_limit():
    client, _, slept = client_for(*[failed()] * 9, patience=Patience(total=10.0, attempts=9))
    with pytest.raises(ProviderUnavailable, match=r"GitHub failed \(502\) \(tried 4 times\)"):
        await client.get("/x", NEED)
    assert slept.pauses == [1.0, 2.0, 4.0]


async def test_a_refusal_is_not_repeated():
    client, connection, _ = client_for(failed(404, "Not Found"))
    with pytest.raises(ProviderRefused):
        await client.get("/x", NEED)
    assert len(connection.sent) == 1


@pytest.mark.parametrize(
    "answer", [failed(), failed(429), failed(403, retry_after="1"), Broken("gone", may_have_worked=True)]
)
async def test_a_write_is_sent_once_and_whoever_writes_looks_before_they_repeat_it(answer):
    client, connection, slept = client_for(answer)
    with pytest.raises(Unanswered):
        await client.send("POST", "/x", {}, NEED)
    assert len(connection.sent) == 1
    assert slept.pauses == []


async def test_nothing_that_is_told_holds_the_token():
    client, _, _ = client_for(failed(422, f"bad header {TOKEN}"))
    with pytest.raises(ProviderRefused) as refused:
        await client.get("/x", NEED)
    assert TOKEN not in str(refused.value)


async def test_all_pages_are_read():
    client, connection, _ = client_for(ok(list(range(100))), ok(list(range(100, 130))))
    assert await client.pages("/x", NEED) == list(range(130))
    assert len(connection.sent) == 2


async def test_pages_may_stand_below_a_key():
    client, _, _ = client_for(ok({"total_count": 1, "rows": ["a"]}))
    assert await client.pages("/x", NEED, "rows") == ["a"]


def graphql(data=None, *errors):
    return Answer(200, {}, {"data": data, "errors": list(errors)} if errors else {"data": data})


async def test_a_query_gives_its_data():
    client, connection, _ = client_for(graphql({"viewer": 1}))
    assert await client.query("{viewer}", NEED) == {"viewer": 1}
    assert connection.sent[0][:2] == ("POST", "graphql")


@pytest.mark.parametrize(
    "answer",
    [
        graphql(None, {"message": "Something went wrong while executing your query."}),
        graphql({"x": None}, {"message": "Something went wrong while executing your query."}),
        graphql(None, {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}),
        graphql({"x": None}, {"message": "You have exceeded a secondary rate limit."}),
        Answer(200, {}, []),
        Answer(200, {}, None),
    ],
)
async def test_a_query_that_fails_for_the_moment_is_repeated(answer):
    client, _, slept = client_for(answer, graphql({"x": 1}))
    assert await client.query("{x}", NEED) == {"x": 1}
    assert len(slept.pauses) == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"type": "NOT_FOUND", "message": "Could not resolve to a Repository."}, 404),
        ({"type": "FORBIDDEN", "message": "Resource not accessible."}, 403),
        ({"type": "INSUFFICIENT_SCOPES", "message": "Your token lacks scopes."}, 403),
        ({"type": "UNPROCESSABLE", "message": "No."}, 422),
        ({"extensions": {"code": "undefinedField"}, "message": "Field 'x' doesn't exist"}, 422),
    ],
)
@pytest.mark.parametrize("data", [None, {"x": None}])
async def test_a_query_that_is_refused_says_so_at_once(error, status, data):
    client, connection, _ = client_for(graphql(data, error))
    with pytest.raises(ProviderRefused) as refused:
        await client.query("{x}", NEED)
    assert refused.value.status == status
    assert error["message"] in refused.value.message
    assert len(connection.sent) == 1


ECHO = f"No: {TOKEN} and {basic(TOKEN)} may not"


@pytest.mark.parametrize(
    "error",
    [
        {"message": ECHO},
        {"type": "NOT_FOUND", "message": ECHO},
        {"type": "FORBIDDEN", "message": ECHO},
        {"type": "UNPROCESSABLE", "message": ECHO, "path": [ECHO]},
        {"type": "RATE_LIMITED", "message": ECHO},
        {"extensions": {"code": ECHO}, "message": ECHO},
    ],
)
@pytest.mark.parametrize("data", [None, {"x": None}])
async def test_no_error_of_graphql_holds_a_credential(error, data):
    client, _, _ = client_for(graphql(data, error), patience=Patience(attempts=1))
    with pytest.raises(ProviderError) as raised:
        await client.query("{x}", NEED)
    assert_tells_nothing(raised.value)
    assert "may not" in raised.value.message


def assert_tells_nothing(error):
    for text in (str(error), repr(error), error.message, error.hint):
        assert TOKEN not in text
        assert basic(TOKEN).removeprefix("Basic ") not in text


async def test_the_errors_of_a_mutation_are_redacted_before_anybody_sees_them():
    error = {"type": "UNPROCESSABLE", "message": ECHO, "path": ["t0", 0], "locations": [{"line": 3}]}
    client, _, _ = client_for(graphql({"t0": None}, {**error, "extensions": {"said": [ECHO]}}))
    _, errors = await client.mutate("mutation {t0}", NEED)
    assert TOKEN not in str(errors)
    assert (errors[0]["path"], errors[0]["locations"]) == (["t0", 0], [{"line": 3}])


@pytest.mark.parametrize("error_type", [ProviderRefused, Unanswered])
async def test_an_error_that_a_step_raises_itself_is_redacted_too(error_type):
    client, _, _ = client_for(patience=Patience(attempts=1))

    async def step():
        raise error_type(ECHO, hint=ECHO)

    with pytest.raises(ProviderError) as raised:
        await client.patiently(step)
    assert_tells_nothing(raised.value)


@pytest.mark.parametrize(
    "answers",
    [
        [graphql(None, {"type": "FORBIDDEN", "message": ECHO})],
        [graphql({"addPullRequestReview": None}, {"type": "UNPROCESSABLE", "message": ECHO})],
        [
            graphql({"addPullRequestReview": {"pullRequestReview": {"id": "R"}}}),
            graphql({"t0": None}, {"type": "FORBIDDEN", "message": ECHO}),
        ],
    ],
)
async def test_no_error_of_a_review_that_is_built_holds_a_credential(answers):
    client, _, _ = client_for(*answers, patience=Patience(attempts=1))
    one = comment("ten")
    with pytest.raises(ProviderRefused) as raised:
        await PendingReviews(Subject(client, "octo/app", 1), "P").post(DraftReview("1" * 40, "", (one,)), [one], None)
    assert_tells_nothing(raised.value)
    assert "may not" in raised.value.message


async def test_a_mutation_gives_its_data_and_its_errors():
    client, _, _ = client_for(graphql({"t0": None}, {"type": "UNPROCESSABLE", "message": "No.", "path": ["t0"]}))
    data, errors = await client.mutate("mutation {t0}", NEED)
    assert (data, errors[0]["path"]) == ({"t0": None}, ["t0"])
