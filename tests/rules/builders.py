"""Rules as tests need them."""

from pr_reviewer.model.rules import Level, RuleFile, RuleSource


def rule_source(origin="repository", path="best_practices.md", line=1, **fields):
    level = Level.PACK if origin.startswith("pack") else Level.REPOSITORY
    return RuleSource(RuleFile(fields.pop("level", level), origin, path, **fields), line)
