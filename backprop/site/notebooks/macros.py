"""TeX macros of a site, written out: Jupyter does not know them."""

import re
from collections.abc import Mapping

DEPTH = 8
"""How often a macro may lead to others, as a guard against one that leads to itself."""


def expand(tex: str, macros: Mapping[str, str]) -> str:
    r"""TeX without the macros.

    >>> expand(r"\R^n \ni \abs{x}", {"R": r"\mathbb{R}", "abs": r"\left|#1\right|"})
    '\\mathbb{R}^n \\ni \\left|x\\right|'
    """
    if not macros:
        return tex
    names = "|".join(re.escape(name.removeprefix("\\")) for name in macros)
    pattern = re.compile(rf"\\({names})(?![A-Za-z])\s*")
    bodies = {name.removeprefix("\\"): body for name, body in macros.items()}
    for _ in range(DEPTH):
        match = pattern.search(tex)
        if match is None:
            break
        while match is not None:
            body, end = bodies[match[1]], match.end()
            for number in range(1, max(map(int, re.findall(r"#(\d)", body)), default=0) + 1):
                argument, end = _argument(tex, end)
                body = body.replace(f"#{number}", argument)
            space = " " if match[0][-1:].isspace() and body[-1:].isalpha() and tex[end : end + 1].isalpha() else ""
            before, done = tex[: match.start()] + body + space, len(tex) - end
            tex = before + tex[end:]
            match = pattern.search(tex, len(tex) - done)
    return tex


def _argument(tex: str, start: int) -> tuple[str, int]:
    """What is between braces at a place, or the one sign there; and where it ends."""
    if tex[start : start + 1] != "{":
        command = re.compile(r"\s*(\\[A-Za-z]+|\\?.|)").match(tex, start)
        assert command is not None
        return command[1], command.end()
    depth = 0
    for place in range(start, len(tex)):
        if tex[place] in "{}" and tex[place - 1 : place] != "\\":
            depth += 1 if tex[place] == "{" else -1
            if not depth:
                return tex[start + 1 : place], place + 1
    return tex[start + 1 :], len(tex)
