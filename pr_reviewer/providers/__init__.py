"""Where changes come from: git providers, a local repository, a diff in a file.

`base` holds the protocols, which are all that a workflow knows of this package.
"""
