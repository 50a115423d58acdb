"""Citations: found by their quote at the head, or said not to be."""

import pytest

from pr_reviewer.findings.answered import (
    AMBIGUOUS,
    NO_FILE,
    NO_QUOTE,
    NO_TEXT,
    NOT_THERE,
    REMOVED,
    AskReply,
    CitedCode,
    Heads,
    JoinReply,
    read_answer,
    read_join,
)
from pr_reviewer.model.answering import Answer, Citation
from pr_reviewer.model.changes import LineRange
from tests.plan.builders import edited, new_file

TEXT = "import os\n\ndef f():\n    return 1\n\ndef g():\n    return 1\r\n    # the end of it\n"
FILES = [edited("a.py", "@@ -1,2 +1,2 @@\n-import system\n+import os\n \n"), new_file("gone.bin", "x")]
HEADS = Heads(FILES, {"a.py": TEXT})


def cite(quote, line=0, path="a.py"):
    return HEADS.find(1, CitedCode(path=path, quote=quote, line=line))


@pytest.mark.parametrize(
    ("quote", "line", "lines"),
    [
        ("import os", 0, LineRange(1, 1)),
        ("def f():\n    return 1", 0, LineRange(3, 4)),
        ("3 def f():\n4     return 1", 3, LineRange(3, 4)),
        ("    return 1", 7, LineRange(7, 7)),
        ("    return 1", 3, LineRange(4, 4)),
        ("the end of", 0, LineRange(8, 8)),
        ("```python\nimport os\n```", 0, LineRange(1, 1)),
    ],
)
def test_a_quote_is_found_where_it_stands(quote, line, lines):
    assert cite(quote, line).lines == lines


@pytest.mark.parametrize(
    ("quote", "line", "path", "why"),
    [
        ("import os", 1, "b.py", NO_FILE),
        ("x", 1, "gone.bin", NO_TEXT),
        (" \n", 1, "a.py", NO_QUOTE),
        ("nothing like it", 1, "a.py", NOT_THERE),
        ("1", 1, "a.py", NOT_THERE),
        ("import system", 1, "a.py", REMOVED),
        ("    return 1", 0, "a.py", AMBIGUOUS),
        ("    return 1", 500, "a.py", AMBIGUOUS),
    ],
)
def test_what_is_not_found_has_no_lines_and_says_why(quote, line, path, why):
    found = cite(quote, line, path)
    assert (found.lines, found.why) == (None, why)


def test_references_follow_the_citations_and_invented_ones_are_said():
    reply = AskReply.model_validate(
        {"citations": [{"path": "### a.py", "quote": "import os"}], "is_told": True, "text": "So [1], not [2] or [0]."}
    )
    answer = read_answer(reply, HEADS, first=4)
    assert answer.text == "So [4], not [not cited] or [not cited]."
    assert [(each.number, each.path) for each in answer.citations] == [(4, "a.py")]


def test_a_joined_answer_keeps_the_citations_that_it_names():
    one = Answer("a", is_told=True, citations=(Citation(1, "a.py", "x"), Citation(2, "a.py", "y")))
    answer = read_join(JoinReply(is_told=True, text="Both [2][7]."), [one])
    assert answer == Answer("Both [2][not cited].", is_told=True, citations=(Citation(2, "a.py", "y"),))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("`items[0]` and `rows[1]` are read [1].", "`items[0]` and `rows[1]` are read [4]."),
        ("Then\n```python\nx = y[1]\n```\nruns [1][2].", "Then\n```python\nx = y[1]\n```\nruns [4][not cited]."),
        ("``a ` b[1]`` is it[1]", "``a ` b[1]`` is it[4]"),
        ("items[0] goes first, [0] does not", "items[0] goes first, [not cited] does not"),
        ("A ` alone [1]", "A ` alone [4]"),
        ("`unclosed [1]", "`unclosed [4]"),
    ],
)
def test_an_index_in_code_is_no_reference(said, shown):
    reply = AskReply(citations=[CitedCode(path="a.py", quote="import os", line=1)], is_told=True, text=said)
    assert read_answer(reply, HEADS, first=4).text == shown


def test_a_joined_answer_is_not_told_what_to_cite_by_its_code():
    one = Answer("x", is_told=True, citations=(Citation(2, "a.py", "y"),))
    assert read_join(JoinReply(is_told=True, text="`rows[2]` is read."), [one]).citations == ()
