"""The reference page of the settings, written from the schema: `docs/settings.md`."""

import json
from collections.abc import Iterable, Iterator, Mapping

from pr_reviewer.settings.schema.json_schema import property_schema
from pr_reviewer.settings.schema.keys import Key, keys, sections
from pr_reviewer.settings.schema.layers import Trust
from pr_reviewer.settings.schema.mistakes import wanted_value
from pr_reviewer.settings.schema.sections import Card

_INTRODUCTION = """\
# Settings

<!-- Generated from the schema by `python -m pr_reviewer.settings`. Do not edit. -->

A value is looked for in these places; a later one overrides an earlier one:

1. the defaults below (`settings/defaults.toml`),
2. the operator's file: TOML, named by `PR_REVIEWER_CONFIG`,
3. the environment: `PR_REVIEWER_<SECTION>__<KEY>`, or the name that other programs know it by,
4. the organisation's `.pr_reviewer.toml`, in the repository that `rules.organisation_repository` names, as it stands
   at the tip of that one's default branch,
5. the repository's `.pr_reviewer.toml`, as it stands at the tip of the base branch, never as the change has it,
6. the arguments of the command line.

Each setting says who may set it. The operator may set everything: the file, the environment and the command line
are theirs; an organisation may set what a repository may. Whoever sets what is not theirs makes an error, and so do an
unknown name, a value of the wrong type and an unknown `PR_REVIEWER_*` variable. An empty variable counts as unset.

- `pr-reviewer config show` prints every value with its source, `config check` everything that is wrong,
  `config schema` a JSON Schema for editors.
- In the environment, lists and tables are written as JSON: `PR_REVIEWER_PATHS__IGNORE='["docs/**"]'`. So may be a
  whole section: `PR_REVIEWER_REVIEW='{"max_comments": 3}'`.
- `""` unsets a text, `"none"` anything else that may be unset.
- A list replaces the list of an earlier place; it is not added to it.
- A model is asked as soon as a key or an address is set: `OPENAI_API_KEY`, `OPENAI_BASE_URL` or `azure.endpoint`.
"""

_CARDS = """\
### `[models.cards."NAME"]`

What is known of a model: shipped for those in `settings/models.toml`, and yours for any other. A card of yours replaces
the shipped one of the same name.

"""

_SETTABLE_BY = {
    Trust.OPERATOR: "operator",
    Trust.ORGANISATION: "organisation",
    Trust.REPOSITORY: "repository",
    Trust.COMMENTER: "repository",
}


def render_reference(defaults: Mapping[str, object]) -> str:
    """The page as markdown; `defaults` by key, as they are written in TOML."""
    return "\n".join([_INTRODUCTION, *(_section(name, defaults) for name in sections())])


def _section(name: str, defaults: Mapping[str, object]) -> str:
    own = [key for key in keys().values() if key.name.startswith(f"{name}.")]
    table = _table(["setting", "meaning", "default", "who may set it"], (_row(key, defaults) for key in own))
    cards = f"\n{_CARDS}{_card_table()}" if name == "models" else ""
    return f"## `[{name}]`\n\n{sections()[name].__doc__}\n\n{table}{cards}"


def _row(key: Key, defaults: Mapping[str, object]) -> tuple[str, ...]:
    name = key.name.partition(".")[2]
    wanted = wanted_value(property_schema(key.name))
    default = json.dumps(defaults[key.name], ensure_ascii=False)
    meaning = f"{key.description} {wanted[0].upper()}{wanted[1:]}."
    return f"`{name}`<br>`{key.variable}`", meaning, f"`{default}`", _SETTABLE_BY[key.least_trust]


def _card_table() -> str:
    schema = property_schema("models.cards")["additionalProperties"]
    rows = (
        (
            f"`{name}`",
            f"{field.description}",
            wanted_value(schema["properties"][name]),
            "yes" if field.is_required() else "",
        )
        for name, field in Card.model_fields.items()
    )
    return _table(["key", "meaning", "value", "required"], rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    return "".join(_lines([columns, ["---"] * len(columns), *rows]))


def _lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    return (f"| {' | '.join(_escaped(cell) for cell in row)} |\n" for row in rows)


def _escaped(cell: str) -> str:
    return cell.replace("|", r"\|")
