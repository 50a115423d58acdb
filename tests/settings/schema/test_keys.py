import pytest

from pr_reviewer.settings.schema.keys import did_you_mean, keys, nearest
from pr_reviewer.settings.schema.problems import printable


def test_a_setting_is_read_from_our_variable_or_the_one_that_other_programs_know():
    assert keys()["review.max_comments"].variable == "PR_REVIEWER_REVIEW__MAX_COMMENTS"
    assert not keys()["review.max_comments"].is_ecosystems
    assert {key.variable for key in keys().values() if key.is_ecosystems} == {
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "OPENAI_ORG_ID",
        "OPENAI_PROJECT_ID",
        "GITHUB_TOKEN",
        "GITHUB_API_URL",
        "GITHUB_SERVER_URL",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
    }


def test_no_two_settings_share_a_variable():
    names = [name.upper() for key in keys().values() for name in key.variables]
    assert sorted(set(names)) == sorted({key.variable for key in keys().values()})


def test_secrets_are_known_as_such():
    assert {key.name for key in keys().values() if key.is_secret} == {
        "openai.api_key",
        "azure.api_key",
        "azure.ad_token",
        "github.token",
        "github.private_key",
        "github.webhook_secret",
        "server.database_url",
    }


def test_every_setting_says_what_it_means():
    assert [key.name for key in keys().values() if not key.description.endswith(".")] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("review.max_coments", "review.max_comments"),
        ("REVIEW.MAX_USD", "review.max_usd"),
        ("budget.max_usd", "review.max_usd"),
        ("verify", "models.verify"),
        ("nothing.like_it", None),
    ],
)
def test_the_nearest_name(name, expected):
    assert nearest(name, keys()) == expected


def test_nothing_near_is_no_hint():
    assert did_you_mean("zzz", ["aaa"]) == ""


def test_untrusted_text_becomes_one_harmless_line():
    assert printable("a\n\x1b[2J\u202e\udcffé") == "a\\n\\x1b[2J\\u202e\\udcffé"
