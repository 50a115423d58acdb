"""What the commands print on standard output, and how."""

import shutil
from typing import Any

from pr_reviewer import __version__
from pr_reviewer.cli.console import is_coloured
from pr_reviewer.model.improvements import Improved
from pr_reviewer.model.rules import RulesApplied
from pr_reviewer.plan.inputs import Counter
from pr_reviewer.report.as_json import dry_run_to_json, to_json
from pr_reviewer.report.dry_run import dry_run_to_text
from pr_reviewer.report.improvements import improvements_markdown
from pr_reviewer.report.improvements_json import improvements_json
from pr_reviewer.report.improvements_text import improvements_text
from pr_reviewer.report.links import Links
from pr_reviewer.report.markdown import to_markdown
from pr_reviewer.report.sarif import to_sarif
from pr_reviewer.report.text import Detail, to_text
from pr_reviewer.resources import data_folder
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.workflows.preparing import Prepared, first_pass_coverage
from pr_reviewer.workflows.review import Outcome


def review_text(outcome: Outcome, style: str, detail: Detail, rules: RuleBook, repository: str = "") -> str:
    """A review in the format asked for; `rules` are those that could have been broken, `repository` is an address."""
    links = _links(rules, repository)
    if style == "json":
        return to_json(outcome.review, links)
    if style == "sarif":
        return to_sarif(outcome.review, rules.rules, links, version=__version__, repository=repository)
    if style == "markdown":
        return to_markdown(outcome.review, outcome.files, links)
    width = shutil.get_terminal_size().columns
    return to_text(outcome.review, outcome.files, width=width, is_coloured=is_coloured(), detail=detail, links=links)


def improvements_printed(improved: Improved, options: dict[str, Any], rules: RuleBook, repository: str = "") -> str:
    """Improvements in the format asked for; `repository` is an address."""
    links, found = _links(rules, repository), improved.improvements
    if options["style"] == "json":
        return improvements_json(found)
    if options["style"] == "markdown":
        return improvements_markdown(found, improved.files, links)
    width, detail = shutil.get_terminal_size().columns, detail_of(options)
    return improvements_text(found, improved.files, width=width, is_coloured=is_coloured(), detail=detail, links=links)


def _links(rules: RuleBook, repository: str) -> Links:
    """Rules as `path:line`, which an editor opens; their addresses too where the repository has one."""
    server, owner, name = repository.rsplit("/", 2) if repository else ("", "", "")
    blob = f"{server}/{{project}}/blob/{{sha}}/{{path}}#L{{first}}-L{{last}}" if repository else ""
    project = f"{owner}/{name}" if repository else ""
    return Links(rule_for=rules.rule_for, blob=blob, project=project, installation=str(data_folder("best_practices")))


def dry_run_text(
    prepared: Prepared,
    applied: RulesApplied,
    counter: Counter,
    style: str,
    rules: RuleBook,
    repository: str = "",
) -> str:
    """Every byte that the first pass would send, the rules of each file, and the files that later passes may quote."""
    prompts = [
        (prompt, sum(counter.count(message.content) for message in prompt.messages))
        for batch in prepared.plan.batches
        for prompt in batch.prompts
    ]
    later = sorted(prepared.change.heads)
    coverage, links = first_pass_coverage(prepared), _links(rules, repository)
    if style == "json":
        return dry_run_to_json(prompts, coverage, later, applied, links)
    width = shutil.get_terminal_size().columns
    return dry_run_to_text(prompts, coverage, later, rules=applied, links=links, width=width, is_coloured=is_coloured())


def detail_of(options: dict[str, Any]) -> Detail:
    """How much the text says."""
    if options["quiet"]:
        return Detail.QUIET
    return Detail.VERBOSE if options["verbose"] else Detail.NORMAL
