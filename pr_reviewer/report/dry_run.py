"""What a dry run prints: every byte that the first pass would send, and nothing of it was sent."""

import json
from collections.abc import Iterator, Sequence

from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.llm import Prompt
from pr_reviewer.model.rules import RulesApplied
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line, visible
from pr_reviewer.report.links import Links
from pr_reviewer.report.terminal import Ink, Paper, Style, hung, wrap
from pr_reviewer.report.text import coverage_lines, joined, rules_lines


def dry_run_to_text(  # noqa: PLR0913 what it shows, and how wide
    prompts: Sequence[tuple[Prompt, int]],
    coverage: Coverage,
    later_paths: Sequence[str] = (),
    *,
    rules: RulesApplied = RulesApplied(),  # noqa: B008 frozen
    links: Links = Links(),  # noqa: B008 frozen
    width: int = 80,
    is_coloured: bool = False,
) -> str:
    """The prompts with their tokens, what they would cover, the rules of each file, and what later passes may quote."""
    paper = Paper(width, Ink(is_coloured))
    total = sum(tokens for _, tokens in prompts)
    verdict = f"Dry run: nothing was sent. The first pass would send {count(len(prompts), 'prompt')}, {total:,} tokens."
    parts = [list(wrap([(verdict, Style.BOLD)], paper))]
    for number, (prompt, tokens) in enumerate(prompts, start=1):
        name = f"{prompt.task}, model {one_line(prompt.models[0])}, {tokens:,} tokens"
        parts.append([paper.ink(f"Prompt {number} of {len(prompts)}: {name}", Style.BOLD)])
        parts += [list(part) for part in _turns(prompt, paper)]
    parts.append(list(_later(later_paths, paper)))
    parts.append([paper.ink("Coverage", Style.BOLD), *coverage_lines(coverage.files, paper, is_verbose=True)])
    parts.append([f"  {one_line(note)}" for note in coverage.notes])
    if lines := list(rules_lines(rules, paper, links, is_verbose=True)):
        parts.append([paper.ink("Rules, if every call were answered", Style.BOLD), *lines])
    return joined(parts)


def _turns(prompt: Prompt, paper: Paper) -> Iterator[Iterator[str]]:
    for message in prompt.messages:
        yield _titled(f"--- {message.role}", message.content, paper)
    if prompt.schema:
        schema = json.dumps(json.loads(prompt.schema.json), indent=2, ensure_ascii=False)
        yield _titled(f"--- reply schema {prompt.schema.name}", schema, paper)


def _titled(title: str, content: str, paper: Paper) -> Iterator[str]:
    yield paper.ink(title, Style.DIM)
    yield from visible(content).split("\n")


def _later(paths: Sequence[str], paper: Paper) -> Iterator[str]:
    if paths:
        yield paper.ink("Later passes may quote from", Style.BOLD)
        yield from hung("  ", wrap([(", ".join(map(one_line, paths)), Style.PLAIN)], paper.narrower(2)))
