"""Comment text → commands. A command starts a line of an ordinary paragraph: `/review`, or `@name review`.

Pure. What stands in a quote, code, a link, a list, a heading or an HTML comment is talk about commands, and ignored.
What was meant for us and is wrong becomes a Mistake, with the nearest name; other tools' commands are not our business.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.model.commands import Command, CommandHelp, CommandName, CommandOption, Mistake

MOST_COMMANDS = 10
_MOST_LINES = 1_000
_LONGEST_WRITTEN = 80
_NEAR = 0.72
# Words that are near a command of ours and are other tools' commands: nobody who writes them is told anything.
_OTHERS = frozenset(
    {"configure", "confirm", "expand", "mask", "preview", "previews", "reviewer", "reviewers", "rulesets", "task"}
)
# A private character stands for the mark of a possible command while markdown is parsed. No comment needs one.
_MARK = "\ue000"
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_LINE_ENDS = re.compile(r"\r\n?")
_SLASH = re.compile(r"^ {0,3}/(?=\w)")
_WORD = re.compile(r"/?(?P<word>[^\s/]+)(?=\s|$)(?P<rest>.*)", re.DOTALL)
_QUOTES = str.maketrans("“”„‘’", '"""' + "''")


@dataclass(frozen=True, slots=True)
class _Written:
    """A line that may be a command: the text behind its mark, and the plain lines that follow it."""

    line: int
    text: str
    more: str
    is_mention: bool


def parse_commands(
    comment: str, names: Sequence[str], helps: Mapping[CommandName, CommandHelp]
) -> tuple[Command | Mistake, ...]:
    """Every command of a comment, in order, each once; at most `MOST_COMMANDS`, and the rest is a Mistake.

    `names` are what the reviewer is mentioned by (`@name`), `helps` are the commands that are known here.
    """
    found: list[Command | Mistake] = []
    for written in _written(comment, names, helps):
        parsed = _parse(written, helps)
        if parsed is None or _stands(parsed, found):
            continue
        if len(found) == MOST_COMMANDS:
            found.append(
                Mistake(written.line, "…", f"a comment may hold {MOST_COMMANDS} commands; the rest is ignored")
            )
            break
        found.append(parsed)
    return tuple(found)


def _stands(parsed: Command | Mistake, found: Sequence[Command | Mistake]) -> bool:
    """Whether the same thing was written further up."""
    return any(replace(each, line=parsed.line) == parsed for each in found)


def _written(comment: str, names: Sequence[str], helps: Mapping[CommandName, CommandHelp]) -> Iterator[_Written]:
    """The lines that stand where a command may stand, and are meant for us: `/etc/hosts` ends nobody's question."""
    lines = _LINE_ENDS.sub("\n", _PRIVATE.sub("\N{REPLACEMENT CHARACTER}", comment)).split("\n")
    mention = _mention(names)
    marked = [_marked(line, mention) for line in lines]
    numbers = [number for number, line in enumerate(marked) if line.startswith(_MARK)]
    if not numbers:
        return
    for number in numbers[_MOST_LINES:]:
        marked[number] = lines[number]
    plain = _plain_lines("\n".join(marked))
    standing = [
        _Written(number + 1, marked[number].lstrip(_MARK).strip(), "", is_mention=not _SLASH.match(lines[number]))
        for number in sorted(plain)
    ]
    ours = [each for each in standing if _parse(each, helps) is not None]
    ends = [each.line - 1 for each in ours[1:]] + [len(lines)]
    for each, end in zip(ours, ends[: len(ours)], strict=True):
        yield replace(each, more="\n".join(lines[each.line : end]).strip())


def _mention(names: Sequence[str]) -> re.Pattern[str] | None:
    """`@name` at the start of a line, with what people put behind it. A bot's login is mentioned without `[bot]`."""
    if not names:
        return None
    any_name = "|".join(re.escape(name.removesuffix("[bot]")) for name in names)
    return re.compile(rf"^ {{0,3}}@(?:{any_name})(?:\[bot\])?[:,]?[ \t]+(?=\S)", re.IGNORECASE)


def _marked(line: str, mention: re.Pattern[str] | None) -> str:
    """The line with the mark in place of the slash or the mention; any other line as it is."""
    found = _SLASH.match(line) or (mention.match(line) if mention else None)
    return _MARK + line[found.end() :] if found else line


def _plain_lines(text: str) -> frozenset[int]:
    """The numbers (from zero) of the marked lines that markdown shows as plain text of a paragraph."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    numbers = [number for number, line in enumerate(text.split("\n")) if line.startswith(_MARK)]
    found = set()
    for index, token in enumerate(tokens):
        if token.type != "inline" or token.map is None:
            continue
        within = [number for number in numbers if token.map[0] <= number < token.map[1]]
        is_paragraph = tokens[index - 1].type == "paragraph_open" and tokens[index - 1].level == 0
        if within and is_paragraph:
            found.update(_plain_within(token.content, within, token.map[0]))
    return frozenset(found)


def _plain_within(content: str, numbers: Sequence[int], first: int) -> set[int]:
    """Those of a paragraph's marked lines that no code, link, emphasis or HTML comment holds."""
    from markdown_it import MarkdownIt

    lines = content.split("\n")
    # Each mark gets a character of its own, so that the parsed text tells which lines came through.
    marks = {chr(ord(_MARK) + 1 + at): number for at, number in enumerate(numbers)}
    for mark, number in marks.items():
        lines[number - first] = mark + lines[number - first][1:]
    (inline,) = MarkdownIt("commonmark").parseInline("\n".join(lines))
    plain, depth = set(), 0
    for child in inline.children or ():
        depth += child.nesting
        if child.type == "text" and depth == 0 and child.content[:1] in marks:
            plain.add(marks[child.content[0]])
    return plain


def _parse(written: _Written, helps: Mapping[CommandName, CommandHelp]) -> Command | Mistake | None:
    """The command, a mistake, or None for what was not meant for us."""
    found = _WORD.match(written.text)
    word = found["word"] if found else written.text.split()[0]
    name = word.lower().rstrip(":")
    if name not in {str(each) for each in helps}:
        return _unknown(written, word, helps, is_word=bool(found))
    help_ = helps[CommandName(name)]
    rest = found["rest"].strip() if found else ""
    if help_.argument:
        return _with_text(written, help_, rest)
    return _with_options(written, help_, rest)


def _unknown(
    written: _Written, word: str, helps: Mapping[CommandName, CommandHelp], *, is_word: bool
) -> Mistake | None:
    """A mistyped command. `/lgtm` and `/etc/hosts` are other people's; what mentions us is ours."""
    folded = unicodedata.normalize("NFKC", word).lower().strip(":,.!")
    is_near = is_word and (written.is_mention or folded not in _OTHERS)
    near = difflib.get_close_matches(folded, [str(each) for each in helps], n=1, cutoff=_NEAR) if is_near else []
    if near:
        return Mistake(written.line, _short(word), f"there is no such command; did you mean `/{near[0]}`?")
    if written.is_mention:
        return Mistake(written.line, _short(word), "there is no such command; `/help` lists those that there are")
    return None


def _with_text(written: _Written, help_: CommandHelp, rest: str) -> Command | Mistake:
    """A command that takes the text behind it, up to the next command."""
    text = rest if help_.is_one_line else "\n".join(filter(None, [rest, written.more]))
    if not text and help_.is_argument_needed:
        return Mistake(written.line, help_.name, f"it needs something behind it: `/{help_.name} {help_.argument}`")
    return Command(help_.name, written.line, text=text)


def _with_options(written: _Written, help_: CommandHelp, rest: str) -> Command | Mistake:
    try:
        words = _words(rest)
        options = tuple(_options(words, help_))
    except _WrongOption as error:
        return Mistake(written.line, _short(f"{help_.name} {rest}".strip()), str(error))
    return Command(help_.name, written.line, options)


class _WrongOption(Exception):
    """An option that cannot be taken; the message says why."""


def _words(rest: str) -> list[str]:
    """The words of a command line; quotes hold words together, the curly ones of a phone too."""
    words, at = [], 0
    text = rest.translate(_QUOTES)
    pattern = re.compile(r"""\s*((?:[^\s"']|"[^"]*"|'[^']*')+)\s*""")
    while at < len(text):
        found = pattern.match(text, at)
        if found is None:
            raise _WrongOption("a quotation mark is never closed")
        words.append(re.sub(r"""["']""", "", found[1]))
        at = found.end()
    return words


def _options(words: Sequence[str], help_: CommandHelp) -> Iterator[tuple[str, str]]:
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            raise _WrongOption(f"`{_short(word)}` is no option: options look like `--name value`")
        name, has_value, value = word[2:].partition("=")
        option = _option(name, help_)
        if option.is_flag and not has_value:
            value = "true"
        elif not has_value:
            if not rest or rest[0].startswith("--"):
                raise _WrongOption(f"it needs a value: `{option.written} {option.value}`")
            value = rest.pop(0)
        yield option.name, value


def _option(name: str, help_: CommandHelp) -> CommandOption:
    """The option of this name: `max-comments`, `max_comments` and `review.max_comments` are one."""
    folded = name.lower().replace("-", "_")
    for option in help_.options:
        if folded in (option.name, option.setting):
            return option
    options = {option.name: option for option in help_.options}
    near = [options[name] for name in difflib.get_close_matches(folded, options, n=1, cutoff=_NEAR)]
    if near:
        raise _WrongOption(f"there is no option `--{_short(name)}`; did you mean `{near[0].written}`?")
    known = ", ".join(f"`{option.written}`" for option in help_.options)
    there_is = f"there is {known}" if known else "the command takes no options"
    raise _WrongOption(f"`--{_short(name)}` cannot be given in a comment; {there_is}")


def _short(text: str) -> str:
    """What somebody wrote, fit for one line of a reply; the report defuses it."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_WRITTEN else f"{line[:_LONGEST_WRITTEN]}…"
