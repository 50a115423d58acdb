"""Proxies and private CAs, over real TLS on loopback."""

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from pr_reviewer.llm.client import OpenAIClient
from pr_reviewer.llm.endpoint import Endpoint, Network
from pr_reviewer.llm.http import bypasses_proxy
from pr_reviewer.model.errors import ModelRefused, ModelUnavailable, SettingsError
from tests.fakes.model_server import ModelServer
from tests.llm.builders import KEY, prompt


class Proxy(http.server.BaseHTTPRequestHandler):
    """Tunnels CONNECT to `target`, whatever is asked for, and remembers what was."""

    target: tuple[str, int]
    asked: list[tuple[str, str | None]]

    def do_CONNECT(self) -> None:
        self.asked.append((self.path, self.headers.get("proxy-authorization")))
        if self.target[1] == 0:
            self.send_error(407, "Proxy Authentication Required")
            return
        with socket.create_connection(self.target) as upstream:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=pump, args=(upstream, self.connection))
            back.start()
            pump(self.connection, upstream)
            back.join()
        self.close_connection = True

    def do_POST(self) -> None:
        self.asked.append((self.path, self.headers.get("proxy-authorization")))
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"choices": [{"message": {"content": "by proxy"}}]}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxy(target_port: int) -> Iterator[tuple[int, list[tuple[str, str | None]]]]:
    handler = type("Handler", (Proxy,), {"target": ("127.0.0.1", target_port), "asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1], handler.asked  # type: ignore[attr-defined]
        server.shutdown()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[ModelServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "model.example").configure_cert(context)
    with ModelServer(lambda _: "ok", tls=context) as server:
        yield server


async def test_a_private_ca_is_trusted_when_named(tls_server: ModelServer, ca_file: str) -> None:
    async with OpenAIClient(Endpoint(tls_server.url, api_key=KEY), network=Network(ca_file=ca_file)) as llm:
        assert (await llm.complete(prompt())).text == "ok"


async def test_an_unknown_ca_is_refused_with_the_way_out(tls_server: ModelServer) -> None:
    async with OpenAIClient(Endpoint(tls_server.url, api_key=KEY)) as llm:
        with pytest.raises(ModelRefused, match="certificate that cannot be trusted") as caught:
            await llm.complete(prompt())
    assert "SSL_CERT_FILE" in caught.value.hint
    assert tls_server.requests == []


async def test_https_goes_through_the_proxy_with_its_own_credentials(tls_server: ModelServer, ca_file: str) -> None:
    with proxy(tls_server.port) as (port, asked):
        network = Network(f"http://user:proxy-pass@127.0.0.1:{port}", ca_file=ca_file)
        async with OpenAIClient(Endpoint("https://model.example/v1", api_key=KEY), network=network) as llm:
            assert (await llm.complete(prompt())).text == "ok"
    assert asked == [("model.example:443", "Basic dXNlcjpwcm94eS1wYXNz")]
    assert "proxy-authorization" not in tls_server.requests[0].headers


async def test_plain_http_goes_through_its_own_proxy() -> None:
    with proxy(0) as (port, asked):
        network = Network("http://127.0.0.1:9", http_proxy=f"user:proxy-pass@127.0.0.1:{port}")
        async with OpenAIClient(Endpoint("http://model.example/v1", api_key=KEY), network=network) as llm:
            assert (await llm.complete(prompt())).text == "by proxy"
    assert asked == [("http://model.example/v1/chat/completions", "Basic dXNlcjpwcm94eS1wYXNz")]


async def test_this_machine_is_asked_without_a_proxy() -> None:
    network = Network("http://127.0.0.1:9", http_proxy="http://127.0.0.1:9")
    with ModelServer(["ok"]) as server:
        async with OpenAIClient(Endpoint(server.url), network=network) as llm:
            assert (await llm.complete(prompt())).text == "ok"


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with ModelServer(["ok"]) as server:
        async with OpenAIClient(Endpoint(server.url)) as llm:
            assert (await llm.complete(prompt())).text == "ok"


async def test_a_proxy_that_refuses_is_named_as_the_way_without_its_password() -> None:
    with proxy(0) as (port, _):
        network = Network(f"http://user:proxy-pass@127.0.0.1:{port}")
        async with OpenAIClient(Endpoint("https://model.example/v1", api_key=KEY), network=network) as llm:
            with pytest.raises(ModelUnavailable, match="407") as caught:
                await llm.complete(prompt())
    assert "HTTPS_PROXY" in caught.value.hint
    assert "proxy-pass" not in str(caught.value)


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_ca_bundle_that_is_none_is_a_settings_error(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "bundle.pem"
    if content:
        path.write_text(content)
    async with OpenAIClient(Endpoint(), network=Network(ca_file=str(path))) as llm:
        with pytest.raises(SettingsError, match=r"bundle\.pem"):
            await llm.complete(prompt())


@pytest.mark.parametrize("url", ["ftp://user:proxy-pass@proxy", "http://user:proxy-pass@[bad"])
async def test_a_proxy_that_is_no_address_is_a_settings_error_without_its_password(url: str) -> None:
    async with OpenAIClient(Endpoint(), network=Network(url)) as llm:
        with pytest.raises(SettingsError, match="proxy's address") as caught:
            await llm.complete(prompt())
    assert "proxy-pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "no_proxy", "expected"),
    [
        ("api.example.com", "", False),
        ("api.example.com", "*", True),
        ("api.example.com", "example.com", True),
        ("API.example.com", " .Example.com ,x", True),
        ("api.example.com", "*.example.com", True),
        ("notexample.com", "example.com", False),
        ("example.com", "example.com:443", True),
        ("example.com", "example.com:8080", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("2001:db8::1", "[2001:db8::1]", True),
        ("2001:db8::1", "2001:db8::/32", True),
        ("::1", "", True),
        ("api.example.com", "10.0.0.0/8,::1", False),
        ("localhost", "", True),
        ("127.0.0.1", "", True),
    ],
)
def test_no_proxy_means_what_curl_means_by_it(host: str, no_proxy: str, *, expected: bool) -> None:
    assert bypasses_proxy(host, 443, no_proxy) is expected
