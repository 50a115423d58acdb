"""The whole set-up as a person goes through it: a real browser, a stand-in of GitHub's pages, a real process."""

import stat
import tomllib

import pytest

from tests.fakes.github import GitHubServer
from tests.webhooks.browser import browsing
from tests.webhooks.setup_process import setting_up


@pytest.fixture
def browser(tmp_path):
    with browsing(tmp_path) as browser:
        yield browser


@pytest.fixture(params=[False, True], ids=["github.com", "enterprise"])
def github(request):
    with GitHubServer(enterprise=request.param) as server:
        yield server
        assert server.violations == []


def environ_of(github):
    """The stand-in in place of GitHub.com; an Enterprise Server is named on the page instead."""
    return {} if github.site.is_enterprise else {"GITHUB_SERVER_URL": github.url, "GITHUB_API_URL": github.api_url}


def fill_in(browser, github, **fields):
    told = {"url": "https://reviews.example.com", "organisation": "octo-org", "name": "octo reviewer", **fields}
    for name, text in {**told, "server": github.url}.items():
        browser.type(f"#{name}", text)


def agree(browser):
    """From our second page through GitHub's and back."""
    browser.click("button")
    assert "Create GitHub App for" in browser.html()
    browser.click("button")


def test_an_app_is_made_on_the_page_and_the_server_goes_on(tmp_path, browser, github):
    browser.without_scripts()
    with setting_up(tmp_path, environ=environ_of(github)) as setup:
        browser.open(setup.link)
        assert browser.url == f"{setup.address}/setup"
        fill_in(browser, github)
        browser.click("button[type=submit]")
        assert "octo reviewer" in browser.html()
        agree(browser)
        app = github.world.apps[-1]
        assert browser.url.startswith(f"{setup.address}/setup/created?")
        assert browser.attribute("a.button", "href") == f"{github.url}/apps/{app.slug}/installations/new"
        assert app.private_key not in browser.html()
        assert app.webhook_secret not in browser.html()
        assert app.owner.login == "octo-org"
        assert app.webhook_url == "https://reviews.example.com/webhooks/github"
        assert stat.S_IMODE(setup.stored.stat().st_mode) == 0o600
        # what is an operator's own setting already is stored all the same: the App is one of that GitHub
        kept = tomllib.loads(setup.stored.read_text())["github"]
        assert kept == {
            "app_id": str(app.id),
            "private_key": app.private_key,
            "webhook_secret": app.webhook_secret,
            "server_url": github.url,
        }
        setup.wait_until_serving()
        assert [each for each in browser.complaints if not each.startswith(github.url)] == []
        outside = [url for url in browser.requests if not url.startswith((setup.address, github.url, "data:"))]
        assert outside == []
        assert app.private_key not in setup.said
        assert app.webhook_secret not in setup.said
        assert setup.printed == ""
        assert setup.stop() == 0
