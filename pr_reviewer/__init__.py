"""pr-reviewer: a self-hosted pull-request reviewer that is right about every line it names."""

__version__ = "0.1.0"
