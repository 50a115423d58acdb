"""Definitions are found in every language that has a grammar, nested ones and their decorators included."""

import pytest

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.code import Definition
from pr_reviewer.patterns.worker import PatternWorker

CASES = {
    "a.py": (
        """\
@decorator
def f(a=lambda: 1):
    class A:
        @property
        async def g(self):
            pass
h = lambda: 1
x = 1
""",
        [("f", 1, 6), ("A", 3, 6), ("g", 4, 6), ("h", 7, 7)],
    ),
    "a.js": (
        """\
export default class A {
  m() {}
  static s = () => 1;
}
export const f = async () => {
  return 1;
};
const g = function () {}, i = 2;
module.exports.z = function () {};
const o = { k() {}, j: () => 2, n: 3 };
const C = memo(function () {});
describe("a thing", () => {
  it(`works`, async function () {});
});
log("x", 1);
log();
""",
        [
            *[("A", 1, 4), ("m", 2, 2), ("s", 3, 3), ("f", 5, 7), ("g", 8, 8), ("z", 9, 9)],
            *[("k", 10, 10), ("j", 10, 10), ("C", 11, 11), ('describe "a thing"', 12, 14), ("it `works`", 13, 13)],
        ],
    ),
    "a.ts": (
        """\
interface I { a(): void }
@Injectable()
export class C {
  @Input()
  m(): void {}
}
namespace N {
  export function f(): void {}
}
type T = { a: 1 };
declare function q(): void;
""",
        [("I", 1, 1), ("C", 2, 6), ("m", 4, 5), ("N", 7, 9), ("f", 8, 8), ("T", 10, 10), ("q", 11, 11)],
    ),
    "a.tsx": ("const V = () => <b>x</b>;\n", [("V", 1, 1)]),
    "a.go": (
        """\
package a

func (r *R) M() {
}

type (
	A int
	B struct {
		x int
	}
)

type S struct {
}

var v = func() {
}

var w = 1
""",
        [("M", 3, 4), ("A", 7, 7), ("B", 8, 10), ("S", 13, 14), ("v", 16, 17)],
    ),
    "A.java": (
        "@Ann\npublic class A {\n  @Override\n  void m() {\n  }\n  record R(int a) {}\n}\n",
        [("A", 1, 7), ("m", 3, 5), ("R", 6, 6)],
    ),
    "a.rb": (
        "module M\n  def self.y\n  end\nend\ndescribe 'a' do\n  it 'b' do\n  end\nend\nputs 'x'\n",
        [("M", 1, 4), ("y", 2, 3), ("describe 'a'", 5, 8), ("it 'b'", 6, 7)],
    ),
    "a.rs": (
        "#[test]\n#[ignore]\nfn f() {\n}\nimpl T for S {\n    fn m(&self) {}\n}\nimpl S {}\n",
        [("f", 1, 4), ("impl T for S", 5, 7), ("m", 6, 6), ("impl S", 8, 8)],
    ),
    "a.c": (
        "static char *f(struct S *s) {\n  return 0;\n}\nstruct S { int a; };\ntypedef struct {\n  int a;\n} T;\n",
        [("f", 1, 3), ("S", 4, 4), ("T", 5, 7)],
    ),
    "a.cpp": (
        "template <class T>\nclass A {\n  void m() {}\n};\nvoid A::m() {\n}\nnamespace n { }\n",
        [("A", 1, 4), ("m", 3, 3), ("A::m", 5, 6), ("n", 7, 7)],
    ),
    "a.cs": (
        "namespace N {\n  [Attr]\n  class A {\n    int P { get; set; }\n    void M() {}\n  }\n}\n",
        [("N", 1, 7), ("A", 2, 6), ("P", 4, 4), ("M", 5, 5)],
    ),
    "a.php": (
        "<?php\n#[Attr]\nclass B {\n  public function m() {}\n}\n$x = function() {};\n$y = 1;\n",
        [("B", 2, 5), ("m", 4, 4), ("$x", 6, 6)],
    ),
    "a.sh": ("f() {\n  echo a\n}\n", [("f", 1, 3)]),
}


@pytest.mark.parametrize("path", CASES)
async def test_every_definition_is_found_with_its_lines(path):
    text, expected = CASES[path]
    async with PatternWorker(seconds=30) as worker:
        found = await worker.outline({path: text})
    assert found[path] == tuple(Definition(name, LineRange(first, last)) for name, first, last in expected)


async def test_a_file_without_a_grammar_has_no_definitions_and_costs_no_process():
    async with PatternWorker() as worker:
        assert await worker.outline({"a.txt": "def f(): pass", "README": "x"}) == {"a.txt": (), "README": ()}
        assert worker.pid is None


async def test_broken_and_strange_texts_still_have_their_definitions():
    texts = {
        "broken.py": "def f(:\n    pass\ndef g():\n    pass\n",
        "bytes.py": "def f():\n    '\udce9'\n",
        "mark.py": "\ufeffdef f():\r\n    pass\r\n",
        "null.py": "def f():\n    '\0'\n",
    }
    async with PatternWorker(seconds=30) as worker:
        found = await worker.outline(texts)
    assert [definition.name for definition in found["broken.py"]][-1] == "g"
    assert {path: found[path] for path in list(texts)[1:]} == dict.fromkeys(
        list(texts)[1:], (Definition("f", LineRange(1, 2)),)
    )
