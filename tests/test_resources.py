import gzip
import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import get_args

import pytest

from pr_reviewer import resources
from pr_reviewer.model.errors import ReviewerError
from pr_reviewer.settings.schema.sections import Card

_OTHER = gzip.compress(b"IQ== 0\n", mtime=0)

CHECKOUT = Path(__file__).parents[1]
CODE = (
    "from pr_reviewer import resources; "
    "print(resources.data_text('settings/defaults.toml')[0], len(resources.tokenizer_bytes('cl100k_base')))"
)


@pytest.mark.parametrize(("name", "size"), [("o200k_base", 3_613_922), ("cl100k_base", 1_681_126)])
def test_a_tokenizer_file_is_the_published_one(name, size):
    data = resources.tokenizer_bytes(name)
    assert len(data) == size
    assert hashlib.sha256(data).hexdigest() == resources.tokenizer_sums()[name]


def test_the_shipped_tokenizers_are_those_that_tiktoken_publishes_and_a_card_may_name():
    from tiktoken_ext import openai_public

    source = Path(openai_public.__file__).read_text()
    assert all(digest in source for digest in resources.tokenizer_sums().values())
    assert set(resources.tokenizer_sums()) == set(get_args(get_args(Card.model_fields["encoding"].annotation)[0]))


def test_tiktokens_licence_lies_beside_its_files():
    assert resources.data_text("tokenizers/LICENSE").startswith("MIT License")


def test_an_encoding_that_is_not_shipped_is_an_error_that_names_those_that_are():
    with pytest.raises(ReviewerError) as error:
        resources.tokenizer_bytes("p50k_base")
    assert str(error.value) == "no tokenizer file for the encoding 'p50k_base'\nShipped are: cl100k_base, o200k_base."


def test_a_missing_file_is_an_error_with_its_name():
    with pytest.raises(ReviewerError, match=r"^settings/none\.toml did not come with this installation"):
        resources.data_text("settings/none.toml")


@pytest.mark.parametrize("path", ["", ".", "/etc/passwd", "../x", "settings/../../x"])
def test_a_path_cannot_leave_the_data(path):
    with pytest.raises(ValueError, match="not a path inside the data"):
        resources.data_bytes(path)


def test_a_folder_lists_its_files_by_the_names_that_read_them():
    names = resources.list_data("settings")
    assert "settings/models.toml" in names
    assert list(names) == sorted(names)
    assert all(resources.data_bytes(name) is not None for name in names)


def test_a_folder_that_is_not_there_is_empty():
    assert resources.list_data("nowhere") == ()


def test_the_data_folders_hold_no_python():
    folders = ("settings", "best_practices", "tokenizers")
    assert [name for folder in folders for name in resources.list_data(folder) if name.endswith((".py", ".pyc"))] == []


def copied_package(target):
    """The package and what it needs to build, in a folder of its own."""
    for folder in ("pr_reviewer", *("settings", "best_practices")):
        shutil.copytree(CHECKOUT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "hatch_build.py"):
        shutil.copy(CHECKOUT / file, target)
    return target


def run(code, cwd, path):
    command = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(path)!r}); {code}"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def build(folder, target, out):
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_wheel_carries_all_data_and_reads_it_from_anywhere(tmp_path):
    source = copied_package(tmp_path / "source")
    result = build(source, "wheel", tmp_path)
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    installed, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)  # noqa: S202 an archive that was built a moment ago
        shipped = {name.removeprefix("pr_reviewer/_data/") for name in archive.namelist() if "/_data/" in name}
    expected = {name for folder in ("settings", "best_practices", "tokenizers") for name in resources.list_data(folder)}
    assert shipped == expected

    elsewhere.mkdir()
    (elsewhere / "settings").mkdir()
    (elsewhere / "settings" / "defaults.toml").write_text("evil = 1")
    (elsewhere / "settings" / "__init__.py").write_text("raise SystemExit('imported the reviewed code')")
    assert run(CODE, elsewhere, installed).stdout == "# 1681126\n"


def test_the_source_distribution_builds_the_same_wheel(tmp_path):
    source = copied_package(tmp_path / "source")
    (source / "best_practices" / "added.md").write_text("# Added\n")
    assert build(source, "sdist", tmp_path).returncode == 0
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    for folder, out in ((source, "a"), (unpacked, "b")):
        result = build(folder, "wheel", tmp_path / out)
        assert result.returncode == 0, result.stderr
    names = [zipfile.ZipFile(next((tmp_path / out).glob("*.whl"))).namelist() for out in "ab"]
    assert names[0] == names[1]
    assert "pr_reviewer/_data/best_practices/added.md" in names[0]


def test_a_build_with_another_tokenizer_file_fails(tmp_path):
    source = copied_package(tmp_path / "source")
    (source / "pr_reviewer/_data/tokenizers/o200k_base.tiktoken.gz").write_bytes(_OTHER)
    result = build(source, "wheel", tmp_path)
    assert result.returncode != 0
    assert "o200k_base.tiktoken.gz does not hold the published file: its SHA-256 differs" in result.stderr
    assert not list(tmp_path.glob("*.whl"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (_OTHER, "the tokenizer file of cl100k_base is not the published one"),
        (b"no gzip", "the tokenizer file of cl100k_base cannot be read: Not a gzipped file"),
        (_OTHER[:-4], "the tokenizer file of cl100k_base cannot be read: Compressed file ended"),
    ],
)
def test_a_damaged_installation_says_so(tmp_path, content, sentence):
    package = copied_package(tmp_path / "source")
    (package / "pr_reviewer/_data/tokenizers/cl100k_base.tiktoken.gz").write_bytes(content)
    assert sentence in run(CODE, tmp_path, package).stderr


def test_a_folder_beside_an_installed_package_is_not_taken_for_its_data(tmp_path):
    package = copied_package(tmp_path / "site")
    (package / "pyproject.toml").unlink()
    assert "settings/defaults.toml did not come with this installation" in run(CODE, tmp_path, package).stderr
