"""One request through PyGithub, with a connection of our own below it.

PyGithub knows GitHub's addresses and formats. What it leaves to `requests`' defaults is decided here: proxies and the
CA bundle are handed in and nothing is read from the environment, no redirect leaves the host, nothing is repeated, and
every request is counted. PyGithub's own objects are not used: they fetch what they lack by calls that nobody sees.
"""

import json
import ssl
import threading
from collections.abc import Callable, ItemsView, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.cookiejar import CookiePolicy, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from pr_reviewer.llm.endpoint import Network
from pr_reviewer.llm.http import bypasses_proxy
from pr_reviewer.model.errors import ProviderRefused, SettingsError
from pr_reviewer.providers.github.address import Site, host_of
from pr_reviewer.providers.github.payload import Json

if TYPE_CHECKING:
    import requests
    from github.Requester import Requester

API_VERSION = "2022-11-28"
_USER_AGENT = "pr-reviewer"
_MOST_REDIRECTS = 3
_REDIRECTS = {"GET": (301, 302, 307, 308)}
_REDIRECTS_OF_WRITES = (307, 308)
_POOL = 8


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, and of silence while an answer is awaited or read."""

    connect: float = 10.0
    read: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the API; `path` starts behind the API's address. The path `graphql` is GraphQL's own."""

    verb: str
    path: str
    body: Mapping[str, Json] | None = None
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `data` is the decoded JSON, None for an empty body; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: Json


Listener = Callable[[Answer], None]


def nobody(answer: Answer) -> None:
    """A listener that does not listen."""


class Broken(Exception):
    """No complete answer came. `may_have_worked`: the server may have done what was asked."""

    def __init__(self, why: str, *, may_have_worked: bool) -> None:
        super().__init__(why)
        self.why = why
        self.may_have_worked = may_have_worked


class Connection:
    """Sends requests to one GitHub. Safe to use from several threads; opens nothing before the first request."""

    def __init__(self, site: Site, network: Network, timeouts: Timeouts, listener: Listener = nobody) -> None:
        """`listener` is told of each answer, on the thread that got it."""
        self.site = site
        self._listener = listener
        self.calls = 0
        self._network = network
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._session: requests.Session | None = None

    def send(self, request: Request, authorization: str) -> Answer:
        """One answer, whatever its status; "" speaks as nobody.

        Raises Broken, SettingsError, and ProviderRefused for a redirect.
        """
        import requests

        requester = self._requester()
        url = requester.graphql_url if request.path == "graphql" else request.path
        headers = {"Accept": "application/vnd.github+json"}
        if authorization:
            headers["Authorization"] = authorization
        try:
            status, answered, text = requester.requestJson(
                request.verb, url, dict(request.parameters), headers, request.body
            )
        except requests.RequestException as exc:
            raise self._broken(exc) from None  # its request holds the token
        answer = Answer(status, answered, _decoded(status, text))
        self._listener(answer)
        return answer

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            if self._session is not None:
                self._session.close()

    def _requester(self) -> "Requester":
        """A new one for each call, because PyGithub's keeps one request's state; connections are shared below it."""
        import github.Requester

        class OurRequester(github.Requester.Requester):
            pass

        below: Any = partial(_PyGithubConnection, self)
        OurRequester.injectConnectionClasses(below, below)
        return OurRequester(
            auth=None,
            base_url=self.site.api_url,
            timeout=0,
            user_agent=_USER_AGENT,
            per_page=100,
            verify=True,
            retry=None,
            pool_size=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version=API_VERSION,
        )

    def session(self) -> "requests.Session":
        """The one session; its pool is shared by all threads."""
        with self._lock:
            if self._session is None:
                self._session = _session(self.site, self._network)
            return self._session

    def request(self, verb: str, url: str, body: str | None, headers: dict[str, str]) -> "requests.Response":
        """Send, and follow redirects within the host. https://docs.github.com/en/rest → “Redirects”."""
        timeouts = (self._timeouts.connect, self._timeouts.read)
        data = body.encode() if body is not None else None
        for _ in range(_MOST_REDIRECTS + 1):
            with self._lock:
                self.calls += 1
            answer = self.session().request(
                verb, url, headers=headers, data=data, timeout=timeouts, allow_redirects=False
            )
            location = answer.headers.get("location", "")
            if not 300 < answer.status_code < 400 or not location:  # noqa: PLR2004 the redirects
                return answer
            url = self._followed(verb, url, answer.status_code, location)
        raise ProviderRefused(f"{self.site.host} redirects in circles", hint="Check GITHUB_API_URL.")

    def _followed(self, verb: str, url: str, status: int, location: str) -> str:
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        is_same = (here.scheme, host_of(url)) == (there.scheme, host_of(target))
        if is_same and status in _REDIRECTS.get(verb, _REDIRECTS_OF_WRITES):
            return target
        where = f"{there.scheme}://{host_of(target)}" if not is_same else "another address"
        raise ProviderRefused(
            f"{self.site.host} redirects to {where}, which is not followed: a token goes nowhere else",
            hint="Check GITHUB_API_URL and GITHUB_SERVER_URL, and any proxy on the way.",
            status=status,
        )

    def _broken(self, exc: "requests.RequestException") -> Exception:
        import requests

        host = host_of(self.site.api_url)
        if _is_untrusted(exc):
            hint = "If a private CA signs it, name its bundle in SSL_CERT_FILE."
            return ProviderRefused(f"{host} has a certificate that cannot be trusted", hint=hint)
        if isinstance(exc, requests.ConnectTimeout):
            return Broken(f"{host} could not be reached in time", may_have_worked=False)
        if isinstance(exc, requests.Timeout):
            return Broken(f"{host} did not answer in time", may_have_worked=True)
        if _is_not_connected(exc):
            return Broken(f"{host} cannot be reached", may_have_worked=False)
        return Broken(f"{host} broke off its answer", may_have_worked=True)


class _PyGithubConnection:
    """What PyGithub takes for a connection: it hands over one request and asks for its answer."""

    def __init__(self, connection: Connection, host: str, port: int | None = None, **_: object) -> None:
        self.host = host
        self._connection = connection
        self._port = port
        self._sent: tuple[str, str, str | None, dict[str, str]] | None = None

    def request(self, verb: str, url: str, body: str | None, headers: dict[str, str], stream: bool = False) -> None:  # noqa: ARG002 PyGithub's own
        scheme = urlsplit(self._connection.site.api_url).scheme
        name = f"[{self.host}]" if ":" in self.host else self.host
        address = name if self._port is None else f"{name}:{self._port}"
        self._sent = (verb, f"{scheme}://{address}{url}", body, headers)

    def getresponse(self) -> "_Response":
        assert self._sent is not None  # noqa: S101 PyGithub calls `request` first
        return _Response(self._connection.request(*self._sent))

    def close(self) -> None:
        """The session below is shared and stays open."""


class _Response:
    """What PyGithub takes for an answer."""

    def __init__(self, answer: "requests.Response") -> None:
        self.status = answer.status_code
        self._answer = answer

    def getheaders(self) -> ItemsView[str, str]:
        return self._answer.headers.items()

    def read(self) -> str:
        return self._answer.content.decode("utf-8", "replace")


def _session(site: Site, network: Network) -> "requests.Session":
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.trust_env = False  # no proxy, CA bundle or ~/.netrc but those that were handed in
    session.cookies.set_policy(_no_cookies())
    session.proxies = _proxies(site, network)
    if network.ca_file:
        _check_bundle(network.ca_file)
        session.verify = network.ca_file
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=_POOL, max_retries=0))
    return session


def _no_cookies() -> CookiePolicy:
    return DefaultCookiePolicy(allowed_domains=[])


def _proxies(site: Site, network: Network) -> dict[str, str]:
    parts = urlsplit(site.api_url)
    named = network.https_proxy if parts.scheme == "https" else network.http_proxy
    if not named or bypasses_proxy(parts.hostname or "", parts.port, network.no_proxy):
        return {}
    return {parts.scheme: named if "://" in named else f"http://{named}"}


def _check_bundle(ca_file: str) -> None:
    try:
        ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as exc:
        raise SettingsError(
            f"the CA bundle {ca_file} cannot be used: {exc}",
            hint="SSL_CERT_FILE names a readable file of PEM certificates.",
        ) from exc


def _decoded(status: int, text: str) -> Json:
    """The JSON of an answer. A page instead of it is a proxy's: an error's is kept as its message."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        if status < 400:  # noqa: PLR2004 a success that nobody can read
            raise Broken("GitHub's answer cannot be read: it is no JSON", may_have_worked=True) from None
        return {"message": ""}


def _is_untrusted(exc: BaseException) -> bool:
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(exc))


def _is_not_connected(exc: BaseException) -> bool:
    """Whether the connection never stood. A proxy that refuses is nobody who could have done anything either."""
    import requests
    from urllib3.exceptions import NameResolutionError, NewConnectionError

    never = (NewConnectionError, NameResolutionError, requests.exceptions.ProxyError, ConnectionRefusedError)
    return any(isinstance(cause, never) for cause in _causes(exc))


def _causes(exc: BaseException) -> list[BaseException]:
    """The error, what caused it, and what the libraries wrap as an argument or `reason`."""
    found, waiting = [], [exc]
    while waiting:
        cause = waiting.pop()
        if cause in found:
            continue
        found.append(cause)
        inner = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting += [each for each in inner if isinstance(each, BaseException)]
    return found
