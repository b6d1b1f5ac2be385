"""The YAML between two lines `---` at the start of a page."""

import re
from dataclasses import dataclass, field

import yaml  # type: ignore[import-untyped]

# The C loader is ten times faster; PyYAML may be built without it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEY = re.compile(r"(?P<key>[A-Za-z_][\w-]*)[ \t]*:")


@dataclass(slots=True)
class FrontMatter:
    """Its values, the line of each key, the index of the first line after it, and what is wrong with it."""

    values: dict[str, object] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    end: int = 0
    error: tuple[int, str] | None = None


def read_front_matter(lines: list[str]) -> FrontMatter:
    """Read the front matter of a page given as lines; a page without one has no values."""
    if not lines or lines[0].rstrip() != "---":
        return FrontMatter()
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() in {"---", "..."}), None)
    if end is None:
        return FrontMatter(error=(1, "the front matter is not closed: end it with a line ---"))
    found = FrontMatter(end=end + 1)
    for number, line in enumerate(lines[1:end], 2):
        if key := _KEY.match(line):
            found.lines.setdefault(key["key"], number)
    try:
        values = yaml.load("\n".join(lines[1:end]), Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        found.error = (mark.line + 2 if mark else 1, f"the front matter is not YAML: {reason}")
        return found
    if isinstance(values, dict):
        found.values = {str(key): value for key, value in values.items()}
    elif values is not None:
        found.error = (2, "the front matter is not a mapping: write lines such as title: …")
    return found
