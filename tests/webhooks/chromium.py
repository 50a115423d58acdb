"""Where a Chromium is: the machine's, or else the one that `make test` brings with `npm ci` in tests/browser."""

import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "browser"
_PACKAGE = HERE / "node_modules" / "@sparticuz" / "chromium"
_UNPACKED = HERE / "node_modules" / ".chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_MISSING = (
    "there is no Chromium: install one (Debian: apt-get install chromium), or on x86-64 Linux run `npm ci` in "
    f"{HERE} (`make test` does), with node on the PATH"
)


@dataclass(frozen=True)
class Chromium:
    """The program, and the environment that it needs beside the usual one."""

    program: str
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium:
    """The machine's goes first. Where there is none, the test fails in CI, and is skipped elsewhere."""
    own = next(filter(None, map(shutil.which, _NAMES)), None)
    if own is not None:
        return Chromium(own)
    if packed := _packed():
        return packed
    if os.environ.get("CI"):
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


def _packed() -> Chromium | None:
    """The package's, unpacked once."""
    node = shutil.which("node")
    if node is None or not _PACKAGE.exists() or (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return None
    if not _UNPACKED.exists():
        _unpack(node)
    fonts = {"FONTCONFIG_PATH": str(_UNPACKED)}
    return Chromium(str(_UNPACKED / "chromium"), {"LD_LIBRARY_PATH": str(_UNPACKED / "lib"), **fonts})


def _unpack(node: str) -> None:
    """Beside its place first: another process of the tests may do the same."""
    folder = Path(tempfile.mkdtemp(dir=_UNPACKED.parent))
    subprocess.run([node, str(HERE / "unpack.mjs"), str(folder)], check=True, timeout=120)
    for name in ("libraries.tar", "fonts.tar"):
        with tarfile.open(folder / name) as archive:
            archive.extractall(folder, filter="data")
        (folder / name).unlink()
    try:
        folder.rename(_UNPACKED)
    except OSError:  # the other one was faster
        shutil.rmtree(folder)
