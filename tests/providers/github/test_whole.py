import pytest

from pr_reviewer.model.posting import CheckState
from tests.providers.github.builders import TO_POST, check, draft, opened, scene, summary


async def read_and_post(github, pull):
    """All that an ordinary review asks and writes, in its order."""
    read = await pull.pull_request()
    await pull.set_check(check(github, CheckState.IN_PROGRESS, title="Reviewing"))
    await pull.generated(read.base.sha, ["app.py"])
    await pull.read_files(read.base.sha, [".pr_reviewer.toml"])
    diff = await pull.diff(read.merge_base_sha, read.head.sha)
    await pull.read_files(read.head.sha, ["app.py", "new.py"])
    await pull.read_files(read.merge_base_sha, ["app.py"])
    posted = await pull.post_review(draft(github))
    await pull.put_summary(read.head.sha, summary())
    await pull.set_check(check(github))
    return diff, posted


@pytest.mark.parametrize("kind", ["classic", "fine-grained", "actions"])
async def test_a_review_is_posted_whole(server, tmp_path, kind):
    github = scene(server)
    access = github.access(github.token(kind), in_actions=kind == "actions")
    async with opened(github, access, tmp_path) as pull:
        diff, posted = await read_and_post(github, pull)
    assert "+ten\n" in diff
    assert posted.placed == ("v1:ten", "v1:new")
    assert [(thread.place.path, thread.place.line) for thread in github.pull.threads()] == [
        ("app.py", 10),
        ("new.py", 1),
    ]
    assert [review.state for review in github.pull.reviews()] == ["COMMENTED"]
    assert [found.body for found in github.pull.comments()] == [summary()]
    assert len(server.log.api) <= 12
    assert len(server.log.git) <= 6


async def test_an_app_posts_a_review_with_twelve_calls(server, tmp_path):
    github = scene(server, private=True)
    app = server.app(permissions=TO_POST)
    app.install("octo")
    access = github.access(app_id=str(app.id), private_key=app.private_key)
    async with opened(github, access, tmp_path) as pull:
        _, posted = await read_and_post(github, pull)
    assert posted.placed == ("v1:ten", "v1:new")
    assert [(run.name, run.status, run.conclusion) for run in github.pull.checks()] == [
        ("pr-reviewer", "completed", "success")
    ]
    assert len(server.log.api) == 12
