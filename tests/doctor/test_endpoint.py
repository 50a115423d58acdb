"""What the doctor says of an endpoint: the exact lines, for every way in which one can be ill."""

import pytest

from pr_reviewer.doctor.check import Check, State
from pr_reviewer.doctor.endpoint import check_round_trip, endpoint_checks
from pr_reviewer.doctor.opening import open_line
from pr_reviewer.doctor.questions import Heard
from pr_reviewer.model.llm import Reply, Usage
from pr_reviewer.settings.load import load_settings
from tests.doctor.builders import KEY, healthy, lines_of, text_of
from tests.doctor.scenes import GOLDEN, SCENES, assert_golden, golden
from tests.fakes.model_server import ModelServer


@pytest.mark.parametrize("name", SCENES)
async def test_the_doctor_says_exactly_this(name: str):
    assert_golden(name, await SCENES[name].told())


def test_every_golden_file_has_its_scene():
    assert {file.name for file in GOLDEN.iterdir()} == {golden(name).name for name in SCENES}


async def test_where_nobody_listens_nothing_more_is_asked():
    with ModelServer(healthy()) as server:
        pass
    first, *rest = (await lines_of(server)).split("\n")
    assert first.startswith("fail    endpoint: HOST cannot be reached")
    assert "Check OPENAI_BASE_URL, the proxy" in first
    assert all(line.startswith("skipped ") for line in rest)


async def test_azure_has_no_list_and_is_asked_by_deployment():
    with ModelServer(healthy()) as server:
        variables = {"ENDPOINT": server.origin, "API_KEY": KEY}
        environ = {f"PR_REVIEWER_AZURE__{name}": value for name, value in variables.items()}
        settings = load_settings(environ | {"PR_REVIEWER_MODELS__REVIEW": "deployed"}).settings
        async with open_line(settings, 20) as line:
            told = await text_of(endpoint_checks(line, is_thorough=False))
    lines = told.replace(server.host, "HOST").split("\n")
    assert lines[:3] == [
        "ok      endpoint: HOST, by deployment",
        "ok      key: accepted",
        "ok      model: deployed answers",
    ]
    assert all(line.startswith("ok ") for line in lines)


async def test_one_try_and_no_fallback_so_that_what_is_wrong_shows():
    with ModelServer(healthy(), models=["second"]) as server:
        told = await lines_of(server, PR_REVIEWER_MODELS__FALLBACKS='["second"]')
    assert "\nfail    model: HOST, model gpt-6.1-sol, answered 404" in told
    assert len(server.requests) == 1


def test_a_slow_endpoint_is_worth_a_warning():
    reply = Reply("yes", "m", Usage(2_100, 0, 1))
    assert check_round_trip(Heard(reply, None, 42.0)) == Check(
        "round trip",
        State.WARN,
        "42.0 s for 2,100 tokens and one word",
        "A review asks two times or more: it will take minutes.",
    )
