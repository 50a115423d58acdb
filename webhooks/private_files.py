"""Files that hold people's code and titles are their owner's alone, whatever the folder they lie in."""

import os
from pathlib import Path


def private_file(path: Path) -> Path:
    """The file, which is made where it is not there: 0600, in folders of 0700. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return path
