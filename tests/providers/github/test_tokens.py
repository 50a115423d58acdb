import base64

import pytest

from pr_reviewer.model.errors import SettingsError
from pr_reviewer.providers.github.tokens import GivenToken, TokenKind, basic, kind_of


@pytest.mark.parametrize(
    ("token", "in_actions", "kind"),
    [
        ("ghp_abc", False, TokenKind.CLASSIC),
        ("gho_abc", False, TokenKind.CLASSIC),
        ("0123456789abcdef0123456789abcdef01234567", False, TokenKind.CLASSIC),
        ("github_pat_abc", True, TokenKind.FINE_GRAINED),
        ("ghu_abc", False, TokenKind.USER),
        ("ghs_abc", True, TokenKind.ACTIONS),
        ("ghs_abc", False, TokenKind.INSTALLATION),
    ],
)
def test_a_token_s_prefix_tells_its_kind(token, in_actions, kind):
    assert kind_of(token, in_actions=in_actions) is kind


def test_only_apps_write_check_runs():
    assert {kind for kind in TokenKind if kind.can_write_checks} == {
        TokenKind.ACTIONS,
        TokenKind.INSTALLATION,
        TokenKind.APP,
    }


async def test_a_given_token_is_all_there_is():
    given = GivenToken("ghp_abc")
    assert await given.token() == "ghp_abc"
    assert not await given.renew("ghp_abc")


def test_git_s_form_of_a_token_is_a_secret_as_well():
    sent = basic("ghp_abc").removeprefix("Basic ")
    assert base64.b64decode(sent) == b"x-access-token:ghp_abc"
    assert GivenToken("ghp_abc").secrets == ("ghp_abc", sent)


@pytest.mark.parametrize("token", ["ghp_abc\n", "ghp abc", "gh\u00e9"])
def test_a_token_that_no_header_can_carry_is_refused_without_being_quoted(token):
    with pytest.raises(SettingsError) as refused:
        GivenToken(token)
    assert token.strip() not in str(refused.value)
