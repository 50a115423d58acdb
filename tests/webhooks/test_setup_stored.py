"""The stored App: written whole or not at all, never over another one, read beneath the environment."""

import stat

import pytest

from pr_reviewer.model.errors import ReviewerError, SettingsError
from pr_reviewer.providers.github.hooks import NewApp
from pr_reviewer.settings.load import load_settings
from tests.fakes.github.app_tokens import new_key
from webhooks.setup_stored import FILE, as_environment, require_room, store, with_stored_app

PEM = new_key(0)[0]
APP = NewApp("4711", "reviewer", "Reviewer", "octo", "https://github.com/apps/reviewer", PEM, "hush-hush")
SITE = "https://github.com"
GHE = "https://ghe.example.com"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def environ(folder):
    return {"PR_REVIEWER_SERVER__DATA_DIR": str(folder)}


def github_of(environ):
    return load_settings(with_stored_app(environ)).settings.github


def test_what_is_stored_is_what_is_used_and_its_owners_alone(folder, environ):
    path = store(APP, GHE, folder, replace=False)
    github = github_of(environ)
    assert (github.app_id, github.server_url, github.webhook_secrets) == ("4711", GHE, ("hush-hush",))
    assert github.private_key.get_secret_value() == PEM
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == [path]


def test_without_a_stored_app_the_environment_is_what_it_was(environ):
    assert with_stored_app(environ) is environ


def test_an_app_of_the_operators_own_goes_before_it_as_a_whole(folder, environ):
    store(APP, SITE, folder, replace=False)
    own = {**environ, "PR_REVIEWER_GITHUB__APP_ID": "1", "PR_REVIEWER_GITHUB__PRIVATE_KEY": PEM}
    assert github_of(own).app_id == "1"
    assert github_of(own).webhook_secrets == ()


def test_single_settings_of_the_environment_go_before_it(folder, environ):
    store(APP, SITE, folder, replace=False)
    own = {**environ, "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": '["new", "hush-hush"]'}
    assert github_of(own).webhook_secrets == ("new", "hush-hush")
    assert github_of(own).app_id == "4711"


def test_two_secrets_may_stand_in_the_file_while_one_replaces_the_other(folder, environ):
    path = store(APP, SITE, folder, replace=False)
    path.write_text(path.read_text().replace('"hush-hush"', '["new", "hush-hush"]'))
    assert github_of(environ).webhook_secrets == ("new", "hush-hush")


def test_a_key_is_not_used_with_another_github_than_its_own(folder, environ):
    store(APP, GHE, folder, replace=False)
    with pytest.raises(SettingsError, match=r"one of https://ghe\.example\.com, but the configured GitHub is"):
        with_stored_app({**environ, "GITHUB_SERVER_URL": "https://other.example.com"})
    assert github_of({**environ, "GITHUB_SERVER_URL": GHE}).app_id == "4711"


def test_another_app_is_not_overwritten_unless_told(folder):
    path = store(APP, SITE, folder, replace=False)
    before = path.read_text()
    for act in (
        lambda: store(APP, GHE, folder, replace=False),
        lambda: require_room(folder, replace=False),
    ):
        with pytest.raises(SettingsError, match="there is an App already"):
            act()
    assert path.read_text() == before
    require_room(folder, replace=True)
    store(APP, GHE, folder, replace=True)
    assert GHE in path.read_text()
    assert list(folder.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_named_before_and_after(tmp_path):
    (tmp_path / "file").write_text("")
    for act in (require_room, lambda folder, replace: store(APP, SITE, folder, replace=replace)):
        with pytest.raises(ReviewerError, match=r"nothing can be stored in .*/file/state"):
            act(tmp_path / "file" / "state", replace=False)


@pytest.mark.parametrize(
    "text",
    ["", "not = [toml", "[github]\napp_id = '1'\n", "[github]\napp_id='1'\nprivate_key='k'\nwebhook_secret='s'\nx=1\n"],
)
def test_a_file_that_is_something_else_is_named(folder, environ, text):
    folder.mkdir()
    (folder / FILE).write_text(text)
    with pytest.raises(SettingsError, match="is not as it was stored"):
        with_stored_app(environ)


def test_for_a_secret_store_each_value_is_one_line_and_means_the_same():
    told = as_environment(APP, SITE)
    assert all("\n" not in value for value in told.values())
    github = load_settings(told).settings.github
    assert (github.app_id, github.webhook_secrets, github.server_url) == ("4711", ("hush-hush",), None)
    assert github.private_key.get_secret_value().replace("\\n", "\n") == PEM
