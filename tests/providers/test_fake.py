import pytest

from pr_reviewer.providers.base import ChangeReader
from tests.fakes.provider import FakeProvider
from tests.providers.contract import ProviderContract


class TestFakeProvider(ProviderContract):
    @pytest.fixture
    def make(self):
        def make(base, head, **options) -> ChangeReader:
            return FakeProvider(base, head, **options)

        return make
