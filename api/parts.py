"""Holds the loading of parts of a package without what the package as a whole would load. Knows no package."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from threading import Lock
from typing import Final

_ONE_AT_A_TIME: Final = Lock()
"""Else one thread could take away what another still stands on. Who waits for it must hold no import back."""


@contextmanager
def in_part(*packages: str) -> Iterator[None]:
    """Within this a part of a package is loaded alone: the package's own `__init__` is not run.

    What is loaded stays, and is the same to whoever loads the whole later. A package of which the whole is loaded, and
    one that is not installed, are left as they are. Nobody may load the whole meanwhile, nor come here within it.

    Raises:
        ModuleNotFoundError: the package that a package stands in is not installed.

    """
    with _ONE_AT_A_TIME:
        empty = []
        try:
            for name in packages:
                spec = None if name in sys.modules else find_spec(name)
                if spec is not None:
                    sys.modules[name] = module_from_spec(spec)
                    empty.append(name)
            yield
        finally:
            for name in empty:
                del sys.modules[name]
