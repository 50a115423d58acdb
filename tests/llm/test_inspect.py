"""What an endpoint says of itself."""

import ssl

import pytest
import trustme

from pr_reviewer.llm.endpoint import Endpoint, Network, Timeouts
from pr_reviewer.llm.inspect import Inspector
from pr_reviewer.model.errors import ModelRefused, ModelUnavailable
from tests.fakes.model_replies import Hang, Raw, error
from tests.fakes.model_server import ModelServer

KEY = "sk-a-secret-key"


def inspector(server: ModelServer, seconds: float = 5.0) -> Inspector:
    return Inspector(Endpoint(server.url, KEY), network=Network(), timeouts=Timeouts(read=seconds))


def listed(*rows: object) -> Raw:
    return Raw(200, {"object": "list", "data": list(rows)})


STATEMENTS = {
    "vLLM": (listed({"id": "m", "max_model_len": 8192}), {"m": 8192}),
    "OpenRouter": (listed({"id": "a/m", "context_length": 262144}, {"id": "n"}), {"a/m": 262144, "n": None}),
    "Groq": (listed({"id": "m", "context_window": 131072}), {"m": 131072}),
    "Mistral": (listed({"id": "m", "max_context_length": 32768}), {"m": 32768}),
    "Together": (Raw(200, [{"id": "m", "context_length": 4096}]), {"m": 4096}),
    "OpenAI": (listed({"id": "m", "object": "model"}), {"m": None}),
    "nonsense": (listed({"id": "m", "max_model_len": True, "context_length": "8k"}, 7, {"name": "n"}), {"m": None}),
    "no list": (Raw(200, {"models": []}), {}),
    "no JSON": (Raw(200, "hello"), {}),
}


@pytest.mark.parametrize(("page", "models"), STATEMENTS.values(), ids=STATEMENTS)
async def test_every_dialect_of_the_list_of_models_is_read(page: Raw, models: dict[str, int | None]):
    with ModelServer(pages={"/v1/models": page}) as server:
        async with inspector(server) as asked:
            assert await asked.models() == models


async def test_llama_cpp_tells_the_window_that_it_runs_with():
    props = Raw(200, {"default_generation_settings": {"n_ctx": 4096}, "total_slots": 4})
    with ModelServer(pages={"/props": props}) as server:
        async with inspector(server) as asked:
            assert await asked.running_window() == 4096


@pytest.mark.parametrize("page", [Raw(404, {"detail": "Not Found"}), Raw(200, {"object": "list"}), Raw(200, "<html>")])
async def test_any_other_server_tells_no_running_window(page: Raw):
    with ModelServer(pages={"/props": page}) as server:
        async with inspector(server) as asked:
            assert await asked.running_window() is None


async def test_a_refusal_carries_its_status_and_never_the_key():
    with ModelServer(pages={"/v1/models": error(401, f"Incorrect API key provided: {KEY}")}) as server:
        async with inspector(server) as asked:
            with pytest.raises(ModelRefused) as caught:
                await asked.models()
    assert caught.value.status == 401
    assert KEY not in str(caught.value)
    assert "[redacted]" in str(caught.value)


async def test_a_web_page_is_no_list():
    page = Raw(200, "<html>Sign in</html>", {"content-type": "text/html"})
    with ModelServer(pages={"/v1/models": page}) as server:
        async with inspector(server) as asked:
            with pytest.raises(ModelRefused, match="web page"):
                await asked.models()


async def test_silence_and_absence_have_no_status():
    with ModelServer(pages={"/v1/models": Hang()}) as server:
        async with inspector(server, seconds=0.2) as asked:
            with pytest.raises(ModelUnavailable, match="did not answer in time") as silent:
                await asked.models()
    async with inspector(server) as asked:
        with pytest.raises(ModelUnavailable, match="cannot be reached") as absent:
            await asked.models()
    assert (silent.value.status, absent.value.status) == (0, 0)


async def test_a_certificate_that_nobody_vouches_for_is_refused():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with ModelServer(tls=context) as server:
        async with inspector(server) as asked:
            with pytest.raises(ModelRefused, match="certificate"):
                await asked.models()
