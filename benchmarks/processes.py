"""Run a command and say what it took: CPU of it and its children, wall time, peak memory of the whole process tree."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds of CPU and wall time, peak of the summed resident memory in MB, what it printed."""

    cpu: float
    wall: float
    peak_mb: float
    out: bytes
    err: bytes
    code: int


def median_run(command: Sequence[str], *, times: int, cwd: Path, env: Mapping[str, str]) -> Run:
    """Run several times and take the medians. A failing run stops all."""
    return median([measure(command, cwd=cwd, env=env) for _ in range(times)])


def median(runs: Sequence[Run]) -> Run:
    """The medians (memory: the largest); the outputs are the last run's."""
    return Run(
        cpu=statistics.median(run.cpu for run in runs),
        wall=statistics.median(run.wall for run in runs),
        peak_mb=max(run.peak_mb for run in runs),
        out=runs[-1].out,
        err=runs[-1].err,
        code=runs[-1].code,
    )


def measure(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Run:
    """Run once. Children that the command has waited for count into its CPU, as the kernel adds them up."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    sampler = _PeakSampler(process.pid)
    sampler.start()
    err = bytearray()
    assert process.stdout is not None
    assert process.stderr is not None
    stderr = process.stderr
    reader = threading.Thread(target=lambda: err.extend(stderr.read()))
    reader.start()
    out = process.stdout.read()
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    sampler.stop()
    if process.returncode not in {0, 1, 4}:
        raise SystemExit(f"{command} ended with {process.returncode}: {err.decode(errors='replace')}")
    cpu, wall = usage.ru_utime + usage.ru_stime, time.perf_counter() - started
    return Run(cpu, wall, sampler.peak_mb, out, bytes(err), process.returncode)


class _PeakSampler(threading.Thread):
    """Adds up the resident memory of a process and all its descendants, every 5 ms.

    The kernel's own peak, `ru_maxrss`, would not do: it also counts what the process was before it ran the command, a
    copy of this one.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self.peak_mb = 0.0

    def run(self) -> None:
        while not self._done.wait(0.005):
            self.peak_mb = max(self.peak_mb, _tree_mb(self._pid))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _tree_mb(pid: int, parent: str = "") -> float:
    try:
        memory = Path(f"/proc/{pid}/statm").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = int(memory.split()[1])
    except (OSError, IndexError):
        return 0.0
    if memory == parent:  # forked, and not yet what it will be: it still shares its parent's memory
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(_tree_mb(int(child), memory) for child in children)
