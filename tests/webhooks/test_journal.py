"""What a job has asked and written is found again by what it was, after any crash."""

import asyncio

import pytest

from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.errors import ModelUnavailable, SettingsError
from pr_reviewer.model.llm import Message, Prompt, Reply, ReplySchema, Role, Task, Usage
from pr_reviewer.model.posting import Check, CheckState, DraftComment, DraftReview
from tests.fakes.writing import FakeWriter
from webhooks.journal import Journal, JournaledLLM, JournaledWriter, digest_of
from webhooks.store import Store
from webhooks.tables import version

FINDING = "body\n\n<!-- pr-reviewer:finding v1 v1:a -->"
SUMMARY = "body\n\n<!-- pr-reviewer:summary v1 -->"


class Counting:
    """Answers each prompt with a number of its own."""

    def __init__(self, *failures):
        self.asked = []
        self.failures = list(failures)

    async def complete(self, prompt):
        self.asked.append(prompt)
        if self.failures:
            raise self.failures.pop(0)
        return Reply(f"answer {len(self.asked)} \ud800", "m", Usage(10, 5, 2))


def prompt(text, **changes):
    values = {"task": Task.REVIEW, "models": ("m",), "schema": ReplySchema("r", "{}"), "max_output_tokens": 9}
    return Prompt(messages=(Message(Role.USER, text),), **{**values, **changes})


async def test_a_second_run_of_a_job_asks_nothing_again(store):
    first, second = Counting(), Counting()
    before = await JournaledLLM(first, Journal(store, "job")).complete(prompt("a \ud800"))

    replayed = []
    after = await JournaledLLM(second, Journal(store, "job"), lambda: replayed.append(1)).complete(prompt("a \ud800"))

    assert after == before
    assert (second.asked, replayed) == ([], [1])


async def test_answers_are_found_in_whatever_order_they_are_asked(store):
    first = JournaledLLM(Counting(), Journal(store, "job"))
    texts = "abcdefgh"
    before = dict(zip(texts, await asyncio.gather(*(first.complete(prompt(each)) for each in texts)), strict=True))
    second = JournaledLLM(Counting(), Journal(store, "job"))

    after = await asyncio.gather(*(second.complete(prompt(each)) for each in reversed(texts)))

    assert dict(zip(reversed(texts), after, strict=True)) == before


async def test_the_same_question_asked_twice_in_one_run_has_two_answers(store):
    first = JournaledLLM(Counting(), Journal(store, "job"))
    before = [await first.complete(prompt("a")), await first.complete(prompt("a"))]
    second = JournaledLLM(Counting(), Journal(store, "job"))

    assert [await second.complete(prompt("a")), await second.complete(prompt("a"))] == before
    assert before[0] != before[1]


async def test_another_job_and_another_question_are_asked(store):
    await JournaledLLM(Counting(), Journal(store, "job")).complete(prompt("a"))
    llm = Counting()

    await JournaledLLM(llm, Journal(store, "another")).complete(prompt("a"))
    await JournaledLLM(llm, Journal(store, "job")).complete(prompt("a", task=Task.VERIFY))
    await JournaledLLM(llm, Journal(store, "job")).complete(prompt("a", models=("n",)))

    assert len(llm.asked) == 3


async def test_a_failure_is_not_recorded(store):
    llm = Counting(ModelUnavailable("gone"))
    with pytest.raises(ModelUnavailable):
        await JournaledLLM(llm, Journal(store, "job")).complete(prompt("a"))

    await JournaledLLM(llm, Journal(store, "job")).complete(prompt("a"))

    assert len(llm.asked) == 2


async def test_of_two_runs_at_once_the_first_answer_recorded_stands_for_both(store):
    both = asyncio.Barrier(2)

    class Slow(Counting):
        async def complete(self, prompt):
            await both.wait()
            return await super().complete(prompt)

    llm = Slow()
    runs = [JournaledLLM(llm, Journal(store, "job")) for _ in range(2)]

    one, other = await asyncio.gather(*(run.complete(prompt("a")) for run in runs))

    assert one == other
    assert len(llm.asked) == 2


async def test_a_recorded_write_is_not_made_again(store):
    draft = DraftReview("sha", "", (DraftComment("v1:a", "a.py", Side.NEW, LineRange(1, 1), FINDING),))
    inner = FakeWriter("sha", [("a.py", 1)])
    first = JournaledWriter(inner, Journal(store, "job"))
    posted, url = await first.post_review(draft), await first.put_summary("sha", SUMMARY)
    untouched = FakeWriter("sha", [("a.py", 1)])
    second = JournaledWriter(untouched, Journal(store, "job"))

    assert await second.post_review(draft) == posted
    assert await second.put_summary("sha", SUMMARY) == url
    assert await second.standing() == await untouched.standing()
    assert (await untouched.standing()).threads == ()
    assert posted.placed == ("v1:a",)


async def test_a_check_is_set_each_time_for_another_may_have_set_it_meanwhile(store):
    inner = FakeWriter("sha", [("a.py", 1)])
    writer = JournaledWriter(inner, Journal(store, "job"))
    check = Check("sha", CheckState.SUCCESS, "Fine")

    await writer.set_check(check)
    await writer.set_check(check)

    assert inner.checks == {"sha": [check, check]}


def test_a_digest_tells_requests_apart_and_refuses_what_has_no_canonical_form():
    assert digest_of("reply", prompt("a")) == digest_of("reply", prompt("a"))
    assert digest_of("reply", prompt("a")) != digest_of("reply", prompt("b"))
    assert digest_of("reply", ["a"]) != digest_of("summary", ["a"])
    with pytest.raises(TypeError, match="object has no canonical JSON"):
        digest_of("reply", object())


async def test_a_database_that_a_newer_release_wrote_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path}/reviewer.sqlite"
    store = await Store.open(url)
    await store.run(lambda c: c.execute(version.insert().values(number=99)))
    await store.close()

    with pytest.raises(SettingsError, match=r"newer release \(version 99"):
        await Store.open(url)


async def test_an_address_of_no_known_database_is_refused():
    with pytest.raises(SettingsError, match="`mysql`"):
        await Store.open("mysql://localhost/x")


async def test_two_processes_may_open_one_file(tmp_path):
    url = f"sqlite:///{tmp_path}/reviewer.sqlite"

    stores = await asyncio.gather(*(Store.open(url) for _ in range(4)))

    await asyncio.gather(
        *(JournaledLLM(Counting(), Journal(store, f"job{at}")).complete(prompt("a")) for at, store in enumerate(stores))
    )
    for store in stores:
        await store.close()


async def test_an_answer_that_took_two_tries_is_found_by_a_run_that_needs_one(store):
    first, second = Counting(ModelUnavailable("busy")), Counting()
    asking = JournaledLLM(first, Journal(store, "job"))
    with pytest.raises(ModelUnavailable):
        await asking.complete(prompt("a"))
    before = await asking.complete(prompt("a"))

    assert await JournaledLLM(second, Journal(store, "job")).complete(prompt("a")) == before
    assert second.asked == []
