"""Unified diff text → `FileDiff`, and what can be done with one without asking anybody.

Pure: text in, values out. The way through it: `parse` reads a diff, `skip` says which files are not
reviewed and why, `widen` adds context from the head's files, `split` cuts what is too big, `render`
writes what the model sees, `locate` answers which line stands where.
"""
