"""What the attributes of a module hold, and under which names."""

from collections.abc import Iterator
from typing import Any


def attributes(module: Any) -> Iterator[tuple[str, Any]]:
    """Public attributes of one module, in order; the items of lists, tuples and dicts under names like `layers.0`."""
    for name, value in vars(module).items():
        if not name.startswith("_"):
            yield from _unfold(name, value)


def joined(path: str, name: str) -> str:
    """Name of an attribute of the module that `path` leads to."""
    return f"{path}.{name}" if path else name


def _unfold(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _unfold(f"{name}.{i}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unfold(f"{name}.{key}", item)
    else:
        yield name, value
