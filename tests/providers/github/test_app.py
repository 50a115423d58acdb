import pytest

from pr_reviewer.model.errors import SettingsError
from pr_reviewer.providers.github.app import AppKey
from pr_reviewer.providers.github.tokens import forms_of
from tests.providers.github.builders import TO_POST, draft, opened, scene


@pytest.fixture
def github(server):
    return scene(server, private=True)


@pytest.fixture
def app(server, github):  # noqa: ARG001 its repository exists first
    made = server.app(permissions={**TO_POST, "administration": "write"})
    made.install("octo")
    return made


def access(github, app, **options):
    return github.access(app_id=str(app.id), private_key=app.private_key, **options)


def minted(server):
    return [exchange.body for exchange in server.log.api if exchange.path.endswith("/access_tokens")]


async def test_a_token_is_for_one_repository_and_named_permissions(server, github, app, tmp_path):
    async with opened(github, access(github, app), tmp_path) as pull:
        await pull.pull_request()
        await pull.post_review(draft(github))
    assert minted(server) == [
        {
            "repositories": ["app"],
            "permissions": {"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write"},
        }
    ]
    assert github.pull.reviews()[0].user.login == "reviewer[bot]"


async def test_who_only_reads_gets_a_token_that_only_reads(server, github, app, tmp_path):
    async with opened(github, access(github, app, posts=False), tmp_path) as pull:
        found = await pull.pull_request()
        await pull.diff(found.merge_base_sha, found.head.sha)
    assert minted(server)[0]["permissions"] == {"contents": "read", "metadata": "read", "pull_requests": "read"}


async def test_a_token_is_kept_until_shortly_before_it_ends(server, github, app, tmp_path):
    server.rules.token_seconds = 310
    async with opened(github, access(github, app), tmp_path) as pull:
        await pull.pull_request()
        await pull.post_review(draft(github))
    assert len(minted(server)) == 1
    server.rules.token_seconds = 290
    async with opened(github, access(github, app), tmp_path) as pull:
        await pull.pull_request()
    assert len(minted(server)) > 2


async def test_a_revoked_token_is_renewed_once_and_the_call_repeated(server, github, app, tmp_path):
    async with opened(github, access(github, app), tmp_path) as pull:
        await pull.pull_request()
        for token in [value for value in server.world.tokens if value.startswith("ghs_")]:
            server.revoke(token)
        posted = await pull.post_review(draft(github))
    assert posted.placed == ("v1:ten", "v1:new")
    assert len(minted(server)) == 2


async def test_a_token_that_was_renewed_stays_a_secret(server, github, app, tmp_path):
    async with opened(github, access(github, app), tmp_path) as pull:
        await pull.pull_request()
        (first,) = (value for value in server.world.tokens if value.startswith("ghs_"))
        server.revoke(first)
        await pull.post_review(draft(github))
        (second,) = (value for value in server.world.tokens if value.startswith("ghs_") and value != first)
        secrets = pull.subject.client.credentials.secrets
    assert {*forms_of(first), *forms_of(second)} <= set(secrets)
    assert app.private_key.strip() in secrets[0]


async def test_of_the_tokens_that_were_made_the_last_ones_stay_secrets(github, app, tmp_path):
    made = []
    shared = access(github, app, keep_secret=lambda *forms: made.append(forms))
    async with opened(github, shared, tmp_path) as pull:
        credentials = pull.subject.client.credentials
        for _ in range(25):
            assert await credentials.renew(await credentials.token())
    assert len(made) == len(set(made)) == 26
    assert credentials.secrets[1:] == tuple(form for forms in made[-20:] for form in forms)


async def test_git_gets_a_fresh_token_too(server, github, app, tmp_path):
    server.rules.token_seconds = 290
    async with opened(github, access(github, app), tmp_path) as pull:
        found = await pull.pull_request()
        await pull.diff(found.merge_base_sha, found.head.sha)
        for token in [value for value in server.world.tokens if value.startswith("ghs_")]:
            server.revoke(token)
        assert await pull.read_files(found.head.sha, ["old.py"]) == {"old.py": "old\n"}
    assert {exchange.status for exchange in server.log.git} == {200}


async def test_the_key_may_be_a_file_or_a_text_in_one_line(github, app, tmp_path):
    path = tmp_path / "key.pem"
    path.write_text(app.private_key)
    for key in (str(path), app.private_key.replace("\n", "\\n")):
        async with opened(github, github.access(app_id=str(app.id), private_key=key), tmp_path) as pull:
            assert (await pull.pull_request()).title == "A change"


@pytest.mark.parametrize("key", ["-----BEGIN RSA PRIVATE KEY-----\nbroken s3cret\n", "/nonexistent/key.pem", "\0"])
def test_what_is_no_key_is_refused_without_being_quoted(key):
    with pytest.raises(SettingsError, match="private key cannot be read") as refused:
        AppKey("1", key)
    assert "s3cret" not in str(refused.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "key.der"
    path.write_bytes(b"\xff\x00")
    with pytest.raises(SettingsError, match="it is no text"):
        AppKey("1", str(path))


@pytest.mark.parametrize(("given", "missing"), [("app_id", "private_key"), ("private_key", "app_id")])
async def test_an_app_needs_its_id_and_its_key(github, app, tmp_path, given, missing):
    values = {"app_id": str(app.id), "private_key": app.private_key}
    with pytest.raises(SettingsError, match=f"github.{missing} is not set"):
        async with opened(github, github.access(**{given: values[given]}), tmp_path):
            pass


async def test_a_renamed_repository_is_found_under_its_old_name(github, app, tmp_path):
    url = github.pull.url
    github.repository.rename("octo/application")
    async with opened(github, access(github, app), tmp_path, url=url) as pull:
        found = await pull.pull_request()
        await pull.diff(found.merge_base_sha, found.head.sha)
        await pull.post_review(draft(github))
        await pull.put_summary(found.head.sha, "body\n\n<!-- pr-reviewer:summary v1 -->")
    assert len(github.pull.threads()) == 2
    assert len(github.pull.comments()) == 1
