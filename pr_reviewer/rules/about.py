"""Which parts of a document for people and agents are about code.

AGENTS.md and its like mix rules about code with set-up, commands, commits and how an agent should talk. A section is
judged by its heading: words of work (`commit`, `install`) always tell that it is none, words of code (`style`,
`naming`) outweigh weaker words of work (`build`, `tools`), and a heading without any of them follows the one around it.
Within a section that is taken, single items about commands, commits or talk are left out too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.model.rules import ForeignKind
from pr_reviewer.rules.markdown import Block, BlockKind, Section

_NEVER = (
    "code of conduct|commits?|committing|pull[- ]?requests?|prs?|merge requests?|git|branch(?:es|ing)?|"
    "releas(?:es?|ing)|publish(?:ing)?|changelogs?|deploy(?:ments?|ing)?|install(?:ation|ing)?|commands?|"
    "persona|roles?|mcp|licen[cs]e|contact|support|cla|dco|sign(?:ing|ed)?[- ]off|table of contents|"
    "process|bug reports?|issues?|checks? to run"
)
_WORK = (
    "build(?:ing|s)?|compil(?:e|ing)|run(?:ning)?|set ?-?up|getting started|quick ?-?start|prerequisites?|"
    "requirements?|environments?|scripts?|tool(?:s|ing|chain)?|ci|cd|workflows?|agents?|claude|copilot|"
    "codex|cursor|ai|assistants?|communication|respon(?:se|ses|ding)|tone|behaviou?r|interactions?|"
    "overview|about|introduction|background|purpose|scope|structure|layout|organi[sz]ation|stack|tech|"
    "technolog(?:y|ies)|dependencies|resources?|references?|links?|see also|troubleshooting|debugging|"
    "memory|plan(?:s|ning)?|tasks?|context|glossary|reporting|contribut(?:e|ing|ions?)|development|dev|"
    "local|verif(?:y|ication)|validating|architecture|mission|goals?|project|repository|repo|(?:key |"
    "important )?files|director(?:y|ies)|folders?|configuration|linting|maintenance|todos?|roadmap|status|"
    "credentials|read me|readme"
)
_CODE = (
    "cod(?:e|ing)|styles?|conventions?|guidelines?|naming|format(?:ting)?|idioms?|patterns?|"
    "anti-?patterns?|practices?|principles?|rules?|standards?|quality|errors?|exceptions?|logging|"
    "typ(?:es?|ing)|imports?|security|performance|accessibility|a11y|i18n|comments?|docstrings?|"
    "review(?:s|ing|ers?)?|never|always|avoid|do not|don['’]?ts?|must|forbidden|prefer|design|"
    "constraints?|invariants?|gotchas?|pitfalls?"
)
_NAMES = re.compile(r"claude code|vs ?code|\bcode ?base\b", re.IGNORECASE)

_COMMAND = (
    r"(?:\$ |sudo |\./|(?:npx?|npm|pnpm|yarn|bunx?|deno|node|make|cmake|cargo|go|golangci-lint|pytest|tox|nox|python3?|"
    r"pip3?|pipx|uvx?|poetry|pdm|hatch|ruff|black|mypy|isort|flake8|pre-commit|docker|podman|kubectl|helm|terraform|git|gh|"
    r"mvnw?|gradlew?|dotnet|bundle|rake|rails|rspec|composer|php|mix|swift|xcodebuild|flutter|dart|sbt|bazel|just|task|"
    r"turbo|nx|vitest|jest|eslint|prettier|tsc|brew|apt(?:-get)?|curl|cd|source|export)(?: |`))"
)
_ORDERS = re.compile(
    rf"(?i)^(?:\*\*[^*]+\*\*:?\s*)?(?:(?:always|please|then|you must|must|first|also)\s+)*"
    rf"(?:run|re-?run|execute|install|start|build|test|lint|format|type-?check|check|use|verify|validate)\b[^`.]*`{_COMMAND}"
)
_RUNS = re.compile(
    rf"(?i)\b(?:run|re-?run|execute)\s+`{_COMMAND}|"
    r"^(?:(?:always|please|then|first)\s+)*(?:re-?)?run\s+(?:\w+\s+){0,3}(?:tests?|linters?|checks|formatters?|builds?)\b"
)
_ANNOUNCES = re.compile(r"^[^.\n]{0,80}:$")
_BARE = re.compile(rf"(?i)^[^`.]{{0,60}}?(?:^|[:–—-]\s*)(?:\*\*)?\s*`{_COMMAND}")
_TALK = re.compile(
    r"(?i)\b(?:commit messages?|conventional commits?|pull requests?|PRs? (?:titles?|descriptions?|bod(?:y|ies))|"
    r"squash|rebase|force[- ]push|git (?:commit|push|add|status)|changelog|you are an?|when asked|"
    r"(?:ask|tell|inform|remind|notify|wait for|confirm with) the user|"
    r"the user(?:'s (?:request|question)s?| (?:asks|wants|says|requests))|"
    r"your (?:responses?|answers?|repl(?:y|ies)|output)|ask (?:me|before|for clarification|questions)|tool calls?|"
    r"step[- ]by[- ]step|apologi[sz]e|(?:in|during) (?:chat|conversations?)|before (?:committing|pushing|finishing)|"
    r"this file (?:provides|gives|contains))\b"
)
_FAR_ENOUGH = 1_000  # characters that tell what a part is about
_POINTER = re.compile(r"(?i)^[^.\n`@]{0,60}[`@(\[]*[\w./@-]+\.(?:mdc?|markdown|txt)[`)\]*]*(?:\([^()]*\))?\.?$")
_FIRST_SENTENCE = re.compile(r"^.*?(?:[.!?](?=\s)|$)", re.DOTALL)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w]){'(?:' + pattern + ')'}(?![\w])", re.IGNORECASE)


_NEVER_WORDS, _WORK_WORDS, _CODE_WORDS = _words(_NEVER), _words(_WORK), _words(_CODE)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part that is not about code: its line and a sentence."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The sections that are taken, without the items that are not (`whole`: with them), and all that is left out."""

    taken: tuple[Section, ...]
    whole: tuple[Section, ...]
    left_out: tuple[LeftOut, ...]


def parts_about_code(sections: Sequence[Section], kind: ForeignKind) -> Parts:
    """Sort a document's sections out. Those of CONTRIBUTING.md count only where their heading is about code."""
    taken: list[Section] = []
    whole: list[Section] = []
    left_out: list[LeftOut] = []
    around: list[tuple[int, bool]] = [(0, kind is not ForeignKind.CONTRIBUTING)]
    for section in sections:
        while len(around) > 1 and around[-1][0] >= section.level:
            around.pop()
        is_about_code = _is_about_code(section, is_about_code=around[-1][1])
        if section.level > 1:  # the title tells of the whole document, and so of none of its parts
            around.append((section.level, is_about_code))
        if not is_about_code:
            left_out += _unless_empty(section)
            continue
        whole.append(section)
        reasons = [_why_not(block) for block in section.blocks]
        kept = [block for block, why in zip(section.blocks, reasons, strict=True) if not why]
        taken.append(replace(section, blocks=kept))
        for block, why in zip(section.blocks, reasons, strict=True):
            if why:
                left_out.append(LeftOut(block.line, f"“{_shortened(block.text)}” {why}"))
    return Parts(tuple(taken), tuple(whole), tuple(left_out))


def _is_about_code(section: Section, *, is_about_code: bool) -> bool:
    """What a heading says, else what the one around it said. Whoever writes our own marks means a rule."""
    title = _NAMES.sub("", section.title[:_FAR_ENOUGH])
    if section.explicit_id is not None:
        return True
    if _NEVER_WORDS.search(title):
        return False
    if _CODE_WORDS.search(title):
        return True
    return is_about_code and not (section.level > 1 and _WORK_WORDS.search(title))


def _why_not(block: Block) -> str:
    """Why an item or a paragraph is no rule, by its first sentence: it is about running, committing or talking."""
    if block.kind is BlockKind.FENCE:
        return ""
    text = block.text[:_FAR_ENOUGH]
    if _POINTER.match(text):
        return "points to another file"
    first = _FIRST_SENTENCE.match(text)
    sentence = first[0] if first else text
    if any(pattern.search(sentence) for pattern in (_ORDERS, _RUNS, _BARE, _TALK)):
        return "is not about code"
    is_lone = block.kind is BlockKind.ITEM and _ANNOUNCES.match(text)
    return "announces something and says nothing" if is_lone else ""


def _unless_empty(section: Section) -> Iterator[LeftOut]:
    if section.title and section.blocks:
        yield LeftOut(section.line, f"section “{section.title}” is not about code")


def _shortened(text: str) -> str:
    line = " ".join(text[:_FAR_ENOUGH].split())
    return line if len(line) <= 80 else line[:79].rsplit(" ", 1)[0] + "…"  # noqa: PLR2004 what fits on a line
