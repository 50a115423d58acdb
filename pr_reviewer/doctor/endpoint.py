"""The model endpoint: who answers, as whom we are known, what it takes, and whether the model is any good."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.doctor.check import Check, State, failed, skipped
from pr_reviewer.doctor.questions import Heard, filler_prompt, follows_schema, greeting_prompt, hear
from pr_reviewer.doctor.window import Belief, check_caching, check_window
from pr_reviewer.llm.client import OpenAIClient
from pr_reviewer.llm.inspect import Inspector
from pr_reviewer.llm.request import Abilities, Feature
from pr_reviewer.model.errors import ModelError, ModelRefused, ModelUnavailable
from pr_reviewer.plan.inputs import Counter

_NAMES = ("endpoint", "key", "model", "JSON schema", "round trip", "window", "prompt caching", "planted bug")
_KEY_REFUSED = (401, 403)
_SLOW = 30.0
_CACHED_TOKENS = 2_000  # endpoints cache from 1,024 tokens on
_WITHOUT_STRICT = {
    "json_object": "refused; JSON mode is used, with the schema as words in the prompt",
    "text": "refused, and so is JSON mode; the schema stands as words in the prompt",
}


@dataclass(frozen=True, slots=True)
class Line:
    """The line to the models. `client` is the bare client: no retry, no fallback. `has_key`: one is set.

    `others` are further models that a review may ask. `plant` reviews a change with a planted bug.
    """

    client: OpenAIClient
    inspector: Inspector
    counter: Counter
    model: Belief
    others: Sequence[str]
    plant: Callable[[], Awaitable[Check]]
    host: str
    has_key: bool
    has_list: bool = True


async def endpoint_checks(line: Line, *, is_thorough: bool) -> AsyncIterator[Check]:
    """All of them. Where nobody answers, nothing more is asked."""
    reached, stated = await check_endpoint(line)
    yield reached
    if reached.state is State.FAIL:
        for check in skipped(_NAMES[1:], "the endpoint was not reached"):
            yield check
        return
    name = line.model.card.name
    heard = await hear(line.client, greeting_prompt(name))
    key, model = check_key(heard, has_key=line.has_key), check_model(line, name, heard, stated)
    yield key
    if key.state is State.FAIL or model.state is State.FAIL:
        yield model if key.state is not State.FAIL else Check("model", State.SKIPPED, "the key was not accepted")
        for check in skipped(_NAMES[3:], "the model did not answer"):
            yield check
        return
    yield model
    yield check_schema(heard, line.client.abilities_of(name).formats[0])
    async for check in _measurements(line, stated, is_thorough=is_thorough):
        yield check
    yield await line.plant()
    for other in line.others:
        heard = await hear(line.client, greeting_prompt(other))
        yield replace(check_model(line, other, heard, stated), name="other model")


async def _measurements(line: Line, stated: Mapping[str, int | None], *, is_thorough: bool) -> AsyncIterator[Check]:
    name = line.model.card.name
    first, second = [
        await hear(line.client, filler_prompt(name, _CACHED_TOKENS, line.counter, word)) for word in ("yes", "no")
    ]
    yield check_round_trip(first)
    window = stated.get(name) or await line.inspector.running_window()
    yield await check_window(line.client, line.model, window, line.counter, is_thorough=is_thorough)
    yield check_caching(first, second)


async def check_endpoint(line: Line) -> tuple[Check, Mapping[str, int | None]]:
    """Whether anybody answers there at all, and what they state of their models. Any status is an answer."""
    if not line.has_list:
        return Check("endpoint", State.OK, f"{line.host}, by deployment"), {}
    try:
        models = await line.inspector.models()
    except ModelError as error:
        if not error.status:
            return failed("endpoint", error), {}
        return Check("endpoint", State.OK, f"{line.host} answers (it lists no models: {error.status})"), {}
    return Check("endpoint", State.OK, f"{line.host} answers, and lists {_count(len(models), 'model')}"), models


def check_key(heard: Heard, *, has_key: bool) -> Check:
    """Whether we are let in."""
    if heard.error and heard.error.status in _KEY_REFUSED:
        return failed("key", heard.error)
    if not has_key:
        return Check("key", State.SKIPPED, "none is set, and none was asked for")
    if not heard.was_read:
        return Check("key", State.SKIPPED, "nothing was answered that would tell")
    return Check("key", State.OK, "accepted")


def check_model(line: Line, name: str, heard: Heard, stated: Mapping[str, int | None]) -> Check:
    """Whether the model is there and answers, and what had to be left out of the request."""
    error = heard.error
    if error is None:
        return Check("model", State.OK, f"{name} answers{_left_out(line.client.abilities_of(name))}")
    if heard.was_read:
        return Check("model", State.WARN, error.message, error.hint)
    todo = error.hint
    if isinstance(error, ModelUnavailable) and not error.status:
        todo = f"{todo} --timeout SECONDS waits longer."
    if isinstance(error, ModelRefused) and stated and name not in stated:
        todo = f"{todo} The endpoint lists {_some(stated)}."
    return Check("model", State.FAIL, error.message, todo)


def check_schema(heard: Heard, form: str) -> Check:
    """Whether replies are forced into the schema, or merely asked for."""
    name = "JSON schema"
    if heard.reply is None:
        return Check(name, State.SKIPPED, "there was no reply to look at")
    if form in _WITHOUT_STRICT:
        todo = "Replies that break the schema are asked for again: more calls, more failures. Strict mode is safer."
        return Check(name, State.WARN, f"strict mode is {_WITHOUT_STRICT[form]}", todo)
    if follows_schema(heard.reply):
        return Check(name, State.OK, "strict mode is taken and enforced")
    todo = "Switch on structured output in the server; until then broken replies are asked for again."
    return Check(name, State.WARN, "strict mode is taken, but not enforced: the reply did not follow it", todo)


def check_round_trip(heard: Heard) -> Check:
    """How long one short question takes."""
    name = "round trip"
    if not heard.reply:
        return Check(name, State.WARN, f"a second question failed: {heard.error.message if heard.error else ''}")
    told = f"{heard.seconds:.1f} s for {heard.usage.input_tokens or _CACHED_TOKENS:,} tokens and one word"
    if heard.seconds > _SLOW:
        return Check(name, State.WARN, told, "A review asks two times or more: it will take minutes.")
    return Check(name, State.OK, told)


def _left_out(abilities: Abilities) -> str:
    refused = [feature.value for feature in Feature if feature in abilities.refused]
    if not abilities.limits[0]:
        refused.append("an output limit")
    return f"; the request is sent without {' and '.join(refused)}" if refused else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _some(names: Mapping[str, object], most: int = 5) -> str:
    shown = list(names)[:most]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")
