"""What a build does beyond packing: check the tokenizer files, and carry the data folders inside the wheel."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Inside the wheel the data lies where no checkout under review can stand in for it. An editable install reads it
# from the checkout; a copy beside it would only go stale.
DATA = ("settings", "best_practices")
TOKENIZERS = "pr_reviewer/_data/tokenizers"


class DataHook(BuildHookInterface[Any]):
    """Runs before every wheel, editable or not, and every source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Check, then name the folders to carry. Raises ValueError, which ends the build, at a wrong SHA-256."""
        self._check_tokenizers()
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"].update({folder: f"pr_reviewer/_data/{folder}" for folder in DATA})

    def _check_tokenizers(self) -> None:
        folder = Path(self.root, TOKENIZERS)
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            expected, name = line.split()
            data = gzip.decompress((folder / f"{name}.gz").read_bytes())
            if hashlib.sha256(data).hexdigest() != expected:
                raise ValueError(f"{TOKENIZERS}/{name}.gz does not hold the published file: its SHA-256 differs")
