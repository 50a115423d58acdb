"""The prompts of /ask: one for each part of the change, and one that makes one answer of several."""

from collections.abc import Sequence

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.model.answering import Answer, Question, Said, ThreadPlace
from pr_reviewer.model.changes import Side
from pr_reviewer.model.llm import Message, ModelCard, Prompt, ReplySchema, Role, Task
from pr_reviewer.plan.budget import room_after
from pr_reviewer.plan.excerpts import excerpt_around, render_excerpts
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.inputs import ChangedFile
from pr_reviewer.plan.parts import Asked, Shown, finished
from pr_reviewer.plan.templates import Templates
from pr_reviewer.plan.wholes import cut_equally

_LONGEST_QUESTION = 4_000
_LONGEST_MESSAGE = 2_000
_MOST_MESSAGES = 20
_MOST_LINES = 60
_SHARE = 8  # characters of all earlier messages, as a share of the window in tokens


def ask_asked(
    cards: tuple[ModelCard, ...],
    question: Question,
    files: Sequence[ChangedFile],
    templates: Templates,
    reply: ReplySchema,
) -> Asked:
    """What is asked of each part. In a thread, the lines that it is about stand beside the question in every part."""
    system = templates.render("ask/system.md.j2", reading=templates.render("describe/reading.md.j2"))
    last = templates.render(
        "ask/task.md.j2",
        question=_question(question),
        place=_place(question.place),
        code=_code(question.place, files),
        opened_on=_opened_on(question.place, files),
        said=_said(question.said, cards[0].window // _SHARE),
    )
    return Asked(Task.ASK, cards, system, last, reply)


def join_prompt(
    shown: Shown, asked: Asked, question: Question, answers: Sequence[Answer], reply: ReplySchema
) -> Prompt:
    """Ask for one answer from those about the parts; every answer is in it, cut to an equal share where it must be."""
    templates, counter = shown.templates, shown.counter
    system = Message(Role.SYSTEM, templates.render("ask/system_join.md.j2"))

    def last(answers: str) -> str:
        return templates.render(
            "ask/task_join.md.j2", question=_question(question), answers=fence(answers, "answers about parts")
        )

    room = room_after(asked.cards[:1], counter.at_most(system.content) + counter.at_most(last("")))
    texts = cut_equally([_answer(number, each) for number, each in enumerate(answers, start=1)], room)
    final = Asked(asked.task, asked.cards, system.content, last("\n\n".join(texts)), reply)
    return finished(final, (system,), counter)


def _question(question: Question) -> str:
    return fence(display(question.text.strip()[:_LONGEST_QUESTION]), "question")


def _place(place: ThreadPlace | None) -> str:
    """Our own words about where the question was asked; the path is fenced, for somebody else chose it."""
    if place is None:
        return ""
    path = fence(path_label(place.path), "path")
    if place.lines is None:
        return f"It was asked in a thread on this file, on lines that the change no longer shows:\n\n{path}"
    first, last = place.lines.first, place.lines.last
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    version = "old" if place.side is Side.OLD else "new"
    return f"It was asked in a thread on {lines} of the {version} version of this file:\n\n{path}"


def _code(place: ThreadPlace | None, files: Sequence[ChangedFile]) -> str:
    """The code around those lines in the new version, fenced; "" where there is none."""
    if place is None or place.lines is None or place.side is Side.OLD:
        return ""
    named = (file for file in files if file.diff.path == place.path)
    found = [excerpt for file in named if (excerpt := excerpt_around(file, place.lines, place.side))]
    return fence(render_excerpts(found).rstrip("\n"), "code") if found else ""


def _opened_on(place: ThreadPlace | None, files: Sequence[ChangedFile]) -> str:
    """The lines as the thread shows them, fenced; "" where the new version has them."""
    if place is None or not place.opened_on.strip() or _code(place, files):
        return ""
    return fence(display("\n".join(place.opened_on.split("\n")[-_MOST_LINES:])), "lines of the thread")


def _said(said: Sequence[Said], room: int) -> str:
    """The latest messages for which there is room, oldest first, fenced; "" where there are none."""
    lines: list[str] = []
    for each in reversed(said[-_MOST_MESSAGES:]):
        line = display(f"{each.author}: {each.text.strip()[:_LONGEST_MESSAGE]}")
        room -= len(line)
        if room < 0:
            break
        lines.append(line)
    return fence("\n\n".join(reversed(lines)), "earlier messages") if lines else ""


def _answer(number: int, answer: Answer) -> str:
    told = "" if answer.is_told else " (the code of this part does not tell)"
    cited = (f"[{each.number}] {path_label(each.path)}: {' '.join(each.quote.split())}" for each in answer.citations)
    return display("\n".join([f"Part {number}{told}: {' '.join(answer.text.split())}", *cited]))
