"""The prompts of /describe: one for each part of the change, and one that puts the parts together."""

from collections.abc import Sequence

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.model.describing import FileNote, Portrait
from pr_reviewer.model.llm import Message, ModelCard, Prompt, ReplySchema, Role, Task
from pr_reviewer.plan.budget import room_after
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.parts import Asked, Shown, finished
from pr_reviewer.plan.prompts import pull_text
from pr_reviewer.plan.templates import Templates
from pr_reviewer.plan.wholes import cut_equally


def describe_asked(
    cards: tuple[ModelCard, ...], labels: Sequence[str], templates: Templates, reply: ReplySchema
) -> Asked:
    """What is asked of each part. `labels` are those that may be suggested."""
    system = templates.render("describe/system.md.j2", reading=templates.render("describe/reading.md.j2"))
    last = templates.render("describe/task.md.j2", labels=_labels(labels))
    return Asked(Task.DESCRIBE, cards, system, last, reply)


def sum_prompt(
    shown: Shown,
    asked: Asked,
    portraits: Sequence[Portrait],
    notes: Sequence[FileNote],
    labels: Sequence[str],
    reply: ReplySchema,
) -> Prompt:
    """Ask for one description of the whole, from what was said of its parts; files are numbered from 1.

    Every file is in it: where there is little room, what was said of each is cut to an equal share.
    """
    templates, counter = shown.templates, shown.counter
    system = Message(Role.SYSTEM, templates.render("describe/system_sum.md.j2"))
    pull = pull_text(shown.pull, asked.cards[0].window, templates)

    def last(parts: str, files: str) -> str:
        return templates.render(
            "describe/task_sum.md.j2",
            pull=pull,
            parts=fence(parts, "descriptions of parts"),
            files=fence(files, "files"),
            count=len(notes),
            labels=_labels(labels),
        )

    room = room_after(asked.cards[:1], counter.at_most(system.content) + counter.at_most(last("", "")))
    parts = cut_equally([_part(number, each) for number, each in enumerate(portraits, start=1)], room // 3)
    files = cut_equally([_file(number, note) for number, note in enumerate(notes, start=1)], room - room // 3)
    final = Asked(asked.task, asked.cards, system.content, last("\n".join(parts), "\n".join(files)), reply)
    return finished(final, (system,), counter)


def _part(number: int, portrait: Portrait) -> str:
    return display(f"Part {number} ({portrait.kind}): {' '.join(' '.join(portrait.summary).split())}")


def _file(number: int, note: FileNote) -> str:
    return display(f"{number}. {path_label(note.path)}{f': {note.text}' if note.text else ''}")


def _labels(labels: Sequence[str]) -> str:
    """The labels, fenced: a repository chooses them. "" where there are none."""
    return fence("\n".join(map(display, labels)), "labels") if labels else ""
