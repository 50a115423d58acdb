"""A prompt → a valid value of the reply's type, after at most one repair turn, or an error."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.extract import NoJson, complete_items, find_values, pointers, without_reasoning
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.errors import InvalidReply, ModelError
from pr_reviewer.model.llm import Message, Prompt, Reply, Role

T = TypeVar("T", bound=BaseModel)
_MOST_ERRORS = 12
_LONGEST_SENT_BACK = 20_000  # characters: a longer reply is asked for again without being quoted


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A valid value, and the replies that led to it (two after a repair turn).

    `problem` is what `check` still finds wrong after the repair turn. `is_partial`: both replies were cut or broken,
    and the value holds only the complete items of one: what it leaves out was not looked at.
    """

    value: T
    replies: tuple[Reply, ...]
    problem: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class _Invalid:
    """A reply that is no value, in words for the model and for people."""

    why: str


async def ask(
    llm: LLM,
    prompt: Prompt,
    reply_type: type[T],
    *,
    check: Callable[[T], str | None] | None = None,
    clean: Callable[[str], str] = str,
) -> Answer[T]:
    """Ask, validate, and have an invalid reply repaired once; then InvalidReply. Other ModelErrors of `llm` pass.

    `check` may find a valid value wanting (a missing verdict): its sentence goes into the same single repair turn, and
    what it says of the second value is the answer's `problem`. A reply that the output limit cut is asked for again,
    shorter. `clean` is applied to a reply that is sent back (to mask what a model invented).
    """
    if prompt.schema is None:
        prompt = replace(prompt, schema=reply_schema(reply_type))
    first = await llm.complete(prompt)
    value = _read(first, reply_type)
    problem = _problem(value, check)
    if not isinstance(value, _Invalid) and not problem:
        return Answer(value, (first,))
    try:
        second = await llm.complete(_repair(prompt, first, problem, clean))
    except ModelError as error:
        if isinstance(value, _Invalid):
            return _salvaged((first,), reply_type, f"{problem}; the repair turn failed: {error.message}", error)
        return Answer(value, (first,), problem)
    repaired = _read(second, reply_type)
    if not isinstance(repaired, _Invalid):
        return Answer(repaired, (first, second), _problem(repaired, check))
    if not isinstance(value, _Invalid):
        return Answer(value, (first, second), problem)
    return _salvaged((first, second), reply_type, repaired.why, None)


def _read(reply: Reply, reply_type: type[T]) -> T | _Invalid:
    """The one valid value in a reply."""
    found = find_values(without_reasoning(reply.text))
    if isinstance(found, NoJson):
        return _Invalid("the output limit cut it" if reply.is_cut else found.why)
    read = [_validated(_wrapped(raw, reply_type), reply_type) for raw in found]
    valid = [value for value in read if not isinstance(value, _Invalid)]
    if not valid:
        return read[0]
    if any(value != valid[0] for value in valid[1:]):
        return _Invalid("it holds several different JSON objects")
    return valid[0]


def _wrapped(raw: Any, reply_type: type[BaseModel]) -> Any:  # noqa: ANN401 parsed JSON
    """A bare list as the value of the type's only field."""
    fields = list(reply_type.model_fields)
    return {fields[0]: raw} if isinstance(raw, list) and len(fields) == 1 else raw


def _validated(raw: Any, reply_type: type[T]) -> T | _Invalid:  # noqa: ANN401 parsed JSON
    """The value, or each place that is wrong as a JSON pointer."""
    try:
        return reply_type.model_validate(raw)
    except ValidationError as exc:
        errors = list(pointers(exc.errors(include_url=False, include_input=False, include_context=False)))
    rest = len(errors) - _MOST_ERRORS
    more = [f"and {rest} more"] if rest > 0 else []
    return _Invalid("\n".join([*errors[:_MOST_ERRORS], *more]))


def _problem(value: T | _Invalid, check: Callable[[T], str | None] | None) -> str:
    """What is wrong with it; empty if nothing is."""
    if isinstance(value, _Invalid):
        return value.why
    return (check(value) or "") if check else ""


def _repair(prompt: Prompt, reply: Reply, problem: str, clean: Callable[[str], str]) -> Prompt:
    """The same request, the reply and what is wrong with it, to the model that sent it first."""
    said = clean(without_reasoning(reply.text).strip())
    turns = prompt.messages
    if reply.is_cut:
        wish = (
            f"Your reply was cut off after {reply.usage.output_tokens or prompt.max_output_tokens} tokens. Answer "
            "again with the whole JSON object, much shorter: only the most important entries, in short."
        )
    else:
        turns += (Message(Role.ASSISTANT, said),) if 0 < len(said) <= _LONGEST_SENT_BACK else ()
        wish = f"Your reply cannot be used:\n{problem}\nAnswer again with the whole, corrected JSON object only."
    models = (reply.model, *(model for model in prompt.models if model != reply.model))
    return replace(prompt, models=models, messages=(*turns, Message(Role.USER, wish)))


def _salvaged(replies: tuple[Reply, ...], reply_type: type[T], why: str, cause: ModelError | None) -> Answer[T]:
    """The complete items of the latest reply that was cut. Raises InvalidReply where there are none."""
    for reply in reversed(replies):
        text = without_reasoning(reply.text)
        found = find_values(text) if reply.is_cut else None
        if isinstance(found, NoJson) and found.start is not None:
            value = _validated(complete_items(text, found.start), reply_type)
            if not isinstance(value, _Invalid):
                return Answer(value, replies, is_partial=True)
    reason = "; ".join(why.split("\n"))
    raise InvalidReply(
        f"{replies[-1].model} sent no valid reply: {reason}",
        hint="A model that follows JSON schemas is needed; models.review and models.fallbacks name others.",
    ) from cause
