"""Wrong input: what is wrong, where, and what to do, in a sentence and an exit code; never a traceback."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Repo, Run

pytestmark = pytest.mark.e2e

OK = "def f():\n    return 1\n"


def says(result, code: int, *parts: str) -> None:
    assert "Traceback" not in result.err
    assert result.code == code, result.err
    for part in parts:
        assert part in result.err


def test_a_folder_that_is_no_repository(run: Run, tmp_path: Path):
    says(run("review", cwd=tmp_path), 2, "not a git repository", str(tmp_path), "--repo", "--diff")


def test_a_repository_without_commits(run: Run, repo: Repo):
    says(run("review", cwd=repo.path), 2, "no commit")


def test_an_unknown_base_names_the_nearest_ref(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    repo.branch("feature-login")
    says(run("review", "--base", "feature-logim", cwd=repo.path), 2, "feature-logim", "feature-login")


def test_an_unknown_head(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    says(run("review", "--base", "main", "--head", "0123456789", cwd=repo.path), 2, "0123456789")


def test_a_base_that_looks_like_an_option_is_not_one(run: Run, repo: Repo, tmp_path: Path):
    repo.commit({"a.py": OK})
    canary = tmp_path / "canary"
    says(run("review", f"--base=--output={canary}", cwd=repo.path), 2)
    assert not canary.exists()


def test_no_common_ancestor(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    repo.git("checkout", "-q", "--orphan", "island")
    repo.commit({"b.py": OK})
    says(run("review", "--base", "main", cwd=repo.path), 2, "no common ancestor")


def test_a_staged_and_an_uncommitted_review_exclude_each_other(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    says(run("review", "--staged", "--uncommitted", cwd=repo.path), 2, "--staged", "--uncommitted")


def test_a_diff_goes_with_no_range(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    says(run("review", "--diff", "-", "--base", "main", cwd=repo.path), 2, "--diff", "--base")


def test_a_diff_file_that_is_not_there(run: Run, tmp_path: Path):
    says(run("review", "--diff", "nowhere.diff", cwd=tmp_path), 2, "nowhere.diff")


def test_a_text_that_is_no_diff_says_the_line(run: Run, tmp_path: Path):
    says(run("review", "--diff", "-", cwd=tmp_path, stdin=b"hello\nworld\n"), 2, "diff")


def test_a_hunk_that_ends_too_early_says_the_line(run: Run, tmp_path: Path):
    broken = b"--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,4 @@\n a\n+b\n"
    says(run("review", "--diff", "-", cwd=tmp_path, stdin=broken), 2, "line ")


def test_an_empty_diff_says_that_there_is_nothing_to_review(run: Run, tmp_path: Path):
    result = run("review", "--diff", "-", cwd=tmp_path, stdin=b"")
    assert result.code == 0, result.err
    assert "nothing to review" in (result.out + result.err).lower()


def test_a_range_without_changes_says_so(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    result = run("review", "--base", "HEAD", cwd=repo.path)
    assert result.code == 0, result.err
    assert "nothing to review" in (result.out + result.err).lower()


def test_an_unreadable_operator_file_names_file_and_line(run: Run, repo: Repo, tmp_path: Path):
    repo.commit({"a.py": OK})
    config = tmp_path / "operator.toml"
    config.write_text("[review]\nmax_comments = = 3\n")
    says(run("review", cwd=repo.path, env={"PR_REVIEWER_CONFIG": str(config)}), 2, "operator.toml:2:")


def test_a_repository_file_with_an_unknown_key_names_the_nearest(run: Run, repo: Repo):
    repo.commit({"a.py": OK, ".pr_reviewer.toml": "[review]\nmax_coments = 3\n"})
    repo.branch("work")
    repo.commit({"a.py": OK + "\n"})
    says(run("review", cwd=repo.path), 2, ".pr_reviewer.toml", "review.max_coments", "max_comments")


@pytest.mark.parametrize("content", ["[review]\nmax_comments = 0\n\0", "# " + "x" * 3_000_000])
def test_a_repository_file_that_cannot_be_read_is_an_error_not_ignored(run: Run, repo: Repo, content: str):
    repo.commit({"a.py": OK, ".pr_reviewer.toml": content})
    repo.branch("work")
    repo.commit({"a.py": OK + "\n"})
    says(run("review", cwd=repo.path), 2, ".pr_reviewer.toml", "main", "too big")


def test_a_repository_may_not_set_what_is_the_operators(run: Run, repo: Repo):
    repo.commit({"a.py": OK, ".pr_reviewer.toml": '[models]\nreview = "expensive"\n'})
    repo.branch("work")
    repo.commit({"a.py": OK + "\n"})
    says(run("review", cwd=repo.path), 2, ".pr_reviewer.toml", "models.review", "operator")


def test_the_heads_own_settings_are_not_read(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    repo.branch("work")
    repo.commit({".pr_reviewer.toml": "[review]\nno_such_key = 1\n", "a.py": OK + "\nX = 1\n"})
    assert run("review", cwd=repo.path).code == 0


@pytest.mark.parametrize(
    ("name", "value", "parts"),
    [
        ("PR_REVIEWER_REVEIW__MAX_COMMENTS", "3", ["PR_REVIEWER_REVEIW__MAX_COMMENTS", "PR_REVIEWER_REVIEW__"]),
        ("PR_REVIEWER_REVIEW__MAX_COMMENTS", "many", ["PR_REVIEWER_REVIEW__MAX_COMMENTS", "many"]),
        ("PR_REVIEWER_CONFIG", "/nowhere/at/all.toml", ["/nowhere/at/all.toml"]),
    ],
)
def test_a_wrong_variable(run: Run, repo: Repo, name: str, value: str, parts: list[str]):
    repo.commit({"a.py": OK})
    says(run("review", cwd=repo.path, env={name: value}), 2, *parts)


def test_an_empty_variable_counts_as_unset(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    repo.branch("work")
    repo.commit({"a.py": OK + "\nX = 1\n"})
    result = run("review", cwd=repo.path, env={"OPENAI_API_KEY": "", "PR_REVIEWER_REVIEW__MAX_COMMENTS": ""})
    assert result.code == 0, result.err
    assert "no model was asked" in result.out.lower()


def test_a_mistyped_command_names_the_nearest(run: Run, tmp_path: Path):
    says(run("reveiw", cwd=tmp_path), 2, "review")


def test_a_mistyped_option_names_the_nearest(run: Run, tmp_path: Path):
    says(run("review", "--fail-om", "error", cwd=tmp_path), 2, "--fail-on")


def test_a_file_of_one_line_of_two_megabytes_is_told_in_the_coverage(run: Run, repo: Repo):
    repo.commit({"a.py": OK})
    repo.branch("work")
    repo.commit({"data.py": "x = '" + "ab" * 1_000_000 + "'\n", "a.py": OK + "\nX = 1\n"})
    result = run("review", "--format", "json", "--dry-run", cwd=repo.path)
    assert result.code == 0, result.err
    coverage = {row["path"]: row for row in result.json["coverage"]}
    assert coverage["data.py"]["state"] == "skipped"
    assert coverage["data.py"]["reason"]
