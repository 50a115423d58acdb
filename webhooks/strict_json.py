"""JSON as a signed sender may write it, and nothing else. Pure."""

import jiter


class Malformed(ValueError):
    """A body that is not what its sender says it is; the message is for the log, not for the sender."""


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in `body`. Raises Malformed.

    Refused are text that is not UTF-8, duplicate keys, NaN and infinities, whole numbers of thousands of digits, more
    than 200 levels, control characters and lone surrogates: where two readers might understand two things, neither
    shall. Memory is linear in the length of the body.
    """
    try:
        value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as exc:
        raise Malformed(f"not acceptable JSON: {exc}") from exc
    if not isinstance(value, dict):
        raise Malformed("a JSON value, but no object")
    return value
