"""Best-practice markdown → rules. What cannot be read is a problem with its line, never an exception.

    ## No bare except {#no-bare-except}        a heading with text, a rule block or examples is a rule
    Catch what you can name.                   its text
    ```yaml rule                               languages, paths, severity, pattern, enforcement, …; front matter
                                               gives defaults
    ### Bad / ### Good                         fenced examples

Under a heading without a rule block, each item of a list is a rule of its own. An id and a rule block with nothing else
amend the outer rule of that id.
"""

from collections.abc import Sequence

from pr_reviewer.model.rules import RuleFile, RuleProblem
from pr_reviewer.rules.markdown import read_document
from pr_reviewer.rules.options import Options
from pr_reviewer.rules.parsed import ParsedRules, problem
from pr_reviewer.rules.reader import RuleReader

MAX_CHARACTERS = 200_000  # fifty thousand tokens: more than anybody reads, let alone keeps to


def parse_rules(text: str, file: RuleFile, *, default_languages: Sequence[str] = ()) -> ParsedRules:
    """Read one file of rules.

    `default_languages` are those of rules that name none. A rule that is broken is left out, and said.
    """
    if unreadable := why_unreadable(text, file):
        return ParsedRules((), (unreadable,))
    reader = RuleReader(file, Options(languages=tuple(default_languages)))
    document = read_document(text)
    if document.front_matter is not None:
        reader.read_front_matter(document.front_matter)
    reader.read_sections(document.sections)
    return reader.parsed(text)


def why_unreadable(text: str, file: RuleFile) -> RuleProblem | None:
    """What is wrong with a text that is no text, or is longer than anybody would write; None: nothing."""
    if "\0" not in text and len(text) <= MAX_CHARACTERS:
        return None
    why = "is not text" if "\0" in text else f"is longer than {MAX_CHARACTERS} characters"
    return problem(file, 1, f"this file {why}, so none of its rules is read", "unreadable-file")
