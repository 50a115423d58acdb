import pytest

from pr_reviewer.git.failures import failure, redact
from pr_reviewer.model.errors import GitError, UsageError


def test_a_folder_that_is_no_repository_is_a_wrong_call():
    error = failure("rev-parse", "fatal: not a git repository (or any of the parent directories): .git\n")
    assert isinstance(error, UsageError)
    assert "--repo" in error.hint


def test_a_repository_of_somebody_else_says_how_to_trust_it():
    error = failure(
        "rev-parse",
        "fatal: detected dubious ownership in repository at '/srv/app'\n"
        "To add an exception for this directory, call:\n\n"
        "\tgit config --global --add safe.directory /srv/app\n",
    )
    assert isinstance(error, GitError)
    assert error.hint.endswith("git config --global --add safe.directory /srv/app")
    assert failure("x", "dubious ownership").hint.endswith("safe.directory PATH")


@pytest.mark.parametrize(
    "said",
    [
        "fatal: unable to read 8ab686eafeb1f44702738c8b0f24f2567c36da6d",
        "error: Could not read 8ab686eafeb1f44702738c8b0f24f2567c36da6d",
        "fatal: bad object 8ab686eafeb1f44702738c8b0f24f2567c36da6d",
        "fatal: transport 'file' not allowed",
    ],
)
def test_missing_objects_say_how_to_get_them(said):
    error = failure("diff-tree", said)
    assert "needs objects that this repository does not have" in error.message
    assert "--unshallow" in error.hint


def test_any_other_failure_shows_the_last_line():
    assert failure("log", "warning: one\nfatal: two\n").message == "git log failed: fatal: two"
    assert failure("log", "").message == "git log failed: it said nothing"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("fatal: unable to access 'https://me:s3cret@git.example/a.git/'", "https://***@git.example/a.git/"),
        ("> Authorization: Basic czNjcmV0", "Authorization: ***"),
        ("PRIVATE-TOKEN: s3cret", "PRIVATE-TOKEN: ***"),
        ("bad token ghp_s3cret", "bad token ***"),
        ("bad token glpat-s3cret", "bad token ***"),
        ("bad token github_pat_s3cret", "bad token ***"),
    ],
)
def test_credentials_are_redacted(said, shown):
    assert shown in redact(said)
    assert "s3cret" not in redact(said)
    assert "czNjcmV0" not in str(failure("fetch", said))
