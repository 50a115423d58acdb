"""Messages between the engine and its worker: JSON (ASCII, lone surrogates escaped) behind a length of four bytes."""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

HEADER = struct.Struct(">I")


def frame(message: Mapping[str, Any]) -> bytes:
    """The bytes of one message."""
    body = json.dumps(message).encode("ascii")
    return HEADER.pack(len(body)) + body


def parse_body(body: bytes) -> Mapping[str, Any]:
    """The message that stands behind a header."""
    message: Mapping[str, Any] = json.loads(body)
    return message


def read_message(stream: BinaryIO) -> Mapping[str, Any] | None:
    """The next message, or None where the stream ends."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    return parse_body(stream.read(HEADER.unpack(header)[0]))
