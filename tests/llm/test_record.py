"""--record keeps every request and reply, for its owner alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pr_reviewer.llm.record import Record
from pr_reviewer.model.errors import ModelRefused, UsageError
from pr_reviewer.model.llm import Task
from tests.llm.builders import Defects, ScriptedLLM, prompt, reply


async def test_a_call_is_written_whole_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    llm = Record(ScriptedLLM(reply("answer \udce9"), reply("second")), folder)
    await llm.complete(prompt(schema=Defects, text="caf\udce9"))
    await llm.complete(replace(prompt(), task=Task.VERIFY))
    assert sorted(path.name for path in folder.iterdir()) == ["0001-review.json", "0002-verify.json"]
    page = json.loads((folder / "0001-review.json").read_text())
    assert page["request"]["models"] == ["gpt-x"]
    assert page["request"]["messages"][2] == {"role": "user", "content": "caf\udce9"}
    assert page["request"]["schema"]["name"] == "defects"
    assert page["reply"]["usage"] == {"input_tokens": 10, "cached_tokens": 4, "output_tokens": 2}
    assert (folder / "0001-review.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_failed_call_is_written_with_its_error(tmp_path: Path) -> None:
    llm = Record(ScriptedLLM(ModelRefused("host said no", hint="do this")), tmp_path)
    with pytest.raises(ModelRefused):
        await llm.complete(prompt())
    page = json.loads((tmp_path / "0001-review.json").read_text())
    assert page["error"] == {"kind": "ModelRefused", "message": "host said no\ndo this"}


async def test_the_request_stands_there_before_it_is_sent(tmp_path: Path) -> None:
    def look(_: object) -> object:
        assert "reply" not in json.loads((tmp_path / "0001-review.json").read_text())
        return reply()

    await Record(ScriptedLLM(look), tmp_path).complete(prompt())  # type: ignore[arg-type]


async def test_an_earlier_run_in_the_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "0007-review.json").write_text("earlier")
    (tmp_path / "notes.txt").write_text("mine")
    await Record(ScriptedLLM(reply()), tmp_path).complete(prompt())
    assert (tmp_path / "0007-review.json").read_text() == "earlier"
    assert (tmp_path / "0008-review.json").exists()


async def test_a_link_in_the_way_is_refused(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "0001-review.json").symlink_to(victim)
    llm = Record(ScriptedLLM(reply()), tmp_path / "run")
    await llm.complete(prompt())
    assert not victim.exists()


async def test_a_folder_that_cannot_be_written_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--record cannot write to"):
        await Record(ScriptedLLM(reply()), tmp_path / "file").complete(prompt())
    gone = Record(ScriptedLLM(reply(), reply()), tmp_path / "run")
    await gone.complete(prompt())
    (tmp_path / "run" / "0001-review.json").unlink()
    (tmp_path / "run").rmdir()
    with pytest.raises(UsageError, match="No such file"):
        await gone.complete(prompt())
