"""For every test: nothing reaches beyond this machine, whatever code under test or a library tries."""

import ipaddress
import sys
from typing import Any

import hypothesis

# A test never fails for being slow: machines are noisy, and speed belongs in benchmarks/.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"})


class ReachedOut(BaseException):
    """A test tried to talk to another machine. No `except Exception` swallows it."""


def _is_near(host: Any) -> bool:
    """Loopback, a Unix socket's path, or no host at all."""
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook sees every socket of this process, also those that libraries open."""
    if event not in _EVENTS:
        return
    place = arguments[0] if event in ("socket.getaddrinfo", "socket.gethostbyname") else arguments[-1]
    if isinstance(place, str | bytes) and event in ("socket.connect", "socket.sendto"):
        return  # a Unix socket
    host = place[0] if isinstance(place, tuple) else place
    if not _is_near(host):
        raise ReachedOut(f"a test tried to reach {host!r}")


sys.addaudithook(_guard)
