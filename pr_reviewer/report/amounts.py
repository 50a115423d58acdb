"""Numbers as people read them."""

from collections.abc import Iterable

from pr_reviewer.model.llm import Cost

_THOUSAND, _MILLION = 1_000, 1_000_000
_TEN = 10
_MINUTE = 60


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`, `1,200 files`."""
    plural = noun if number == 1 else f"{noun}s"
    return f"{number:,} {plural}"


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def cost_text(cost: Cost, models: Iterable[str] = ()) -> str:
    """`4 model calls (gpt-5) · 12.3k tokens in (8.1k cached) · 1.2k out · $0.04 · 21 s`."""
    if not cost.calls:
        return f"no model calls · {_duration(cost.seconds)}"
    names = ", ".join(models)
    usage = cost.usage
    cached = f" ({_tokens(usage.cached_tokens)} cached)" if usage.cached_tokens else ""
    parts = (
        count(cost.calls, "model call") + (f" ({names})" if names else ""),
        f"{_tokens(usage.input_tokens)} tokens in{cached}",
        f"{_tokens(usage.output_tokens)} out",
        _dollars(cost.usd),
        _duration(cost.seconds),
    )
    return " · ".join(parts)


def _tokens(number: int) -> str:
    if number < _THOUSAND:
        return str(number)
    if number < _MILLION:
        return f"{number / _THOUSAND:.1f}k"
    return f"{number / _MILLION:.1f}M"


def _dollars(usd: float | None) -> str:
    if usd is None:
        return "price unknown"
    return "under $0.01" if 0 < usd < 0.01 else f"${usd:.2f}"  # noqa: PLR2004 a cent


def _duration(seconds: float) -> str:
    if seconds < _TEN:
        return f"{seconds:.1f} s"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s"
