"""What a broken way means, where loopback cannot show it."""

import httpx2
import pytest

from pr_reviewer.llm.connection import timed_out
from pr_reviewer.model.llm import Usage


@pytest.mark.parametrize("cause", [httpx2.ConnectTimeout("slow"), httpx2.PoolTimeout("full")])
def test_a_connection_that_never_stood_costs_nothing(cause: Exception) -> None:
    error = Exception()
    error.__cause__ = cause
    found = timed_out(error, "host, model gpt-x,")
    assert found.message == "host, model gpt-x, could not be reached in time"
    assert found.usage == Usage()
