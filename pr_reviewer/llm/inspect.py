"""What an endpoint says of itself, without asking a model: which models there are, and how large their windows.

Nobody has to say anything: OpenAI's list of models has names only, Azure has no such list of deployments.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pr_reviewer.llm.connection import failure_of, not_connected, timed_out
from pr_reviewer.llm.endpoint import Endpoint, Network, Timeouts, redact, secrets_of
from pr_reviewer.llm.failures import error_for
from pr_reviewer.llm.responses import parse_body
from pr_reviewer.llm.sdk import sdk_client
from pr_reviewer.model.errors import ModelError, ModelRefused

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# vLLM and SGLang; OpenRouter and Together; Groq; Mistral and LM Studio.
_WINDOWS = ("max_model_len", "context_length", "context_window", "max_context_length")


class Inspector:
    """Reads an endpoint's own statements; `async with` ends its connections."""

    def __init__(self, endpoint: Endpoint, *, network: Network, timeouts: Timeouts) -> None:
        self._endpoint = endpoint
        self._network = network
        self._timeouts = timeouts
        self._secrets = secrets_of(endpoint, network)
        self._sdk: AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sdk is not None:
            sdk, self._sdk = self._sdk, None
            await sdk.close()

    async def models(self) -> Mapping[str, int | None]:
        """Each model's name with its window in tokens, None where it is not stated; nothing where there is no list.

        Raises a ModelError, with a `status` where there was an answer, without where none came.
        """
        payload = await self._get("/models")
        if isinstance(payload, str) and payload.lstrip().startswith("<"):
            raise ModelRefused(
                f"{self._endpoint.host} answered with a web page",
                hint="Check OPENAI_BASE_URL: it usually ends in /v1, and a proxy or portal may answer in its place.",
            )
        rows = payload.get("data") if isinstance(payload, dict) else payload
        named = [row for row in rows if isinstance(row, dict) and "id" in row] if isinstance(rows, list) else []
        return {str(row["id"]): _window(row) for row in named}

    async def running_window(self) -> int | None:
        """The window of the one model that llama.cpp's server runs, by its own `/props`; None for any other server."""
        parts = urlsplit(self._endpoint.base_url)
        try:
            payload = await self._get(f"{parts.scheme}://{parts.netloc}/props")
        except ModelError:
            return None
        settings = payload.get("default_generation_settings") if isinstance(payload, dict) else None
        return _tokens(settings.get("n_ctx")) if isinstance(settings, dict) else None

    async def _get(self, address: str) -> Any:  # noqa: ANN401 parsed JSON
        import httpx2
        import openai

        where = self._endpoint.host
        if self._sdk is None:
            self._sdk = sdk_client(self._endpoint, self._network, self._timeouts)
        try:
            response = await self._sdk.get(address, cast_to=httpx2.Response)
        except openai.APIStatusError as exc:
            failure = failure_of(exc.response, where, self._secrets)
            raise self._redacted(error_for(failure, where)) from None
        except openai.APITimeoutError as exc:
            raise self._redacted(timed_out(exc, where)) from None
        except openai.APIConnectionError as exc:
            raise self._redacted(not_connected(exc, where)) from None
        return parse_body(response.content, self._secrets)

    def _redacted(self, error: ModelError) -> ModelError:
        error.message = redact(error.message, self._secrets)
        error.args = (error.message,)
        return error


def _window(row: Mapping[str, Any]) -> int | None:
    return next((tokens for name in _WINDOWS if (tokens := _tokens(row.get(name)))), None)


def _tokens(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
