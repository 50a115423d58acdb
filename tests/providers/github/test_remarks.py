"""What people say on lines, the description and the labels, on GitHub's stand-in."""

import pytest

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.errors import ProviderRefused
from pr_reviewer.model.events import Account, Comment, CommentPlace
from pr_reviewer.providers.github.remarks import read_remark
from tests.providers.github.builders import opened, scene

DESCRIPTION = "Mine.\r\n\r\n<!-- theirs -->   \r\n"


@pytest.fixture
def github(server):
    return scene(server, body=DESCRIPTION)


@pytest.fixture
def access(github):
    return github.access(github.token())


async def test_remarks_know_their_thread_their_lines_and_whose_they_are(github, access, tmp_path):
    lines = {"line": 10, "side": "RIGHT", "start_line": 9, "start_side": "RIGHT"}
    github.pull.review("ada", comments=[{"path": "app.py", "body": "Why?", **lines}])
    (first,) = github.pull.review_comments()
    async with opened(github, access, tmp_path) as pull:
        told = Comment(first.id, CommentPlace.LINE, "Why?", Account("ada"))
        await pull.reply(told, "line:1", "So.")
        one, other = await pull.remarks()
    assert (one.author, one.path, one.lines) == ("ada", "app.py", LineRange(9, 10))
    assert (one.side, one.is_ours) == (Side.NEW, False)
    assert (one.reply_to, one.height, one.hunk.endswith("ten")) == (None, 2, True)
    assert (other.reply_to, other.is_ours, other.body.startswith("So.")) == (one.id, True, True)


def test_outdated_and_old_lines_and_accounts_that_are_gone():
    row = {
        "id": 1, "user": None, "body": None, "path": "a.py", "line": None, "original_line": 7, "original_start_line": 5,
        "side": "LEFT", "html_url": "u",
    }  # fmt: skip
    found = read_remark(row, "us")
    assert (found.author, found.body, found.lines, found.height, found.side) == ("ghost", "", None, 3, Side.OLD)


async def test_a_description_is_replaced_byte_for_byte_and_only_if_it_still_is_what_it_was(github, access, tmp_path):
    async with opened(github, access, tmp_path) as pull:
        text = await pull.pull_text()
        assert (text.description, text.head_sha, text.url) == (DESCRIPTION, github.pull.head_sha, github.pull.url)
        github.pull.record.body = "Edited."
        assert await pull.replace_description(DESCRIPTION, "Ours.") is False
        assert github.pull.record.body == "Edited."
        assert await pull.replace_description("Edited.", f"{DESCRIPTION}Ours.") is True
    assert github.pull.record.body == f"{DESCRIPTION}Ours."


async def test_a_write_whose_answer_was_lost_is_known_to_have_happened(github, access, tmp_path):
    github.server.fault("PATCH */pulls/*", "502", after=True)
    async with opened(github, access, tmp_path) as pull:
        assert await pull.replace_description(DESCRIPTION, "Ours.") is True
    assert github.pull.record.body == "Ours."


async def test_labels_are_added_to_those_that_are_there(github, access, tmp_path):
    github.pull.label("old")
    async with opened(github, access, tmp_path) as pull:
        await pull.add_labels(["bug", "old"])
        assert set((await pull.pull_text()).labels) == {"old", "bug"}


async def test_who_may_not_write_is_told_the_permission(github, tmp_path):
    github.repository.grant("reader", "read")
    access = github.access(github.server.token("classic", user="reader", scopes=("repo",)))
    async with opened(github, access, tmp_path) as pull:
        with pytest.raises(ProviderRefused, match="edit the description"):
            await pull.replace_description(DESCRIPTION, "Ours.")
