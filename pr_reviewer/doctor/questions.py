"""What the doctor asks a model, and what came of it: short questions, each for one purpose."""

import time
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.extract import NoJson, find_values, without_reasoning
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.errors import ContextTooLong, ModelError
from pr_reviewer.model.llm import Message, Prompt, Reply, Role, Task, Usage
from pr_reviewer.plan.inputs import Counter

_ROOM = 2048  # for the answer: one word, and what a reasoning model thinks before it
_LINE = "{number:06d} The quick brown fox jumps over the lazy dog while the band plays on.\n"
_PREFACE = "What follows is filler text. It means nothing.\n\n"


class Greeting(BaseModel):
    """What only an endpoint that enforces the schema sends, because the prompt asks for something else."""

    model_config = ConfigDict(extra="forbid")

    greeting: str = Field(description="The greeting.")


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer to a question, or the error; `seconds` is how long it took."""

    reply: Reply | None
    error: ModelError | None
    seconds: float

    @property
    def usage(self) -> Usage:
        """What was counted; an answer that ran out of room before its first word was still read for."""
        if self.reply:
            return self.reply.usage
        return (self.error.usage if self.error else None) or Usage()

    @property
    def was_read(self) -> bool:
        """Whether the model read the whole question, whatever came after."""
        is_too_long = isinstance(self.error, ContextTooLong)
        return self.reply is not None or (self.usage.input_tokens > 0 and not is_too_long)


async def hear(llm: LLM, prompt: Prompt) -> Heard:
    """Ask once, and take the time."""
    started = time.monotonic()
    try:
        reply = await llm.complete(prompt)
    except ModelError as error:
        return Heard(None, error, time.monotonic() - started)
    return Heard(reply, None, time.monotonic() - started)


def greeting_prompt(model: str) -> Prompt:
    """Asks for prose where the schema says JSON: what comes back tells who is obeyed."""
    words = "Greet me with one short English sentence, as plain text. Write no JSON."
    system = Message(Role.SYSTEM, "You are polite.")  # a review has one, too: here shows whether it is taken
    return _prompt(model, (system, Message(Role.USER, words)), schema=True)


def follows_schema(reply: Reply) -> bool:
    """Whether a greeting came as the schema has it."""
    values = find_values(without_reasoning(reply.text))
    return not isinstance(values, NoJson) and all(
        isinstance(value, dict) and list(value) == ["greeting"] and isinstance(value["greeting"], str)
        for value in values
    )


def filler_prompt(model: str, tokens: int, counter: Counter, word: str = "yes") -> Prompt:
    """A question behind a stretch of filler of about so many tokens; the same size is the same filler."""
    each = counter.count("".join(_LINE.format(number=number) for number in range(100))) / 100
    lines = (_LINE.format(number=number) for number in range(max(1, round(tokens / each))))
    filler = Message(Role.SYSTEM, _PREFACE + "".join(lines))
    return _prompt(model, (filler, Message(Role.USER, f"Answer with the single word {word}.")), schema=False)


def size_of(prompt: Prompt, counter: Counter) -> int:
    """How many tokens our own tokenizer counts in its text."""
    return sum(counter.count(message.content) for message in prompt.messages)


def _prompt(model: str, messages: tuple[Message, ...], *, schema: bool) -> Prompt:
    return Prompt(Task.REVIEW, (model,), messages, reply_schema(Greeting) if schema else None, _ROOM)
