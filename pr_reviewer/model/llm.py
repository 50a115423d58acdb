"""What goes to a model and what comes back."""

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """Which step asks. A model is configured per task."""

    REVIEW = "review"
    RULES = "rules"
    VERIFY = "verify"
    REPAIR = "repair"
    SUMMARY = "summary"
    DESCRIBE = "describe"
    ASK = "ask"


class Role(StrEnum):
    """Who speaks in a chat."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ReplySchema:
    """A JSON Schema (as canonical JSON text) in OpenAI's strict subset, and its name."""

    name: str
    json: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request, complete: the same prompt is the same bytes. `models` are asked in order until one answers."""

    task: Task
    models: tuple[str, ...]
    messages: tuple[Message, ...]
    schema: ReplySchema | None
    max_output_tokens: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls, as the endpoint counted them. `cached_tokens` is a part of `input_tokens`."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered, which model it was, and what it used. `is_cut`: the output limit ended it."""

    text: str
    model: str
    usage: Usage
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    cached: float
    output: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model. `window` is in tokens; `price` is None where it is not known."""

    name: str
    window: int
    max_output: int
    encoding: str = "o200k_base"
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a review cost. `usd` is None when a called model's price is unknown; `seconds` is wall time."""

    calls: int = 0
    usage: Usage = Usage()
    usd: float | None = 0.0
    seconds: float = 0.0
