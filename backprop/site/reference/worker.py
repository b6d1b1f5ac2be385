"""The process that reads a package: names on its standard input, entries on its standard output, as JSON."""

import gc
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Any

import griffe

from .docstrings import sections_of
from .links import Links
from .objects import Found, Objects, UnknownNameError
from .signatures import parameters_of, signature_at_runtime, signature_of


def read_entries(names: Sequence[str]) -> dict[str, Any]:
    """The entries of names, and the problems of those that have something wrong; each by name."""
    objects = Objects(names)
    found, problems = {}, {}
    for name in dict.fromkeys(names):
        try:
            found[name] = objects.find(name)
        except UnknownNameError as error:
            problems[name] = [str(error)]
    links = Links(found.values(), objects)
    entries = {}
    for name, what in found.items():
        entries[name], wrong = _entry(what, objects, links, name)
        if wrong:
            problems[name] = wrong
    return {"entries": entries, "problems": problems}


def _entry(found: Found, objects: Objects, links: Links, owner: str) -> tuple[dict[str, Any], list[str]]:
    thing, last = found.thing, found.name.rpartition(".")[2]
    entry: dict[str, Any] = {"name": found.name, "summary": "", "sections": [], "bases": [], "members": []}
    problems: list[str] = []
    if found.running is not None and (thing is None or not thing.docstring) and callable(found.running):
        entry["signature"] = signature_at_runtime(last, found.running)
    elif thing is not None:
        entry["signature"] = signature_of(last, thing, links)
    else:
        entry["signature"] = last
    if found.docstring is None:
        problems.append(f"{found.name} has no docstring")
    else:
        own = parameters_of(thing) if thing is not None else set()
        link: Callable[[str], str | None] = lambda code: None if code in own else links.of_code(code, found.name, owner)  # noqa: E731
        entry["summary"], entry["sections"], heard = sections_of(found.docstring, link)
        problems += [f"{found.name}: {message}" for message in heard]
        if not entry["summary"]:
            problems.append(f"the docstring of {found.name} does not begin with a sentence")
    if isinstance(thing, griffe.Class):
        for base in objects.bases(thing):
            path = base if isinstance(base, str) else base.canonical_path
            entry["bases"].append([str(base), links.of_path(path)])
    for member in found.members:
        inner, wrong = _entry(member, objects, links, owner)
        entry["members"].append(inner)
        problems += wrong
    return entry, problems


def main() -> None:
    """Answer one request; whatever the package prints while it is imported goes elsewhere."""
    gc.disable()  # all that is made is kept to the end
    with redirect_stdout(sys.stderr):
        answer = read_entries(json.load(sys.stdin))
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
