"""Where models are asked: the endpoint, its credentials and the way to it. Values only; nothing is opened here.

Every value arrives as an argument: the environment is read in one place, elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pr_reviewer.model.errors import SettingsError

OPENAI_URL = "https://api.openai.com/v1"
_PASSWORD = re.compile(r"(?:^|//)[^/@:]*:([^/@]+)@")
_SHORTEST_SECRET = 6  # "none" or "local" as a key is no secret, and would blot out ordinary words


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, of silence while reading, and for one whole call."""

    connect: float = 10.0
    read: float = 300.0
    total: float = 900.0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a model should answer; what an endpoint refuses is left out for that model."""

    temperature: float | None = 0.0
    reasoning_effort: str | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """The way out.

    Proxies and `no_proxy` mean what curl means by them, except that this machine itself is never asked through a proxy.
    `ca_file` replaces the system's CAs.
    """

    https_proxy: str = field(default="", repr=False)
    http_proxy: str = field(default="", repr=False)
    no_proxy: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint, `base_url` up to and with `/v1`.

    With `azure_api_version` it is an Azure OpenAI resource (`https://NAME.openai.azure.com`), and models are names of
    deployments; its credential is the key or an Entra token. `headers` are sent with every request (gateways). Raises
    SettingsError for an address that cannot be one, or that carries credentials.
    """

    base_url: str = OPENAI_URL
    api_key: str = field(default="", repr=False)
    azure_api_version: str = ""
    entra_token: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_usable = False
        if not is_usable:
            raise SettingsError("the model endpoint is not an http(s) address", hint=f"For example {OPENAI_URL}.")
        if parts.username or parts.password:
            raise SettingsError(
                "the model endpoint's address carries credentials",
                hint="Give the key by OPENAI_API_KEY: it is sent as a header only.",
            )
        if not all(_fits_a_header(text) for text in (self.api_key, self.entra_token, *self.headers.values())):
            raise SettingsError(
                "the model endpoint's key or a header holds a character that no HTTP header can carry",
                hint="Often it is a line break at the end of a secret that was read from a file.",
            )

    @property
    def host(self) -> str:
        """Host and port as errors name them: without path, query or credentials."""
        return urlsplit(self.base_url).netloc

    @property
    def is_azure(self) -> bool:
        """This is an Azure OpenAI resource."""
        return bool(self.azure_api_version)


def _fits_a_header(text: str) -> bool:
    """Printable ASCII. Checked here because an HTTP library's complaint would quote the key."""
    return text.isascii() and text.isprintable()


def secrets_of(endpoint: Endpoint, network: Network) -> tuple[str, ...]:
    """Every configured text that must never be shown, longest first."""
    passwords = [found[1] for url in (network.https_proxy, network.http_proxy) if (found := _PASSWORD.search(url))]
    written = [*passwords, *map(unquote, passwords)]
    known = (endpoint.api_key, endpoint.entra_token, *endpoint.headers.values(), *written)
    return tuple(sorted({text for text in known if len(text) >= _SHORTEST_SECRET}, key=len, reverse=True))


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """The text with every secret replaced by `[redacted]`."""
    for secret in secrets:
        text = text.replace(secret, "[redacted]")
    return text
