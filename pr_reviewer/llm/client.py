"""The client: one prompt, one answer, through the openai SDK, against any OpenAI-compatible endpoint.

It asks `prompt.models[0]` and never waits, retries or counts: wrappers do. What an endpoint refuses (a JSON schema, a
temperature, the name of the output limit, a system message) is taken out and asked again, and remembered per model.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Self

from pr_reviewer.llm.connection import LATER, failure_of, not_connected, timed_out
from pr_reviewer.llm.endpoint import Endpoint, Network, Sampling, Timeouts, redact, secrets_of
from pr_reviewer.llm.failures import Failure, error_for, refused_feature
from pr_reviewer.llm.request import Abilities, first_abilities, request_body
from pr_reviewer.llm.responses import failure_inside, parse_body, read_reply, read_usage
from pr_reviewer.llm.sdk import sdk_client
from pr_reviewer.model.errors import ContextTooLong, ModelError, ModelUnavailable
from pr_reviewer.model.llm import Prompt, Reply

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_DIRECT, _PATIENT, _STEADY = Network(), Timeouts(), Sampling()
_SHORT_PROMPT = 8192
_MOST_BYTES_A_TOKEN = 8  # code has three or four


class OpenAIClient:
    """An LLM over HTTP. The SDK is loaded at the first call; `aclose` (or `async with`) ends its connections."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        network: Network = _DIRECT,
        timeouts: Timeouts = _PATIENT,
        sampling: Sampling = _STEADY,
    ) -> None:
        self._endpoint = endpoint
        self._network = network
        self._timeouts = timeouts
        self._sampling = sampling
        self._secrets = secrets_of(endpoint, network)
        self._first = first_abilities(endpoint)
        self._abilities: dict[str, Abilities] = {}
        self._sdk: AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the connections; a later call opens new ones."""
        if self._sdk is not None:
            sdk, self._sdk = self._sdk, None
            await sdk.close()

    def prepare(self) -> None:
        """Load the SDK now. It takes half a second: let a thread do it while something else is waited for."""
        self._client()

    def abilities_of(self, model: str) -> Abilities:
        """What the endpoint takes for this model, as far as it was asked."""
        return self._abilities.get(model, self._first)

    async def complete(self, prompt: Prompt) -> Reply:
        """One answer of `prompt.models[0]`. Raises a ModelError whose text names host and model, never a secret."""
        where = f"{self._endpoint.host}, model {prompt.models[0]},"
        try:
            async with asyncio.timeout(self._timeouts.total):
                return await self._ask(prompt, where)
        except TimeoutError:
            raise ModelUnavailable(f"{where} took longer than {self._timeouts.total:g} s", hint=LATER) from None
        except ModelError as error:
            # From None: the SDK's own error holds the request with its headers, and the unredacted text.
            raise self._redacted(error) from None

    async def _ask(self, prompt: Prompt, where: str) -> Reply:
        """Ask, and again with one thing less, until there is an answer, or a refusal that nothing can be done about."""
        model = prompt.models[0]
        while True:
            used = self.abilities_of(model)
            body = request_body(prompt, used, self._sampling)
            payload = await self._post(body, where)
            failure = payload if isinstance(payload, Failure) else failure_inside(payload)
            if failure is None:
                _check_whole(payload, body, where)
                return read_reply(payload, model, where)
            feature = refused_feature(failure, used, body)
            if feature is None:
                raise error_for(failure, where)
            self._abilities[model] = self.abilities_of(model).without(feature, used)

    async def _post(self, body: dict[str, Any], where: str) -> Any:  # noqa: ANN401 parsed JSON
        """The parsed answer, or the Failure that an error status tells. Raises where no answer came at all."""
        import httpx2
        import openai

        try:
            response = await self._client().post("/chat/completions", cast_to=httpx2.Response, body=body)
        except openai.APIStatusError as exc:
            return failure_of(exc.response, where, self._secrets)
        except openai.APITimeoutError as exc:
            raise timed_out(exc, where) from exc
        except openai.APIConnectionError as exc:
            raise not_connected(exc, where) from exc
        return parse_body(response.content, self._secrets)

    def _client(self) -> "AsyncOpenAI":
        """The SDK's client, made at the first call."""
        if self._sdk is None:
            self._sdk = sdk_client(self._endpoint, self._network, self._timeouts)
        return self._sdk

    def _redacted(self, error: ModelError) -> ModelError:
        """The same error without a secret that a library quoted."""
        error.message = redact(error.message, self._secrets)
        error.args = (error.message,)
        return error


def _check_whole(payload: Any, body: dict[str, Any], where: str) -> None:  # noqa: ANN401 parsed JSON
    """Raise ContextTooLong where Ollama silently cut the prompt: it counted far fewer tokens than were sent."""
    if not isinstance(payload, dict) or payload.get("system_fingerprint") != "fp_ollama":
        return
    sent = sum(len(turn["content"].encode()) for turn in body["messages"])
    counted = read_usage(payload.get("usage")).input_tokens
    if sent > _SHORT_PROMPT and 0 < counted * _MOST_BYTES_A_TOKEN < sent:
        raise ContextTooLong(
            f"{where} read only {counted} tokens of a prompt of {sent} bytes",
            hint="Ollama cuts what exceeds its window: raise OLLAMA_CONTEXT_LENGTH and set models.default_window.",
        )
