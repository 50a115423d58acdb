from pr_reviewer.findings.place import place
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.code import Definition
from pr_reviewer.model.findings import Category, Severity
from tests.findings.builders import by_code, change_of, finding, placed_in

BODY = "def f():\n    x = 1\n    y = 2\n\ndef g():\n    x = 1\n"
DEFINITIONS = (Definition("f", LineRange(1, 3)), Definition("g", LineRange(5, 6)))


def name_in(new, *, definitions=(), is_head_known=True, quote="    x = 1", line=None, **fields):
    change = change_of("", new, definitions=definitions, is_head_known=is_head_known)
    claimed = LineRange(line, line) if line else None
    return placed_in(change, finding(quote, lines=claimed, **fields)).fingerprint


def moved(definitions, by):
    return [Definition(each.name, LineRange(each.lines.first + by, each.lines.last + by)) for each in definitions]


def test_it_says_its_version():
    assert name_in(BODY, line=2).startswith("v1:")


def test_the_models_words_do_not_count():
    first = name_in(BODY, line=2)
    other = name_in(
        BODY, line=2, title="Other", message="words", severity=Severity.NOTE, category=Category.SECURITY, suggestion="z"
    )
    assert first == other


def test_unrelated_edits_above_do_not_count():
    before = name_in(BODY, definitions=DEFINITIONS, line=6)
    above = "import os\n\ndef e():\n    x = 1\n\n"
    after = name_in(above + BODY, definitions=[Definition("e", LineRange(3, 4)), *moved(DEFINITIONS, 5)], line=11)
    assert before == after


def test_whitespace_does_not_count():
    assert name_in("x = 1\n", quote="x = 1") == name_in("  x  =  1  \n", quote="x = 1")


def test_equal_lines_of_two_definitions_are_told_apart():
    assert name_in(BODY, definitions=DEFINITIONS, line=2) != name_in(BODY, definitions=DEFINITIONS, line=6)


def test_equal_lines_of_one_definition_are_told_apart():
    body = "def f():\n    x = 1\n    y = 2\n    x = 1\n"
    definitions = [Definition("f", LineRange(1, 4))]
    assert name_in(body, definitions=definitions, line=2) != name_in(body, definitions=definitions, line=4)


def test_adjoining_equal_lines_are_told_apart():
    definitions = [Definition("f", LineRange(1, 3))]
    body = "def f():\n    x = 1\n    x = 1\n"
    assert name_in(body, definitions=definitions, line=2) != name_in(body, definitions=definitions, line=3)


def test_equal_methods_of_two_classes_are_told_apart():
    body = "class A:\n    def f():\n        x = 1\nclass B:\n    def f():\n        x = 1\n"
    definitions = [
        Definition("f", LineRange(2, 3)),
        Definition("A", LineRange(1, 3)),
        Definition("B", LineRange(4, 6)),
        Definition("f", LineRange(5, 6)),
    ]
    names = {name_in(body, definitions=definitions, line=line, quote="        x = 1") for line in (3, 6)}
    assert len(names) == 2


def test_without_the_head_equal_lines_are_counted_in_the_diff():
    names = {name_in(BODY, is_head_known=False, line=line) for line in (2, 6)}
    assert len(names) == 2


def test_path_side_rule_and_what_code_looked_for_count():
    change = change_of("x = 1\nkeep\nthis\n", "keep\nthis\nx = 1\n")
    new = place(finding("x = 1"), change).fingerprint
    old = place(finding("x = 1", side=Side.OLD), change).fingerprint
    ruled = place(finding("x = 1", rule_id="py/eval"), change).fingerprint
    kinds = (Category.SECRET, Category.SYNTAX)
    coded = {place(finding("x = 1", **by_code({"category": each})), change).fingerprint for each in kinds}
    elsewhere = placed_in(change_of("", "x = 1\n", "b.py"), finding("x = 1", path="b.py")).fingerprint
    assert len({new, old, ruled, elsewhere, *coded}) == 6
