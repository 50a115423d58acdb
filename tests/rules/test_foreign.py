"""Files that people wrote for other tools hold rules about code, and much else that is left out and said."""

import pytest

from pr_reviewer.model.rules import Level
from pr_reviewer.rules.book import assemble
from pr_reviewer.rules.foreign import parse_file
from pr_reviewer.rules.parse import MAX_CHARACTERS
from tests.rules.builders import foreign_file, rule_file

AGENTS = """\
# Repository Guidelines

This file provides guidance to agents.

- Prefer small modules

## Project Structure & Module Organization
- `src/` holds the code

### Naming
- Packages are nouns

## Build, Test, and Development Commands
- `npm run dev`: starts it

### Details
- Port 3000

## Coding Style & Naming Conventions
Four blanks, never tabs.

- Use "double quotes" for strings shown to the user.
- Run `npm run lint` before pushing
- If you change the schema, run `just write-schema` too.
- Write commit messages in the imperative
- Format: `ruff format .`
- **Errors**: wrap them {#wrap-errors}
- See [the guide](docs/style.md)

## Testing
- Run tests: `npm test`
- Run all unit tests first.
- Use table-driven tests.
- Things to know:

## Database access
Go through the repository layer.

## Shape
```python
only(code)
```

## Commit & Pull Request Guidelines
- Short subjects

## Communication
Be brief. Ask the user when in doubt.

**Error handling:**
- Hold one lock at a time
"""


def parsed(text, path, folder=""):
    return parse_file(text, foreign_file(path, folder))


def rules(text, path):
    return [(rule.id, rule.text) for rule in parsed(text, path).rules]


def left_out(text, path):
    return [f"{part.line}: {part.text}" for part in parsed(text, path).left_out]


def test_agents_md_gives_its_rules_about_code():
    style = "\n\nCoding Style & Naming Conventions: Four blanks, never tabs."
    prefix = "agents-md/coding-style-naming-conventions-"
    assert rules(AGENTS, "AGENTS.md") == [
        ("agents-md/repository-guidelines-prefer-small-modules", "Prefer small modules"),
        ("agents-md/naming-packages-are-nouns", "Packages are nouns"),
        (
            prefix + "use-double-quotes-for-strings-shown",
            f'Use "double quotes" for strings shown to the user.{style}',
        ),
        ("wrap-errors", f"**Errors**: wrap them{style}"),
        ("agents-md/testing-use-table-driven-tests", "Use table-driven tests."),
        ("agents-md/database-access", "Go through the repository layer."),
        ("agents-md/error-handling-hold-one-lock-at-a-time", "Hold one lock at a time"),
    ]


def test_what_is_not_about_code_is_left_out_and_said_with_its_line():
    assert parsed(AGENTS, "AGENTS.md").problems == ()
    assert left_out(AGENTS, "AGENTS.md") == [
        "7: section “Project Structure & Module Organization” is not about code",
        "13: section “Build, Test, and Development Commands” is not about code",
        "16: section “Details” is not about code",
        "23: “Run `npm run lint` before pushing” is not about code",
        "24: “If you change the schema, run `just write-schema` too.” is not about code",
        "25: “Write commit messages in the imperative” is not about code",
        "26: “Format: `ruff format .`” is not about code",
        "28: “See [the guide](docs/style.md)” points to another file",
        "31: “Run tests: `npm test`” is not about code",
        "32: “Run all unit tests first.” is not about code",
        "34: “Things to know:” announces something and says nothing",
        "44: section “Commit & Pull Request Guidelines” is not about code",
        "47: section “Communication” is not about code",
        "39: section “Shape” has no text, only a block of code",
    ]


def test_contributing_md_gives_its_sections_on_style_alone():
    text = "# Contributing\n- Be kind\n\n## Our database\nIt is old.\n\n## Code style\n- Use tabs\n\n### Go\n- Wrap\n"
    assert rules(text, "CONTRIBUTING.md") == [
        ("contributing-md/code-style-use-tabs", "Use tabs"),
        ("contributing-md/go-wrap", "Wrap"),
    ]
    assert rules("Be kind.\nUse tabs.\n", "CONTRIBUTING.md") == []


def test_several_titles_are_headings():
    text = "# Code style\nUse tabs.\n\n# Commands\n- `make`\n\n## More\n- x\n"
    assert rules(text, "CLAUDE.md") == [("claude-md/code-style", "Use tabs.")]


def test_cursorrules_without_headings_have_their_captions():
    text = "You are an expert in Go.\n\nCode Style and Structure\n- Write concise code\n\n**Naming:**\n- Short names\n"
    assert rules(text, ".cursorrules") == [
        ("cursorrules/code-style-and-structure-write-concise-code", "Write concise code"),
        ("cursorrules/naming-short-names", "Short names"),
    ]


def test_a_plain_text_is_a_rule_a_line():
    text = "You are an expert in Go.\nNever use any.\n\nWrap errors.\n\n    go vet\n\n```go\nf()\n```\n"
    assert rules(text, ".cursorrules") == [
        ("cursorrules/never-use-any", "Never use any."),
        ("cursorrules/wrap-errors", "Wrap errors."),
    ]


CURSOR = "---\n{}\n---\n# Style\nUse early returns.\n"


@pytest.mark.parametrize(
    ("front", "paths"),
    [
        ("globs: *.py,src/**/*.{js,ts}", ("*.py", "src/**/*.js", "src/**/*.ts")),
        ('globs: ["*.py", "b.py"]', ("*.py", "b.py")),
        ("globs:\n  - '*.py'\n  - \"{a,b}/{c,d}.py\"", ("*.py", "a/c.py", "a/d.py", "b/c.py", "b/d.py")),
        ("globs: *.py\nalwaysApply: true", ()),
        ("alwaysApply: true", ()),
        ("globs: *.py, **/*", ()),
        ("globs: *.py}", ("*.py}",)),
    ],
)
def test_cursors_globs_are_the_paths_of_its_rules(front, paths):
    [rule] = parsed(CURSOR.format(front), ".cursor/rules/My Rules.mdc").rules
    assert (rule.id, rule.text, rule.paths) == ("cursor-my-rules/style", "Use early returns.", paths)


def test_a_description_goes_with_each_rule():
    [rule] = parsed(
        CURSOR.format("description: for handlers\nno key\nglobs:\nalwaysApply: false"), ".cursor/rules/a.mdc"
    ).rules
    assert (rule.text, rule.paths) == ("Use early returns.\n\nfor handlers", ())


def test_a_cursor_rule_that_holds_only_on_request_is_left_out():
    result = parsed(CURSOR.format("alwaysApply: false"), ".cursor/rules/a.mdc")
    assert (result.rules, result.problems) == ((), ())
    [part] = result.left_out
    assert str(part).startswith(".cursor/rules/a.mdc:1: it has neither `globs` nor `alwaysApply: true` nor a `desc")


@pytest.mark.parametrize(
    ("front", "why"),
    [
        ("applyTo: '!'", "it has a glob that is none: "),
        ("applyTo: '*a*b*c*d*e'", "it has a glob that is none: it has too many wildcards"),
        ("applyTo: " + "{a,b}" * 30, "its globs stand for more than 100"),
        ("applyTo: '{" + ",".join(f"a{n}" for n in range(3000)) + "}'", "its globs stand for more than 100"),
    ],
)
def test_globs_that_cannot_be_used_leave_the_file_out(front, why):
    result = parsed(f"---\n{front}\n---\nUse tabs.\n", ".github/instructions/x.instructions.md")
    [problem] = result.problems
    assert result.rules == ()
    assert problem.text.startswith(f"this file is left out: {why}")


@pytest.mark.parametrize(
    ("path", "front", "line", "key"),
    [
        (".cursor/rules/x.mdc", "globs: *.py\nalwaysApply: false\nglobs: *.js", 4, "globs"),
        (".cursor/rules/x.mdc", "alwaysApply: true\nalwaysApply: false", 3, "alwaysApply"),
        (".cursor/rules/x.mdc", "description: a\nglobs:\n  - a\ndescription: b", 5, "description"),
        (".github/instructions/x.instructions.md", "applyTo: '*.py'\n\napplyTo: '*.js'", 4, "applyTo"),
    ],
)
def test_a_key_that_stands_twice_leaves_the_file_out_and_is_said_with_its_line(path, front, line, key):
    result = parsed(f"---\n{front}\n---\nUse tabs.\n", path)
    why = f"{path}:{line}: this file is left out: `{key}` stands here a second time: only one can hold"
    assert ([str(each) for each in result.problems], result.rules) == ([why], ())


def test_a_key_that_nobody_reads_may_stand_twice():
    result = parsed("---\nglobs: *.py\ntags: a\ntags: b\n---\nUse tabs.\n", ".cursor/rules/x.mdc")
    assert [rule.paths for rule in result.rules] == [("*.py",)]


def test_copilots_files_are_read_with_the_paths_that_they_apply_to():
    path = ".github/instructions/front end.instructions.md"
    [rule] = parsed('---\napplyTo: "**/*.ts,**/*.tsx"\n---\nUse strict types.\n', path).rules
    assert (rule.id, rule.paths) == ("instructions-front-end/use-strict-types", ("**/*.ts", "**/*.tsx"))
    assert rules("# A\n## Style\nUse tabs.\n", ".github/copilot-instructions.md") == [("copilot/style", "Use tabs.")]
    assert rules("# Review\n- No magic\n", "REVIEW.md") == [("review-md/review-no-magic", "No magic")]


def test_our_own_format_is_read_as_it_is_whatever_the_file_is_called_at_other_levels():
    text = "## Commands\n- `make`\n"
    assert [rule.id for rule in parse_file(text, rule_file()).rules] == ["commands-make"]
    assert [rule.id for rule in parse_file(text, rule_file(Level.OPERATOR, "AGENTS.md")).rules] == ["commands-make"]


def test_our_own_marks_make_a_rule_of_any_section():
    block = "```yaml rule\nenforcement: off\nreason: not here\n```\n"
    text = "## Commands {#commands}\nUse make.\n\n## Other commands {#x}\n" + block
    result = parsed(text, "AGENTS.md")
    assert [rule.id for rule in result.rules] == ["commands"]
    assert [each.rule_id for each in result.amendments] == ["x"]


def test_nested_files_win_over_outer_ones_by_id():
    outer, inner = parsed("## Naming\nouter\n", "AGENTS.md"), parsed("## Naming\ninner\n", "web/AGENTS.md", "web")
    book = assemble([outer, inner])
    assert [rule.text for rule in book.governing("web/x.ts", "typescript")] == ["inner"]
    assert [rule.text for rule in book.governing("x.ts", "typescript")] == ["outer"]


def test_the_same_text_in_two_files_is_taken_once():
    book = assemble([parsed("## Naming\nShort.\n", path) for path in ("AGENTS.md", "CLAUDE.md")])
    assert [rule.id for rule in book.rules] == ["agents-md/naming"]
    assert [str(part) for part in book.left_out] == ["CLAUDE.md:1: “Naming” says what AGENTS.md:1 says already"]


@pytest.mark.parametrize("text", ["a\0b", "- a\n" * MAX_CHARACTERS])
def test_what_is_no_text_is_a_problem(text):
    result = parsed(text, "AGENTS.md")
    assert result.rules == ()
    assert [problem.code for problem in result.problems] == ["unreadable-file"]


def test_an_empty_document_is_no_problem():
    assert parsed("", "AGENTS.md") == parsed("# AGENTS.md\n\n##\n", "AGENTS.md")
    assert parsed("", "AGENTS.md").problems == ()
