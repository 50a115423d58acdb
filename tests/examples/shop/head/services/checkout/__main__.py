"""Starts the checkout service."""

from services.checkout.server import serve

print("checkout, ready at :8080")  # pr-reviewer: ignore[no-print] who starts it by hand waits for this line
serve()
