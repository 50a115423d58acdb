import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pr_reviewer.llm.tokens import TokenCounter
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange
from pr_reviewer.model.coverage import CoverageState
from pr_reviewer.model.llm import ModelCard, Task
from pr_reviewer.plan.inputs import ChangedFile, TaskModels
from pr_reviewer.plan.review import plan_review
from pr_reviewer.resources import tokenizer_bytes
from tests.plan.builders import CARD, WordCounter, changed_lines, inputs, new_file, rule


def _added(plan):
    patches = [patch for batch in plan.batches for patch in batch.batch.patches]
    return [
        (patch.path, line.new_number)
        for patch in patches
        for hunk in patch.file.hunks
        for line in hunk.lines
        if line.kind is LineKind.ADDED
    ]


def _tasks(plan):
    return [[prompt.task for prompt in batch.prompts] for batch in plan.batches]


def test_a_small_review_loads_no_tokenizer():
    counter = WordCounter()
    plan = plan_review(inputs(changed_lines("a.py", 100, 5, 50), counter=counter))

    assert _tasks(plan) == [[Task.REVIEW]]
    assert not counter.counted


def test_the_tokens_of_a_small_review_are_bounds():
    (batch,) = plan_review(inputs(new_file("a.py", "x = 1"))).batches

    assert batch.batch.patches[0].tokens == len(batch.batch.patches[0].text)
    assert batch.prefix_tokens >= len("".join(message.content for message in batch.prefix).encode()) - 400


def test_a_large_review_counts_each_text_once():
    counter = WordCounter()
    plan_review(
        inputs(*(new_file(f"f{number}.py", *["some words here"] * 200) for number in range(60)), counter=counter)
    )

    assert counter.counted
    assert set(counter.counted.values()) == {1}


def test_an_empty_change_asks_nothing():
    plan = plan_review(inputs())

    assert (plan.batches, plan.skipped, plan.notes) == ((), (), ())


def test_rules_get_a_pass_of_their_own_over_the_same_prefix():
    changed = ChangedFile(new_file("a.py", "x"), rules=(rule("r"), rule("s", pattern="{}")))
    (batch,) = plan_review(inputs(changed)).batches

    assert [prompt.task for prompt in batch.prompts] == [Task.REVIEW, Task.RULES]
    assert "`r`" in batch.prompts[1].messages[-1].content
    assert "`s`" not in batch.prompts[1].messages[-1].content
    assert {prompt.messages[:-1] for prompt in batch.prompts} == {batch.prefix}


def test_the_plan_says_which_rules_each_prompt_asks_about():
    one, silent = rule("r"), rule("quiet")
    changed = ChangedFile(
        new_file("a.py", "x"), rules=(one, rule("s", pattern="{}"), silent), silent=frozenset({"quiet"})
    )
    (batch,) = plan_review(inputs(changed)).batches

    assert batch.rules == ((), (one,))
    assert [batch.rules_of(prompt) for prompt in batch.prompts] == [(), (one,)]
    assert "quiet" not in batch.prompts[1].messages[-1].content


def test_a_batch_is_asked_only_about_rules_that_govern_its_files():
    small = replace(CARD, window=16_000)
    files = [
        ChangedFile(new_file(f"{name}/{name}.py", *["some words here"] * 600), rules=(rule(f"rule-{name}"),))
        for name in "ab"
    ]
    plan = plan_review(inputs(*files, card=small))
    asked = {batch.batch.paths: batch.prompts[-1].messages[-1].content for batch in plan.batches}

    assert len(asked) > 1
    for paths, content in asked.items():
        assert [f"rule-{name}" in content for name in "ab"] == [f"{name}/{name}.py" in paths for name in "ab"]


def test_rules_beyond_their_share_go_out_over_several_prompts_uncut():
    rules = tuple(rule(f"rule-{number}", "A long sentence about code. " * 400) for number in range(12))
    (batch,) = plan_review(inputs(ChangedFile(new_file("a.py", *["words"] * 15_000), rules=rules))).batches
    contents = [prompt.messages[-1].content for prompt in batch.prompts if prompt.task is Task.RULES]

    assert len(contents) > 1
    for each in rules:
        assert sum(f"`{each.id}`" in content and each.text.strip() in content for content in contents) == 1


def test_rules_for_which_no_call_is_left_are_named():
    rules = tuple(rule(f"rule-{number}", "A long sentence about code. " * 400) for number in range(12))
    plan = plan_review(inputs(ChangedFile(new_file("a.py", *["words"] * 15_000), rules=rules), max_model_calls=5))

    assert _tasks(plan) == [[Task.REVIEW, Task.RULES]]
    (note,) = plan.notes
    assert note.startswith("part 1 of 1 was not checked against the rules rule-")
    assert note.endswith(": no model call is left for them")


def test_a_rule_that_no_call_holds_is_named():
    plan = plan_review(inputs(ChangedFile(new_file("a.py", "x"), rules=(rule("endless", "word " * 99_000), rule("r")))))

    assert _tasks(plan) == [[Task.REVIEW, Task.RULES]]
    assert plan.notes == (
        "part 1 of 1 was not checked against the rules endless: they are longer than one model call holds",
    )


def test_what_the_calls_do_not_allow_is_named_with_the_setting():
    files = [new_file(f"f{number}.py", *["some words here"] * 900) for number in range(30)]
    plan = plan_review(inputs(*files, max_model_calls=4))

    assert len(plan.batches) == 1
    assert {entry.state for entry in plan.skipped} <= {CoverageState.SKIPPED, CoverageState.PARTIAL}
    assert "no call is left for it (review.max_model_calls is 4)" in plan.skipped[-1].reason
    left = {entry.path for entry in plan.skipped if entry.state is CoverageState.SKIPPED}
    assert left == {file.path for file in files} - set(plan.batches[0].batch.paths)


def test_a_window_that_holds_no_code_shows_none_and_says_so():
    plan = plan_review(inputs(new_file("a.py", "x"), card=ModelCard("tiny", 1_000, 200)))

    assert plan.batches == ()
    assert [entry.reason for entry in plan.skipped] == [
        "not shown to the model: the model's context window leaves no room for code"
    ]


def test_batches_fit_the_smaller_window_of_those_that_review_and_verify():
    small = replace(CARD, window=32_000)
    files = [new_file(f"f{number}.py", *["some words here"] * 100) for number in range(60)]
    plan = plan_review(inputs(*files, models=TaskModels((CARD,), (small,), (CARD,))))

    assert len(plan.batches) > 1
    assert all(batch.prefix_tokens < 32_000 for batch in plan.batches)


def test_a_task_without_a_model_is_refused():
    with pytest.raises(ValueError, match="needs a model"):
        TaskModels((CARD,), (), (CARD,))


def test_several_batches_say_which_part_they_are():
    files = [new_file(f"f{number}.py", *["some words here"] * 900) for number in range(60)]
    plan = plan_review(inputs(*files))
    count = len(plan.batches)

    assert count > 1
    for number, batch in enumerate(plan.batches, start=1):
        assert f"Part {number} of {count} of its diff." in batch.prefix[1].content


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 15)), min_size=1, max_size=6),
    st.integers(3_500, 9_000),
    st.integers(1, 30),
)
def test_every_added_line_is_shown_once_or_named_and_every_prompt_fits_the_window(shapes, window, calls):
    counter = WordCounter()
    card = replace(CARD, window=window)
    files = [
        ChangedFile(new_file(f"d{at}/f{at}.py", *["word " * words] * lines), rules=(rule("r"),))
        for at, (lines, words) in enumerate(shapes)
    ]
    plan = plan_review(inputs(*files, card=card, counter=counter, max_model_calls=calls))
    added = _added(plan)
    every = {(file.diff.path, number) for file in files for number in range(1, file.diff.added_lines + 1)}

    assert len(added) == len(set(added))
    assert set(added) <= every
    assert {path for path, _ in every - set(added)} == {entry.path for entry in plan.skipped}
    for batch in plan.batches:
        for prompt in batch.prompts:
            tokens = sum(counter.count(message.content) for message in prompt.messages)
            assert tokens + prompt.max_output_tokens <= window


_STATEMENTS = (
    "total = sum(item.price * item.quantity for item in order.items)",
    "if customer is None or not customer.is_active:",
    "    raise LookupError(f'no such customer: {identifier}')",
    "return self._repository.find(identifier, limit=limit, offset=offset)",
    "const response = await fetch(`${base}/orders/${id}`, { headers });",
    "logger.warning('retrying %s after %d seconds', url, delay)",
    "}",
    "",
    "for (let index = 0; index < rows.length; index += 1) {",
    "        connection.execute('UPDATE orders SET state = ? WHERE id = ?', (state, order_id))",
)
_FOLDERS = ("src/orders", "src/auth", "src/ui/components", "lib/http", "internal/store", "migrations")


def _real_change(files, per_file, seed=7):
    """Files of 120 to 400 lines in which runs of 1 to 8 lines were replaced, with their tests and some new files."""
    chance = random.Random(seed)  # noqa: S311 the same files every time
    return [_changed_file(number, per_file, chance) for number in range(files)]


def _changed_file(number, changed, chance):
    folder, is_test = chance.choice(_FOLDERS), number % 5 == 4
    path = f"tests/{folder}/test_module_{number - 1}.py" if is_test else f"{folder}/module_{number}.py"
    head = [chance.choice(_STATEMENTS) for _ in range(chance.randint(120, 400))]
    if number % 7 == 0:
        return ChangedFile(new_file(path, *head[:changed]), tuple(head[:changed]))
    marked = set()
    while len(marked) < changed // 2:
        start = chance.randrange(len(head))
        marked.update(range(start, min(len(head), start + chance.randint(1, 8), start + changed // 2 - len(marked))))
    scopes = tuple(LineRange(first, min(len(head), first + 24)) for first in range(1, len(head), 25))
    return ChangedFile(FileDiff(path, FileStatus.MODIFIED, tuple(_hunks(head, marked))), tuple(head), scopes)


def _hunks(head, marked):
    """Each marked line replaces an old one; three lines of context."""
    wanted = sorted({near for at in marked for near in range(max(0, at - 3), min(len(head), at + 4))})
    runs = [wanted[:1]]
    for at in wanted[1:]:
        if runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    for run in runs:
        lines = []
        for at in run:
            if at in marked:
                lines += [
                    Line(LineKind.REMOVED, f"{head[at]}  # old", at + 1, None),
                    Line(LineKind.ADDED, head[at], None, at + 1),
                ]
            else:
                lines.append(Line(LineKind.CONTEXT, head[at], at + 1, at + 1))
        yield Hunk(run[0] + 1, run[0] + 1, "def work(self):", tuple(lines))


@pytest.fixture(scope="module")
def tokens():
    counter = TokenCounter("o200k_base", tokenizer_bytes)
    counter.count("loaded")
    return counter


@pytest.mark.parametrize("model", ["gpt-4.1", "any-other-model"])
@pytest.mark.parametrize("rules", [(), (rule("r"),)])
def test_ten_thousand_changed_lines_in_five_hundred_files_are_shown_whole_within_the_defaults(model, rules, tokens):
    files = [replace(file, rules=rules) for file in _real_change(500, 20)]
    changed = sum(file.diff.added_lines + file.diff.removed_lines for file in files)
    plan = plan_review(inputs(*files, card=ModelCard(model, 128_000, 16_384), counter=tokens))
    prompts = [prompt for batch in plan.batches for prompt in batch.prompts]

    assert (len(files), changed) == (500, 10_000)
    assert plan.skipped == ()
    assert plan.notes == ()
    assert sorted(_added(plan)) == sorted(
        (file.diff.path, line.new_number)
        for file in files
        for hunk in file.diff.hunks
        for line in hunk.lines
        if line.kind is LineKind.ADDED
    )
    later = 2 * len(plan.batches) + 1
    assert len(prompts) + later <= 20
    for prompt in prompts:
        assert sum(map(tokens.count, (each.content for each in prompt.messages))) + prompt.max_output_tokens <= 128_000


def test_every_added_line_stands_in_the_text_of_a_prompt(tokens):
    files = _real_change(60, 20)
    plan = plan_review(inputs(*files, counter=tokens))
    text = "".join(batch.prefix[1].content for batch in plan.batches)

    for file in files:
        section = text.partition(f"### {file.diff.path}\n")[2].partition("\n### ")[0]
        added = [line for hunk in file.diff.hunks for line in hunk.lines if line.kind is LineKind.ADDED]
        assert all(f"\n{line.new_number} +{line.text}\n" in f"\n{section}\n" for line in added)
