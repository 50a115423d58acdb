"""CPU and memory of processes that run, as Linux tells them."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """Of a process, of its children that live, and of those that it has waited for."""
    return _ticks(pid) / _TICK


def children(pid: int) -> list[int]:
    """The processes that it started and that live."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:  # the thread has ended
            continue
    return found


def resident_mb(pid: int) -> float:
    """Resident memory of this process alone."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended, and counts with its parent
        return 0
    return sum(map(int, fields[11:15])) + sum(map(_ticks, children(pid)))
