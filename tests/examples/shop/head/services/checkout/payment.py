"""Takes the customer's money."""

import logging

log = logging.getLogger(__name__)


def charge(card, amount, gateway):
    """Charge a card."""
    # pr-reviewer: ignore[no-card-data-in-log] only until the new gateway works
    log.info("charging %s", card.number)
    return gateway.charge(card, amount)
