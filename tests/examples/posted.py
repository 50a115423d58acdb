"""What a review posts, as files that people can read: everything that differs from run to run has a name instead."""

import re
from collections.abc import Mapping

from tests.examples.scene import Scene

HOST = "https://github.example"
_COST = re.compile(r"\d+ model calls? \([^)]*\) · [^<\n]*")


def posted(scene: Scene) -> dict[str, str]:
    """File name → text: each comment by its place, the summary, the check, its annotations."""
    (summary,) = scene.pull.comments()
    (check,) = scene.pull.checks()
    texts = {f"{name}.md": body for name, body in _comments(scene)}
    texts["summary.md"] = summary.body
    texts["check.md"] = f"{check.conclusion}: {check.title}\n\n{check.summary}\n\n---\n\n{check.text}"
    texts["annotations.txt"] = "\n\n".join(map(_annotation, check.annotations))
    return {name: f"{readable(text, scene)}\n" for name, text in texts.items()}


def readable(text: str, scene: Scene) -> str:
    """A text without what nobody can know before: the host's port, ids of commits, what the run cost."""
    text = text.replace(scene.server.url, HOST)
    for sha, name in scene.names.items():
        text = text.replace(sha, name)
    return _COST.sub("COST", text)


def _comments(scene: Scene) -> list[tuple[str, str]]:
    found = []
    for thread in scene.pull.threads():
        (comment,) = thread.comments
        path = thread.place.path.replace("/", "-").removesuffix(".py")
        found.append((f"comment-{path}-{scene.pull.line_of(thread)}", comment.body))
    return sorted(found)


def _annotation(each: Mapping[str, object]) -> str:
    where = f"{each['path']}:{each['start_line']}"
    return f"{where}: {each['annotation_level']}: {each['title']}\n{each['message']}"
