"""Looks at an installation and says what works, what does not, and what to do about it.

What belongs here: checks. A check is a small function that looks at one thing and returns a `Check`; a part is an async
generator of checks that build on one another. `examination` puts parts one after the other: a provider's checks are one
more part. What does not belong here: printing, and mending anything.

Nothing is written anywhere, and no check raises a ReviewerError: what failed is a value, too.
"""
