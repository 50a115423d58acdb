"""Settings from a few lines of TOML, and what is wrong with them."""

from pr_reviewer.settings.load import check_settings, default_values, load_settings
from pr_reviewer.settings.schema.document import read_document
from pr_reviewer.settings.schema.layers import Layer
from pr_reviewer.settings.schema.problems import Assignment
from pr_reviewer.settings.schema.resolve import Resolution, resolve


def defaults() -> list[Assignment]:
    return [Assignment(key, value, Layer.DEFAULTS, "defaults", "defaults") for key, value in default_values().items()]


def resolve_text(text: str, layer: Layer = Layer.FILE, name: str = "x.toml") -> Resolution:
    assignments, problems = read_document(text, name=name, layer=layer)
    return resolve([*defaults(), *assignments], problems)


def problems_of(text: str, layer: Layer = Layer.FILE) -> list[str]:
    return [str(problem) for problem in resolve_text(text, layer).problems]


def problems_in(**environ: str) -> list[str]:
    return [str(problem) for problem in check_settings(environ)]


def source_of(key: str, **environ: str) -> str:
    return load_settings(environ).sources[key]
