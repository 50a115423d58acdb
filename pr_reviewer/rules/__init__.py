"""Best practices: markdown to rules, and which rules govern which files.

Pure. `sources.py` tells which files hold rules, `includes.py` which others those take in, `foreign.py` reads any of
them (`parse.py` our own format, through `reader.py`), `book.py` puts all levels together and chooses for a file. Beside
them: `standing.py` (what the organisation thinks of a repository), `ignore.py` (comments that silence a rule),
`changes.py` (rules that a pull request edits), `check.py` (what is wrong with rules). Patterns are run elsewhere
(`patterns/`).
"""
