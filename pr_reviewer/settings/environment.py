"""One environment variable → the settings that it sets, read as pydantic-settings reads it.

Imported only where such a variable is set: that saves 30 ms and 4 MB everywhere else.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import create_model
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from pr_reviewer.settings.schema.keys import PREFIX, sections
from pr_reviewer.settings.schema.problems import Problem

_LIKE = 'Lists and tables are written as JSON: ["docs/**", "*.md"].'


def read_variable(name: str, text: str) -> Mapping[str, object] | Problem:
    """The settings in `PR_REVIEWER_REVIEW__MAX_COMMENTS`, or in a section's JSON (`PR_REVIEWER_REVIEW`), by key."""
    source = EnvSettingsSource(_environment())
    source.env_vars = {name.lower(): text}
    try:
        found: Mapping[str, Any] = source()
    except SettingsError as exc:
        reason = exc.__cause__
        where = f" ({reason})" if isinstance(reason, json.JSONDecodeError) else ""
        return Problem(f"{name}: not JSON{where}", _LIKE)
    values = {section: inner for section, inner in found.items() if isinstance(inner, dict)}
    if not values:
        return Problem(f"{name}: a section takes a JSON object", 'For example {"max_comments": 3}.')
    return {f"{section}.{key}": value for section, inner in values.items() for key, value in inner.items()}


@cache
def _environment() -> type[BaseSettings]:
    """The sections again, as a class of pydantic-settings: it tells which variables hold JSON."""

    class Environment(BaseSettings):
        model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")

    fields: dict[str, Any] = {name: (kind, ...) for name, kind in sections().items()}
    return create_model("Environment", __base__=Environment, **fields)
