"""Which entry a type in a signature, or a piece of code in a docstring, means."""

import re
from collections.abc import Iterable

import griffe

from .listing import SCHEME
from .objects import Found, Objects

LONGEST_MEANING = 24
_NAME = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*")


class Links:
    """The targets of all entries and of their members."""

    def __init__(self, found: Iterable[Found], objects: Objects) -> None:
        self._objects = objects
        self._paths: dict[str, str] = {}
        self._names: set[str] = set()
        self._ends: dict[str, set[str]] = {}
        self._doubtful: set[str] = set()  # `rate` may be that of some object, or a function
        for what in found:
            self._paths.setdefault(what.path, what.name)
            self._end(what.name.rpartition(".")[2], what.name)
            for member in what.members:
                self._end(".".join(member.name.split(".")[-2:]), member.name)
            self._doubtful.update(what.attributes)

    def of_path(self, path: str) -> str | None:
        """The target of what is defined at that path, or imported there."""
        if path not in self._paths and path not in self._names:
            path = self._objects.origin(path)
        name = self._paths.get(path, path)
        return SCHEME + name if name in self._names else None

    def meaning(self, path: str) -> griffe.Expr | str | None:
        """What an alias of a type stands for, if that is short: `Function` says less than `Callable[..., Any]`."""
        meaning = self._objects.value(path)
        return meaning if meaning is not None and len(str(meaning)) <= LONGEST_MEANING else None

    def of_code(self, code: str, here: str, owner: str) -> str | None:
        """The target of code in the docstring of `here`, which belongs to the entry `owner`; only if there is no doubt.

        A name is looked for among the members of the entry, beside the entry, and at last everywhere.
        """
        name = code.removesuffix("()")
        if not _NAME.fullmatch(name):
            return None
        beside = owner.rpartition(".")[0]
        for full in (f"{owner}.{name}", f"{beside}.{name}", name):
            if full in self._names:
                return SCHEME + full if full not in (here, owner) else None
        found = self._ends.get(name, set()) if name not in self._doubtful else set()
        return SCHEME + min(found) if len(found) == 1 and not found & {here, owner} else None

    def _end(self, end: str, name: str) -> None:
        self._names.add(name)
        self._ends.setdefault(end, set()).add(name)
