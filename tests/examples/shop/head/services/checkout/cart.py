"""What a customer is about to buy."""

from decimal import Decimal


def total(items):
    """The sum of all prices."""
    return sum((item.price for item in items), Decimal(0))


def express_fee(items):
    """What it costs to have it tomorrow."""
    return float(total(items)) * 0.05


def mean_price(items):
    """The price that an item has on average."""
    return total(items) / len(items)
