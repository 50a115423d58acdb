"""What a customer is about to buy."""

from decimal import Decimal


def total(items):
    """The sum of all prices."""
    return sum((item.price for item in items), Decimal(0))
