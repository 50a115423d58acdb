"""What a path alone says of a file: its folder, its words, whether it is a test, prose, settings or a build's."""

import re
from enum import IntEnum

_TEST_FOLDERS = frozenset({"test", "tests", "testing", "spec", "specs", "__tests__", "e2e", "testdata", "fixtures"})
_TEST_NAME = re.compile(r"^test_|_tests?\.|\.tests?\.|[._-]spec\.|(?<=[a-z0-9])(Tests?|Spec|IT)\.|^conftest\.py$")
_PROSE = frozenset({"md", "rst", "txt", "adoc", "org", "tex", "svg"})
_SETTINGS = frozenset(
    {
        "json",
        "json5",
        "jsonc",
        "yaml",
        "yml",
        "toml",
        "ini",
        "cfg",
        "conf",
        "properties",
        "xml",
        "csv",
        "env",
        "editorconfig",
    }
)
_BUILD_FOLDERS = frozenset(
    {".github", ".gitlab", ".circleci", ".buildkite", ".ci", "terraform", "helm", "k8s", "ansible"}
)
_BUILD_NAME = re.compile(
    r"^(dockerfile|containerfile|jenkinsfile|makefile|vagrantfile|docker-compose|compose\.ya?ml|\.gitlab-ci"
    r"|azure-pipelines|\.travis|bitbucket-pipelines|action\.ya?ml|cloudbuild)|\.(tf|tfvars|hcl|bicep|dockerfile)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Sort(IntEnum):
    """What a file is for, the most worth reading first."""

    SOURCE = 0
    BUILD = 1
    TEST = 2
    SETTINGS = 3
    PROSE = 4


def sort_of(path: str) -> Sort:
    """What the file is for, as far as its path tells."""
    folders, name = path.split("/")[:-1], name_of(path)
    extension = name.rpartition(".")[2].lower()
    if not _BUILD_FOLDERS.isdisjoint(folders) or _BUILD_NAME.search(name):
        return Sort.BUILD
    if extension in _PROSE:
        return Sort.PROSE
    if not _TEST_FOLDERS.isdisjoint(folders) or _TEST_NAME.search(name):
        return Sort.TEST
    return Sort.SETTINGS if extension in _SETTINGS else Sort.SOURCE


def name_of(path: str) -> str:
    """The file's name without its folders."""
    return path.rpartition("/")[2]


def folder_of(path: str) -> str:
    """The folder the file lies in, "" at the top."""
    return path.rpartition("/")[0]


def words_of(path: str) -> tuple[str, ...]:
    """The path's words in lower case: `src/authToken.py` has src, auth, token and py."""
    return tuple(word.lower() for word in _WORD.findall(path))
