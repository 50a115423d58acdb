import pytest

from pr_reviewer.model.errors import SettingsError, UsageError
from pr_reviewer.model.pull import PullRequestRef
from pr_reviewer.providers.github.address import Site, host_of, is_url, parse_pull_url, project_of_remote

PUBLIC = Site()
ENTERPRISE = Site.of("https://ghe.example.com:8443")


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/octo/app/pull/7",
        "https://github.com/octo/app/pull/7/",
        "https://github.com/octo/app/pull/7/files",
        "https://github.com/octo/app/pull/7/commits/0123abc",
        "https://github.com/octo/app/pull/7?diff=split#discussion_r1",
        "https://GitHub.com/octo/app/pull/7",
        "https://github.com:443/octo/app/pull/7",
        "https://github.com./octo/app/pull/7",
        "HTTPS://github.com/octo/app/pull/7",
    ],
)
def test_every_form_of_a_pull_request_s_address_is_understood(text):
    assert parse_pull_url(text, PUBLIC) == PullRequestRef("github.com", "octo/app", 7)


def test_an_enterprise_host_keeps_its_port():
    found = parse_pull_url("https://ghe.example.com:8443/o.ne/two_-3/pull/12/files", ENTERPRISE)
    assert found == PullRequestRef("ghe.example.com:8443", "o.ne/two_-3", 12)


def test_a_server_below_a_path_is_understood():
    site = Site.of("https://code.example.com/git", "https://code.example.com/git/api/v3")
    found = parse_pull_url("https://code.example.com/git/octo/app/pull/7", site)
    assert found == PullRequestRef("code.example.com", "octo/app", 7)


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("https://gitlab.com/octo/app/pull/7", PUBLIC),
        ("https://github.com.evil.example/octo/app/pull/7", PUBLIC),
        ("https://evil-github.com/octo/app/pull/7", PUBLIC),
        ("https://api.github.com/octo/app/pull/7", PUBLIC),
        ("http://github.com/octo/app/pull/7", PUBLIC),
        ("https://github.com:8443/octo/app/pull/7", PUBLIC),
        ("https://github.com/octo/app/pull/7", ENTERPRISE),
        ("https://ghe.example.com/octo/app/pull/7", ENTERPRISE),
        ("https://g\u0456thub.com/octo/app/pull/7", PUBLIC),
    ],
)
def test_another_host_is_refused_and_both_are_named(text, site):
    with pytest.raises(UsageError) as refused:
        parse_pull_url(text, site)
    assert site.server_url in refused.value.message
    assert "GITHUB_SERVER_URL" in refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "octo/app#7",
        "github.com/octo/app/pull/7",
        "ssh://github.com/octo/app/pull/7",
        "https://user@github.com/octo/app/pull/7",
        "https://user:pass@github.com/octo/app/pull/7",
        "https://github.com/octo/app",
        "https://github.com/octo/app/issues/7",
        "https://github.com/octo/app/pull/0",
        "https://github.com/octo/app/pull/07",
        "https://github.com/octo/app/pull/seven",
        "https://github.com/octo/app/pull/\u0667",
        "https://github.com/octo/app/pull/7x",
        "https://github.com/../app/pull/7",
        "https://github.com/octo/../pull/7",
        "https://github.com/octo/a%2fb/pull/7",
        "https://github.com/octo/app/extra/pull/7",
        "https://github.com/octo/app/pull/7\n",
        "https://github.com/octo/app/pull/12345678901",
        "https://[::1/octo/app/pull/7",
        "https://github.com:99999/octo/app/pull/7",
        "https:///octo/app/pull/7",
    ],
)
def test_what_is_no_pull_request_s_address_is_refused_with_an_example(text):
    with pytest.raises(UsageError) as refused:
        parse_pull_url(text, PUBLIC)
    assert refused.value.hint == "For example https://github.com/octo/app/pull/7."
    assert "pass" not in refused.value.message


def test_a_target_is_a_url_by_its_scheme():
    assert is_url("https://github.com/octo/app/pull/7")
    assert is_url("HTTP://example.com")
    assert not is_url("main..feature")
    assert not is_url("https")


@pytest.mark.parametrize(
    ("server", "api", "expected"),
    [
        ("", "", Site("https://github.com", "https://api.github.com")),
        ("https://github.com/", "https://api.github.com/", Site("https://github.com", "https://api.github.com")),
        ("", "https://api.github.com", Site("https://github.com", "https://api.github.com")),
        ("https://github.com", "", Site("https://github.com", "https://api.github.com")),
        ("https://GHE.example.com", "", Site("https://ghe.example.com", "https://ghe.example.com/api/v3")),
        ("", "https://ghe.example.com/api/v3/", Site("https://ghe.example.com", "https://ghe.example.com/api/v3")),
        ("https://acme.ghe.com", "", Site("https://acme.ghe.com", "https://api.acme.ghe.com")),
        ("", "https://api.acme.ghe.com", Site("https://acme.ghe.com", "https://api.acme.ghe.com")),
        ("http://127.0.0.1:80", "", Site("http://127.0.0.1", "http://127.0.0.1/api/v3")),
    ],
)
def test_one_address_of_a_site_tells_the_other(server, api, expected):
    assert Site.of(server, api) == expected


@pytest.mark.parametrize(
    ("server", "api"),
    [("https://ghe.example.com", "https://api.github.com"), ("https://github.com", "https://ghe.example.com/api/v3")],
)
def test_addresses_of_two_sites_are_refused(server, api):
    with pytest.raises(SettingsError, match="they belong to different sites"):
        Site.of(server, api)


@pytest.mark.parametrize(
    "url", ["ghe.example.com", "ftp://ghe.example.com", "https://u:p@ghe.example.com", "https://x?q"]
)
def test_what_is_no_address_is_refused_without_being_quoted(url):
    with pytest.raises(SettingsError, match=r"^GITHUB_API_URL is not a plain http"):
        Site.of("", url)


def test_addresses_of_a_repository():
    assert ENTERPRISE.repository_url("octo/app") == "https://ghe.example.com:8443/octo/app.git"
    assert ENTERPRISE.host == "ghe.example.com:8443"
    assert host_of("http://[::1]:8080/x") == "[::1]:8080"


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/octo/app.git",
        "https://github.com/octo/app",
        "https://github.com/octo/app/",
        "https://ada:s3cret@github.com/octo/app.git",
        "git@github.com:octo/app.git",
        "GitHub.com:octo/app.git",
        "ssh://git@github.com/octo/app.git",
        "ssh://git@github.com:22/octo/app.git",
    ],
)
def test_a_remote_of_this_site_tells_the_project(address):
    assert project_of_remote(address, Site()) == "octo/app"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/srv/git/octo/app.git",
        "../app",
        "file:///srv/octo/app",
        "https://gitlab.com/octo/app.git",
        "https://github.com.example/octo/app.git",
        "https://github.com/octo",
        "https://github.com/octo/app/tree/main",
        "git@gitlab.com:octo/app.git",
    ],
)
def test_any_other_remote_tells_none(address):
    assert project_of_remote(address, Site()) == ""


def test_a_remote_below_a_path_of_the_server_tells_the_project():
    site = Site("https://ghe.example:8443/git", "https://ghe.example:8443/git/api/v3")
    assert project_of_remote("https://ghe.example:8443/git/octo/app.git", site) == "octo/app"
