import pytest

from pr_reviewer.providers.github.refusals import Need, errors_of, message_of, refused
from pr_reviewer.providers.github.tokens import TokenKind

POST = Need("post the review", "pull_requests", "write")
READ = Need("compare base and head", "contents", "read")


def told(status=403, message="No.", headers=None, need=POST, kind=TokenKind.CLASSIC):
    return refused(status, message, headers or {}, need, "octo/app", kind)


@pytest.mark.parametrize(
    ("kind", "need", "hint"),
    [
        (
            TokenKind.CLASSIC,
            POST,
            (
                "It needs the scope `repo` (for public repositories `public_repo`) "
                "and its owner write access to the repository."
            ),
        ),
        (TokenKind.CLASSIC, READ, "It needs the scope `repo` (for public repositories `public_repo`)."),
        (
            TokenKind.FINE_GRAINED,
            READ,
            "The token must be made for this repository, with the permission “Contents: Read”.",
        ),
        (TokenKind.ACTIONS, READ, "Add `contents: read` to `permissions:` of the workflow's job."),
        (
            TokenKind.APP,
            POST,
            (
                "The App must be installed on this repository, "
                "with the permission “Pull requests: Read and write” granted there."
            ),
        ),
        (
            TokenKind.USER,
            READ,
            "The App must be installed on this repository, with the permission “Contents: Read” granted there.",
        ),
    ],
)
def test_each_kind_of_token_is_told_how_it_gets_the_permission(kind, need, hint):
    error = told(kind=kind, need=need)
    assert error.message == f"cannot {need.what} in octo/app: GitHub refuses (403: No.)"
    assert (error.hint, error.status) == (hint, 403)


@pytest.mark.parametrize(
    ("accepted", "named"),
    [
        ("statuses=write", "`statuses: write`"),
        ("issues=write; pull_requests=write", "`pull-requests: write`"),
        ("issues=write", "`issues: write`"),
        ("contents=read,checks=write", "`contents: read`"),
        ("", "`pull-requests: write`"),
        ("nonsense", "`pull-requests: write`"),
    ],
)
def test_what_github_s_header_names_goes_before_what_we_believe(accepted, named):
    headers = {"x-accepted-github-permissions": accepted} if accepted else {}
    assert named in told(headers=headers, kind=TokenKind.ACTIONS).hint


@pytest.mark.parametrize(
    ("message", "headers", "hint"),
    [
        (
            "Resource protected by organization SAML enforcement.",
            {"x-github-sso": "required; url=https://github.com/orgs/octo/sso?x=1"},
            "Authorise the token for the organisation's single sign-on: https://github.com/orgs/octo/sso?x=1.",
        ),
        (
            "Resource protected by organization SAML enforcement.",
            {},
            "Authorise the token for the organisation's single sign-on: in the settings of the token.",
        ),
        ("Repository was archived so is read-only.", {}, "The repository is archived: nothing can be posted there."),
        (
            "Unable to create comment because issue is locked.",
            {},
            "The conversation is locked: unlock it, or give the token's owner write access.",
        ),
        (
            "This installation has been suspended",
            {},
            "The App's installation is suspended: its owner can unsuspend it in the settings of the account.",
        ),
    ],
)
def test_where_no_permission_is_missing_the_cause_is_named(message, headers, hint):
    assert told(message=message, headers=headers).hint == hint


def test_other_refusals_quote_github_and_blame_no_permission():
    error = told(422, "Validation Failed; body is too long")
    assert (
        error.message == "cannot post the review in octo/app: GitHub refuses (422: Validation Failed; body is too long)"
    )
    assert error.hint == ""


def test_what_is_hidden_may_also_not_exist():
    error = told(404, "Not Found", need=READ, kind=TokenKind.FINE_GRAINED)
    assert error.message == (
        "cannot compare base and head in octo/app: GitHub finds no such thing, "
        "or hides it from this fine-grained personal access token (404: Not Found)"
    )
    assert error.hint.startswith("Check the address. The token must be made for this repository")


def test_a_rejected_token_is_named_by_its_kind():
    assert told(401, "Bad credentials").message == (
        "GitHub does not accept the classic personal access token (401: Bad credentials)"
    )
    assert "private key" in told(401, "", kind=TokenKind.APP).hint


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        ({"message": "Not Found"}, "Not Found"),
        (
            {"message": "Unprocessable", "errors": ["Line could not be resolved"]},
            "Unprocessable; Line could not be resolved",
        ),
        (
            {
                "message": "Validation Failed",
                "errors": [{"resource": "IssueComment", "field": "body", "code": "invalid"}],
            },
            "Validation Failed; IssueComment body invalid",
        ),
        (
            {"message": "Validation Failed", "errors": [{"message": "body is too long"}]},
            "Validation Failed; body is too long",
        ),
        ({"message": "Odd", "errors": "text"}, "Odd"),
        ({"message": "two\nlines"}, "two lines"),
        ({"message": "x" * 400}, "x" * 300),
    ],
)
def test_github_s_own_words_are_kept_short(data, message):
    assert message_of(data) == message


def test_errors_of_graphql_are_said_once():
    assert errors_of([{"message": "No."}, {"message": "No."}, {"message": "Never."}, {}]) == "No.; Never."
