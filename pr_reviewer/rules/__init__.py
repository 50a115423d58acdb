"""Best practices: markdown to rules, and which rules govern which files.

Pure. `parse.py` reads a file of rules, `select.py` chooses among rules; patterns are run elsewhere (`patterns/`).
"""
