"""What a test may set about GitHub's limits; the defaults are GitHub's own."""

from dataclasses import dataclass


@dataclass
class Rules:
    most_files: int = 3_000  # of `/pulls/N/files`
    most_commits: int = 250  # of `/pulls/N/commits`
    most_diff_lines: int = 20_000  # of the diff media type
    longest_patch: int = 400_000  # characters of one file's `patch`; longer ones are left out
    most_annotations: int = 50  # a request
    requests_an_hour: int = 5_000
    writes_a_minute: int | None = None  # None: no secondary limit; GitHub's own is about 80
    secondary_status: int = 403  # or 429
    retry_after: int = 60  # seconds, in the answer to too many writes
    token_seconds: int = 3_600
    largest_delivery: int = 25_000_000
    git_gives: str = "any id"  # or "reachable commits", "tips": what git is given for an id; GitHub gives any
