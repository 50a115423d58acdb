"""A file's language is known by its name, else by its interpreter line."""

import pytest

from pr_reviewer.languages import LANGUAGES, fence_of, language_named, language_of, line_comment


@pytest.mark.parametrize(
    ("path", "first_line", "language"),
    [
        ("src/app.py", "", "python"),
        ("src/App.TSX", "", "tsx"),
        ("a/b.mjs", "", "javascript"),
        ("types.d.ts", "", "typescript"),
        ("Dockerfile", "", "dockerfile"),
        ("go.mod", "", "gomod"),
        (".env.local", "", "properties"),
        ("include/x.h", "", "c"),
        ("site.PP", "", "puppet"),
        ("deploy/Dockerfile.prod", "", "dockerfile"),
        ("Rakefile", "", "ruby"),
        ("bin/run", "#!/usr/bin/env python3.11", "python"),
        ("bin/run", "#!/usr/bin/env -S node --flag", "javascript"),
        ("bin/run", "#!/bin/sh -e", "bash"),
        ("bin/run", "#! /usr/bin/env FOO=1 python\r", "python"),
        ("bin/run", "#!/usr/local/bin/Rscript", "r"),
        ("bin/run", "#!/opt/own/tool", None),
        ("bin/run", "#!", None),
        ("bin/run", "import os", None),
        ("LICENSE", "", None),
        (".py", "", None),
        ("a.unknown", "", None),
    ],
)
def test_a_file_has_the_language_of_its_name_or_interpreter(path, first_line, language):
    assert language_of(path, first_line) == language


@pytest.mark.parametrize(
    ("name", "language"),
    [("Python", "python"), (" golang ", "go"), ("c++", "cpp"), ("tsx", "tsx"), ("js", "javascript"), ("klingon", None)],
)
def test_people_may_call_a_language_by_its_other_names(name, language):
    assert language_named(name) == language


def test_no_name_extension_or_interpreter_belongs_to_two_languages():
    for words in ("extensions", "names", "interpreters"):
        every = [word.lower() for language in LANGUAGES for word in getattr(language, words).split()]
        assert sorted(every) == sorted(set(every))


def test_every_language_has_one_id():
    ids = [language.id for language in LANGUAGES]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    ("language", "fence", "comment"),
    [
        ("python", "python", "#"),
        ("proto", "protobuf", "//"),
        ("make", "makefile", "#"),
        ("markdown", "markdown", ""),
        ("klingon", "", ""),
        (None, "", ""),
    ],
)
def test_a_language_knows_its_fence_and_its_comment(language, fence, comment):
    assert (fence_of(language), line_comment(language)) == (fence, comment)
