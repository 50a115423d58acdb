import asyncio
import threading

import pytest

from webhooks.group_commit import GroupCommit, Limits, StoreUnavailable


class Disk:
    """Keeps batches; waits for `go_on`, and fails as it is told."""

    def __init__(self):
        self.batches = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.is_busy = threading.Event()
        self.failures = []

    def commit(self, items):
        self.is_busy.set()
        self.go_on.wait()
        if self.failures:
            raise self.failures.pop(0)
        if "bad" in items:
            raise ValueError("bad item")
        self.batches.append(list(items))
        return [item.upper() for item in items]


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
async def started():
    opened = []

    def start(disk, limits=None):
        group = GroupCommit(disk.commit, len, limits)
        group.start()
        opened.append((disk, group))
        return group

    yield start
    for disk, group in opened:
        disk.go_on.set()
        await asyncio.to_thread(group.close)


async def put_while_busy(group, disk, items):
    """The first item is being written while the others come."""
    disk.go_on.clear()
    first = asyncio.create_task(group.put("first"))
    await asyncio.to_thread(disk.is_busy.wait)
    rest = [asyncio.create_task(group.put(item)) for item in items]
    await asyncio.sleep(0)  # each has come to wait by now
    disk.go_on.set()
    return await asyncio.gather(first, *rest, return_exceptions=True)


async def test_each_gets_its_own_result(disk, started):
    group = started(disk)
    assert await asyncio.gather(*map(group.put, "abc")) == ["A", "B", "C"]


async def test_what_gathers_while_the_disk_is_busy_is_one_transaction(disk, started):
    assert await put_while_busy(started(disk), disk, "abcdef") == ["FIRST", *"ABCDEF"]
    assert disk.batches == [["first"], list("abcdef")]


async def test_a_transaction_has_limits(disk, started):
    group = started(disk, Limits(batch_items=3, batch_bytes=5))
    await put_while_busy(group, disk, ["aa", "bb", "c", "d", "e" * 9, "f"])
    assert disk.batches == [["first"], ["aa", "bb", "c"], ["d"], ["e" * 9], ["f"]]


async def test_one_bad_item_does_not_cost_the_others(disk, started):
    *good, bad, last = await put_while_busy(started(disk), disk, ["a", "b", "bad", "c"])
    assert (good, last) == (["FIRST", "A", "B"], "C")
    assert isinstance(bad, ValueError)


async def test_what_the_store_does_not_take_now_is_tried_again_in_order(disk, started):
    disk.failures = [StoreUnavailable("away")] * 3
    assert await put_while_busy(started(disk, Limits(pause=0.001)), disk, "ab") == ["FIRST", "A", "B"]
    assert [item for batch in disk.batches for item in batch] == ["first", "a", "b"]


async def test_patience_ends(disk, started):
    disk.failures = [StoreUnavailable("away")] * 1000
    with pytest.raises(StoreUnavailable, match="away"):
        await started(disk, Limits(patience=0.02, pause=0.001)).put("a")


async def test_too_much_that_waits_is_refused_at_once(disk, started):
    group = started(disk, Limits(waiting_bytes=10))
    answers = await put_while_busy(group, disk, ["a" * 8, "b" * 8, "c" * 2])
    assert answers[1::2] == ["A" * 8, "CC"]
    assert isinstance(answers[2], StoreUnavailable)
    assert await group.put("d" * 8) == "D" * 8


async def test_giving_up_waiting_does_not_take_an_item_back(disk, started):
    group = started(disk)
    disk.go_on.clear()
    waiting = asyncio.create_task(group.put("a"))
    await asyncio.to_thread(disk.is_busy.wait)
    waiting.cancel()
    disk.go_on.set()
    assert await group.put("b") == "B"
    assert [item for batch in disk.batches for item in batch] == ["a", "b"]


async def test_an_end_before_the_start_is_no_trouble(disk):
    await asyncio.to_thread(GroupCommit(disk.commit, len).close)


def test_a_loop_that_has_ended_holds_up_nobody(disk):
    group = GroupCommit(disk.commit, len)
    group.start()
    disk.go_on.clear()

    async def leave():
        waiting = asyncio.create_task(group.put("a"))
        await asyncio.to_thread(disk.is_busy.wait)
        assert not waiting.done()

    asyncio.run(leave())
    disk.go_on.set()
    assert asyncio.run(group.put("b")) == "B"
    group.close()
