"""`pr-reviewer review` in a real repository without a model: the deterministic part, and honest about what it is."""

import json
import secrets
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo, Run

pytestmark = pytest.mark.e2e

BEFORE = '''def load(path):
    """Read a file."""
    with open(path) as file:
        return file.read()
'''
BARE_EXCEPT = '''def load(path):
    """Read a file."""
    try:
        with open(path) as file:
            return file.read()
    except:
        return None
'''


@pytest.fixture
def work(repo: Repo) -> Repo:
    repo.commit({"loader.py": BEFORE, "README.md": "# demo\n"}, "start")
    repo.branch("work")
    return repo


def findings_of(result) -> list[tuple]:
    return [(f["path"], f["first_line"], f["last_line"], f["severity"], f["category"]) for f in result.json["findings"]]


def test_a_pattern_rule_is_found_on_its_line(run: Run, work: Repo):
    work.commit({"loader.py": BARE_EXCEPT})
    result = run("review", "--format", "json", cwd=work.path)
    assert result.code == 0, result.err
    (finding,) = result.json["findings"]
    assert (finding["path"], finding["first_line"], finding["side"]) == ("loader.py", 6, "new")
    assert finding["quote"].startswith("    except:")
    assert finding["rule_id"]
    assert finding["placed"] is True
    assert finding["why_unplaced"] is None


def test_without_a_model_the_review_is_incomplete_and_says_so(run: Run, work: Repo):
    work.commit({"loader.py": BARE_EXCEPT})
    result = run("review", "--format", "json", cwd=work.path)
    assert result.json["conclusion"] == "incomplete"
    (row,) = result.json["coverage"]
    assert (row["path"], row["state"]) == ("loader.py", "partial")
    assert "no model" in row["reason"]
    assert result.json["cost"]["calls"] == 0
    assert run("review", "--require-complete", cwd=work.path).code == 4


@pytest.mark.parametrize(("gate", "code"), [("error", 0), ("warning", 1), ("note", 1)])
def test_the_gate_decides_on_severity(run: Run, work: Repo, gate: str, code: int):
    work.commit({"loader.py": BARE_EXCEPT})
    result = run("review", "--fail-on", gate, "--format", "json", cwd=work.path)
    assert [finding["severity"] for finding in result.json["findings"]] == ["warning"]
    assert result.code == code


def test_a_parse_error_that_the_change_brings_is_an_error(run: Run, work: Repo):
    work.commit({"loader.py": BEFORE.replace("file.read()", "file.read(")})
    result = run("review", "--format", "json", "--fail-on", "error", cwd=work.path)
    assert ("loader.py", "error", "syntax") in [
        (f["path"], f["severity"], f["category"]) for f in result.json["findings"]
    ]
    assert result.code == 1


def test_a_left_over_merge_marker_is_found(run: Run, work: Repo):
    conflict = "<<<<<<< HEAD\nold text\n=======\nnew text\n>>>>>>> topic\n"
    work.commit({"README.md": "# demo\n\n" + conflict})
    result = run("review", "--format", "json", cwd=work.path)
    assert ("README.md", "merge-marker") in [(f["path"], f["category"]) for f in result.json["findings"]]


def test_a_secret_is_found_and_shown_nowhere(run: Run, work: Repo):
    key = "AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
    work.commit({"settings.py": f'AWS_KEY = "{key}"\n'}, f"use {key}")
    for style in ("json", "text", "markdown"):
        result = run("review", "--format", style, "--verbose", cwd=work.path)
        assert key not in result.out + result.err
    found = run("review", "--format", "json", cwd=work.path).json["findings"]
    assert [(f["path"], f["first_line"], f["category"], f["severity"]) for f in found] == [
        ("settings.py", 1, "secret", "error")
    ]
    dry = run("review", "--dry-run", "--format", "json", cwd=work.path)
    assert key not in dry.out
    assert "settings.py" in dry.out


def test_staged_and_uncommitted_changes_are_reviewed_and_left_alone(run: Run, work: Repo):
    work.write({"loader.py": BARE_EXCEPT})
    nothing = run("review", "--staged", cwd=work.path)
    assert nothing.code == 0
    assert "nothing" in (nothing.out + nothing.err).lower()
    assert findings_of(run("review", "--uncommitted", "--format", "json", cwd=work.path))
    work.git("add", "loader.py")
    before = work.git("status", "--porcelain=v2", "--branch")
    assert findings_of(run("review", "--staged", "--format", "json", cwd=work.path))
    assert work.git("status", "--porcelain=v2", "--branch") == before


def test_a_diff_from_standard_input_says_what_it_lacks(run: Run, work: Repo, tmp_path: Path):
    work.commit({"loader.py": BARE_EXCEPT})
    diff = work.git("diff", "main", "work") + "\n"
    result = run("review", "--diff", "-", "--format", "text", cwd=tmp_path, stdin=diff.encode())
    assert result.code == 0, result.err
    assert "suggestion" in result.out
    parsed = run("review", "--diff", "-", "--format", "json", cwd=tmp_path, stdin=diff.encode()).json
    assert parsed["base_sha"] is None or parsed["base_sha"] == ""
    assert [row["path"] for row in parsed["coverage"]] == ["loader.py"]


def test_svn_and_hg_diffs_are_read(run: Run, tmp_path: Path):
    svn = (
        "Index: src/a.py\n" + "=" * 67 + "\n--- src/a.py\t(revision 12)\n+++ src/a.py\t(working copy)\n"
        "@@ -1,2 +1,3 @@\n import os\n+import sys\n x = 1\n"
    )
    hg = (
        "diff -r 1234567890ab src/b.py\n--- a/src/b.py\tThu Jan 01 00:00:00 1970 +0000\n"
        "+++ b/src/b.py\tThu Jan 01 00:00:01 1970 +0000\n@@ -1,1 +1,2 @@\n a = 1\n+b = 2\n"
    )
    for diff, path in ((svn, "src/a.py"), (hg, "src/b.py")):
        result = run("review", "--diff", "-", "--format", "json", cwd=tmp_path, stdin=diff.encode())
        assert [row["path"] for row in result.json["coverage"]] == [path], result.err


def test_every_changed_file_is_in_the_coverage_with_its_reason(run: Run, work: Repo):
    work.commit({"old.py": "x = 1\n", "move.py": BEFORE * 3, "image.png": b"\x89PNG\0\1", "run.sh": "echo\n"}, "more")
    work.git("checkout", "-q", "-b", "next")
    work.git("rm", "-q", "old.py")
    work.git("mv", "move.py", "moved.py")
    (work.path / "run.sh").chmod(0o755)
    work.commit(
        {
            "package-lock.json": "{}\n",
            "vendor/lib/lib.go": "package lib\n",
            "app.min.js": "var a=1;\n",
            "api.pb.go": "// Code generated by protoc-gen-go. DO NOT EDIT.\n\npackage api\n",
            "image.png": b"\x89PNG\0\2",
            "loader.py": BARE_EXCEPT,
        }
    )
    result = run("review", "--base", "work", "--format", "json", cwd=work.path)
    coverage = {row["path"]: (row["state"], row["reason"]) for row in result.json["coverage"]}
    assert set(coverage) == {
        "old.py", "moved.py", "package-lock.json", "vendor/lib/lib.go", "app.min.js", "api.pb.go", "image.png",
        "loader.py", "run.sh",
    }  # fmt: skip
    assert coverage.pop("loader.py")[0] == "partial"
    assert {state for state, _ in coverage.values()} == {"skipped"}
    assert all(reason for _, reason in coverage.values())


def test_paths_that_git_quotes_are_shown_whole(run: Run, work: Repo):
    work.commit({"dir with space/-dash.py": BARE_EXCEPT, 'quo"te\t.py': BARE_EXCEPT, "ünï.py": BARE_EXCEPT})
    result = run("review", "--format", "json", cwd=work.path)
    assert {row["path"] for row in result.json["coverage"]} == {"dir with space/-dash.py", 'quo"te\t.py', "ünï.py"}
    text = run("review", cwd=work.path)
    assert text.code == 0, text.err


def test_a_dry_run_needs_no_key_and_shows_what_would_be_sent(run: Run, work: Repo):
    work.commit({"loader.py": BARE_EXCEPT})
    result = run("review", "--dry-run", "--format", "json", cwd=work.path)
    assert result.code == 0, result.err
    (prompt,) = [p for p in result.json["prompts"] if p["task"] == "review"]
    assert prompt["tokens"] > 100
    assert prompt["model"]
    assert prompt["schema"]["type"] == "object"
    text = "\n".join(message["content"] for message in prompt["messages"])
    assert "    except:" in text
    assert [row["path"] for row in result.json["coverage"]] == ["loader.py"]
    (applied,) = result.json["rules"]["applied"]
    assert applied["paths"] == ["loader.py"]
    assert "python-bare-except" in {rule["id"] for rule in applied["rules"]}
    shown = run("review", "--dry-run", cwd=work.path).out
    for message in prompt["messages"]:
        assert message["content"] in shown
    assert "python-bare-except" in shown.rpartition("\n\n")[2]


def test_nothing_is_coloured_or_drawn_where_there_is_no_terminal(run: Run, work: Repo):
    work.commit({"loader.py": BARE_EXCEPT})
    result = run("review", cwd=work.path)
    assert "\x1b" not in result.out + result.err
    assert result.err == ""
    assert "loader.py:6" in result.out
    assert "no model was asked" in result.out.lower()


def test_every_setting_is_shown_with_its_source(run: Run, work: Repo, tmp_path: Path):
    work.git("checkout", "-q", "main")
    work.commit({".pr_reviewer.toml": "[review]\nmax_comments = 2\n"})
    work.git("checkout", "-q", "work")
    operator = tmp_path / "operator.toml"
    operator.write_text("[review]\nmax_model_calls = 7\n")
    env = {"PR_REVIEWER_CONFIG": str(operator), "OPENAI_API_KEY": "sk-secret-of-mine"}
    result = run("config", "show", "--format", "json", cwd=work.path, env=env)
    rows = json.loads(result.out)
    assert rows["review.max_comments"] == {"value": "2", "source": "repository .pr_reviewer.toml:2"}
    assert rows["review.max_model_calls"]["value"] == "7"
    assert "operator.toml:2" in rows["review.max_model_calls"]["source"]
    assert "sk-secret-of-mine" not in result.out
    assert "OPENAI_API_KEY" in rows["openai.api_key"]["source"]
    assert run("config", "check", cwd=work.path, env=env).code == 0
    schema = json.loads(run("config", "schema", cwd=work.path).out)
    assert "max_comments" in json.dumps(schema)
    assert "api_key" not in json.dumps(schema)


def test_code_under_review_is_never_imported(run: Run, work: Repo):
    canary = work.path / "canary"
    trap = f"open({str(canary)!r}, 'w').close()\n"
    names = ["settings/__init__.py", "pr_reviewer/__init__.py", "sitecustomize.py", "click.py", "ast.py", "conftest.py"]
    work.commit(dict.fromkeys(names, trap))
    result = run("review", "--format", "json", cwd=work.path)
    assert result.code == 0, result.err
    assert not canary.exists()
