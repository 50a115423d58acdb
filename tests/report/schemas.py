"""The JSON Schemas that users get, by the command whose `--format json` they check."""

import json
from pathlib import Path
from typing import Any

import jsonschema

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = ("review", "improve", "describe", "ask")
SCHEMAS: dict[str, Any] = {name: json.loads((DOCS / f"{name}.schema.json").read_text("utf-8")) for name in COMMANDS}


def valid(command: str, document: Any) -> Any:
    """The document, checked."""
    jsonschema.Draft202012Validator(SCHEMAS[command]).validate(document)
    return document
