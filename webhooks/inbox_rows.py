"""What the two tables of the inbox share: how a delivery lies in a row."""

import zlib
from collections.abc import Sequence
from typing import Any

from webhooks.deliveries import Delivery, StoredDelivery

Row = Sequence[Any]


def row_of(delivery: Delivery) -> Row:
    """provider, id, event, kind, installation, body (packed: it says much twice), size, received_at."""
    body = delivery.body
    told = (delivery.provider, delivery.id, delivery.event, delivery.kind, delivery.installation)
    return (*told, zlib.compress(body, 1), len(body), delivery.received_at)


def stored(row: Row) -> StoredDelivery:
    """number, provider, id, event, kind, body, received_at, installation, attempts → a delivery."""
    number, provider, delivery_id, event, kind, body, received_at, installation, attempts = row
    delivery = Delivery(provider, delivery_id, event, kind, zlib.decompress(body), received_at, installation)
    return StoredDelivery(number, delivery, attempts)


def within(due: Sequence[tuple[int, int]], max_bytes: int) -> list[int]:
    """The first numbers whose sizes stay within `max_bytes` together; at least one."""
    taken: list[int] = []
    total = 0
    for number, size in due:
        total += size
        if taken and total > max_bytes:
            break
        taken.append(number)
    return taken
