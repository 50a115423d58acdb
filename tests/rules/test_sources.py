"""Which files of a repository hold rules."""

from pr_reviewer.model.rules import ForeignKind, Level, RuleFile
from pr_reviewer.rules.sources import kind_of_file, rule_files, shared_files

PATHS = [
    ".cursor/rules/a/b.mdc",
    ".cursor/rules/readme.md",
    ".cursorrules",
    ".github/contributing.md",
    ".github/copilot-instructions.md",
    ".github/instructions/ts.instructions.md",
    "AGENTS.md",
    "CLAUDE.md",
    "CLAUDE.local.md",
    "REVIEW.md",
    "best_practices.md",
    "best_practices/go/a.md",
    "best_practices/notes.txt",
    "docs/AGENTS.md.txt",
    "services/.claude/CLAUDE.md",
    "services/.cursor/rules/x.mdc",
    "services/REVIEW.md",
    "services/billing/AGENTS.md",
    "services/billing/best_practices.md",
    "src/best_practices.py",
]


def test_files_are_found_outer_ones_first_and_our_own_before_others():
    files = rule_files(reversed(PATHS), revision="abc")

    assert {file.revision for file in files} == {"abc"}
    assert [(file.level, file.origin, file.path, file.folder) for file in files] == [
        (Level.REPOSITORY, "repository", "best_practices.md", ""),
        (Level.REPOSITORY, "repository", "best_practices/go/a.md", ""),
        (Level.REPOSITORY, "AGENTS.md", "AGENTS.md", ""),
        (Level.REPOSITORY, "CLAUDE.md", "CLAUDE.md", ""),
        (Level.REPOSITORY, "REVIEW.md", "REVIEW.md", ""),
        (Level.REPOSITORY, ".github/contributing.md", ".github/contributing.md", ""),
        (Level.REPOSITORY, ".github/copilot-instructions.md", ".github/copilot-instructions.md", ""),
        (Level.REPOSITORY, *[".github/instructions/ts.instructions.md"] * 2, ""),
        (Level.REPOSITORY, ".cursor/rules/a/b.mdc", ".cursor/rules/a/b.mdc", ""),
        (Level.REPOSITORY, ".cursorrules", ".cursorrules", ""),
        (Level.DIRECTORY, "services/.claude/CLAUDE.md", "services/.claude/CLAUDE.md", "services"),
        (Level.DIRECTORY, "services/.cursor/rules/x.mdc", "services/.cursor/rules/x.mdc", "services"),
        (Level.DIRECTORY, "services/billing/", "services/billing/best_practices.md", "services/billing"),
        (Level.DIRECTORY, "services/billing/AGENTS.md", "services/billing/AGENTS.md", "services/billing"),
    ]


def test_only_the_kinds_that_are_asked_for_are_read():
    assert [file.path for file in rule_files(PATHS, ["CLAUDE.md", ".cursorrules"])] == [
        "best_practices.md",
        "best_practices/go/a.md",
        "CLAUDE.md",
        ".cursorrules",
        "services/.claude/CLAUDE.md",
        "services/billing/best_practices.md",
    ]


def test_an_organisation_shares_its_best_practices_alone():
    shared = RuleFile(Level.ORGANISATION, "acme/.pr-reviewer", "best_practices.md", "", "acme/.pr-reviewer", "abc")
    assert shared_files(["AGENTS.md", "x/best_practices.md", "best_practices.md"], "acme/.pr-reviewer", "abc") == (
        shared,
    )


def test_a_file_is_read_as_the_one_that_takes_it_in():
    assert kind_of_file(RuleFile(Level.REPOSITORY, "CLAUDE.md", "docs/style.md")) is ForeignKind.CLAUDE
    assert kind_of_file(RuleFile(Level.REPOSITORY, "repository", "AGENTS.md")) is ForeignKind.AGENTS
    assert kind_of_file(RuleFile(Level.REPOSITORY, "repository", "docs/style.md")) is None
    assert kind_of_file(RuleFile(Level.OPERATOR, "operator", "AGENTS.md")) is None
