"""The JSON object in what a model wrote: without its reasoning, code fence, prose, or slips that have one meaning.

Tolerated, because only one reading is possible: line breaks in strings, a comma before a closing bracket, a backslash
that escapes nothing. Not tolerated: anything that would need a guess, such as two different objects.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_REASONING = re.compile(r"\s*<(think|thinking|thought|reasoning|analysis)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_END_OF_REASONING = re.compile(r"</(?:think|thinking|thought|reasoning|analysis)>", re.IGNORECASE)
_FINAL_CHANNEL = re.compile(r"<\|channel\|>final[^<]*<\|message\|>")  # gpt-oss, where a server leaves its tags in
_SLIPS = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\')
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_LAST_WORD = re.compile(r"[\w\\.-]{0,8}\s*")  # where a text that was cut stops making sense
_DECODER = json.JSONDecoder(strict=False)
_MOST_STARTS = 100


@dataclass(frozen=True, slots=True)
class NoJson:
    """Why there is no object. `start`: where one begins that is broken or incomplete; None: nowhere."""

    why: str
    start: int | None = None


def without_reasoning(text: str) -> str:
    """The text after the model's reasoning; tags that stand inside the answer's strings are left alone."""
    if text.lstrip().startswith(("{", "[")):
        return text
    if final := list(_FINAL_CHANNEL.finditer(text)):
        return text[final[-1].end() :]
    if found := _REASONING.match(text):
        return text[found.end() :]
    ends = list(_END_OF_REASONING.finditer(text))  # the chat template opened it
    return text[ends[0].end() :] if ends else text


def find_values(text: str) -> list[Any] | NoJson:
    """Every outermost object in the text, or the list that the whole text is; lone surrogates become U+FFFD."""
    stripped = text.strip()
    if stripped.startswith("[") and isinstance(whole := _decode(stripped, 0), tuple):
        return [_encodable(whole[0])]
    values, failure = [], NoJson("there is no JSON object in it")
    at = text.find("{")
    for _ in range(_MOST_STARTS):
        if at < 0:
            break
        decoded = _decode(text, at)
        if isinstance(decoded, NoJson):
            failure = failure if failure.start is not None else decoded
            if decoded.why.endswith("end"):
                break  # cut off: what stands inside is a part, not an answer
            at = text.find("{", at + 1)
        else:
            values.append(_encodable(decoded[0]))
            at = text.find("{", decoded[1])
    return values or failure


def complete_items(text: str, start: int) -> Any | None:  # noqa: ANN401 parsed JSON
    """What is complete of an object that was cut inside a list: the object up to its last complete item."""
    stack: list[str] = []
    end = 0
    for token in _STRUCTURE.finditer(text, start):
        sign = token[0]
        if sign in "{[":
            stack.append(sign)
        elif sign in "}]" and stack:
            stack.pop()
            end = token.end() if stack == ["{", "["] else end
    decoded = _decode(f"{text[start:end]}]}}", 0) if end else None
    return _encodable(decoded[0]) if isinstance(decoded, tuple) else None


def _decode(text: str, start: int) -> tuple[Any, int] | NoJson:
    """The value that starts there and where it ends, as it stands or with its slips mended."""
    try:
        return _DECODER.raw_decode(text, start)
    except RecursionError:
        return NoJson("it is nested too deeply", start)
    except json.JSONDecodeError as exc:
        first = exc
    except ValueError:  # Python reads no number of thousands of digits
        return NoJson("it holds a number that is too long", start)
    try:
        value, _ = _DECODER.raw_decode(_mended(text[start:]))
    except (ValueError, RecursionError):
        is_cut = first.msg.startswith("Unterminated") or _LAST_WORD.fullmatch(text, first.pos)
        return NoJson("its JSON has no end" if is_cut else f"its JSON is broken: {first}", start)
    return value, len(text)  # how far the mended text reaches in the original is not known: nothing follows it


def _mended(text: str) -> str:
    """The text, from the first brace on, without commas before closing brackets and backslashes that escape nothing."""

    def mend(found: re.Match[str]) -> str:
        if found[0] == ",":
            return ""
        return _BAD_ESCAPE.sub(lambda escape: escape[0] if len(escape[0]) > 1 else r"\\", found[0])

    return _SLIPS.sub(mend, text)


def _encodable(value: Any) -> Any:  # noqa: ANN401 parsed JSON
    """The value with every lone surrogate replaced, so that it can be shown and sent."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return value


def pointers(errors: list[Any]) -> Iterator[str]:
    """Validation errors of pydantic as `/findings/0/severity: Input should be …`, without the values."""
    for error in errors:
        path = "".join(f"/{part}" for part in error["loc"]) or "/"
        yield f"{path}: {error['msg']}"
