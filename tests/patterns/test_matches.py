"""Rules are run where they govern, their hits are lines, and what cannot be checked is said."""

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.code import PatternHit
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternResult, PatternWorker
from tests.patterns.builders import ENDLESS, MANY_NUMBERS, rule
from tests.rules.builders import rule_source

PRINT = rule("no-print", "print($$$)")


async def run(files, *rules, **limits):
    async with PatternWorker(**{"seconds": 30, **limits}) as worker:
        return await worker.matches(files, rules)


async def test_hits_are_in_order_and_each_is_there_once():
    text = "def f():\n    print(print(1))\n\nprint(\n    2,\n)\n"
    assert await run({"a.py": text}, PRINT, rule("call", {"kind": "call", "regex": "^print"})) == PatternResult(
        {
            "a.py": (
                PatternHit("call", LineRange(2, 2)),
                PatternHit("no-print", LineRange(2, 2)),
                PatternHit("call", LineRange(4, 6)),
                PatternHit("no-print", LineRange(4, 6)),
            )
        }
    )


async def test_rules_run_only_on_the_files_that_they_govern():
    rules = [rule("py", "f($A)"), rule("ts", "f($A)", "typescript"), rule("lib", "f($A)", paths=("lib/**",))]
    files = {"a.py": "f(1)", "lib/a.py": "f(1)", "a.tsx": "f(1)", "a.go": "package a", "a.txt": "f(1)"}
    result = await run(files, *rules)
    found = {path: [hit.rule_id for hit in hits] for path, hits in result.hits.items()}
    assert found == {"a.py": ["py"], "lib/a.py": ["lib", "py"], "a.tsx": ["ts"], "a.go": [], "a.txt": []}


async def test_a_whole_configuration_with_constraints_is_a_pattern_too():
    pattern = {"rule": {"pattern": "f($A)"}, "constraints": {"A": {"kind": "string"}}}
    result = await run({"a.py": "f(1)\nf('x')\n"}, rule("texts", pattern))
    assert result.hits["a.py"] == (PatternHit("texts", LineRange(2, 2)),)


async def test_a_match_that_ends_with_its_line_does_not_reach_the_next():
    result = await run({"a.sh": "cat <<E\nx\nE\necho\n"}, rule("here", {"kind": "redirected_statement"}, "bash"))
    assert result.hits["a.sh"][0].lines.last <= 3


async def test_a_broken_pattern_is_said_once_and_costs_only_itself():
    broken = [rule("kind", {"kind": "nope"}), rule("key", {"foo": 1}), rule("regex", {"regex": "("})]
    result = await run({"a.py": "print(1)", "b.py": "print(1)"}, *broken, PRINT)
    assert result.hits == dict.fromkeys(["a.py", "b.py"], (PatternHit("no-print", LineRange(1, 1)),))
    kind, key, regex = result.problems
    assert kind == "rule kind (core.md:7) has a pattern that fails: Kind `nope` is invalid."
    assert key.startswith("rule key (core.md:7) has a pattern that fails: unknown field `foo`")
    assert regex == "rule regex (core.md:7) has a pattern that fails: regex parse error: unclosed group"
    assert "backtrace" not in " ".join(result.problems)
    assert list(result.failed) == ["kind", "key", "regex"]
    assert result.failed["kind"] == "Kind `nope` is invalid."


async def test_a_prose_rule_is_passed_over_and_starts_no_process():
    prose = Rule("prose", "Prose", "text", rule_source("", "", 1))
    async with PatternWorker() as worker:
        assert await worker.matches({"a.py": "x"}, [prose]) == PatternResult({"a.py": ()})
        assert worker.pid is None


async def test_a_file_that_is_too_long_is_said():
    result = await run({"a.py": "print(1)", "b.py": "f()"}, PRINT, max_characters=5)
    assert result.hits == {"a.py": (), "b.py": ()}
    assert result.problems == ("a.py is too long (8 characters): no pattern rule was checked on it",)


async def test_texts_that_are_not_utf_8_are_matched():
    result = await run({"a.py": "\ufeffprint('\udce9')\r\nprint(2)\r\n"}, PRINT)
    assert [hit.lines.first for hit in result.hits["a.py"]] == [1, 2]


async def test_each_file_is_matched_by_the_rules_given_for_it():
    files = {"a.py": "print(1)", "lib/a.py": "print(1)\nlog(1)", "b.py": "print(1)"}
    here, there = rule("no-print", "print($$$)"), rule("no-print", "log($$$)")
    prose = Rule("prose", "Prose", "", rule_source())
    async with PatternWorker(seconds=30) as worker:
        result = await worker.matches_by_file(files, {"a.py": [here, prose], "lib/a.py": [there]})
    assert result == PatternResult(
        {
            "a.py": (PatternHit("no-print", LineRange(1, 1)),),
            "lib/a.py": (PatternHit("no-print", LineRange(2, 2)),),
            "b.py": (),
        }
    )


async def test_rules_that_were_not_checked_on_a_file_are_named_for_it():
    broken = rule("kind", {"kind": "nope"})
    files = {"a.py": "print(1)", "b.py": "print(1)", "a.txt": "print(1)", "long.py": "x" * 101}
    async with PatternWorker(seconds=30, max_characters=100) as worker:
        result = await worker.matches_by_file(files, dict.fromkeys(files, (broken, PRINT)))
    both = frozenset({"kind", "no-print"})
    assert result.unchecked == {"a.py": {"kind"}, "b.py": {"kind"}, "a.txt": both, "long.py": both}
    assert result.refused == {"a.py": {"kind"}, "b.py": {"kind"}, "a.txt": both}


async def test_a_rule_that_hung_twice_is_not_tried_again_on_another_text():
    files = {"a.py": MANY_NUMBERS, "b.py": MANY_NUMBERS}
    rules = dict.fromkeys((*files, "c.py"), (ENDLESS, rule("list", {"kind": "list"})))
    async with PatternWorker(seconds=0.5) as worker:
        await worker.matches_by_file(files, rules)
        again = await worker.matches_by_file({"c.py": MANY_NUMBERS}, rules)
    assert again.unchecked == {"c.py": {"endless"}}
    assert again.hits["c.py"] == (PatternHit("list", LineRange(1, 1)),)
    assert (again.refused, again.problems) == ({}, ())
