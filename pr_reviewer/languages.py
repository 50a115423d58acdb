"""Which language a file is written in: one set of names for rules, patterns and code fences."""

_SUFFIXES = {
    "python": "py pyi pyw",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "go": "go",
    "java": "java",
    "kotlin": "kt kts",
    "scala": "scala sc",
    "swift": "swift",
    "ruby": "rb rake gemspec",
    "rust": "rs",
    "c": "c h",
    "cpp": "cc cpp cxx hpp hh hxx ipp",
    "csharp": "cs",
    "php": "php phtml",
    "bash": "sh bash",
    "json": "json jsonc json5 webmanifest",
    "yaml": "yaml yml",
    "toml": "toml",
    "html": "html htm",
    "css": "css",
    "scss": "scss",
    "sql": "sql",
    "lua": "lua",
    "elixir": "ex exs",
    "terraform": "tf tfvars hcl",
    "markdown": "md markdown",
    "dockerfile": "dockerfile",
    "protobuf": "proto",
    "vue": "vue",
    "svelte": "svelte",
}
_LANGUAGES = {suffix: language for language, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_NAMES = {
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "rakefile": "ruby",
    "gemfile": "ruby",
    "vagrantfile": "ruby",
    "sconstruct": "python",
    ".bashrc": "bash",
    ".profile": "bash",
}
_INTERPRETERS = {"python": "python", "node": "javascript", "ruby": "ruby", "bash": "bash", "sh": "bash", "php": "php"}
_ALIASES = {
    "py": "python",
    "js": "javascript",
    "jsx": "javascript",
    "ts": "typescript",
    "golang": "go",
    "rs": "rust",
    "rb": "ruby",
    "c++": "cpp",
    "c#": "csharp",
    "cs": "csharp",
    "sh": "bash",
    "shell": "bash",
    "yml": "yaml",
    "hcl": "terraform",
    "proto": "protobuf",
}
NAMES: frozenset[str] = frozenset(_SUFFIXES)


def language_of(path: str, first_line: str = "") -> str | None:
    """The language's name by the file's name, else by its `#!` line; None where neither tells."""
    name = path.rpartition("/")[2].lower()
    stem, dot, suffix = name.rpartition(".")
    if dot and stem and suffix in _LANGUAGES:
        return _LANGUAGES[suffix]
    return _NAMES.get(name) or _NAMES.get(stem) or _by_interpreter(first_line)


def language_named(name: str) -> str | None:
    """The one name of a language that people call by several (`js`, `golang`); None where it is unknown."""
    folded = name.strip().lower()
    known = _ALIASES.get(folded, folded)
    return known if known in NAMES else None


def _by_interpreter(first_line: str) -> str | None:
    if not first_line.startswith("#!"):
        return None
    words = first_line[2:].replace("/usr/bin/env", "").replace("-S", "").split()
    program = words[0].rpartition("/")[2].rstrip("0123456789.") if words else ""
    return _INTERPRETERS.get(program)
