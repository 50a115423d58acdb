"""The nouns: frozen, slotted dataclasses and enums, with no behaviour beyond questions about themselves.

What belongs here: a value that two packages pass to each other.
What does not: I/O, parsing, formatting, and anything that only one package ever sees.
"""
