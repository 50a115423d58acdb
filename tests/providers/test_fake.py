import pytest

from pr_reviewer.providers.base import ChangeReader, ReviewWriter
from tests.fakes.provider import FakeProvider
from tests.fakes.writing import FakeWriter
from tests.providers.contract import ProviderContract
from tests.providers.contract_writing import SHOWN, Stage, WritingContract


class TestFakeProvider(ProviderContract):
    @pytest.fixture
    def make(self):
        def make(base, head, **options) -> ChangeReader:
            return FakeProvider(base, head, **options)

        return make


class FakeStage(Stage):
    def __init__(self):
        self.fake = FakeWriter("1" * 40, SHOWN)

    def writer(self) -> ReviewWriter:
        return self.fake

    @property
    def head_sha(self):
        return self.fake.head_sha

    def push(self):
        self.fake.head_sha = "2" * 40

    def comments(self):
        return [(comment.path, comment.lines.last, comment.body) for _, comment in self.fake.threads]

    def reviews(self):
        return len(self.fake.reviews)

    def summaries(self):
        return self.fake.summaries

    def last_check(self):
        return self.fake.checks[self.head_sha][-1].state


class TestFakeWriter(WritingContract):
    @pytest.fixture
    def make(self):
        return FakeStage
