"""Every error that the product raises on purpose.

ReviewerError                  a sentence for people: what is wrong, where, and what to do
├── UsageError                 the call cannot be carried out as it was written        (exit 2)
│   ├── SettingsError          a setting is unknown, of the wrong type, or not yours   (exit 2)
│   └── InvalidDiff            a text that should be a unified diff is not one         (exit 2)
├── ProviderError              the git provider or git itself failed                   (exit 3)
│   ├── GitError               a git command failed
│   ├── ProviderRefused        the provider says no: a permission is missing, or the request is wrong
│   ├── ProviderUnavailable    rate limit, 5xx, time-out, broken connection: waited out in vain
│   └── HeadMoved              the pull request has a newer head: nothing was posted for the old one
└── ModelError                 one model call failed; `retry_after` says when to retry (exit 3)
    ├── ModelUnavailable       rate limit, 5xx, time-out, broken connection: a retry may help
    ├── ModelRefused           the endpoint or the model says no: a retry will not help
    ├── ContextTooLong         the prompt does not fit in the model's window
    ├── InvalidReply           the reply does not follow its schema, after the repair turn
    └── BudgetSpent            a cap (calls, dollars) forbids this call
"""

from pr_reviewer.model.llm import Usage


class ReviewerError(Exception):
    """Something a person must be told. `hint` says what they can do about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(ReviewerError):
    """The call cannot be carried out as it was written."""


class SettingsError(UsageError):
    """A setting is unknown, of the wrong type, or not for this layer to set."""


class InvalidDiff(UsageError):
    """A text that should be a unified diff is not one; `line` is the one-based line where reading stopped."""

    def __init__(self, message: str, *, line: int, hint: str = "") -> None:
        super().__init__(f"line {line} of the diff: {message}", hint=hint)
        self.line = line


class ProviderError(ReviewerError):
    """The git provider failed or refused."""


class GitError(ProviderError):
    """A git command failed. `stderr` is what git said, redacted."""

    def __init__(self, message: str, *, stderr: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.stderr = stderr


class ProviderRefused(ProviderError):
    """The provider says no, and will say so again; `status` is HTTP's, 0 where there was none."""

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class ProviderUnavailable(ProviderError):
    """The provider could not be reached in time; `retry_after` is in seconds, None where it named no time."""

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class HeadMoved(ProviderError):
    """The pull request has a newer head than the one that was reviewed, and nothing was posted for the old one."""

    def __init__(self, reviewed: str, current: str) -> None:
        super().__init__(
            f"the pull request has moved from {reviewed[:12]} to {current[:12]} since it was read",
            hint="Nothing is posted for the old head. Review it again: the new one is another change.",
        )
        self.reviewed = reviewed
        self.current = current


class ModelError(ReviewerError):
    """One model call failed. `retry_after` is in seconds, None where the endpoint named no time.

    `usage` is what the call used all the same; None where nobody knows: it may be billed. `status` is HTTP's, 0 where
    the endpoint answered with none that is an error.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        retry_after: float | None = None,
        usage: Usage | None = None,
        status: int = 0,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after
        self.usage = usage
        self.status = status


class ModelUnavailable(ModelError):
    """Rate limit, 5xx, time-out or broken connection: the same call may succeed later."""


class ModelRefused(ModelError):
    """The endpoint or the model says no; the same call will fail again."""


class ContextTooLong(ModelError):
    """The prompt does not fit in the model's context window."""


class InvalidReply(ModelError):
    """The reply does not follow its schema, even after the repair turn."""


class BudgetSpent(ModelError):
    """A cap on calls or dollars forbids this call."""
