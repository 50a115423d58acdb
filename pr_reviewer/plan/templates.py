"""The wording of prompts: jinja2 templates, handed in as texts by name and compiled once each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


class Templates:
    """Prompt templates by name (`review/system.md.j2`).

    A value that a template names and nobody gives is an error, never an empty place. The sandbox keeps an operator's
    own template from reaching into the process. Nothing is escaped: a prompt is text, not HTML.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self._compiled: dict[str, Template] = {}

    def render(self, name: str, **values: object) -> str:
        """The template filled in, without blank space at either end. KeyError: there is no such template."""
        if name not in self._compiled:
            self._compiled[name] = _compile(self._texts[name])
        return self._compiled[name].render(values).strip()


def _compile(text: str) -> "Template":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(text)
