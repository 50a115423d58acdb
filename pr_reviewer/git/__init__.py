"""The one place that runs git.

`run` starts it, `repository` reads objects from a bare repository of our own, `checkout` asks the user's repository
what they mean by a name, `snapshot` turns an index or a working tree into a tree without touching either, and
`history` reads commits.
"""

from pr_reviewer.git.repository import Repository

__all__ = ["Repository"]
