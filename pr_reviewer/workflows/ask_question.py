"""/ask: read, ask, look up every citation, answer."""

import time
from dataclasses import dataclass, replace

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.findings.answered import AskReply, Heads, JoinReply, read_answer, read_join
from pr_reviewer.llm.ask import ask
from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.masking import mask
from pr_reviewer.model.answering import Answer, Answered, Question, Said, ThreadPlace
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.errors import ModelError
from pr_reviewer.model.events import Comment, CommentPlace
from pr_reviewer.model.posting import Remark
from pr_reviewer.plan.answering import ask_asked, join_prompt
from pr_reviewer.plan.parts import Asked, PartsPlan, Shown, plan_parts
from pr_reviewer.providers.base import ConversationReader, Replier
from pr_reviewer.report.answer import answer_body
from pr_reviewer.report.links import Links
from pr_reviewer.report.markers import without_markers
from pr_reviewer.workflows.asking import clean
from pr_reviewer.workflows.desk import Desk
from pr_reviewer.workflows.parts import Answers, ask_parts, model_of, shown_of
from pr_reviewer.workflows.progress import OnProgress, Progress, Stage, nobody
from pr_reviewer.workflows.reading import Change, read_change

HELP = CommandHelp(
    CommandName.ASK,
    "Ask about the change; in a thread on lines, about these lines.",
    argument="QUESTION",
    is_argument_needed=True,
)
NOTHING = "There is no code to answer from: every changed file is skipped."
EMPTY = "There is no code to answer from: the change is empty."


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """An answer before anything is asked."""

    change: Change
    shown: Shown
    asked: Asked
    plan: PartsPlan


async def question_in(reader: ConversationReader, comment: Comment | None, text: str) -> Question:
    """The question with what stands around it where it was asked in a thread on lines. All of it is masked."""
    asked = mask(text).text
    if comment is None or comment.place is not CommentPlace.LINE:
        return Question(asked)
    root = comment.reply_to or comment.id
    thread = [each for each in await reader.remarks() if root in (each.id, each.reply_to)]
    first = next((each for each in thread if each.id == root), None)
    earlier = (each for each in thread if each.id != comment.id and each.id < comment.id)
    said = tuple(Said(each.author, mask(without_markers(each.body)).text) for each in earlier)
    return Question(asked, _place(first) if first else None, said)


def _place(first: Remark) -> ThreadPlace:
    """Where the thread stands; its lines as they were are all that is known of those that are gone."""
    opened_on = mask(first.opened_on, first.path).text
    return ThreadPlace(mask(first.path).text, first.lines, first.side, opened_on)


async def prepare_answer(
    desk: Desk, max_model_calls: int, question: Question, skip: SkipRules, on_progress: OnProgress = nobody
) -> PreparedAnswer:
    """Read the change and plan what to ask."""
    on_progress(Progress(Stage.READING))
    change = await read_change(desk.source, skip)
    on_progress(Progress(Stage.PLANNING))
    shown = await shown_of(desk, change, max_model_calls, is_wide=True)
    asked = ask_asked(desk.models.review, question, shown.files, desk.templates, reply_schema(AskReply))
    return PreparedAnswer(change, shown, asked, plan_parts(shown, asked))


async def answer_question(
    desk: Desk, max_model_calls: int, question: Question, skip: SkipRules, on_progress: OnProgress = nobody
) -> Answered:
    """Answer a question about a change; about one that is too long for one call part by part, with one call more.

    Raises ModelError where every call fails, and UsageError where there is no model.
    """
    started = time.monotonic()
    llm = model_of(desk, "/ask")
    prepared = await prepare_answer(desk, max_model_calls, question, skip, on_progress)
    answers: Answers[AskReply] = Answers(())
    whole, remarks = _nothing(prepared.change)
    if prepared.plan.parts:
        answers = await ask_parts(llm, prepared.plan, AskReply, on_progress)
        on_progress(Progress(Stage.FINISHING))
        whole, remarks = await _whole(llm, prepared, question, answers)
    return Answered(
        head_sha=prepared.change.pull.head.sha,
        question=question,
        answer=whole,
        coverage=answers.coverage(prepared.change, prepared.plan),
        cost=replace(desk.spent(), seconds=time.monotonic() - started),
        models=answers.models,
        remarks=remarks,
    )


def _nothing(change: Change) -> tuple[Answer, tuple[str, ...]]:
    return Answer(NOTHING if change.files else EMPTY, is_told=False), ()


async def post_answer(replier: Replier, comment: Comment | None, key: str, answered: Answered, links: Links) -> str:
    """Say it below the question, or in the conversation with the question quoted; once for each key. Its address."""
    is_threaded = comment is not None and comment.place is CommentPlace.LINE
    return await replier.reply(comment, key, answer_body(answered, links, quotes_question=not is_threaded))


async def _whole(
    llm: LLM, prepared: PreparedAnswer, question: Question, answers: Answers[AskReply]
) -> tuple[Answer, tuple[str, ...]]:
    """One answer of those about the parts; where none of them tells, the first says so for all."""
    read = _read(prepared, answers)
    telling = [each for each in read if each.is_told]
    if len(telling) <= 1:
        return (telling or read)[0], ()
    prompt = join_prompt(prepared.shown, prepared.asked, question, read, reply_schema(JoinReply))
    try:
        reply = (await ask(llm, prompt, JoinReply, clean=clean)).value
    except ModelError as error:
        text = "\n\n".join(each.text for each in telling)
        cited = tuple(citation for each in telling for citation in each.citations)
        remark = f"The answers about the parts could not be made one: {clean(error.message)}"
        return Answer(text, is_told=True, citations=cited), (remark,)
    return _masked(read_join(reply, read)), ()


def _read(prepared: PreparedAnswer, answers: Answers[AskReply]) -> list[Answer]:
    """The answers with their citations looked up, numbered through."""
    heads = Heads(prepared.change.reviewed, _texts(prepared.change))
    read: list[Answer] = []
    for _, reply in answers.said:
        first = 1 + sum(len(each.citations) for each in read)
        read.append(_masked(read_answer(reply, heads, first)))
    return read


def _texts(change: Change) -> dict[str, str]:
    """Every reviewed file at the head, as far as it is known; all of it is masked."""
    return {file.path: change.masked_head(file.path).text for file in change.reviewed}


def _masked(answer: Answer) -> Answer:
    """The answer without anything in the model's own words that looks like a secret."""
    cited = tuple(
        replace(each, path=clean(each.path), quote=mask(each.quote, each.path).text) for each in answer.citations
    )
    return replace(answer, text=clean(answer.text), citations=cited)
