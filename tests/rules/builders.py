"""Rules as tests need them."""

from pr_reviewer.model.rules import Level, RuleFile, RuleSource

_NAMES = {
    Level.PACK: "pack core",
    Level.OPERATOR: "operator",
    Level.ORGANISATION: "acme/.pr-reviewer",
    Level.REPOSITORY: "repository",
}


def rule_source(origin="repository", path="best_practices.md", line=1, **fields):
    level = Level.PACK if origin.startswith("pack") else Level.REPOSITORY
    return RuleSource(RuleFile(fields.pop("level", level), origin, path, **fields), line)


def rule_file(level=Level.REPOSITORY, path="best_practices.md", folder=""):
    """A file of rules; one with a folder is a directory's."""
    if folder:
        return RuleFile(Level.DIRECTORY, f"{folder}/", f"{folder}/{path}", folder)
    return RuleFile(level, _NAMES[level], path)


def foreign_file(path, folder=""):
    return RuleFile(Level.DIRECTORY if folder else Level.REPOSITORY, path, path, folder)
