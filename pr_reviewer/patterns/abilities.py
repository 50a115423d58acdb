"""Which languages the worker can do what for; both sides know it, so that nothing is sent in vain."""

_SCRIPTS = frozenset(["javascript", "typescript", "tsx"])
_COMPILED = frozenset(["go", "java", "rust", "csharp"])
CHECKED = _SCRIPTS | _COMPILED | frozenset(["python", "ruby", "php", "json", "yaml"])
OUTLINED = _SCRIPTS | _COMPILED | frozenset(["python", "ruby", "php", "bash", "c", "cpp"])
MATCHED = OUTLINED | frozenset(["kotlin", "scala", "swift", "json", "yaml", "html", "css", "lua", "elixir"])
