"""When a server lets nobody in: is the token over, is it a limit, or is it for good?

A token can end or be taken back at any time: another one is asked for, once. A 403 without a word may be a limit of the
server's, which says so nowhere that git shows: it is waited for. One with its reason is for good.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pr_reviewer.git.fetch import Forbidden
from pr_reviewer.model.errors import ProviderRefused

T = TypeVar("T")

Renew = Callable[[], Awaitable[bool]]

_WAITS = (1.0, 3.0, 9.0)
_UNAUTHORISED = 401


async def nobody_renews() -> bool:
    """There is one token, and no other."""
    return False


async def let_in(work: Callable[[], Awaitable[T]], renew: Renew, wait: Callable[[float], Awaitable[None]]) -> T:
    """Do the work, again where that may help. `renew`: whether there is another token, with which to try it at once.

    Raises what the work raises; `Forbidden` only after all of the waiting.
    """
    waits, is_renewed = list(_WAITS), False
    while True:
        try:
            return await work()
        except ProviderRefused as exc:
            is_open = isinstance(exc, Forbidden)
            if not is_open and exc.status != _UNAUTHORISED:
                raise
            if not is_renewed:
                is_renewed = True
                if await renew():
                    continue
            if not is_open or not waits:
                raise
        await wait(waits.pop(0))
