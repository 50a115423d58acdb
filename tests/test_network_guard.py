"""The guard of conftest.py itself."""

import socket

import pytest

from tests.conftest import ReachedOut


def test_no_test_can_reach_another_machine() -> None:
    with socket.socket() as other, pytest.raises(ReachedOut, match=r"192\.0\.2\.1"):
        other.connect(("192.0.2.1", 443))


def test_no_test_can_look_up_a_name() -> None:
    with pytest.raises(ReachedOut, match=r"example\.com"):
        socket.getaddrinfo("example.com", 80)


def test_no_test_can_send_a_datagram() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as other, pytest.raises(ReachedOut):
        other.sendto(b"x", ("192.0.2.1", 53))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as near:
        assert near.getpeername() == server.getsockname()
