import pytest

from tests.git.settings import use_settings_of_nobody


@pytest.fixture(autouse=True)
def settings_of_nobody(tmp_path_factory, monkeypatch):
    return use_settings_of_nobody(tmp_path_factory, monkeypatch)
