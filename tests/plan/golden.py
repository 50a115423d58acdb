"""Exact texts of prompts, kept as files. `UPDATE_GOLDEN=1` writes them anew; the diff is then read by a person."""

import os
from pathlib import Path

from pr_reviewer.model.llm import Prompt

_FOLDER = Path(__file__).parents[1] / "golden" / "prompts"


def transcript(prompt: Prompt) -> str:
    turns = [f"=== {message.role.value}\n\n{message.content}\n" for message in prompt.messages]
    schema = prompt.schema.name if prompt.schema else "none"
    head = f"task {prompt.task.value}; models {', '.join(prompt.models)}; schema {schema}"
    return "\n".join([f"{head}; at most {prompt.max_output_tokens} tokens", *turns])


def assert_golden(name: str, text: str) -> None:
    path = _FOLDER / f"{name}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
