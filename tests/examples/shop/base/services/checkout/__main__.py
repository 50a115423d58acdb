"""Starts the checkout service."""

from services.checkout.server import serve

serve()
