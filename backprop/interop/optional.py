"""Packages that only some users have: imported when they are needed, by name."""

from importlib import import_module
from typing import Any


def optional(module: str, extra: str) -> Any:
    """Import a module of an optional dependency.

    Raises:
        ImportError: it is not installed; the message says how to install it.

    >>> optional("math", extra="none").floor(2.5)
    2

    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f'{package} cannot be imported ({error}): pip install "backprop-tutorial[{extra}]"', name=package
        ) from error
