"""Finds what names stand for: in the source, without running it, and in the running package where that says nothing."""

import inspect
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

import griffe

_CALL = "__call__"


class UnknownNameError(Exception):
    """There is nothing of that name."""


@dataclass
class Found:
    """What a name stands for: in the source, or `running`, where only inspection tells what it is."""

    name: str
    thing: griffe.Object | None
    docstring: griffe.Docstring | None
    running: Any = None
    members: list["Found"] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where it is defined."""
        return self.thing.path if self.thing is not None else self.name

    @property
    def attributes(self) -> list[str]:
        """Names of the attributes of a class, documented or not."""
        members = self.thing.members if isinstance(self.thing, griffe.Class) else {}
        return [name for name, member in members.items() if member.is_attribute and not name.startswith("_")]


class Objects:
    """The objects of some names; every package is read once."""

    def __init__(self, names: Sequence[str]) -> None:
        self._loader = griffe.GriffeLoader(search_paths=sys.path, docstring_parser="google")
        self._packages: dict[str, str] = {}
        self._things = {name: self._thing(name) for name in names if not self._missing(name)}
        self._documented = {thing.path for thing in self._things.values() if thing is not None}

    def find(self, name: str) -> Found:
        """What a name stands for, with its public members.

        Raises:
            UnknownNameError: nothing, or it cannot be imported.

        """
        if message := self._missing(name):
            raise UnknownNameError(message)
        thing = self._things[name]
        if thing is not None and thing.docstring:
            return Found(name, thing, thing.docstring, members=list(self._members(name, thing)))
        running = _running(name)
        if running is None and thing is None:
            raise UnknownNameError(f"there is no {name}{self._similar(name)}")
        text = _docstring(running)
        parent = thing.parent if thing is not None else None
        return Found(name, thing, griffe.Docstring(text, parent=parent) if text else None, running)

    def bases(self, thing: griffe.Class) -> list[griffe.Expr | str]:
        """The bases of a class that are worth a word: those with an entry, and those of other packages."""
        package = thing.path.partition(".")[0] + "."
        return [
            base
            for base in thing.bases
            for path in [base if isinstance(base, str) else base.canonical_path]
            if path in self._documented
            or not (path.startswith((package, "typing.", "abc.")) or path in ("object", "builtins.object"))
        ]

    def origin(self, path: str) -> str:
        """Where something is defined that is imported at a path; the path, if that is not known."""
        thing = self._at(path) if path.partition(".")[0] in self._packages else None
        return path if thing is None else thing.path

    def value(self, path: str) -> griffe.Expr | str | None:
        """What stands behind the equals sign at a path, in one of the packages."""
        thing = self._at(path) if path.partition(".")[0] in self._packages else None
        value = thing.value if isinstance(thing, griffe.Attribute) else None
        return value.strip("'\"") if isinstance(value, str) else value

    def _missing(self, name: str) -> str:
        """Why the package of a name cannot be read; empty if it can."""
        package = name.partition(".")[0]
        if package not in self._packages:
            self._packages[package] = ""
            try:
                self._loader.load(package)
            except (ImportError, griffe.GriffeError) as error:
                self._packages[package] = f"there is no package {package}: {error}"
        return self._packages[package]

    def _thing(self, name: str) -> griffe.Object | None:
        thing = self._at(name)
        if thing is None or not thing.is_module:
            return thing
        # A module and what its package imports from it may have one name; Python gives the latter.
        with suppress(UnknownNameError):
            running = _running(name)
            return thing if isinstance(running, ModuleType) else self._at(_path(running))
        return thing

    def _at(self, path: str) -> griffe.Object | None:
        try:
            thing = self._loader.modules_collection[path]
            return thing.final_target if isinstance(thing, griffe.Alias) else thing
        except (KeyError, griffe.GriffeError):
            return None

    def _similar(self, name: str) -> str:
        parent, _, last = name.rpartition(".")
        thing = self._thing(parent) if parent else None
        names = get_close_matches(last, [n for n in thing.all_members if not n.startswith("_")], 1) if thing else []
        return f"; did you mean {parent}.{names[0]}?" if names else ""

    def _members(self, name: str, thing: griffe.Object) -> Iterator[Found]:
        """Public members with a docstring: its own, but for what a documented base has too, and those of other bases.

        What a class overrides of a documented base is described there.
        """
        if not isinstance(thing, griffe.Class):
            return
        known: set[str] = set()
        classes = [thing, *(base for base in thing.mro() if base.path not in self._documented)]
        described = {member for base in thing.mro() if base.path in self._documented for member in base.all_members}
        for owner in classes:
            if owner.path.partition(".")[0] != thing.path.partition(".")[0]:
                continue
            for key, member in owner.members.items():
                public = not key.startswith("_") or key == _CALL
                if public and isinstance(member, griffe.Object) and member.docstring and key not in known | described:
                    known.add(key)
                    yield Found(f"{name}.{key}", member, member.docstring)


def _running(name: str) -> Any:
    """The object itself; None if there is none.

    Raises:
        UnknownNameError: its package cannot be imported.

    """
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        module = ".".join(parts[:end])
        # What a package imports from a module of the same name comes before the module.
        if end == len(parts) > 1 and hasattr(_running(".".join(parts[:-1])), parts[-1]):
            continue
        try:
            thing = import_module(module)
        except ModuleNotFoundError as error:
            if error.name and f"{module}.".startswith(f"{error.name}."):
                continue
            raise UnknownNameError(f"{module} cannot be imported: {error}") from None
        except Exception as error:
            raise UnknownNameError(f"{module} cannot be imported: {type(error).__name__}: {error}") from None
        for part in parts[end:]:
            thing = getattr(thing, part, None)  # type: ignore[assignment]
        return thing
    return None


def _path(thing: Any) -> str:
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"


def _docstring(thing: Any) -> str | None:
    """What something that can be called says of itself; a number or a dictionary says only what its type is."""
    if isinstance(thing, partial) and thing.__doc__ == partial.__doc__:
        return inspect.getdoc(thing.func)
    return inspect.getdoc(thing) if callable(thing) else None
