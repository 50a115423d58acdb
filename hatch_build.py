"""The build's own check: a distribution leaves with the published tokenizer files, or not at all."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOKENIZERS = "pr_reviewer/_data/tokenizers"


class TokenizerCheck(BuildHookInterface[Any]):
    """Runs before every wheel, editable or not, and every source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 hatchling's signature
        """Compare the SHA-256 of each expanded file with SHA256SUMS. Raises ValueError, which ends the build."""
        folder = Path(self.root, TOKENIZERS)
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            expected, name = line.split()
            data = gzip.decompress((folder / f"{name}.gz").read_bytes())
            if hashlib.sha256(data).hexdigest() != expected:
                raise ValueError(f"{TOKENIZERS}/{name}.gz does not hold the published file: its SHA-256 differs")
