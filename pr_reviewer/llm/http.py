"""The HTTP client that is handed to the SDK: one host, our headers only, no redirects, nothing from the environment.

The SDK would add headers that the environment names (`OPENAI_CUSTOM_HEADERS`, `OPENAI_ORG_ID`) and a description of
this machine (`x-stainless-*`). A credential goes to its configured host alone, and nothing else is told.
"""

import ipaddress
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pr_reviewer.llm.endpoint import Endpoint, Network, Timeouts
from pr_reviewer.model.errors import SettingsError

if TYPE_CHECKING:
    import httpx2

_PLAIN_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}
)


def http_client(endpoint: Endpoint, network: Network, timeouts: Timeouts) -> "httpx2.AsyncClient":
    """A client for this endpoint. Raises SettingsError for a CA file or a proxy that cannot be used."""
    import httpx2

    context = _ssl_context(endpoint, network)
    allowed = _PLAIN_HEADERS | _own_headers(endpoint)

    async def keep_own_headers(request: "httpx2.Request") -> None:
        for name in set(request.headers.keys()) - allowed:
            del request.headers[name]

    return httpx2.AsyncClient(
        verify=context,
        proxy=_proxy(endpoint, network, context),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(timeouts.read, connect=timeouts.connect),
        event_hooks={"request": [keep_own_headers]},
    )


def bypasses_proxy(host: str, port: int | None, no_proxy: str) -> bool:
    """Whether to go straight: to this machine, and to what NO_PROXY names.

    An entry is `*`, a name (with its subdomains), `host:port`, an address or a CIDR range.
    """
    host = host.lower()
    entries = (entry.strip().lower() for entry in no_proxy.split(","))
    return _is_this_machine(host) or any(_names(entry, host, port) for entry in entries if entry)


def _is_this_machine(host: str) -> bool:
    """Loopback, which no proxy can reach for us."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names(entry: str, host: str, port: int | None) -> bool:
    """Whether one entry of NO_PROXY names the host."""
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        name, _, wanted = entry.partition(":")
    if wanted and wanted != str(port):
        return False
    name = name.removeprefix("*").lstrip(".")
    return host == name or host.endswith(f".{name}")


def _own_headers(endpoint: Endpoint) -> frozenset[str]:
    """The headers beside the plain ones that may leave: one credential, and what the operator configured."""
    own = {name.lower() for name in endpoint.headers}
    if endpoint.entra_token or (endpoint.api_key and not endpoint.is_azure):
        own.add("authorization")
    elif endpoint.api_key:
        own.add("api-key")
    return frozenset(own)


def _ssl_context(endpoint: Endpoint, network: Network) -> ssl.SSLContext | bool:
    """The private CA bundle if there is one, else the system's; a context that trusts nobody where TLS has no part."""
    if not network.ca_file:
        return True if endpoint.base_url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=network.ca_file)
    except (OSError, ssl.SSLError) as exc:
        raise SettingsError(
            f"the CA bundle {network.ca_file} cannot be used: {exc}",
            hint="SSL_CERT_FILE names a readable file of PEM certificates.",
        ) from exc


def _proxy(endpoint: Endpoint, network: Network, context: ssl.SSLContext | bool) -> "httpx2.Proxy | None":
    """The proxy for this endpoint. As in curl, each of the two concerns addresses of its own scheme only."""
    import httpx2

    parts = urlsplit(endpoint.base_url)
    is_https = parts.scheme == "https"
    named = network.https_proxy if is_https else network.http_proxy
    port = parts.port or (443 if is_https else 80)
    if not named or bypasses_proxy(parts.hostname or "", port, network.no_proxy):
        return None
    url = named if "://" in named else f"http://{named}"
    try:
        urlsplit(url)  # is stricter about brackets
        own = context if url.startswith("https:") and isinstance(context, ssl.SSLContext) else None
        return httpx2.Proxy(url, ssl_context=own)
    except (ValueError, httpx2.InvalidURL):
        # Neither the cause nor the address: both may show the proxy's password.
        raise SettingsError("the proxy's address is not one", hint="It looks like http://proxy.example:3128.") from None
