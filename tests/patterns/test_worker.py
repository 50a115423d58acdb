"""Whatever hangs or crashes costs itself: the file or the rule is named, everything else is answered."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.code import Definition, PatternHit
from pr_reviewer.patterns.worker import PatternWorker
from tests.patterns.builders import ENDLESS, MANY_NUMBERS, rule


def of_process(pid, what):
    return Path(f"/proc/{pid}/{what}").read_text()


def is_computing(pid):
    """Whether the process exists and is no zombie (an orphan's zombie waits for the system's first process)."""
    return is_alive(pid) and of_process(pid, "stat").rpartition(")")[2].split()[0] != "Z"


ANY_NAME = rule("name", {"kind": "identifier"})
FOUND = (Definition("f", LineRange(1, 1)),)
PY = "def f(): pass\n"


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_rule_that_takes_for_ever_costs_itself_only():
    files = {"a.py": MANY_NUMBERS, "b.py": "x = 1\n"}
    async with PatternWorker(seconds=1) as worker:
        result = await worker.matches(files, [ANY_NAME, ENDLESS, rule("list", {"kind": "list"})])
    assert result.hits["a.py"] == (PatternHit("list", LineRange(1, 1)), PatternHit("name", LineRange(1, 1)))
    assert [hit.rule_id for hit in result.hits["b.py"]] == ["name"]
    assert result.problems == ("rule endless (core.md:7) was not checked on a.py: it took longer than 1 s",)
    assert result.failed == {"endless": "it took longer than 1 s"}


async def test_a_rule_that_takes_for_ever_again_and_again_is_left_out_for_the_rest():
    files = {f"{name}.py": MANY_NUMBERS for name in "abcdefgh"}
    async with PatternWorker(seconds=1) as worker:
        result = await worker.matches(files, [ENDLESS, ANY_NAME])
    assert all(hits == (PatternHit("name", LineRange(1, 1)),) for hits in result.hits.values())
    assert result.problems[-1] == "rule endless was not checked on the files after b.py: it failed too often"
    assert len(result.problems) == 3


async def test_a_file_that_needs_too_much_memory_costs_itself_only():
    files = {"big.py": "x = [" + "1, " * 3_000_000 + "]\n", "a.py": PY}
    async with PatternWorker(seconds=30, memory_bytes=120 * 2**20, max_characters=10**8) as worker:
        assert await worker.outline(files) == {"big.py": (), "a.py": FOUND}
        assert await worker.syntax_errors(files) == {"big.py": None, "a.py": ()}
        assert worker.problems == ("big.py was not parsed: it crashed the parser",)
        result = await worker.matches(files, [rule("def", {"kind": "function_definition"})])
    assert result.hits == {"big.py": (), "a.py": (PatternHit("def", LineRange(1, 1)),)}
    assert result.problems == ("big.py was not checked by pattern rules: it crashed the parser",)


async def test_a_killed_process_is_replaced():
    async with PatternWorker(seconds=30) as worker:
        await worker.outline({"a.py": PY})
        first = worker.pid
        os.kill(first, signal.SIGKILL)
        await worker.outline({"b.py": PY})
        assert await worker.outline({"c.py": PY}) == {"c.py": FOUND}
        assert worker.pid not in (first, None)
        assert worker.problems == ("b.py was not parsed: it crashed the parser",)


async def test_a_process_that_cannot_start_is_tried_once_and_everything_is_said():
    async with PatternWorker(memory_bytes=2**70) as worker:
        assert await worker.outline({"a.py": PY, "b.py": PY}) == {"a.py": (), "b.py": ()}
        why = "was not parsed: the worker process does not start"
        assert worker.problems == (f"a.py {why}", f"b.py {why}")
        assert worker.pid is None


async def test_an_interpreter_that_is_gone_is_said(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with PatternWorker() as worker:
        assert await worker.syntax_errors({"a.py": PY}) == {"a.py": None}
        assert worker.problems == ("a.py was not parsed: the worker process does not start",)


async def test_a_request_cancelled_while_the_process_starts_leaves_nothing_behind():
    async with PatternWorker(seconds=30) as worker:
        task = asyncio.create_task(worker.outline({"a.py": PY}))
        while worker.pid is None:  # noqa: ASYNC110 the moment before the first answer has no event
            await asyncio.sleep(0)
        pid = worker.pid
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not is_alive(pid)
        assert await worker.outline({"b.py": PY}) == {"b.py": FOUND}


async def test_a_file_that_is_too_long_is_not_sent():
    async with PatternWorker(max_characters=10) as worker:
        assert await worker.syntax_errors({"a.py": PY}) == {"a.py": None}
        assert worker.problems == ("a.py is too long (14 characters) to be parsed",)
        assert worker.pid is None


async def test_a_cancelled_request_leaves_no_answer_behind_for_the_next():
    async with PatternWorker(seconds=30) as worker:
        task = asyncio.create_task(worker.matches({"a.py": MANY_NUMBERS}, [ENDLESS]))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await worker.outline({"a.py": PY}) == {"a.py": FOUND}


async def test_requests_at_the_same_time_get_their_own_answers():
    async with PatternWorker(seconds=30) as worker:
        names = [f"f{n}" for n in range(50)]
        found = await asyncio.gather(*(worker.outline({"a.py": f"def {name}(): pass\n"}) for name in names))
    assert [each["a.py"][0].name for each in found] == names


async def test_the_process_ends_with_the_context_and_leaves_no_zombie():
    async with PatternWorker(seconds=30) as worker:
        await worker.outline({"a.py": PY})
        pid = worker.pid
        assert is_alive(pid)
    assert not is_alive(pid)
    assert worker.pid is None


ENGINE = """
import asyncio
from pr_reviewer.patterns.worker import PatternWorker
from tests.patterns.builders import ENDLESS, MANY_NUMBERS

async def main():
    async with PatternWorker(seconds=1) as worker:
        await worker.outline({"a.py": "x"})
        print(worker.pid, flush=True)
        await worker.matches({"a.py": MANY_NUMBERS}, [ENDLESS])

asyncio.run(main())
"""


def test_a_process_whose_engine_died_in_the_middle_of_a_request_ends_by_itself():
    with subprocess.Popen([sys.executable, "-c", ENGINE], stdout=subprocess.PIPE) as engine:
        pid = int(engine.stdout.readline())
        time.sleep(0.3)
        engine.kill()
    assert is_computing(pid)
    deadline = time.monotonic() + 15
    while is_computing(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_computing(pid)


async def test_a_process_that_does_not_end_is_killed():
    async with PatternWorker(seconds=1) as worker:
        await worker.outline({"a.py": PY})
        pid = worker.pid
        os.kill(pid, signal.SIGSTOP)  # closing its input does not end it: it has to be killed
    assert not is_alive(pid)


async def test_the_process_holds_no_credentials_and_nothing_of_the_engine(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "made-up")
    async with PatternWorker(seconds=30) as worker:
        await worker.outline({"a.py": PY})
        environment, maps = of_process(worker.pid, "environ"), of_process(worker.pid, "maps")
    assert "made-up" not in environment
    assert "pydantic" not in maps
