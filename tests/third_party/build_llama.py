"""Builds llama.cpp's `llama-server` into `.cache/llama`, for the long tests: `make llama`.

The source comes from the sdist of `llama-cpp-python`, through pip and whatever index pip is set up for. Needs cmake and
a C++ compiler; takes about ten minutes on two cores, once. Without web interface, HTTPS or model downloads.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "llama"
SERVER = CACHE / "llama-server"
REQUIREMENT = "llama-cpp-python==0.3.36"
OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=OFF", "-DGGML_NATIVE=OFF", "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_BUILD_UI=OFF", "-DLLAMA_OPENSSL=OFF",
)  # fmt: skip


def main() -> None:
    """Do nothing if the server is there, else download, unpack and build it."""
    if SERVER.exists():
        return
    if shutil.which("cmake") is None:
        sys.exit("cmake is missing: install it (and a C++ compiler), then run `make llama` again")
    CACHE.mkdir(parents=True, exist_ok=True)
    source = _source()
    build = CACHE / "build"
    _run("cmake", "-S", str(source), "-B", str(build), *OPTIONS)
    _run("cmake", "--build", str(build), "--target", "llama-server", "--parallel", str(os.cpu_count() or 1))
    shutil.copy2(build / "bin" / "llama-server", SERVER)
    shutil.rmtree(build)


def _source() -> Path:
    """llama.cpp as the sdist brings it. pip would build the package's metadata first, so no other part runs."""
    download = CACHE / "sdist"
    arguments = ("--no-deps", "--no-binary", ":all:", "--dest", str(download), REQUIREMENT)
    _run(sys.executable, "-m", "pip", "download", "--quiet", *arguments)
    archive = next(download.glob("*.tar.gz"))
    with tarfile.open(archive) as sdist:
        sdist.extractall(CACHE / "source", filter="data")
    return next((CACHE / "source").glob("*/vendor/llama.cpp"))


def _run(*command: str) -> None:
    sys.stdout.write(f"> {' '.join(command)}\n")
    sys.stdout.flush()
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
