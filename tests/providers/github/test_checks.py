import asyncio

import pytest

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.errors import ProviderRefused, ProviderUnavailable
from pr_reviewer.model.posting import Annotation, AnnotationLevel, CheckState
from tests.fakes.github import Fault
from tests.providers.github.builders import TO_POST, check, opened, scene
from tests.providers.github.test_faults import dying


@pytest.fixture
def github(server):
    return scene(server)


@pytest.fixture
def access(github):
    return github.access(github.token("actions"), in_actions=True)


def annotations(count, text="wrong"):
    return tuple(
        Annotation("app.py", LineRange(number, number + 1), AnnotationLevel.WARNING, f"{text} {number}", "Look.")
        for number in range(1, count + 1)
    )


@pytest.mark.parametrize(
    ("state", "conclusion"),
    [
        (CheckState.SUCCESS, "success"),
        (CheckState.NEUTRAL, "neutral"),
        (CheckState.FAILURE, "failure"),
        (CheckState.ERROR, "failure"),
    ],
)
async def test_a_check_run_goes_from_in_progress_to_its_conclusion(github, access, tmp_path, state, conclusion):
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS, title="Reviewing"))
        running = [(run.status, run.conclusion, run.title) for run in github.pull.checks()]
        await pull.set_check(check(github, state, title="Done", text="Coverage."))
    assert running == [("in_progress", None, "Reviewing")]
    assert [(run.name, run.status, run.conclusion, run.title, run.text) for run in github.pull.checks()] == [
        ("pr-reviewer", "completed", conclusion, "Done", "Coverage.")
    ]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (CheckState.SUCCESS, "success"),
        (CheckState.NEUTRAL, "error"),
        (CheckState.FAILURE, "failure"),
        (CheckState.ERROR, "error"),
    ],
)
async def test_a_person_s_token_shows_a_commit_status_which_has_no_neutral(github, tmp_path, state, shown):
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        await pull.set_check(check(github, state, title="x" * 200))
    assert [(found.context, found.state) for found in github.pull.statuses()] == [
        ("pr-reviewer", "pending"),
        ("pr-reviewer", shown),
    ]
    assert github.pull.statuses()[1].description == f"{'x' * 139}…"


async def test_a_status_whose_answer_is_lost_is_not_shown_twice(server, github, tmp_path):
    server.fault("POST */statuses/*", Fault.RESET, after=True)
    server.fault("POST */statuses/*", Fault.RESET, skip=1)
    async with opened(github, github.access(github.token()), tmp_path) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        await pull.set_check(check(github))
    assert [found.state for found in github.pull.statuses()] == ["pending", "success"]


@pytest.mark.parametrize("count", [0, 1, 50, 51, 120])
async def test_every_annotation_is_sent_once_in_portions_of_fifty(github, access, tmp_path, count):
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, annotations=annotations(count)))
    (run,) = github.pull.checks()
    assert [found["title"] for found in run.annotations] == [found.title for found in annotations(count)]
    assert run.conclusion == "success"


@pytest.mark.parametrize("skip", [0, 1, 2])
async def test_a_lost_answer_sends_no_annotation_twice(server, github, access, tmp_path, skip):
    server.fault("PATCH */check-runs/*", Fault.RESET, skip=skip, after=True)
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, annotations=annotations(120)))
    (run,) = github.pull.checks()
    assert [found["title"] for found in run.annotations] == [found.title for found in annotations(120)]


async def test_a_new_attempt_does_not_inherit_the_last_one_s_annotations(github, access, tmp_path):
    for text in ("first", "second"):
        async with opened(github, access, tmp_path) as pull:
            await pull.set_check(check(github, CheckState.IN_PROGRESS))
            await pull.set_check(check(github, annotations=annotations(2, text)))
    assert [found["title"] for found in github.pull.checks()[-1].annotations] == ["second 1", "second 2"]


def titles(run):
    return [found["title"] for found in run.annotations]


async def killed_between_portions(server, github, access, folder, text="first"):
    server.fault("PATCH */check-runs/*", Fault.RESET, skip=2)
    async with opened(github, dying(access), folder) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        with pytest.raises(ProviderUnavailable):
            await pull.set_check(check(github, annotations=annotations(120, text)))
    (run,) = github.pull.checks()
    assert (run.status, len(run.annotations)) == ("in_progress", 100)


@pytest.mark.parametrize("count", [0, 3, 60, 100, 130])
async def test_a_run_that_was_killed_between_two_portions_is_given_up_for_a_new_one(
    server, github, access, tmp_path, count
):
    await killed_between_portions(server, github, access, tmp_path)
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        await pull.set_check(check(github, annotations=annotations(count, "second")))
    assert [(run.status, run.conclusion) for run in github.pull.checks()] == [
        ("completed", "cancelled"),
        ("completed", "success"),
    ]
    assert titles(github.pull.checks()[-1]) == [found.title for found in annotations(count, "second")]
    assert len({(run.name, run.external_id) for run in github.pull.checks()}) == 1


@pytest.mark.parametrize("count", [0, 40, 100, 120])
async def test_a_conclusion_takes_over_no_annotations_of_another_attempt(server, github, access, tmp_path, count):
    await killed_between_portions(server, github, access, tmp_path)
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.ERROR, annotations=annotations(count, "second")))
    assert [run.conclusion for run in github.pull.checks()] == ["cancelled", "failure"]
    assert titles(github.pull.checks()[-1]) == [found.title for found in annotations(count, "second")]


async def test_a_conclusion_goes_on_after_the_annotations_that_are_its_own(server, github, access, tmp_path):
    await killed_between_portions(server, github, access, tmp_path)
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, annotations=annotations(120, "first")))
    (run,) = github.pull.checks()
    assert titles(run) == [found.title for found in annotations(120, "first")]
    assert run.conclusion == "success"


async def test_a_run_of_another_app_is_not_given_up_but_has_ours_beside_it(server, github, access, tmp_path):
    await killed_between_portions(server, github, access, tmp_path)
    app = server.app(permissions=TO_POST)
    app.install("octo")
    async with opened(github, github.access(app_id=str(app.id), private_key=app.private_key), tmp_path) as pull:
        await pull.set_check(check(github, annotations=annotations(2, "second")))
    assert [(run.conclusion, len(run.annotations)) for run in github.pull.checks()] == [(None, 100), ("success", 2)]


@pytest.mark.parametrize("is_left_over", [False, True], ids=["its own run", "one to be given up"])
async def test_a_run_that_may_not_be_written_is_told(server, github, tmp_path, is_left_over):
    token = github.token("actions")
    access = github.access(token, in_actions=True)
    if is_left_over:
        await killed_between_portions(server, github, access, tmp_path)
    server.on("PATCH */check-runs/*", lambda _: server.world.tokens[token].permissions.update(checks="read"))
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ProviderRefused, match="cannot show the check"):
            await pull.set_check(check(github))
    assert len(github.pull.checks()) == 1


async def test_a_conclusion_alone_stands_beside_another_app_s_run(server, github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
    app = server.app(permissions=TO_POST)
    app.install("octo")
    async with opened(github, github.access(app_id=str(app.id), private_key=app.private_key), tmp_path) as pull:
        await pull.set_check(check(github, CheckState.ERROR))
    assert [(run.status, run.conclusion) for run in github.pull.checks()] == [
        ("in_progress", None),
        ("completed", "failure"),
    ]


@pytest.mark.parametrize("count", [2, 120])
async def test_annotations_that_another_reviewer_added_to_the_same_run_are_not_mixed_with_ours(
    server, github, access, tmp_path, count
):
    def another(_):
        github.pull.checks()[0].annotations.append({"path": "app.py", "start_line": 1, "title": "theirs"})

    server.on("PATCH */check-runs/*", another)
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        await pull.set_check(check(github, annotations=annotations(count)))
    assert [run.status for run in github.pull.checks()] == ["completed", "completed"]
    assert titles(github.pull.checks()[-1]) == [found.title for found in annotations(count)]
    assert github.pull.checks()[-1].conclusion == "success"


async def test_two_reviewers_that_conclude_at_once_leave_a_run_with_each_annotation_once(github, access, tmp_path):
    async def conclude():
        async with opened(github, access, tmp_path) as pull:
            await pull.set_check(check(github, CheckState.IN_PROGRESS))
            await pull.set_check(check(github, annotations=annotations(3)))

    await asyncio.gather(*(conclude() for _ in range(3)))
    assert {run.status for run in github.pull.checks()} == {"completed"}
    assert titles(github.pull.checks()[-1]) == [found.title for found in annotations(3)]


async def test_pull_requests_with_one_head_have_a_check_each(github, access, tmp_path):
    github.repository.commit("release", {"r.txt": "r"})
    other = github.repository.open_pull("feature", "release")
    for url in (github.pull.url, other.url):
        async with opened(github, access, tmp_path, url=url) as pull:
            await pull.set_check(check(github))
    assert len(github.pull.checks()) == 2


async def test_another_tool_s_check_of_the_same_name_is_not_touched(github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github))
        github.pull.checks()[0].external_id = "somebody else's"
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.FAILURE))
    assert [run.conclusion for run in github.pull.checks()] == ["success", "failure"]


async def test_a_check_that_another_app_made_in_our_name_gets_one_of_ours_beside_it(server, github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.FAILURE))
    app = server.app(permissions=TO_POST)
    app.install("octo")
    as_app = github.access(app_id=str(app.id), private_key=app.private_key)
    async with opened(github, as_app, tmp_path) as pull:
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        await pull.set_check(check(github))
    assert [run.conclusion for run in github.pull.checks()] == ["failure", "success"]


async def test_no_run_is_looked_for_on_a_head_that_is_known_to_have_none(server, github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        await pull.pull_request()
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
    assert [exchange.name for exchange in server.log.api if "check-runs" in exchange.path] == [
        "POST /repos/octo/app/check-runs"
    ]


async def test_a_run_that_stands_is_found_also_where_the_pull_request_was_read(github, access, tmp_path):
    for state in (CheckState.IN_PROGRESS, CheckState.FAILURE):
        async with opened(github, access, tmp_path) as pull:
            await pull.pull_request()
            await pull.set_check(check(github, state))
    assert [run.conclusion for run in github.pull.checks()] == ["failure"]


async def test_a_head_that_was_pushed_since_is_looked_at(server, github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        await pull.pull_request()
        github.repository.commit("feature", {"new.py": "newer\n"})
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
    assert any(exchange.method == "GET" and "check-runs" in exchange.path for exchange in server.log.api)


@pytest.mark.parametrize("is_after", [True, False])
async def test_a_first_run_whose_answer_is_lost_is_looked_for(server, github, access, tmp_path, is_after):
    server.fault("POST */check-runs", Fault.RESET, after=is_after)
    async with opened(github, access, tmp_path) as pull:
        await pull.pull_request()
        await pull.set_check(check(github, CheckState.IN_PROGRESS))
        await pull.set_check(check(github))
    assert [run.conclusion for run in github.pull.checks()] == ["success"]


async def test_a_workflow_that_may_not_read_checks_reads_the_rest_and_hears_of_checks(server, tmp_path):
    github = scene(server, private=True)
    token = github.token("actions", permissions={"contents": "read", "pull_requests": "write"})
    async with opened(github, github.access(token, in_actions=True), tmp_path) as pull:
        assert (await pull.pull_request()).title
        with pytest.raises(ProviderRefused, match="cannot read the checks in octo/app") as refused:
            await pull.set_check(check(github))
    assert "`checks: write`" in refused.value.hint


async def test_who_only_reads_is_asked_nothing_of_checks(server, tmp_path):
    github = scene(server, private=True)
    token = github.token("actions", permissions={"contents": "read", "pull_requests": "read"})
    async with opened(github, github.access(token, in_actions=True, posts=False), tmp_path) as pull:
        await pull.pull_request()
    (asked,) = [exchange for exchange in server.log.api if exchange.kind == "graphql"]
    assert asked.body["variables"]["withChecks"] is False
