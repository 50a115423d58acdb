"""Files of rules take in other files: each once, not in circles, not without end."""

import pytest

from pr_reviewer.model.rules import Level, RuleFile
from pr_reviewer.rules.includes import DEEPEST, MOST, Inclusion, includes_of
from tests.rules.builders import foreign_file, rule_file

CLAUDE = """\
# CLAUDE.md
@docs/style.md and (@./docs/more.txt), mail to me@example.md

## Code style
- **Errors**: @docs/errors.md.
- `@docs/no.md`, @angular/core, @~/mine.md

```
@docs/no.md
```

## Commands
@docs/commands.md
"""


def front(*paths):
    return f"---\ninclude: [{', '.join(paths)}]\n---\n"


def read(texts, *roots):
    inclusion = Inclusion(roots)
    order = []
    while batch := inclusion.wanted:
        for file in batch:
            order.append((file.path, file.folder))
            inclusion.take(file, texts.get(file.path))
    return order, inclusion.parsed()


def told(parsed):
    return [str(problem) for problem in parsed.problems]


def test_claude_md_takes_in_what_it_names_outside_of_code_and_of_what_is_not_about_code():
    assert includes_of(CLAUDE, foreign_file("CLAUDE.md")) == ("docs/style.md", "docs/more.txt", "docs/errors.md")
    assert includes_of(CLAUDE, foreign_file("AGENTS.md")) == ()


def test_front_matter_takes_in_files_beside_its_own():
    text = front("a.md", "../b.md", "./c/d.md", "/etc/passwd", "../../../e.md")
    assert includes_of(text, rule_file(folder="x/y")) == ("x/y/a.md", "x/b.md", "x/y/c/d.md")
    assert includes_of(front("b.md"), RuleFile(Level.OPERATOR, "operator", "/etc/rules/a.md")) == ("/etc/rules/b.md",)


@pytest.mark.parametrize(
    "text", ["", "---\ninclude: [1]\n---\n", "---\ninclude: a\nno end", "a\0b", "---\na: [\n---\n"]
)
def test_what_cannot_be_read_takes_in_nothing(text):
    assert includes_of(text, rule_file()) == ()


@pytest.mark.parametrize("text", ["AGENTS.md", "@AGENTS.md\n", "./AGENTS.md"])
def test_a_symbolic_link_takes_in_the_file_that_it_names(text):
    assert includes_of(text, foreign_file("CLAUDE.md")) == ("AGENTS.md",)


def test_every_file_is_read_once_for_the_widest_folder():
    texts = {
        "best_practices.md": front("shared.md", "a.md"),
        "a.md": front("shared.md"),
        "shared.md": "",
        "x/best_practices.md": front("../shared.md", "own.md"),
        "x/own.md": "",
        "y/best_practices.md": front("../x/own.md"),
    }
    order, parsed = read(texts, rule_file(), rule_file(folder="x"), rule_file(folder="y"))
    assert order == [
        ("best_practices.md", ""),
        ("x/best_practices.md", "x"),
        ("y/best_practices.md", "y"),
        ("shared.md", ""),
        ("a.md", ""),
        ("x/own.md", "x"),
        ("x/own.md", "y"),
    ]
    assert told(parsed) == []


def test_a_file_taken_in_has_the_level_and_the_origin_of_the_one_that_takes_it_in():
    inclusion = Inclusion([foreign_file("CLAUDE.md")])
    inclusion.take(foreign_file("CLAUDE.md"), "@docs/a.md")
    assert inclusion.wanted == (RuleFile(Level.REPOSITORY, "CLAUDE.md", "docs/a.md"),)


def test_a_packs_file_is_not_the_repositorys_of_the_same_path():
    texts = {"best_practices/core/a.md": front("b.md"), "best_practices/core/b.md": ""}
    pack = RuleFile(Level.PACK, "pack core", "best_practices/core/a.md")
    order, _ = read(texts, pack, rule_file(path="best_practices/core/b.md"))
    assert [path for path, _ in order] == [
        "best_practices/core/a.md",
        "best_practices/core/b.md",
        "best_practices/core/b.md",
    ]


def test_circles_are_told_with_their_line_and_read_once():
    texts = {
        "best_practices.md": front("a.md"),
        "a.md": front("b.md", "a.md"),
        "b.md": "---\nseverity: note\ninclude: [c.md]\n---\n",
        "c.md": front("a.md"),
    }
    order, parsed = read(texts, rule_file())
    assert [path for path, _ in order] == ["best_practices.md", "a.md", "b.md", "c.md"]
    assert told(parsed) == [
        "a.md:2: `a.md` takes in this file already: they go in a circle",
        "c.md:2: `a.md` takes in this file already: they go in a circle",
    ]


def test_a_circle_between_files_that_are_known_already_is_told():
    texts = {"best_practices.md": front("a.md", "b.md"), "a.md": front("b.md"), "b.md": front("a.md")}
    _, parsed = read(texts, rule_file())
    assert told(parsed) == ["b.md:2: `a.md` takes in this file already: they go in a circle"]


def test_roads_that_meet_are_followed_once_when_a_circle_is_looked_for():
    texts = {
        "best_practices.md": front("a.md", "b.md", "c.md"),
        "a.md": front("d.md"),
        "b.md": front("d.md"),
        "c.md": front("a.md", "b.md"),
        "d.md": front("c.md"),
    }
    _, parsed = read(texts, rule_file())
    assert told(parsed) == ["d.md:2: `c.md` takes in this file already: they go in a circle"]


def test_files_go_five_deep():
    texts = {"best_practices.md": front("1.md")} | {f"{n}.md": front(f"{n + 1}.md") for n in range(1, 9)}
    order, parsed = read(texts, rule_file())
    assert len(order) == 1 + DEEPEST
    assert told(parsed) == ["5.md:2: `6.md` is not read: it is more than 5 files deep"]


def test_only_so_many_files_are_taken_in():
    texts = {"best_practices.md": front(*(f"{n}.md" for n in range(MOST + 2)))}
    texts |= {f"{n}.md": "" for n in range(MOST)}
    order, parsed = read(texts, rule_file())
    assert len(order) == 1 + MOST
    assert told(parsed) == [
        f"best_practices.md:2: `{n}.md` is not read: more than {MOST} files are taken in" for n in (MOST, MOST + 1)
    ]


def test_what_is_not_there_is_told_where_it_is_named():
    order, parsed = read({"best_practices.md": front("a.md")}, rule_file(), rule_file(folder="x"))
    assert len(order) == 3
    assert told(parsed) == [
        "x/best_practices.md:1: `x/best_practices.md` is not there, or is no file",
        "best_practices.md:2: `a.md` is not there, or is no file",
    ]


def test_a_path_out_of_the_repository_is_a_problem_where_it_is_no_persons_own():
    texts = {"best_practices.md": front("../a.md"), "CLAUDE.md": "@~/.claude/mine.md"}
    _, parsed = read(texts, rule_file(), foreign_file("CLAUDE.md"))
    outside = "lies outside of the repository: it is not read"
    assert told(parsed) == [f"best_practices.md:2: `../a.md` {outside}"]
    assert [str(part) for part in parsed.left_out] == [f"CLAUDE.md:1: `~/.claude/mine.md` {outside}"]
