"""Runs at the start of every Python whose PYTHONPATH names this folder; the product knows nothing of it.

`CRASH_AT=module:Class.method,before|after,N`: at the N-th call of that method, the process and all its children are
gone, as by `kill -9`; with `CRASH_BY=SIGSTOP` they stand still instead, before or after the call. `CRASH_MARK` names a
file that is made then: it happens to nobody where it exists. `CRASH_SET` sets values of modules, `module:NAME=number`,
separated by spaces.
"""

import contextlib
import functools
import importlib.abc
import importlib.machinery
import inspect
import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

_AT = os.environ.get("CRASH_AT", "")
_BY = signal.Signals[os.environ.get("CRASH_BY", "SIGKILL")]
_MARK = os.environ.get("CRASH_MARK", "")
_SET = [each.partition("=")[::2] for each in os.environ.get("CRASH_SET", "").split()]
_lock = threading.Lock()


def _die() -> None:
    with contextlib.suppress(FileExistsError):
        os.close(os.open(_MARK, os.O_CREAT | os.O_EXCL))
        os.killpg(0, _BY)


def _deadly(method: Callable[..., Any], when: str, number: int) -> Callable[..., Any]:
    """The method; its `number`-th call ends everything."""
    count = itertools.count(1)

    def is_due() -> bool:
        with _lock:
            return next(count) == number

    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def dying(*arguments: Any, **named: Any) -> Any:
            is_last = is_due()
            if is_last and when == "before":
                _die()
            result = await method(*arguments, **named)
            if is_last:
                _die()
            return result
    else:

        @functools.wraps(method)
        def dying(*arguments: Any, **named: Any) -> Any:
            is_last = is_due()
            if is_last and when == "before":
                _die()
            result = method(*arguments, **named)
            if is_last:
                _die()
            return result

    return dying


def _change(module: ModuleType) -> None:
    """Put what is to be changed in this module, if anything is."""
    for place, value in _SET:
        name, _, attribute = place.partition(":")
        if name == module.__name__:
            getattr(module, attribute)  # a name that is gone is a mistake of the test
            setattr(module, attribute, float(value))
    place, when, number = _AT.split(",") if _AT else ("", "", "")
    name, _, path = place.partition(":")
    if name == module.__name__:
        owner_name, _, method = path.rpartition(".")
        owner = getattr(module, owner_name)
        setattr(owner, method, _deadly(getattr(owner, method), when, int(number)))


class _Changing(importlib.abc.MetaPathFinder):
    """Finds modules as ever, and changes those that are named once they are loaded."""

    names = frozenset(place.partition(":")[0] for place in [_AT, *(place for place, _ in _SET)] if place)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname not in self.names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                _change(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


if _Changing.names:
    sys.meta_path.insert(0, _Changing())
