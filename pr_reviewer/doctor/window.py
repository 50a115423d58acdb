"""How large a model's window really is: what the endpoint states, what was measured, what is only believed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pr_reviewer.doctor.check import Check, State
from pr_reviewer.doctor.questions import Heard, filler_prompt, hear, size_of
from pr_reviewer.llm.base import LLM
from pr_reviewer.model.errors import ContextTooLong
from pr_reviewer.model.llm import ModelCard
from pr_reviewer.plan.inputs import Counter

PROBE = 16_000  # tokens of the one question that is asked when the endpoint states nothing
_ROOM = 4_096  # for the question itself and its answer
_READ_SHARE = 0.5  # an endpoint that counts fewer tokens than this share of ours has cut the prompt
_STEPS = 4  # how often the gap between what fits and what does not is halved


@dataclass(frozen=True, slots=True)
class Belief:
    """A model's window as the settings have it, in its own tokens: of its card, or a guess (`is_guess`)."""

    card: ModelCard
    window: int
    is_guess: bool = False

    def __str__(self) -> str:
        if self.is_guess:
            return f"{self.window:,} are assumed (models.default_window: no card knows the model)"
        return f"its card says {self.window:,}"


@dataclass(frozen=True, slots=True)
class Measured:
    """The longest question that was read, and the shortest that was not (0: none), with what was said of that one.

    `fits` is the endpoint's own count. `low` and `high` are the same two by ours: another tokenizer counts differently.
    `is_unclear`: the last question failed for another reason than its length.
    """

    fits: int = 0
    low: int = 0
    high: int = 0
    why: str = ""
    is_unclear: bool = False


async def check_window(llm: LLM, belief: Belief, stated: int | None, counter: Counter, *, is_thorough: bool) -> Check:
    """Hold what is planned with against what the endpoint states, or else against questions that long."""
    if stated is not None and stated < belief.window:
        return _too_small(belief, stated, f"the endpoint states {stated:,} tokens")
    if stated is not None and not is_thorough:
        told = f"the endpoint states {stated:,} tokens; not measured (--thorough does); {belief}"
        return Check("window", State.OK, told)
    most = max(1, belief.card.window - _ROOM)
    sizes = _sizes(most) if is_thorough else (min(PROBE, most),)
    return _judged(await _grow(llm, belief, sizes, counter), belief, stated, is_whole=is_thorough)


async def _grow(llm: LLM, belief: Belief, sizes: Iterable[int], counter: Counter) -> Measured:
    """Ask longer and longer questions until one fails; then halve the gap. What does not fit is not billed."""
    best = Measured()
    for size in sizes:
        best = await _further(llm, belief, best, size, counter)
        if best.high:
            return await _narrow(llm, belief, best, counter)
        if best.is_unclear:
            break
    return best


def _sizes(most: int) -> Iterator[int]:
    """Twice as long each time, up to the whole window."""
    size = min(PROBE, most)
    while size < most:
        yield size
        size *= 2
    yield most


async def _narrow(llm: LLM, belief: Belief, best: Measured, counter: Counter) -> Measured:
    for _ in range(_STEPS):
        found = await _further(llm, belief, best, (best.low + best.high) // 2, counter)
        if found.is_unclear:
            break
        best = found
    return best


async def _further(llm: LLM, belief: Belief, best: Measured, size: int, counter: Counter) -> Measured:
    """What is known after one more question of about that size."""
    prompt = filler_prompt(belief.card.name, size, counter)
    sent = size_of(prompt, counter)
    heard = await hear(llm, prompt)
    read = heard.usage.input_tokens
    if isinstance(heard.error, ContextTooLong):
        return replace(best, high=sent, why=heard.error.message)
    if not heard.was_read:
        return replace(best, why=heard.error.message if heard.error else "", is_unclear=True)
    if 0 < read < sent * _READ_SHARE:
        return replace(best, high=sent, why=f"only {read:,} tokens of it were read, and nobody said so")
    return replace(best, fits=read or sent, low=sent)


def _judged(measured: Measured, belief: Belief, stated: int | None, *, is_whole: bool) -> Check:
    read = f"measured: {measured.fits:,} tokens were read"
    if measured.high:
        far = (
            f"{read}, but no much longer question" if measured.fits else f"not even {measured.high:,} tokens were read"
        )
        return _too_small(belief, measured.fits, f"{far} ({measured.why})")
    if measured.is_unclear:
        shorter = f"{read}; a longer" if measured.fits else "a long"
        return Check("window", State.WARN, f"{shorter} question failed: {measured.why}; {belief}")
    if is_whole:
        told = f"; the endpoint states {stated:,}" if stated else ""
        return Check("window", State.OK, f"{read}{told}; {belief}")
    return Check("window", State.OK, f"{read}; the rest is believed (--thorough measures it); {belief}")


def _too_small(belief: Belief, window: int, told: str) -> Check:
    """More is planned with than there is: reviews of large changes would fail."""
    size = f"{window:,}".replace(",", "_") if window else "what the server was started with"
    todo = f'Set models.cards."{belief.card.name}".window to {size}, or give the server a larger window.'
    return Check("window", State.FAIL, f"{told}; {belief}", todo)


def check_caching(first: Heard, second: Heard) -> Check:
    """Whether a beginning that was sent before is charged, and read, only once."""
    name = "prompt caching"
    if not (first.reply and second.reply):
        error = first.error or second.error
        return Check(name, State.WARN, f"a question of 2,000 tokens failed: {error.message if error else ''}")
    cached, all_tokens = second.usage.cached_tokens, second.usage.input_tokens
    if cached:
        return Check(name, State.OK, f"{cached:,} of {all_tokens:,} tokens of a repeated question came from the cache")
    return Check(
        name,
        State.WARN,
        "the endpoint reports no cached tokens for a repeated question",
        "Every pass over a change then costs its whole length again; vLLM: --enable-prefix-caching.",
    )
