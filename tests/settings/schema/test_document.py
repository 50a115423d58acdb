import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.settings.schema.document import key_lines, read_document
from pr_reviewer.settings.schema.layers import Layer
from tests.settings.builders import problems_of


def read(text):
    assignments, problems = read_document(text, name="x.toml", layer=Layer.REPOSITORY)
    assert not problems
    return [(each.key, each.value, each.where) for each in assignments]


def test_each_setting_knows_its_line():
    text = """# why
[review]

max_comments = 3 # "[
fail_on = "error"
[paths]
ignore = [
  "a]",
  "b#",
]
only = []
"""
    assert read(text) == [
        ("review.max_comments", 3, "x.toml:4"),
        ("review.fail_on", "error", "x.toml:5"),
        ("paths.ignore", ["a]", "b#"], "x.toml:7"),
        ("paths.only", [], "x.toml:11"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "review.max_comments = 3",
        "review = { max_comments = 3 }",
        "\"review\".'max_comments' = 3",
        "[review]\nmax_comments = 3",
        "\ufeff[review]\r\nmax_comments = 3\r\n",
        "[ review ]\n  max_comments = 3",
    ],
)
def test_every_way_to_write_a_key_is_the_same_key(text):
    assert [(key, value) for key, value, _ in read(text)] == [("review.max_comments", 3)]


def test_the_source_names_layer_file_and_line():
    (each,), _ = read_document("[review]\nmax_comments = 3", name=".pr_reviewer.toml", layer=Layer.REPOSITORY)
    assert each.source == "repository .pr_reviewer.toml:2"


def test_what_stands_inside_a_table_keeps_its_own_line():
    text = '[models.cards."a.b"]\nwindow = 1\n[models.cards.c]\nwindow = 2'
    (each,), _ = read_document(text, name="x.toml", layer=Layer.FILE)
    assert each.key == "models.cards"
    assert each.below == {
        (): "x.toml:1",
        ("a.b",): "x.toml:1",
        ("a.b", "window"): "x.toml:2",
        ("c",): "x.toml:3",
        ("c", "window"): "x.toml:4",
    }


def test_arrays_of_tables_and_strings_of_many_lines_do_not_move_the_count():
    text = '[[a.b]]\nx = \'\'\'\n]]\n\'\'\'\ny = """\\"""\n[\n""""\n[[a.b]]\nz = 1\n'
    lines = key_lines(text)
    assert lines["a", "b", "x"] == 2
    assert lines["a", "b", "y"] == 5
    assert lines["a", "b", "z"] == 9


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = \n", "x.toml:1:5: not readable as TOML: Invalid value"),
        ("[review]\nmax_comments 3", "x.toml:2:14: not readable as TOML: Expected '=' after a key in a key/value pair"),
        ("[review]\nx = 1\nx = 2\n\n\n", "x.toml:3:6: not readable as TOML: Cannot overwrite a value"),
        ("[review]\nx = 1\ny = [1,\n\n\n", "x.toml:3: not readable as TOML: Invalid value"),
        ("a = 1\nb = '\udcff'", "x.toml:2: not UTF-8. Save the file as UTF-8."),
        ("a = " + "[" * 100 + "]" * 100, "x.toml: not readable: tables or brackets are nested more than 16 deep"),
        ("a = " + "[" * 9999, "x.toml: not readable: tables or brackets are nested more than 16 deep"),
        ("a" + ".a" * 2000 + " = 1", "x.toml: not readable: tables or brackets are nested more than 16 deep"),
        ("#" * 32_769, "x.toml: not read: it is longer than 32,768 characters"),
    ],
)
def test_a_text_that_cannot_be_read_is_one_problem_with_its_place(text, problem):
    assert problems_of(text) == [problem]


def test_a_number_too_long_for_python_is_a_problem_and_no_crash():
    (problem,) = problems_of("[review]\nmax_comments = " + "9" * 5000)
    assert problem.startswith("x.toml: not readable as TOML: Exceeds the limit")


_values = st.one_of(
    st.integers().map(str),
    st.lists(st.sampled_from(['"]"', "'#'", '"\\""', "1"])).map(lambda items: "[\n" + ",\n".join(items) + "\n]"),
    st.text(alphabet="ab[]{}#'\n", max_size=12).map(lambda text: f'"""\n{text}"""'),
    st.text(alphabet='ab[]{}#"\n', max_size=12).map(lambda text: f"'''\n{text}'''"),
    st.just("{ inner = [1, { x = '}' }] }"),
)
_statements = st.lists(st.tuples(st.sampled_from(["", "# [x\n", "\n", "\r\n"]), st.booleans(), _values), max_size=12)


@given(_statements)
def test_the_line_of_a_key_is_the_line_on_which_it_stands(statements):
    text = ""
    for number, (gap, is_table, value) in enumerate(statements):
        text += gap + (f"[t{number}]\n" if is_table else "") + f"k{number} = {value}\n"
    lines = text.split("\n")
    found = key_lines(text)
    for number in range(len(statements)):
        (at,) = [line for path, line in found.items() if path[-1] == f"k{number}"]
        assert lines[at - 1].startswith(f"k{number} = ")
