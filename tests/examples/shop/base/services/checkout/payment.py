"""Takes the customer's money."""

import logging

log = logging.getLogger(__name__)


def charge(card, amount, gateway):
    """Charge a card."""
    return gateway.charge(card, amount)
