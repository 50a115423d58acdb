"""The shipped packs of rules, by their names or by a language's."""

from collections.abc import Sequence

from pr_reviewer import resources
from pr_reviewer.languages import language_named
from pr_reviewer.model.errors import SettingsError
from pr_reviewer.model.rules import Level, RuleFile
from pr_reviewer.settings.schema.keys import nearest

_TOP = "best_practices"
# Languages whose rules stand in the pack of another one.
_TOGETHER = {"typescript": "javascript", "tsx": "javascript"}


def pack_names() -> tuple[str, ...]:
    """Every pack that is shipped."""
    return tuple(dict.fromkeys(path.split("/")[1] for path in resources.list_data(_TOP) if path.count("/") > 1))


def pack_files(names: Sequence[str]) -> tuple[RuleFile, ...]:
    """The files of these packs, each once. Raises SettingsError for a name that means none."""
    packs = dict.fromkeys(_pack_named(name) for name in names)
    return tuple(
        RuleFile(Level.PACK, f"pack {pack}", path)
        for pack in packs
        for path in resources.list_data(f"{_TOP}/{pack}")
        if path.endswith(".md")
    )


def _pack_named(name: str) -> str:
    known = pack_names()
    language = language_named(name)
    for candidate in (name.strip().lower(), language, _TOGETHER.get(language or "")):
        if candidate in known:
            return candidate
    near = nearest(name, known)
    hint = f"Did you mean {near}? " if near else ""
    raise SettingsError(f"rules.packs: there is no pack {name!r}", hint=f"{hint}There is {', '.join(known)}.")
