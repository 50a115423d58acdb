"""What the inbox hands deliveries over to."""

from typing import Protocol

from webhooks.deliveries import StoredDelivery


class JobEngine(Protocol):
    """Turns deliveries into durable jobs."""

    async def accept(self, event: StoredDelivery) -> str:
        """The id of the job that this delivery became, once that is durable.

        Called at least once for each delivery, sometimes again (after a crash, or by another server), not always in the
        order of arrival and for several deliveries at once: `event.job` makes it the same job each time. Any exception
        means that it was not taken, and is tried again later. Must not block the event loop.
        """
        ...
