"""What does not parse is said; what only looks wrong to one parser is not."""

import pytest

from pr_reviewer.model.code import SyntaxProblem
from pr_reviewer.patterns.worker import PatternWorker

BROKEN = {
    "a.py": ("def f(:\n    pass\n", SyntaxProblem(1, 7, "invalid syntax")),
    "b.py": ("x = 'é' +\n", SyntaxProblem(1, 10, "invalid syntax")),
    "d.py": ("# a\rb\n\f\nx = (\n", SyntaxProblem(3, 5, "'(' was never closed")),
    "c.py": ("if x:\n", SyntaxProblem(1, 6, "expected an indented block after 'if' statement on line 1")),
    "a.js": ("function f() {\n  return 'é' + ;\n}\n", SyntaxProblem(2, 15, "`identifier` is missing")),
    "a.ts": ("const x: = 1;\n", SyntaxProblem(1, 8, "unexpected `: = 1;`")),
    "a.go": ("package a\n\nfunc f() {\n\tx := (1\n}\n", SyntaxProblem(4, 9, "`)` is missing")),
    "A.java": ("class A {\n  int x = ;\n}\n", SyntaxProblem(2, 9, "unexpected `= ;`")),
    "a.rb": ("def f(\nend\n", SyntaxProblem(1, 1, "unexpected `def f(`")),
    "end.rb": ("def f\n  1\nend\nend\n", SyntaxProblem(4, 1, "unexpected `end`")),
    "ends.rb": ("class A\n  def f\n  end\n  end\nend.freeze\n", SyntaxProblem(5, 1, "unexpected `end.freeze`")),
    "B.java": ("class B { int f(int x) {\n  x;\n} }\n", SyntaxProblem(2, 3, "unexpected `x;`")),
    "a.rs": ("fn f() { let x = ; }\n", SyntaxProblem(1, 16, "unexpected `= ; }`")),
    "A.cs": ("class A { int x = ; }\n", SyntaxProblem(1, 17, "unexpected `= ; }`")),
    "a.php": ("<?php\n$x = ;\n", SyntaxProblem(2, 4, "unexpected `= ;`")),
    "a.json": ('{"a": 1,\n "b" 2}\n', SyntaxProblem(2, 6, "Expecting ':' delimiter")),
    "package.json": ('{"a": 1,}\n', SyntaxProblem(1, 9, "Expecting property name enclosed in double quotes")),
}
FINE = {
    "a.py": "match x:\n    case [1, *rest]: pass\n",
    "new.py": "type T[X] = list[X]\n",
    "quotes.py": 'print(f"{x["a"]}")\n',
    "old.py": "print 'hello'\n",
    "names.rb": "def end\n  x.end.y&.end\nend\ndef self.end; end\nalias end stop\nundef end\nf(end: 1)\n"
    "def g(end: 2)\nend\n",
    "A.java": "class A { A() { x = 1; x++; f(); new A(); switch (x) { default -> f(); } } }\n",
    "deep.py": "x = " + "(" * 150 + "1" + ")" * 150 + "\n",
    "minus.py": "x = " + "-" * 20_000 + "1\n",
    "mark.py": "\ufeffx = 1\r\n",
    "bytes.py": "x = '\udce9'\n",
    "flow.js": "function f(x: number): string { return x; }\n",
    "jsx.jsx": "const a = <b c={1}>x</b>;\n",
    "a.tsx": "const a = <T,>(x: T) => <b>{x}</b>;\n",
    "comments.json": '{"a": 1} // why\n',
    "mark.json": '\ufeff{"a": 1}\n',
    "a.yaml": "a: [1, 2]\nb: !custom x\n---\nc: &x 1\nd: *x\n",
    "empty.py": "",
    "return.py": "x = 1  # a\rb\f\n\f\ny = 2\n",
    "separator.yaml": "a: 'x\u2028y'\n",
    "long.py": "x = " + "9" * 5000 + "\n",
}
UNKNOWN = {
    "newer.py": "def f[T: int = str](x: T) -> T: ...\n",
    "null.py": "x = 1 # \0\n",
    "deep.json": "[" * 100_000,
    "a.txt": "((",
    "a.c": "int f( {",
    "a.css": "a { ",
    "a.html": "<b",
    "tsconfig.json": '{"a": 1,}',
    ".vscode/settings.json": "{,}",
    "a.json5": "{a: 1}",
    "empty.json": " ",
    "{{cookiecutter.name}}/a.py": "import {{cookiecutter.name}}\n",
    "chart/templates/a.yaml": "{{- if .x }}\na: 1\n{{- end }}\n",
    "a.yaml": "a: {{ .Values.a }}: [\n",
    "a.py": "{% if x %}\nimport a\n{% endif %}\n",
    "a.js": "var x = {% raw %};\n",
    "old.js": "// @flow\nopaque type T: (x = string;\n",
    "a.json": '{"a": {{ x }} }\n',
}


@pytest.fixture(scope="module")
def check():
    async def check(files):
        async with PatternWorker(seconds=30) as worker:
            found = await worker.syntax_errors(files)
            assert worker.problems == ()
            return found

    return check


@pytest.mark.parametrize("path", BROKEN)
async def test_the_first_place_that_does_not_parse_is_said(check, path):
    text, problem = BROKEN[path]
    found = (await check({path: text}))[path]
    assert found[0] == problem


async def test_broken_yaml_is_said_in_the_words_of_its_parser(check):
    [problem] = (await check({"a.yml": "a: [1\nb: 2\n"}))["a.yml"]
    assert (problem.line, "expected ',' or ']'" in problem.text) == (2, True)


async def test_what_parses_has_no_problems(check):
    assert await check(FINE) == dict.fromkeys(FINE, ())


async def test_where_it_cannot_be_told_nothing_is_said(check):
    assert await check(UNKNOWN) == dict.fromkeys(UNKNOWN)


async def test_an_error_within_an_error_is_said_where_it_is(check):
    text = "class A {\n" + "  ok() {}\n" * 20 + "  bad() { return ] }\n" + "  ok() {}\n" * 20 + "\n"
    found = (await check({"a.js": text}))["a.js"]
    assert 22 in {problem.line for problem in found}
    assert len(found) <= 20


async def test_a_line_with_a_secret_is_named_but_not_quoted():
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    async with PatternWorker() as worker:
        found = await worker.syntax_errors({"A.java": f"class A {{ int x = 1 {token} 2; }}\n"})

    assert found["A.java"] == (SyntaxProblem(1, 21, "unexpected code"),)
