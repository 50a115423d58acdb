"""What the App may do, and what people fill in."""

import json

import pytest

from pr_reviewer.providers.github.app import TO_POST, TO_READ
from webhooks.github import is_known
from webhooks.reconcile_scan import _TO_SCAN
from webhooks.setup_manifest import (
    Wish,
    creation_url,
    events,
    installation_url,
    manifest,
    permissions,
    read_wish,
)

FORM = {"name": "Reviewer", "organisation": "", "server": "", "url": "https://reviews.example.com", "queues": "yes"}


def test_the_manifest_is_private_and_asks_for_what_is_used_and_no_more():
    assert json.loads(manifest(Wish("Reviewer", url="https://r.example.com"), "http://127.0.0.1:8080/back")) == {
        "name": "Reviewer",
        "url": "https://r.example.com",
        "description": "Reviews pull requests.",
        "hook_attributes": {"url": "https://r.example.com/webhooks/github", "active": True},
        "redirect_url": "http://127.0.0.1:8080/back",
        "public": False,
        "default_permissions": {
            "checks": "write",
            "contents": "read",
            "issues": "read",
            "metadata": "read",
            "pull_requests": "write",
            "merge_queues": "read",
        },
        "default_events": [
            "pull_request",
            "issue_comment",
            "pull_request_review",
            "pull_request_review_comment",
            "check_run",
            "check_suite",
            "repository",
            "merge_group",
        ],
    }


def test_without_merge_queues_neither_their_permission_nor_their_event_is_asked_for():
    told = manifest(Wish(url="https://r.example.com", queues=False), "")
    assert "merge" not in told


@pytest.mark.parametrize("asked", [TO_READ, TO_POST, _TO_SCAN])
def test_every_token_that_is_asked_for_is_within_what_the_app_has(asked):
    levels = {"read": 1, "write": 2}
    granted = {each.name: levels[each.level] for each in permissions(Wish())}
    assert all(levels[level] <= granted[area] for area, level in asked.items())


def test_every_event_that_is_asked_for_is_read_here():
    assert all(is_known(each.name) for each in events(Wish()))
    assert all(each.why for each in (*events(Wish()), *permissions(Wish())))


@pytest.mark.parametrize(
    ("field", "text", "understood"),
    [
        ("name", "  Our   reviewer ", "Our reviewer"),
        ("organisation", " @octo-org ", "octo-org"),
        ("organisation", "octo_corp", "octo_corp"),
        ("server", "", "https://github.com"),
        ("server", "https://ghe.example.com/", "https://ghe.example.com"),
        ("server", "ghe.example.com:8443", "https://ghe.example.com:8443"),
        ("url", "reviews.example.com/", "https://reviews.example.com"),
        ("url", "https://example.com/reviews/webhooks/github", "https://example.com/reviews"),
    ],
)
def test_what_people_write_is_understood(field, text, understood):
    checked = read_wish({**FORM, field: text})
    assert (getattr(checked.wish, field), checked.problems) == (understood, {})


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "Give the App a name"),
        ("name", "x" * 35, "34 characters at most; this name has 35"),
        ("name", "GitHub reviewer", "keeps names"),
        ("name", "a\u202eb", "cannot be shown"),
        ("organisation", "octo org", "no organisation's name"),
        ("organisation", "../octo", "no organisation's name"),
        ("organisation", "octo/", "no organisation's name"),
        ("server", "ftp://ghe.example.com", "no address of a GitHub"),
        ("server", "https://ghe.example.com/api/v3", "no address of a GitHub"),
        ("server", "https://user@ghe.example.com", "no address of a GitHub"),
        ("server", "https://ghe.example.com; script-src *", "no address of a GitHub"),
        ("server", "https://[", "no address of a GitHub"),
        ("url", "", "Give the address"),
        ("url", "https://", "Give the address"),
        ("url", "https://a.example.com/?q=1", "Give the address"),
        ("url", "http://localhost:8080", "cannot reach localhost"),
        ("url", "http://127.0.0.1", "cannot reach 127.0.0.1"),
        ("url", "http://192.168.1.7:8080", "cannot reach 192.168.1.7"),
        ("url", "http://[::1]:8080", "cannot reach ::1"),
        ("url", "http://reviewer", "cannot reach reviewer"),
        ("url", "https://reviews.corp.internal", "cannot reach"),
    ],
)
def test_what_github_would_refuse_is_told_at_its_field(field, text, words):
    problems = read_wish({**FORM, field: text}).problems
    assert list(problems) == [field]
    assert words in problems[field]


def test_an_enterprise_server_may_reach_what_github_com_cannot():
    assert not read_wish({**FORM, "server": "https://ghe.corp.internal", "url": "http://10.0.0.7:8080"}).problems


@pytest.mark.parametrize(
    ("wish", "url"),
    [
        (Wish(), "https://github.com/settings/apps/new?state=s%26t"),
        (Wish(organisation="octo"), "https://github.com/organizations/octo/settings/apps/new?state=s%26t"),
        (Wish(server="https://ghe.example.com"), "https://ghe.example.com/settings/apps/new?state=s%26t"),
    ],
)
def test_the_manifest_goes_to_its_owners_page(wish, url):
    assert creation_url(wish, "s&t") == url


@pytest.mark.parametrize(
    ("told", "server", "url"),
    [
        ("https://github.com/apps/r", "https://github.com", "https://github.com/apps/r/installations/new"),
        ("https://g.corp/github-apps/r", "https://g.corp", "https://g.corp/github-apps/r/installations/new"),
        ("https://elsewhere.example/apps/r", "https://github.com", "https://github.com/apps/r/installations/new"),
        ("", "https://g.corp", "https://g.corp/github-apps/r/installations/new"),
        ("javascript:alert(1)", "https://github.com", "https://github.com/apps/r/installations/new"),
    ],
)
def test_the_installation_link_leads_to_that_github_alone(told, server, url):
    assert installation_url(told, server, "r") == url
