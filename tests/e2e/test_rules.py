"""`pr-reviewer rules`, as a tech lead uses it: in a repository of their own, with the built wheel."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import BIN, Repo, Run
from tests.e2e.models import NOTHING, confirming, finding, task_of
from tests.fakes.model_server import ModelRequest, ModelServer, error
from tests.report.test_sarif import valid

pytestmark = pytest.mark.e2e

ROOT = """\
# How we work

## No print {#no-print}

A service has no terminal: use the log.

```yaml rule
languages: [python]
pattern: print($$$)
```

### Bad

```python
print("x")
```

### Good

```python
log.info("x")
```

## Money is a Decimal {#money}

Never a float: `0.1 + 0.2` is not `0.3`.

```yaml rule
enforcement: required
paths: ["src/**", "tool/**"]
```
"""
TOOL = "## The tool prints {#no-print}\n\n```yaml rule\nenforcement: off\nreason: people read it on a terminal\n```\n"
AGENTS = "# Agents\n\n## Setup\n\nRun `make`.\n\n## Code style\n\n- Never use `eval`.\n"
PUTS = "## Puts {#puts}\n\nUse it.\n\n### Good\n\n```python\nputs(2)\n```\n\n## A {#money}\n\nX.\n"
FOO = "## X {#x}\n\n```yaml rule\nfoo: 1\n```\n"
FILES = {
    "best_practices.md": ROOT,
    "tool/best_practices.md": TOOL,
    "AGENTS.md": AGENTS,
    "src/a.py": "import os\n\nprint(\n    1,\n)\nprint(2)\n",
    "tool/b.py": "print(3)\n",
    "README.md": "Hello\n",
}


@pytest.fixture
def rules(repo: Repo) -> Repo:
    repo.commit(FILES)
    return repo


def broken(root: str) -> str:
    return root.replace("pattern: print($$$)", "pattern:\n  kind: nope")


def test_rules_that_are_in_order_pass(run: Run, rules: Repo):
    done = run("rules", "check", "--strict", cwd=rules.path)
    assert (done.code, done.out) == (0, "")
    assert done.err == "3 rules in 3 files: nothing is wrong\n"


def test_everything_that_is_wrong_is_said_with_file_and_line_in_order(run: Run, rules: Repo):
    wrong = ROOT.replace("print($$$)", "puts($$$)").replace('log.info("x")', "puts(1)").replace("src/**", "srv/**")
    rules.write(
        {
            "best_practices.md": wrong,
            "best_practices/b.md": PUTS,
            "tool/best_practices.md": TOOL.replace("#no-print", "#no-prnt"),
        }
    )
    done = run("rules", "check", cwd=rules.path)
    assert done.code == 1
    assert done.out.splitlines() == [
        "best_practices.md:14: error: this Bad example of rule `no-print` is not hit by its pattern",
        "best_practices.md:20: error: this Good example of rule `no-print` is hit by its pattern, on line 21",
        "best_practices.md:24: warning: `srv/**`, a path of rule `money`, matches no file",
        "best_practices/b.md:7: error: a Good example of rule `puts` breaks rule `no-print` (best_practices.md:3)",
        "best_practices/b.md:11: error: rule “A” is left out: best_practices.md:24 has a rule `money` already",
        "tool/best_practices.md:1: error: there is no rule `no-prnt` to switch off; did you mean `no-print`?",
    ]
    assert done.err == "5 rules in 4 files: 5 errors, 1 warning\n"


def test_a_pattern_that_does_not_compile_is_told_in_ast_greps_words_on_its_own_line(run: Run, rules: Repo):
    rules.write({"best_practices.md": broken(ROOT)})
    done = run("rules", "check", "best_practices.md", cwd=rules.path)
    assert done.code == 1
    assert done.out == (
        "best_practices.md:9: error: the pattern of rule `no-print` does not work: Kind `nope` is invalid.\n"
    )


def test_warnings_fail_only_a_strict_check(run: Run, rules: Repo):
    rules.write({"best_practices.md": ROOT.replace("src/**", "srv/**")})
    assert run("rules", "check", cwd=rules.path).code == 0
    assert run("rules", "check", "--strict", cwd=rules.path).code == 1


def test_a_rule_that_may_be_the_organisations_is_only_a_warning_while_its_rules_are_not_read(run: Run, rules: Repo):
    rules.git("remote", "add", "origin", "https://github.com/acme/app.git")
    rules.write({"tool/best_practices.md": TOOL.replace("#no-print", "#acme-names")})
    done = run("rules", "check", cwd=rules.path)
    assert done.code == 0
    assert done.out.startswith("tool/best_practices.md:1: warning: there is no rule `acme-names` to switch off")
    assert done.out.endswith(" (the rules of acme/.pr-reviewer were not read)\n")


def test_a_pattern_that_runs_for_ever_is_stopped_and_said(run: Run, rules: Repo):
    inner = "kind: float"
    for _ in range(7):
        inner = f"kind: module, stopBy: end, has: {{kind: integer, stopBy: end, inside: {{{inner}}}}}"
    rule = f"pattern: {{kind: integer, inside: {{{inner}}}}}"
    numbers = "x = [" + "1, " * 400 + "]"
    rules.write({"best_practices.md": ROOT.replace("pattern: print($$$)", rule).replace('print("x")', numbers)})
    done = run("rules", "check", cwd=rules.path)
    assert done.code == 1
    assert done.out == (
        "best_practices.md:9: error: the pattern of rule `no-print` does not work: it took longer than 5 s\n"
    )


def test_paths_are_told_as_the_caller_would_name_them_and_only_what_is_named_is_checked(run: Run, rules: Repo):
    rules.write({"best_practices.md": broken(ROOT), "tool/best_practices.md": FOO})
    done = run("rules", "check", "../tool", cwd=rules.path / "src")
    assert done.out == (
        "../tool/best_practices.md:4: error: rule “X” is left out: `foo` is no key of a rule; "
        "there is languages, paths, severity, changes, category, enforcement, reason, pattern\n"
    )
    assert done.err == "0 rules in 1 file: 1 error\n"


STANDINGS = (
    '[[repository]]\nmatch = "acme/a"\nqualty = "legacy"\n\n[[repository]]\nmatch = "acme/b"\nsuccessor = "acme/c"\n'
)
STANDINGS_SAID = [
    "3: error: a repository's standing is left out: `qualty` is no key of a repository; did you mean `quality`?",
    '5: warning: `successor` has no effect: only a repository with `status = "deprecated"` points to one',
]


def test_the_standings_of_an_organisations_repositories_are_checked_with_its_rules(run: Run, rules: Repo):
    rules.write({"repositories.toml": STANDINGS})
    said = [f"repositories.toml:{each}" for each in STANDINGS_SAID]
    done = run("rules", "check", cwd=rules.path)
    assert (done.code, done.out.splitlines()) == (1, said)
    assert done.err == "3 rules in 4 files: 1 error, 1 warning\n"
    alone = run("rules", "check", "../repositories.toml", cwd=rules.path / "src")
    assert (alone.code, alone.out.splitlines()) == (1, [f"../{each}" for each in said])
    sarif = valid(run("rules", "check", "--format", "sarif", cwd=rules.path).json)
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == ["invalid-standing", "standing-without-effect"]


def test_the_standings_in_an_operators_folder_are_checked_with_its_rules(run: Run, tmp_path: Path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "repositories.toml").write_text(STANDINGS)
    done = run("rules", "check", "rules", cwd=tmp_path)
    assert (done.code, done.out.splitlines()) == (1, [f"rules/repositories.toml:{each}" for each in STANDINGS_SAID])
    (folder / "ours.md").write_text(ROOT)
    assert run("rules", "check", "rules", cwd=tmp_path).err == "2 rules in 2 files: 1 error, 1 warning\n"
    (folder / "repositories.toml").write_bytes(b"\0")
    done = run("rules", "check", "rules", cwd=tmp_path)
    assert done.out.startswith("rules/repositories.toml:1: error: this file is binary, too big, or no plain file")


def test_standings_in_a_repository_where_no_review_reads_them_are_only_a_warning(run: Run, rules: Repo):
    rules.write({"repositories.toml": STANDINGS})
    rules.git("remote", "add", "origin", "https://github.com/acme/app.git")
    where = "at the top of acme/.pr-reviewer or in the operator's folder"
    done = run("rules", "check", cwd=rules.path)
    assert (done.code, done.out) == (
        0,
        f"repositories.toml:1: warning: no review reads this file: it counts {where}\n",
    )
    assert run("rules", "check", "repositories.toml", cwd=rules.path).code == 1
    rules.git("remote", "set-url", "origin", "git@github.com:acme/.pr-reviewer.git")
    assert run("rules", "check", cwd=rules.path).code == 1


def test_a_folder_that_is_no_repository_is_checked_as_the_operators(run: Run, tmp_path: Path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "ours.md").write_text(broken(ROOT))
    done = run("rules", "check", "rules", cwd=tmp_path)
    assert done.out.startswith("rules/ours.md:9: error: the pattern of rule `no-print` does not work")
    assert run("rules", "check", "rules/ours.md", cwd=tmp_path).out == done.out


def test_the_operators_own_folder_is_no_second_one(run: Run, tmp_path: Path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "ours.md").write_text(ROOT)
    done = run("rules", "check", "rules", cwd=tmp_path, env={"PR_REVIEWER_RULES__FOLDER": str(folder)})
    assert (done.out, done.err) == ("", "2 rules in 1 file: nothing is wrong\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nowhere.md"], "nowhere.md does not exist"),
        (["check", "src"], "there is no file of rules in src"),
        (["explain", "no-prnt"], "no rule has the id `no-prnt`; did you mean `no-print`?"),
        (["test", "no-print", "nowhere.py"], "nowhere.py does not exist"),
        (["list", "../x.py"], "../x.py does not lie in"),
        (["list", "--base", "HEAD", "--working-tree"], "--base and --working-tree exclude each other"),
        (["new", "--id", "a b"], "'a b' is no id of a rule"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_exits_with_2(run: Run, rules: Repo, arguments, said):
    done = run("rules", *arguments, cwd=rules.path)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_where_no_commit_is_the_hint_names_an_option_that_there_is(run: Run, repo: Repo, tmp_path: Path):
    outside = run("rules", "list", cwd=tmp_path)
    assert (outside.code, outside.err.splitlines()[1]) == (2, "Call it inside one, or name one with --repo PATH.")
    empty = run("rules", "list", cwd=repo.path)
    assert (empty.code, empty.err.splitlines()[1]) == (2, "--working-tree shows the rules as they are on disk.")
    assert run("rules", "list", "--working-tree", cwd=repo.path).code == 0


def test_a_repository_without_rules_passes_and_is_told_how_to_start(run: Run, repo: Repo):
    repo.commit({"a.py": "x = 1\n"})
    done = run("rules", "check", cwd=repo.path)
    assert (done.code, done.out) == (0, "")
    assert "`pr-reviewer rules new`" in done.err


def test_the_sarif_of_a_check_is_valid_and_names_files_from_the_root(run: Run, rules: Repo):
    rules.write({"tool/best_practices.md": broken(ROOT), "best_practices.md": ROOT.replace("src/**", "srv/**")})
    done = run("rules", "check", "--format", "sarif", "..", cwd=rules.path / "src")
    (log_run,) = valid(done.json)["runs"]
    results = [
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in log_run["results"]
    ]
    assert results == [
        ("glob-matches-nothing", "warning", "best_practices.md", 24),
        ("broken-pattern", "error", "tool/best_practices.md", 9),
        ("glob-matches-nothing", "warning", "tool/best_practices.md", 25),
    ]
    assert {rule["id"] for rule in log_run["tool"]["driver"]["rules"]} == {"glob-matches-nothing", "broken-pattern"}
    named = [result["properties"]["rule"] for result in log_run["results"]]
    assert named == ["money", "no-print", "money"]
    assert done.code == 1


def test_the_json_of_a_check_holds_the_same(run: Run, rules: Repo):
    rules.write({"best_practices.md": broken(ROOT)})
    done = run("rules", "check", "--format", "json", cwd=rules.path)
    (diagnostic,) = done.json["diagnostics"]
    assert diagnostic == {
        "path": "best_practices.md",
        "line": 9,
        "severity": "error",
        "code": "broken-pattern",
        "rule": "no-print",
        "text": "the pattern of rule `no-print` does not work: Kind `nope` is invalid.",
    }
    assert (done.json["files"], done.json["rules"]) == (
        ["best_practices.md", "AGENTS.md", "tool/best_practices.md"],
        3,
    )


def test_the_hook_for_pre_commit_runs_what_it_names(rules: Repo):
    (hook,) = yaml.safe_load(Path(__file__).parents[2].joinpath(".pre-commit-hooks.yaml").read_text())
    assert set(hook) >= {"id", "name", "entry", "language", "files"}
    program, *arguments = hook["entry"].split()

    def call() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BIN / program, *arguments], cwd=rules.path, capture_output=True, text=True, check=False, timeout=120
        )

    assert hook["pass_filenames"] is False
    for path in (
        "best_practices.md",
        "best_practices/a.md",
        "web/AGENTS.md",
        ".cursor/rules/a.mdc",
        "repositories.toml",
    ):
        assert re.search(hook["files"], path), path
    assert call().returncode == 0
    rules.write({"best_practices.md": broken(ROOT)})
    done = call()
    assert (done.returncode, done.stdout.startswith("best_practices.md:9: error: ")) == (1, True)


def test_the_template_is_accepted_and_hits_its_own_bad_example(run: Run, repo: Repo):
    repo.commit({"a.py": "created = datetime.now()\nupdated = datetime.now(tz=UTC)\n"})
    made = run("rules", "new", "--id", "team/clock", cwd=repo.path)
    repo.write({"best_practices.md": made.out})
    assert run("rules", "check", "--strict", cwd=repo.path).code == 0
    done = run("rules", "test", "team/clock", "a.py", "--format", "json", cwd=repo.path)
    assert done.code == 1
    assert [each["first"] for each in done.json["files"][0]["said"]] == [1]
    assert "Comments such as this one" not in done.json["rule"]["text"]


def test_a_file_is_told_what_governs_it_and_what_is_switched_off(run: Run, rules: Repo):
    done = run("rules", "list", "b.py", "../README.md", cwd=rules.path / "tool")
    assert done.code == 0
    told, readme = done.out.split("\nREADME.md (markdown)\n")
    assert told.split("\n")[2] == "tool/b.py (python)"
    assert "  repository · best_practices.md\n    :24  money  error  required  judgement  Money is a Decimal" in told
    assert "  pack core · best_practices/core/python.md\n    :" in told
    assert "no-print is switched off at tool/best_practices.md:1: people read it on a terminal" in " ".join(
        told.split()
    )
    assert "money" not in readme
    assert "AGENTS.md:3: section “Setup” is not about code" in done.out
    assert "Packs that are off" in done.out


def test_without_a_file_all_rules_are_listed_by_source(run: Run, rules: Repo):
    done = run("rules", "list", cwd=rules.path)
    order = ["pack core · best_practices/core/", "repository · best_practices.md", "AGENTS.md\n", "tool/ · "]
    places = [done.out.index(each) for each in order]
    assert places == sorted(places)
    assert "off: people read it on a terminal" in done.out


def test_the_tip_of_the_base_is_read_unless_told_otherwise(run: Run, rules: Repo):
    rules.branch("work")
    rules.commit({"best_practices.md": ROOT.replace("{#money}", "{#cash}")})
    rules.write({"best_practices.md": ROOT.replace("{#money}", "{#coins}")})

    def ids(*arguments: str) -> set[str]:
        listed = run("rules", "list", "--format", "json", *arguments, cwd=rules.path).json
        return {rule["id"] for rule in listed["rules"]} & {"money", "cash", "coins"}

    assert ids() == {"money"}
    assert ids("--base", "work") == {"cash"}
    assert ids("--working-tree") == {"coins"}


def test_the_list_as_json_says_where_each_rule_stands(run: Run, rules: Repo):
    listed = run("rules", "list", "src/a.py", "--format", "json", cwd=rules.path).json
    (file,) = listed["files"]
    money = next(rule for rule in file["rules"] if rule["id"] == "money")
    assert (money["level"], money["path"], money["line"], money["enforcement"]) == (
        "repository",
        "best_practices.md",
        24,
        "required",
    )
    assert listed["revision"] == rules.git("rev-parse", "main")
    assert listed["left_out"][0]["text"] == "section “Setup” is not about code"


def test_a_rule_is_explained_with_all_levels_and_who_switched_it_off(run: Run, rules: Repo):
    done = run("rules", "explain", "no-print", cwd=rules.path)
    words = " ".join(done.out.split())
    assert "A service has no terminal: use the log." in words
    assert "Pattern print($$$) Bad best_practices.md:14" in words
    assert "tool/ tool/best_practices.md:1 warning off switches it off: people read it on a terminal" in words
    assert "repository best_practices.md:3 warning advisory holds" in words


def test_a_rule_is_explained_for_one_file(run: Run, rules: Repo):
    here = run("rules", "explain", "no-print", "src/a.py", cwd=rules.path)
    assert "It governs src/a.py." in here.out
    off = run("rules", "explain", "no-print", "tool/b.py", cwd=rules.path)
    assert "Switched off at tool/best_practices.md:1: people read it on a terminal" in off.out
    other = run("rules", "explain", "no-print", "README.md", cwd=rules.path)
    assert "It does not govern README.md: it is about python, and this is markdown." in other.out
    levels = run("rules", "explain", "no-print", "src/a.py", "--format", "json", cwd=rules.path).json["levels"]
    assert [(each["path"], each["holds"]) for each in levels] == [
        ("tool/best_practices.md", False),
        ("best_practices.md", True),
    ]


def test_a_pattern_rule_is_tried_on_whole_files_as_they_are_on_disk(run: Run, rules: Repo):
    rules.write({"src/a.py": FILES["src/a.py"] + "x = 1\nprint(4)\n"})
    done = run("rules", "test", "no-print", "src/a.py", "tool/b.py", cwd=rules.path)
    assert done.code == 1
    assert done.out == (
        "src/a.py:3-5: warning: No print\n     3 │ print(\n     4 │     1,\n     5 │ )\n\n"
        "src/a.py:6: warning: No print\n     6 │ print(2)\n\n"
        "src/a.py:8: warning: No print\n     8 │ print(4)\n\n"
        "tool/b.py: the rule does not govern this file: it is switched off at\n"
        "tool/best_practices.md:1: people read it on a terminal\n\n"
        "3 places in 1 file\n"
    )
    rules.write({"src/a.py": "x = 1\n"})
    assert run("rules", "test", "no-print", "src/a.py", cwd=rules.path).code == 0


def test_a_rule_for_a_model_says_that_one_is_needed(run: Run, rules: Repo):
    done = run("rules", "test", "money", "src/a.py", cwd=rules.path)
    assert (done.code, done.out) == (3, "")
    assert "rule `money` has no pattern, so a model judges it, and none is set" in done.err


def test_a_rule_for_a_model_is_the_only_thing_that_is_asked_and_its_answer_is_verified(run: Run, rules: Repo):
    rules.write({"src/pay.py": "total = 0.1\nname = 'x'\n"})
    asked: list[str] = []
    broken_money = finding("src/pay.py", "total = 0.1", rule_id="money", category="rule", title="A float")
    no_rule = finding("src/pay.py", "name = 'x'", title="A name")

    def answer(request: ModelRequest) -> Any:
        asked.append(task_of(request))
        if asked[-1] == "rules":
            return NOTHING | {"findings": [broken_money, no_rule]}
        return confirming()(request)

    with ModelServer(answer) as server:
        env = {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": server.url}
        done = run("rules", "test", "money", "src/pay.py", cwd=rules.path, env=env)
    assert asked == ["rules", "verify"]
    assert done.code == 1, done.err
    assert done.out == (
        "src/pay.py:1: error: Money is a Decimal\n     1 │ total = 0.1\n  It returns the wrong value.\n"
        "  Failing case: every call\n\n1 place in 1 file\n"
    )


def test_a_model_that_fails_is_no_rule_that_says_nothing(run: Run, rules: Repo):
    with ModelServer(lambda _request: error(401, "no")) as server:
        env = {"OPENAI_API_KEY": "sk-test-key", "OPENAI_BASE_URL": server.url}
        done = run("rules", "test", "money", "src/a.py", cwd=rules.path, env=env)
    assert done.code == 3
    assert "not tried: src/a.py: " in done.err


def test_nothing_in_a_rule_reaches_the_terminal_as_a_control_character(run: Run, rules: Repo):
    rules.commit({"best_practices.md": ROOT.replace("use the log", "use \x1b[31m the log\x9b")})
    for arguments in (["list"], ["explain", "no-print"], ["check"]):
        done = run("rules", *arguments, cwd=rules.path)
        assert not {"\x1b", "\x9b"} & set(done.out + done.err)


def test_every_command_explains_itself(run: Run, tmp_path: Path):
    listed = run("rules", "--help", cwd=tmp_path)
    for name in ("check", "list", "explain", "test", "new"):
        assert f"\n  {name} " in listed.out
        assert run("rules", name, "--help", cwd=tmp_path).out.startswith(f"Usage: pr-reviewer rules {name}")
    assert "Exit codes: " in run("rules", "check", "--help", cwd=tmp_path).out
