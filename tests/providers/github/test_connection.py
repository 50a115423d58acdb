"""What goes over the wire, and where it never goes."""

import ssl
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import trustme

from pr_reviewer.llm.endpoint import Network
from pr_reviewer.model.errors import ProviderRefused, ProviderUnavailable, SettingsError
from pr_reviewer.providers.github.address import Site
from pr_reviewer.providers.github.connection import Timeouts
from tests.fakes.github import Fault, GitHubServer
from tests.providers.github.builders import draft, opened, scene


class Elsewhere:
    """Another host that records what reaches it, and answers everything with a redirect or an empty object."""

    def __init__(self):
        self.requests = requests = []
        self.location = ""

        class Handler(BaseHTTPRequestHandler):
            def answer(inner):  # noqa: N805 the outer self is needed
                requests.append((inner.command, inner.path, dict(inner.headers)))
                inner.send_response(302 if self.location else 200)
                if self.location:
                    inner.send_header("Location", self.location)
                inner.send_header("Content-Length", "2")
                inner.end_headers()
                inner.wfile.write(b"{}")

            do_GET = do_POST = do_PATCH = do_CONNECT = answer  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def elsewhere():
    with Elsewhere() as place:
        yield place


async def everything(github, pull):
    await pull.pull_request()
    await pull.post_review(draft(github))
    await pull.put_summary(github.pull.head_sha, "body")


CALLS = ("GRAPHQL viewer,repository", "GET */compare/*", "POST */reviews", "POST */issues/*/comments")


@pytest.mark.parametrize("call", CALLS)
async def test_a_redirect_to_another_host_carries_no_token_there(server, elsewhere, tmp_path, call):
    github = scene(server)
    token = github.token()
    server.fault(call, Fault.REDIRECT, times=9, location=f"{elsewhere.url}/stolen")
    async with opened(github, github.access(token), tmp_path) as pull:
        with pytest.raises(ProviderRefused, match=f"redirects to {elsewhere.url}, which is not followed"):
            await everything(github, pull)
    assert elsewhere.requests == []


async def test_git_follows_no_redirect_either(server, elsewhere, tmp_path):
    github = scene(server)
    server.fault("GIT *", Fault.REDIRECT, times=9, location=elsewhere.url)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        found = await pull.pull_request()
        with pytest.raises(ProviderRefused, match="redirects, which is not followed"):
            await pull.diff(found.merge_base_sha, found.head.sha)
    assert elsewhere.requests == []


async def test_an_api_that_redirects_in_circles_is_left(elsewhere, server, tmp_path):
    github = scene(server)
    elsewhere.location = "/again"
    access = replace(github.access("ghp_x"), site=Site(server.url, elsewhere.url))
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ProviderRefused, match="another address, which is not followed"):
            await pull.pull_request()
        with pytest.raises(ProviderRefused, match="redirects in circles"):
            await pull.permission("ada")
    assert len(elsewhere.requests) == 5


async def test_proxies_and_bundles_of_the_environment_are_not_used(server, elsewhere, tmp_path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, elsewhere.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent.pem")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".netrc").write_text("machine 127.0.0.1 login mallory password s3cret\n")
    monkeypatch.setenv("HOME", str(home))
    github = scene(server)
    token = github.token()
    async with opened(github, github.access(token), tmp_path) as pull:
        found = await pull.pull_request()
        await pull.diff(found.merge_base_sha, found.head.sha)
    assert elsewhere.requests == []
    assert {exchange.credential for exchange in server.log} == {token}


async def test_a_proxy_that_was_handed_in_is_used(server, elsewhere, tmp_path):
    github = scene(server)
    site = Site("http://github.test", "http://api.github.test")
    access = replace(github.access("ghp_x"), site=site, network=Network(http_proxy=elsewhere.url))
    async with opened(github, access, tmp_path, url="http://github.test/octo/app/pull/1") as pull:
        with pytest.raises(ProviderUnavailable):
            await pull.pull_request()
    assert {path for _, path, _ in elsewhere.requests} == {"http://api.github.test/graphql"}


async def test_a_dead_host_is_named_and_nothing_was_sent(server, tmp_path):
    github = scene(server)
    access = replace(github.access("ghp_x"), site=Site(server.url, "http://127.0.0.1:1"))
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ProviderUnavailable, match=r"127.0.0.1:1 cannot be reached \(tried 6 times\)"):
            await pull.pull_request()


async def test_silence_is_a_time_out(server, tmp_path):
    github = scene(server)
    access = replace(github.access(github.token()), timeouts=Timeouts(1.0, 0.2))
    server.fault("GRAPHQL *", Fault.HANG, times=1)
    async with opened(github, access, tmp_path) as pull:
        assert (await pull.pull_request()).title == "A change"


async def test_a_bundle_that_is_none_is_named(server, tmp_path):
    github = scene(server)
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate")
    access = replace(github.access("ghp_x"), network=Network(ca_file=str(bundle)))
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(SettingsError, match=r"the CA bundle .* cannot be used"):
            await pull.pull_request()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls_server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with GitHubServer(tls=context) as server:
        yield server


async def test_a_private_bundle_is_trusted_by_the_api_and_by_git(authority, tls_server, tmp_path):
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    github = scene(tls_server)
    access = replace(github.access(github.token()), network=Network(ca_file=str(bundle)))
    async with opened(github, access, tmp_path) as pull:
        found = await pull.pull_request()
        assert "+ten\n" in await pull.diff(found.merge_base_sha, found.head.sha)


async def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_way_out(tls_server, tmp_path):
    github = scene(tls_server)
    async with opened(github, github.access("ghp_x"), tmp_path) as pull:
        with pytest.raises(ProviderRefused, match="has a certificate that cannot be trusted") as refused:
            await pull.pull_request()
    assert "SSL_CERT_FILE" in refused.value.hint
    assert len(tls_server.log) == 0


async def test_errors_and_reprs_show_no_credential(server, tmp_path):
    github = scene(server)
    token = github.token()
    access = github.access(token)
    server.fault("GIT *", Fault.SERVER_ERROR, times=99)
    async with opened(github, access, tmp_path) as pull:
        found = await pull.pull_request()
        with pytest.raises(ProviderUnavailable) as failed:
            await pull.diff(found.merge_base_sha, found.head.sha)
    shown = f"{failed.value!r} {failed.value} {access!r} {failed.value.__cause__!r} {failed.value.__context__!r}"
    assert token not in shown


async def test_every_call_is_counted(server, tmp_path):
    github = scene(server)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        await pull.pull_request()
        await pull.post_review(draft(github))
        assert pull.subject.client.calls == len(server.log.api) == 4
