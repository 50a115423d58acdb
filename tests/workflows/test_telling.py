"""/describe and /ask with a scripted model and a provider in memory; /explain, /rules, /config and /help, too."""

from dataclasses import replace

import pytest

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.model.answering import Question, ThreadPlace
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.commands import CommandName
from pr_reviewer.model.coverage import Coverage, CoverageState
from pr_reviewer.model.errors import HeadMoved, ModelRefused, ProviderUnavailable, UsageError
from pr_reviewer.model.events import Account, Comment, CommentPlace
from pr_reviewer.model.findings import Category, Confidence, Finding, Origin, Placed, Severity
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import Remark
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.report.links import Links
from pr_reviewer.report.markers import Marker, MarkerKind, mark
from pr_reviewer.report.posting import draft_summary
from pr_reviewer.report.record import Record, write_record
from pr_reviewer.report.splice import splice
from pr_reviewer.settings.load import load_settings
from pr_reviewer.workflows.ask_question import answer_question, post_answer, question_in
from pr_reviewer.workflows.commands import HELPS
from pr_reviewer.workflows.describe import NOTHING, describe
from pr_reviewer.workflows.explain import explain
from pr_reviewer.workflows.put_description import put_description
from pr_reviewer.workflows.show_config import show_config
from pr_reviewer.workflows.show_help import show_help
from pr_reviewer.workflows.show_rules import show_rules
from tests.fakes.provider import FakeProvider
from tests.fakes.writing import FakeWriter
from tests.workflows.builders import ScriptedModel, desk

BASE = {"a.py": "def f(n):\n    return n\n"}
HEAD = {"a.py": "def f(n):\n    return 10 / n\n", "b.py": "KEY = 'AKIAIOSFODNN7EXAMPLF'\n"}
LARGE = {f"f{number}.py": "".join(f"value_{number}_{line} = {line}\n" for line in range(150)) for number in range(6)}
SKIP = SkipRules.compile()
ADA = Account("ada")
SETTINGS = load_settings({}).settings.describe
RECORD = Record(Severity.ERROR, Category.CORRECTNESS, Origin.MODEL, Confidence.HIGH, verification="It divides.")


def described(prompt):
    text = prompt.messages[-1].content
    if "whole change" in text:
        return {
            "groups": [{"name": "All", "files": [1, 2]}],
            "summary": ["Whole"],
            "kind": "build",
            "title": "W",
            "labels": [],
        }
    return {
        "groups": [{"name": "Part", "files": [{"path": "a.py", "change": "Divides, AKIAIOSFODNN7EXAMPLF."}]}],
        "summary": ["A part"],
        "kind": "fix",
        "title": "T",
        "labels": ["bug"],
    }


def answered(prompt):
    if "one answer" in prompt.messages[-1].content:
        return {"is_told": True, "text": "Joined [1] and [2]."}
    shown = prompt.messages[1].content
    name = next(name for name in LARGE if f"### {name}" in shown) if "### f" in shown else "a.py"
    quote = "    return 10 / n" if name == "a.py" else LARGE[name].split("\n")[0]
    return {"citations": [{"path": name, "quote": quote, "line": 2}], "is_told": True, "text": "So [1]."}


def failing(which, script):
    seen = []

    def say(prompt):
        seen.append(prompt)
        return ModelRefused("no") if which(prompt, len(seen)) else script(prompt)

    return say


async def describe_it(script=described, base=BASE, head=HEAD, calls=20, **options):
    model = ScriptedModel(script)
    async with desk(base, head, model, **options) as here:
        return await describe(here, calls, ("bug",), SKIP), model


async def ask_it(script=answered, base=BASE, head=HEAD, question="What of 0?", **options):
    model = ScriptedModel(script)
    async with desk(base, head, model, **options) as here:
        return await answer_question(here, 20, Question(question), SKIP), model


async def test_a_small_change_is_described_in_one_call_without_its_secrets():
    description, model = await describe_it()
    assert len(model.prompts) == 1
    assert "AKIA" not in repr(model.prompts) + repr(description)
    assert [each.name for each in description.portrait.concerns] == ["Part", "Other files"]
    assert (description.portrait.labels, description.models) == (("bug",), ("scripted",))
    assert description.coverage.is_complete


async def test_what_an_earlier_run_wrote_is_not_shown_as_the_authors_words():
    provider = FakeProvider(BASE, HEAD)
    provider.pull = replace(provider.pull, description=str(splice("Why: we owe it.", "It divides by zero.")))
    _, model = await describe_it(provider=provider)
    told = "".join(message.content for message in model.prompts[0].messages)
    assert "Why: we owe it." in told
    assert "It divides by zero." not in told


async def test_a_large_change_is_described_in_parts_and_summed_up():
    description, model = await describe_it(base={}, head=LARGE, window=8_000)
    assert len(model.prompts) > 2
    assert description.portrait.summary == ("Whole",)
    named = sorted(file.path for concern in description.portrait.concerns for file in concern.files)
    assert named == sorted(LARGE)


async def test_a_part_that_fails_is_not_described_and_said():
    first = lambda _, number: number == 1  # noqa: E731
    description, _ = await describe_it(failing(first, described), base={}, head=LARGE, window=8_000)
    lost = [each for each in description.coverage.files if each.state is CoverageState.SKIPPED]
    assert lost
    assert "no" in lost[0].reason


async def test_without_a_sum_the_parts_stand_for_themselves():
    last = lambda prompt, _: "whole change" in prompt.messages[-1].content  # noqa: E731
    description, _ = await describe_it(failing(last, described), base={}, head=LARGE, window=8_000)
    assert description.portrait.title == ""
    assert "could not be summed up: no" in description.remarks[0]


async def test_where_every_call_fails_the_error_is_raised():
    with pytest.raises(ModelRefused):
        await describe_it(failing(lambda *_: True, described))
    with pytest.raises(ModelRefused):
        await ask_it(failing(lambda *_: True, answered))


async def test_without_a_model_there_is_nothing_to_ask():
    async with desk(BASE, HEAD, None) as here:
        with pytest.raises(UsageError, match="needs a model"):
            await describe(here, 20, (), SKIP)


async def test_where_every_file_is_skipped_no_model_is_asked():
    lock = {"package-lock.json": "{}\n"}
    description, model = await describe_it(base={}, head=lock)
    assert (model.prompts, description.remarks) == ([], (NOTHING,))
    answer, model = await ask_it(base={}, head=lock)
    assert (model.prompts, answer.answer.is_told) == ([], False)


async def test_an_answer_cites_lines_of_the_head():
    found, model = await ask_it()
    assert len(model.prompts) == 1
    assert found.answer.citations[0].lines == LineRange(2, 2)
    assert "def f(n):" in model.prompts[0].messages[1].content


async def test_answers_about_parts_become_one_with_their_citations():
    found, model = await ask_it(base={}, head=LARGE, window=8_000)
    assert len(model.prompts) > 2
    assert found.answer.text == "Joined [1] and [2]."
    assert [each.number for each in found.answer.citations] == [1, 2]


async def test_answers_that_nobody_joins_stand_one_below_the_other():
    last = lambda prompt, _: "one answer" in prompt.messages[-1].content  # noqa: E731
    found, _ = await ask_it(failing(last, answered), base={}, head=LARGE, window=8_000)
    assert found.answer.text.startswith("So [1].\n\nSo [2].")
    assert "could not be made one: no" in found.remarks[0]


async def test_one_part_that_tells_is_the_answer():
    def one(prompt):
        return answered(prompt) | {"is_told": "### f3.py" in prompt.messages[1].content}

    found, model = await ask_it(one, base={}, head=LARGE, window=8_000)
    assert found.answer.is_told
    assert not any("one answer" in prompt.messages[-1].content for prompt in model.prompts)


async def written(writer, settings=SETTINGS, **changes):
    description, _ = await describe_it()
    writer.text = replace(writer.text, head_sha=description.head_sha, **changes)
    return await put_description(writer, description, settings, Links())


async def test_a_lost_update_is_made_again_on_what_stands_there_now():
    writer = FakeWriter("head", ())
    writer.meanwhile = ["Edited.", "Edited again."]
    put = await written(writer, description="First.")
    assert writer.text.description.startswith("Edited again.\n\n<!-- pr-reviewer:description v1 begin -->")
    assert put.url == "fake:pull"


async def test_who_edits_all_the_time_is_waited_for_no_longer():
    writer = FakeWriter("head", ())
    writer.meanwhile = [f"Edit {number}" for number in range(9)]
    with pytest.raises(ProviderUnavailable, match="edited by somebody else"):
        await written(writer)
    assert "begin" not in writer.text.description


async def test_damaged_markers_and_a_full_description_are_left_alone_for_a_comment():
    for body in ("<!-- pr-reviewer:description v1 end -->", "x" * 65_400):
        writer = FakeWriter("head", ())
        put = await written(writer, description=body)
        assert writer.text.description == body
        assert put.why_comment in writer.replies["describe"][1]


async def test_labels_are_added_where_the_settings_say_so_and_only_missing_ones():
    settings = SETTINGS.model_copy(update={"apply_labels": True, "as_comment": True})
    writer = FakeWriter("head", ())
    assert (await written(writer, settings)).labels == ("bug",)
    assert (await written(writer, settings)).labels == ()
    assert writer.text.labels == ("bug",)


async def test_a_description_of_an_old_head_is_not_written():
    writer = FakeWriter("another", ())
    description, _ = await describe_it()
    with pytest.raises(HeadMoved):
        await put_description(writer, description, SETTINGS, Links())
    assert writer.text.description == ""


def remark(number, body="Why?", reply_to=None, **fields):
    return Remark(number, "rob", body, "a.py", LineRange(2, 2), reply_to=reply_to, **fields)


async def test_a_question_in_a_thread_knows_its_lines_and_what_was_said_before():
    writer = FakeWriter("head", ())
    writer.said = [
        remark(1, "Is AKIAIOSFODNN7EXAMPLF fine?"),
        remark(2, "Else."),
        remark(3, "So?", 1),
        remark(5, "Later", 1),
    ]
    comment = Comment(4, CommentPlace.LINE, "/ask why", ADA, reply_to=1)
    question = await question_in(writer, comment, "why")
    assert question.place == ThreadPlace("a.py", LineRange(2, 2))
    assert [each.text for each in question.said] == ["Is [masked AWS access key] fine?", "So?"]


async def test_a_question_about_lines_that_are_gone_knows_how_they_looked():
    writer = FakeWriter("head", ())
    hunk = "@@ -1,4 +1,2 @@ x\n a\n-key = 'AKIAIOSFODNN7EXAMPLF'\n-use(key)\n\\ No newline at end of file"
    gone = replace(remark(1, "Why?"), lines=None, side=Side.OLD, hunk=hunk, height=2)
    writer.said = [gone]
    question = await question_in(writer, Comment(4, CommentPlace.LINE, "/ask why", ADA, reply_to=1), "why")
    shown = "-key = '[masked AWS access key]'\n-use(key)"
    assert question.place == ThreadPlace(gone.path, None, Side.OLD, shown)


async def test_elsewhere_a_question_stands_alone():
    writer = FakeWriter("head", ())
    told = Comment(4, CommentPlace.CONVERSATION, "/ask why", ADA)
    assert await question_in(writer, told, "why") == await question_in(writer, None, "why") == Question("why")
    gone = Comment(4, CommentPlace.LINE, "/ask why", ADA, reply_to=9)
    assert (await question_in(writer, gone, "why")).place is None


async def test_an_answer_quotes_the_question_only_where_it_does_not_stand_below_it():
    found, _ = await ask_it()
    writer = FakeWriter("head", ())
    await post_answer(writer, Comment(4, CommentPlace.LINE, "", ADA), "line:4", found, Links())
    await post_answer(writer, Comment(5, CommentPlace.CONVERSATION, "", ADA), "conversation:5", found, Links())
    assert "> What of 0?" not in writer.replies["line:4"][1]
    assert writer.replies["conversation:5"][1].startswith("> What of 0?")


async def test_a_finding_is_explained_by_its_id_its_fingerprint_or_its_thread():
    body = mark(write_record(RECORD), Marker(MarkerKind.FINDING, "v1:0123456789"))
    twin = mark("x", Marker(MarkerKind.FINDING, "v1:01ff"))
    writer = FakeWriter("head", ())
    writer.said = [remark(1, body, is_ours=True), remark(2, twin, is_ours=True), remark(3)]
    thread = Comment(9, CommentPlace.LINE, "/explain", ADA, reply_to=1)
    for wanted, comment in (("`01234567`", None), ("V1:0123456789, please", None), ("", thread)):
        assert "It divides." in await explain(writer, comment, wanted, Links())
    assert "Several findings" in await explain(writer, None, "01", Links())
    assert "Name a finding" in await explain(writer, None, "", Links())
    assert "No finding is called" in await explain(writer, thread, "ff", Links())


async def test_a_finding_of_the_summary_is_explained_and_a_thread_goes_before():
    claim = Placed(
        Finding("a.py", "x", Severity.ERROR, Category.CORRECTNESS, "T", "M"),
        Side.NEW,
        LineRange(1, 1),
        "x",
        "v1:0123456789",
    )
    empty = Review("b", "h", Conclusion.FINDINGS, (), (), (), (), Coverage(()), Cost())
    writer = FakeWriter("head", ())
    writer.summaries = [draft_summary(replace(empty, folded=(claim,)), Links())]
    told = await explain(writer, None, "0123", Links())
    assert "in the summary alone: it is beyond the limit of comments" in told
    assert "[`01234567`](fake:summary)" in told
    assert "`01234567`" in await explain(writer, None, "", Links())
    writer.said = [remark(1, mark(write_record(RECORD), Marker(MarkerKind.FINDING, "v1:0123456789")), is_ours=True)]
    assert "in the summary alone" not in await explain(writer, None, "0123", Links())


async def test_rules_settings_and_commands_are_shown():
    async with desk(BASE, HEAD, None) as here:
        assert "govern 2 files" in await show_rules(here, SKIP, Links(rule_for=here.rules.rule_for))
    assert "left at the default" in show_config(load_settings({}))
    writer = FakeWriter("head", ())
    writer.permissions["ada"] = Permission.WRITE
    assert "/describe" in await show_help(writer, "ada", Permission.WRITE, HELPS, ["us"])
    assert "/describe" not in await show_help(writer, "eve", Permission.WRITE, HELPS, ["us"])


def test_every_command_has_a_help_of_its_own():
    assert set(HELPS) == set(CommandName)
    assert [option.name for option in HELPS[CommandName.REVIEW].options] == ["max_comments", "min_confidence", "only"]
    assert HELPS[CommandName.DESCRIBE].options[0].is_flag
