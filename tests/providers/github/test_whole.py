import pytest

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.posting import Annotation, AnnotationLevel, CheckState
from tests.providers.github.builders import TO_POST, check, comment, draft, opened, scene, summary


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


async def owner_s_rules(pull):
    """The organisation's repository, looked for as every review does."""
    return await pull.open_tip("octo/.pr-reviewer", lambda paths: paths)


@pytest.mark.parametrize("owner_s", ["absent", "public", "private, granted", "private, not granted"])
async def test_an_app_posts_a_review_with_twelve_calls_wherever_its_owner_keeps_rules(server, tmp_path, owner_s):
    github = scene(server, private=True)
    if owner_s != "absent":
        server.repository("octo/.pr-reviewer", files={"rules.md": "# Rules\n"}, private=owner_s != "public")
    app = server.app(permissions=TO_POST)
    app.install("octo", **({"repositories": [github.repository]} if owner_s == "private, not granted" else {}))
    access = github.access(app_id=str(app.id), private_key=app.private_key)
    async with opened(github, access, tmp_path) as pull:
        tip = await pull.pull_request() and await owner_s_rules(pull)
        _, posted = await read_and_post(github, pull)
    assert (tip is not None) == (owner_s in ("public", "private, granted"))
    assert posted.placed == ("v1:ten", "v1:new")
    assert [(run.name, run.status, run.conclusion) for run in github.pull.checks()] == [
        ("pr-reviewer", "completed", "success")
    ]
    assert len(server.log.api) == (11 if owner_s == "public" else 12)


@pytest.mark.parametrize("owner_s", ["absent", "public"])
@pytest.mark.parametrize("kind", ["classic", "fine-grained", "actions"])
async def test_a_token_finds_out_about_its_owner_s_rules_without_a_call(server, tmp_path, kind, owner_s):
    github = scene(server)
    if owner_s == "public":
        server.repository("octo/.pr-reviewer", files={"rules.md": "# Rules\n"})
    access = github.access(github.token(kind), in_actions=kind == "actions")
    async with opened(github, access, tmp_path) as pull:
        tip = await owner_s_rules(pull)
        await read_and_post(github, pull)
    assert (tip is not None) == (owner_s == "public")
    assert len(server.log.api) == 9


async def test_an_app_that_reviews_the_same_head_again_stays_within_twelve_calls(server, tmp_path):
    github = scene(server, private=True)
    app = server.app(permissions=TO_POST)
    app.install("octo")
    access = github.access(app_id=str(app.id), private_key=app.private_key)
    line = Annotation("app.py", LineRange(10, 10), AnnotationLevel.WARNING, "ten", "Look.")
    for findings in ((comment("ten"),), (comment("ten"), comment("more", first=31))):
        server.log.clear()
        async with opened(github, access, tmp_path) as pull:
            await pull.pull_request()
            await owner_s_rules(pull)
            await pull.set_check(check(github, CheckState.IN_PROGRESS))
            await pull.post_review(draft(github, *findings))
            await pull.put_summary(github.pull.head_sha, summary(f"{len(findings)} findings."))
            await pull.set_check(check(github, annotations=(line,)))
    assert len(github.pull.review_comments()) == 2
    assert len(server.log.api) == 12
