"""The set-up page over HTTP: who gets in, what goes wrong, what is told. The browser's side is in its own file."""

import re
import signal
import socket
import subprocess
import tomllib
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.fakes.github import GitHubServer
from tests.webhooks.process import COMMAND, free_port
from tests.webhooks.setup_process import setting_up
from webhooks.setup import BACK_PATH, Plan, Setup
from webhooks.setup_gate import STATE_SECONDS

FORM = {"url": "https://reviews.example.com", "organisation": "octo", "name": "octo reviewer", "queues": "yes"}


@pytest.fixture(scope="module")
def github():
    with GitHubServer() as server:
        yield server
        assert server.violations == []


class Page:
    """The page without a process, and somebody at it."""

    def __init__(self, github, folder, **plan):
        from pr_reviewer.providers.github.address import Site

        self.github, self.folder = github, folder
        self.now, self.left = 0.0, 0
        self.setup = Setup(Plan(folder, site=Site(github.url, github.api_url), **plan), self._leave, lambda: self.now)
        self.client = self.somebody()

    def _leave(self):
        self.left += 1

    def somebody(self):
        transport = httpx2.ASGITransport(self.setup.application())
        return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", follow_redirects=True)

    async def enter(self):
        return await self.client.get("/setup", params={"token": self.setup.gate.token})

    async def fill_in(self, **fields):
        told = {**FORM, "server": self.github.url, "token": self.setup.gate.form, **fields}
        return await self.client.post("/setup", data=told, headers={"origin": "http://127.0.0.1:8080"})

    async def state(self):
        """A form that was sent; the state that goes to GitHub with it."""
        page = await self.fill_in()
        action = re.search(r'action="([^"]+)"', page.text)[1]
        return parse_qs(urlsplit(action).query)["state"][0]

    async def come_back(self, state, code=None):
        manifest = {"name": "octo reviewer", "hook_attributes": {"url": "https://r.example.com"}}
        code = self.github.manifest_code(manifest) if code is None else code
        return await self.client.get(BACK_PATH, params={"code": code, "state": state})

    @property
    def stored(self):
        return tomllib.loads((self.folder / "github-app.toml").read_text())["github"]


@pytest.fixture
def page(github, tmp_path):
    github.clear_faults()
    return Page(github, tmp_path / "state")


async def test_the_token_admits_one_browser_once_and_leaves_the_address(page):
    entered = await page.enter()
    assert (entered.status_code, str(entered.url)) == (200, "http://127.0.0.1:8080/setup")
    assert page.setup.gate.token not in entered.text
    cookie = entered.history[0].headers["set-cookie"]
    assert all(each in cookie for each in ("HttpOnly", "SameSite=lax", "Path=/setup"))
    assert (await page.enter()).status_code == 200  # the same browser may use its link again
    second = await page.somebody().get("/setup", params={"token": page.setup.gate.token})
    assert (second.status_code, "used already" in second.text) == (403, True)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/setup", "closed to you"),
        ("/setup?token=", "closed to you"),
        ("/setup?token=wrong", "not the right one"),
        ("/setup?token=%ff%00é", "not the right one"),
        (f"{BACK_PATH}?code=c&state=s", "closed to you"),
    ],
)
async def test_nobody_else_sees_anything(page, path, words):
    answer = await page.client.get(path)
    assert (answer.status_code, words in answer.text) == (403, True)
    assert page.setup.gate.form not in answer.text


async def test_before_the_link_was_used_no_cookie_opens_the_page(page):
    page.client.cookies.set("pr_reviewer_setup", page.setup.gate.cookie)
    assert (await page.client.get("/setup")).status_code == 403


@pytest.mark.parametrize("path", ["/", "/webhooks/github", "/metrics", "/readyz", "/docs", "/setup/x", "/favicon.ico"])
async def test_nothing_but_the_page_and_healthz_is_served(page, path):
    assert (await page.client.get(path)).status_code == 404
    assert (await page.client.get("/healthz")).json() == {"status": "alive"}
    assert (await page.client.delete("/setup")).status_code == 404


async def test_a_form_from_elsewhere_is_refused(page):
    await page.enter()
    for fields in ({"token": ""}, {"token": "x"}, {"name": "x" * 20_000}):
        assert (await page.fill_in(**fields)).status_code == 403
    raw = await page.client.post("/setup", content=b"\xff\xfe=" * 10)
    assert raw.status_code == 403


async def test_every_answer_forbids_scripts_frames_and_caches(page):
    answers = [await page.client.get("/setup"), await page.enter(), await page.fill_in(), await page.fill_in(name="")]
    answers += [await page.client.get("/nowhere"), await page.come_back("wrong")]
    for answer in [*answers, *answers[1].history]:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "<script" not in answer.text
    assert f"form-action 'self' {page.github.url};" in answers[2].headers["content-security-policy"]


async def test_what_somebody_typed_is_shown_as_text(page):
    await page.enter()
    answer = await page.fill_in(name='"><img src=x onerror=alert(1)>', organisation="<b>")
    assert answer.status_code == 422
    assert "<img" not in answer.text
    assert "<b>" not in answer.text


async def test_the_way_back_is_the_address_that_the_browser_knows(page):
    await page.enter()
    told = {**FORM, "server": page.github.url, "token": page.setup.gate.form}
    for origin, expected in (
        ("https://reviews.example.com", "https://reviews.example.com/setup/created"),
        ("null", "http://127.0.0.1:8080/setup/created"),
    ):
        answer = await page.client.post("/setup", data=told, headers={"origin": origin})
        assert f"&#34;redirect_url&#34;: &#34;{expected}&#34;" in answer.text


async def test_an_app_is_kept_once_shown_again_on_reload_and_the_server_may_leave(page):
    await page.enter()
    state = await page.state()
    first = await page.come_back(state)
    app = page.github.world.apps[-1]
    assert (first.status_code, page.left) == (200, 1)
    assert f"{page.github.url}/apps/{app.slug}/installations/new" in first.text
    assert page.stored["app_id"] == str(app.id)
    again = await page.come_back(state)
    assert (again.text, page.stored["app_id"]) == (first.text, str(app.id))


@pytest.mark.parametrize("state", ["", "wrong"])
async def test_an_answer_that_nobody_asked_for_stores_nothing(page, state):
    await page.enter()
    await page.state()
    answer = await page.come_back(state)
    assert (answer.status_code, "not expected" in answer.text) == (403, True)
    assert not page.folder.joinpath("github-app.toml").exists()


async def test_an_answer_that_comes_too_late_is_not_expected(page):
    await page.enter()
    state = await page.state()
    page.now += STATE_SECONDS
    assert "not expected" in (await page.come_back(state)).text


@pytest.mark.parametrize("code", ["unknown", "../../user", "a b", "x" * 300])
async def test_a_code_that_github_does_not_know_leads_back_to_the_form(page, code):
    await page.enter()
    answer = await page.come_back(await page.state(), code)
    assert answer.status_code == 500
    assert "Back to the form" in answer.text
    assert page.left == 0


@pytest.mark.parametrize("fault", ["reset", "502", "html", "429"])
async def test_while_github_fails_the_page_can_be_reloaded(page, fault):
    await page.enter()
    state = await page.state()
    code = page.github.manifest_code({"name": "Late", "hook_attributes": {"url": "https://r.example.com"}})
    page.github.fault("POST /app-manifests/*", fault)
    failed = await page.come_back(state, code)
    assert (failed.status_code, "Try again" in failed.text) == (502, True)
    assert "GitHub did not hand over" in failed.text
    assert (await page.come_back(state, code)).status_code == 200
    assert page.stored["webhook_secret"] == page.github.world.apps[-1].webhook_secret


@pytest.mark.parametrize("fault", ["reset", "truncated"])
async def test_an_answer_that_is_lost_on_its_way_is_told_as_what_it_is(page, fault):
    await page.enter()
    state = await page.state()
    code = page.github.manifest_code({"name": "Lost", "hook_attributes": {"url": "https://r.example.com"}})
    page.github.fault("POST /app-manifests/*", fault, after=True)
    assert "delete the App in its settings" in (await page.come_back(state, code)).text
    assert "works once, and for an hour" in (await page.come_back(state, code)).text


async def test_a_folder_that_cannot_be_written_is_told_before_there_is_an_app(github, tmp_path):
    (tmp_path / "file").write_text("")
    page = Page(github, tmp_path / "file" / "state")
    await page.enter()
    answer = await page.fill_in()
    assert (answer.status_code, "Nothing can be stored" in answer.text) == (500, True)
    assert "installations" not in answer.text


async def test_credentials_survive_a_disk_that_fills_meanwhile(page):
    await page.enter()
    state = await page.state()
    page.folder.rmdir()
    page.folder.write_text("in the way")
    code = page.github.manifest_code({"name": "Full", "hook_attributes": {"url": "https://r.example.com"}})
    assert "Nothing can be stored" in (await page.come_back(state, code)).text
    page.folder.unlink()
    assert (await page.come_back(state, code)).status_code == 200
    assert page.stored["app_id"] == str(page.github.world.apps[-1].id)


async def test_an_app_that_is_there_stays_unless_it_is_to_be_replaced(github, tmp_path):
    tmp_path.joinpath("github-app.toml").write_text("theirs")
    careful, told = Page(github, tmp_path), Page(github, tmp_path, replace=True)
    await careful.enter()
    assert "There is an App already" in (await careful.fill_in()).text
    assert tmp_path.joinpath("github-app.toml").read_text() == "theirs"
    await told.enter()
    assert (await told.come_back(await told.state())).status_code == 200
    assert told.stored["app_id"] == str(github.world.apps[-1].id)


def through(github, setup):
    """From the link to the App, by hand."""
    with httpx2.Client(follow_redirects=True, timeout=60) as client:
        page = client.get(setup.link)
        token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
        sent = client.post(f"{setup.address}/setup", data={**FORM, "server": github.url, "token": token})
        action = re.search(r'action="([^"]+)"', sent.text)[1]
        code = github.manifest_code({"name": "Printed", "hook_attributes": {"url": "https://r.example.com"}})
        state = parse_qs(urlsplit(action).query)["state"][0]
        return client.get(f"{setup.address}{BACK_PATH}", params={"code": code, "state": state})


def environ_of(github):
    return {"GITHUB_SERVER_URL": github.url, "GITHUB_API_URL": github.api_url}


def test_printed_credentials_are_kept_nowhere_and_are_what_serve_reads(github, tmp_path):
    with setting_up(tmp_path, "--print", "--no-serve", environ=environ_of(github)) as setup:
        assert "printed in the terminal" in through(github, setup).text
        assert setup.process.wait() == 0
        app = github.world.apps[-1]
        printed = dict(line.split("=", 1) for line in setup.printed.rstrip("\n").split("\n"))
        assert printed["PR_REVIEWER_GITHUB__WEBHOOK_SECRET"] == app.webhook_secret
        assert printed["PR_REVIEWER_GITHUB__PRIVATE_KEY"].replace("\\n", "\n") == app.private_key
        assert app.private_key not in setup.said
        assert not setup.stored.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_can_be_stopped(tmp_path, number):
    with setting_up(tmp_path) as setup:
        assert httpx2.get(f"{setup.link}wrong").status_code == 403
        assert setup.stop(number) in {0, -signal.SIGTERM, 143, 130}
        assert not setup.stored.exists()


def run(folder, *arguments, **environ):
    own = {"HOME": str(folder), "PR_REVIEWER_SERVER__DATA_DIR": str(folder / "state")}
    call = [COMMAND, "setup", "--port", str(free_port()), *arguments]
    return subprocess.run(call, env={**own, **environ}, capture_output=True, text=True, check=False)


def test_what_would_make_it_useless_is_told_at_the_start(tmp_path):
    own = run(tmp_path, PR_REVIEWER_GITHUB__WEBHOOK_SECRET="theirs")
    assert (own.returncode, "github.webhook_secret is set already" in own.stderr) == (2, True)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "github-app.toml").write_text("theirs")
    there = run(tmp_path)
    assert (there.returncode, "there is an App already" in there.stderr) == (2, True)
    assert "--replace" in there.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = run(tmp_path, "--replace", "--port", str(taken.getsockname()[1]))
    assert (port.returncode, "cannot listen on 127.0.0.1" in port.stderr) == (3, True)
