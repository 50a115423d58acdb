"""Globs that somebody else wrote: those that would cost too much to match are refused.

A glob becomes a regular expression that tries every way to share a path among its wildcards: each wildcard more
multiplies the ways by the path's length, and a file's name may be chosen to have as many as can be.
"""

_MOST = 3


def why_costly(glob: str) -> str:
    """Why the glob has too many wildcards to be matched in reasonable time; "" where it has not."""
    parts = glob.strip().removeprefix("!").removesuffix("/").removesuffix("/**").split("/")
    # The ends of a part hold one `*` in its place: only those beyond it can stand in many.
    loose = sum(part == "**" or max(0, part.count("*") - 1) for part in parts)
    return (
        f"it has too many wildcards: {_MOST} may be `**`, or a `*` that is not the only one between two slashes"
        if loose > _MOST
        else ""
    )
