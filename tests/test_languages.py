"""A file's language is known by its name, else by its interpreter line."""

import pytest

from pr_reviewer.languages import language_named, language_of


@pytest.mark.parametrize(
    ("path", "first_line", "language"),
    [
        ("src/app.py", "", "python"),
        ("src/App.TSX", "", "tsx"),
        ("a/b.mjs", "", "javascript"),
        ("types.d.ts", "", "typescript"),
        ("Dockerfile", "", "dockerfile"),
        ("deploy/Dockerfile.prod", "", "dockerfile"),
        ("Rakefile", "", "ruby"),
        ("bin/run", "#!/usr/bin/env python3.11", "python"),
        ("bin/run", "#!/usr/bin/env -S node --flag", "javascript"),
        ("bin/run", "#!/bin/sh -e", "bash"),
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
    ("name", "language"), [("Python", "python"), (" golang ", "go"), ("c++", "cpp"), ("tsx", "tsx"), ("cobol", None)]
)
def test_people_may_call_a_language_by_its_other_names(name, language):
    assert language_named(name) == language
