"""What people may do in a repository."""

from enum import StrEnum


class Permission(StrEnum):
    """By the provider's own answer, least first."""

    NONE = "none"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @property
    def can_write(self) -> bool:
        """Whether this person may push."""
        return self in (Permission.WRITE, Permission.ADMIN)
