"""The real client and ask() against llama.cpp's server, which enforces the schema on a model that speaks nonsense."""

import asyncio
import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from pr_reviewer.findings.replies import BatchReply
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.client import OpenAIClient
from pr_reviewer.llm.endpoint import Endpoint, Sampling
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.errors import ContextTooLong, ModelRefused
from pr_reviewer.model.llm import Message, Prompt, Role
from tests.llm.builders import Defects, prompt
from tests.third_party.build_llama import SERVER
from tests.third_party.tiny_model import write_model

pytestmark = pytest.mark.long

KEY = "test-key"
WINDOW = 8192


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's OPENAI_BASE_URL; two slots of 8192 tokens each."""
    if not SERVER.exists():
        pytest.fail(f"{SERVER} is missing: run `make llama`")
    folder = tmp_path_factory.mktemp("llama")
    write_model(folder / "tiny.gguf")
    port = _free_port()
    command = [
        str(SERVER), "-m", str(folder / "tiny.gguf"), "--host", "127.0.0.1", "--port", str(port), "--offline",
        "-c", str(2 * WINDOW), "-np", "2", "-t", "2", "--jinja", "--api-key", KEY, "--no-warmup", "-fit", "off",
    ]  # fmt: skip
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait_until_ready(port, process, folder / "log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    pytest.fail(f"llama-server did not start:\n{log.read_text()[-2000:]}")


def client(url: str, key: str = KEY) -> OpenAIClient:
    # At temperature 0 a random model may say one thing for ever.
    return OpenAIClient(Endpoint(url, api_key=key), sampling=Sampling(temperature=1.0))


@pytest.mark.parametrize("reply_type", [Defects, BatchReply])
async def test_every_strict_reply_is_valid_at_once(url: str, reply_type: type[BaseModel]) -> None:
    asked = prompt(schema=reply_type, max_output_tokens=4000)
    async with client(url) as llm:
        answers = await asyncio.gather(
            *(ask(llm, replace(asked, messages=(Message(Role.USER, str(number)),)), reply_type) for number in range(20))
        )
    assert [len(answer.replies) for answer in answers] == [1] * 20


async def test_usage_is_counted_and_a_shared_prefix_is_cached(url: str) -> None:
    stable = Message(Role.SYSTEM, "instructions and diff " * 100)
    asked = Prompt(prompt().task, ("tiny",), (stable, Message(Role.USER, "find")), reply_schema(Defects), 8)
    async with client(url) as llm:
        first = await llm.complete(asked)
        second = await llm.complete(replace(asked, messages=(stable, Message(Role.USER, "verify"))))
    assert first.usage.input_tokens > 2200
    assert first.usage.output_tokens == 8
    assert second.usage.cached_tokens > 2200


async def test_a_prompt_beyond_the_window_is_recognised(url: str) -> None:
    async with client(url) as llm:
        with pytest.raises(ContextTooLong):
            await llm.complete(prompt(text="x" * 2 * WINDOW))


async def test_a_reply_at_its_limit_is_cut(url: str) -> None:
    async with client(url) as llm:
        assert (await llm.complete(prompt(max_output_tokens=5))).is_cut


async def test_a_wrong_key_is_refused(url: str) -> None:
    async with client(url, key="wrong-key") as llm:
        with pytest.raises(ModelRefused, match="401"):
            await llm.complete(prompt())
