"""`rules test`: what one rule alone would say of files on disk."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from pr_reviewer.bootstrap import open_desk
from pr_reviewer.cli.console import write_out
from pr_reviewer.cli.exits import Exit
from pr_reviewer.cli.rules_disk import open_disk
from pr_reviewer.cli.rules_json import trial_to_json
from pr_reviewer.cli.rules_shelf import Shelf, Subject, why_not
from pr_reviewer.cli.rules_show import WorkingTree, paper, path_in, read_shelf
from pr_reviewer.languages import language_of
from pr_reviewer.model.errors import ReviewerError, UsageError
from pr_reviewer.model.rules import Enforcement, Rule
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line, visible
from pr_reviewer.report.plain import plain_prose, plain_title
from pr_reviewer.report.sanitise import prose
from pr_reviewer.report.terminal import Paper, Style, hung, wrap
from pr_reviewer.report.text import joined
from pr_reviewer.settings.load import load_settings, model_arguments
from pr_reviewer.workflows.rules_trial import NewFiles, Said, Trial, judge, run_pattern


@dataclass(frozen=True, slots=True)
class _Tried:
    """A file with the rule that holds there; `why_not` says why it governs it not."""

    path: str
    text: str
    rule: Rule
    why_not: str


async def try_rule(rule_id: str, files: Sequence[str], repo: Path | None, model: str | None, style: str) -> int:
    """Try the rule on the files, and print what it says."""
    folder = repo or Path.cwd()
    shelf = await read_shelf(WorkingTree(folder))
    rules = shelf.of_id(rule_id)
    tried = await _read(shelf, rules, folder, files)
    trial = await _try_all([each for each in tried if not each.why_not], model)
    if style == "json":
        write_out(trial_to_json(tried[0].rule, [_fields(each, trial) for each in tried], trial.problems))
    else:
        write_out(_text(tried, trial, paper()))
        for problem in trial.problems:
            click.echo(f"{click.style('not tried:', fg='yellow', bold=True)} {one_line(problem)}", err=True)
    if trial.problems:
        return Exit.FAILED
    return Exit.FINDINGS if any(trial.said.values()) else Exit.DONE


async def _read(shelf: Shelf, rules: Sequence[Rule], folder: Path, files: Sequence[str]) -> list[_Tried]:
    disk = await open_disk(folder)
    paths = [path_in(disk.top, file, disk.paths) for file in files]
    texts = await disk.read_files("", paths)
    for file, path in zip(files, paths, strict=True):
        if path not in texts:
            is_there = (disk.top / path).exists()
            raise UsageError(f"{file} is no text that could be read" if is_there else f"{file} does not exist")
    return [_tried(shelf, rules, path, texts[path]) for path in dict.fromkeys(paths)]


def _tried(shelf: Shelf, rules: Sequence[Rule], path: str, text: str) -> _Tried:
    rule = shelf.book.rule_for(path, rules[0].id)
    if rule is None:
        folders = " and ".join(f"{each.source.file.folder}/" for each in rules)
        return _Tried(path, text, rules[0], f"it holds in {folders} only")
    if rule.enforcement is Enforcement.OFF:
        where = f"{rule.source.path}:{rule.source.line}"
        return _Tried(path, text, rule, f"it is switched off at {where}: {rule.reason}")
    subject = Subject(path, language_of(path, text.partition("\n")[0]), (), ())
    return _Tried(path, text, rule, why_not(rule, subject))


async def _try_all(tried: Sequence[_Tried], model: str | None) -> Trial:
    """Each rule on the files where it holds; two folders may have their own of one id."""
    said: dict[str, Sequence[Said]] = {}
    problems: list[str] = []
    for rule in dict.fromkeys(each.rule for each in tried):
        texts = {each.path: each.text for each in tried if each.rule == rule}
        if rule.pattern is None:
            trial = await _ask_model(rule, texts, model)
        else:
            async with PatternWorker() as worker:
                trial = await run_pattern(rule, texts, worker)
        said.update(trial.said)
        problems += trial.problems
    return Trial(said, tuple(problems))


async def _ask_model(rule: Rule, texts: Mapping[str, str], model: str | None) -> Trial:
    settings = load_settings(os.environ, arguments=model_arguments(model) if model else ()).settings
    if not settings.asks_model:
        raise ReviewerError(
            f"rule `{rule.id}` has no pattern, so a model judges it, and none is set",
            hint="Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own (docs: models and endpoints).",
        )
    async with open_desk(NewFiles(texts), settings) as desk:
        return await judge(rule, desk, settings.review)


def _text(tried: Sequence[_Tried], trial: Trial, paper: Paper) -> str:
    parts: list[Iterable[str]] = [_lines(each, said, paper) for each in tried for said in trial.said.get(each.path, ())]
    for each in tried:
        if each.why_not:
            text = f"{each.path}: the rule does not govern this file: {each.why_not}"
            parts.append(wrap([(one_line(text), Style.WARNING)], paper))
    found = sum(map(len, trial.said.values()))
    files = count(len(trial.said), "file")
    parts.append([paper.ink(f"{count(found, 'place')} in {files}", Style.BOLD)] if trial.said else [])
    return joined(parts)


def _lines(tried: _Tried, said: Said, paper: Paper) -> Iterator[str]:
    rule, lines = tried.rule, said.lines
    place = f"{one_line(tried.path)}:{lines.first}" + (f"-{lines.last}" if lines.last > lines.first else "")
    style = {"error": Style.ERROR, "warning": Style.WARNING}.get(rule.severity, Style.NOTE)
    title = plain_title(rule.title)
    yield from wrap([(f"{place}:", Style.BOLD), (f" {rule.severity}:", style), (f" {title}", Style.PLAIN)], paper)
    for number, line in enumerate(said.code.split("\n"), start=lines.first):
        yield f"  {paper.ink(f'{number:>4} │', Style.DIM)} {paper.ink(visible(line), Style.CODE)}".rstrip(" ")
    for paragraph in filter(None, plain_prose(prose(said.message)).split("\n")):
        yield from hung("  ", wrap([(paragraph, Style.PLAIN)], paper.narrower(2)))


def _fields(tried: _Tried, trial: Trial) -> dict[str, Any]:
    said = [
        {"first": each.lines.first, "last": each.lines.last, "code": each.code, "message": each.message}
        for each in trial.said.get(tried.path, ())
    ]
    return {"path": tried.path, "governed": not tried.why_not, "why_not": tried.why_not, "said": said}
