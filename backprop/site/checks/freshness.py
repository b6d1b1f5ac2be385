"""Which version of the source page a translation was made from.

The front matter of a translation holds a digest of every section of its source page, as it was when the translation
was last reviewed:

    translation:
      meta: "5f0c…"           title and description
      top: "91b2…"            what stands before the first heading
      forward-pass: "03de…"   the section with that id

`stamp` writes it. A section's digest covers its heading, prose, formulas and code (with includes as they are written),
but no comments, and no line breaks or spaces of prose.
"""

import hashlib
import re

from .findings import Finding, shown
from .model import META, TOP, Page

_KEY = "translation"
_BLOCK = re.compile(
    rb"^translation[ \t]*:[^\r\n]*(?:\r?\n(?:[ \t]+[^\s][^\r\n]*|[ \t]*(?=\r?\n[ \t]+[^\s])))*", re.MULTILINE
)
_FRONT_MATTER = re.compile(rb"---[ \t]*\r?\n(?P<body>(?:.*\r?\n)*?)(?=(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z))")
_BOM = b"\xef\xbb\xbf"


def digests(source: Page) -> dict[str, str]:
    """Digest of each part of a source page, by section id; parts without text have none."""
    texts: dict[str, list[str]] = {}
    current = TOP
    for section in source.parts:
        current = section.id or current  # a heading without an id belongs to the section before it
        texts.setdefault(current, []).extend(text for text in section.text if text)
    return {key: _digest("\n\n".join(text)) for key, text in texts.items() if text}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def stale(source: Page, translation: Page) -> list[str]:
    """Ids of the sections whose source was changed, added or removed since the translation was stamped."""
    recorded, current = _recorded(translation), digests(source)
    return [
        *(key for key, digest in current.items() if recorded.get(key) != digest),
        *(key for key in recorded if key not in current),
    ]


def check_freshness(source: Page, translation: Page) -> list[Finding]:
    """Findings for a translation whose source page has changed, or that was never stamped."""
    path, original = translation.path, shown(source.path)
    review = f"review the translation, then run: python -m backprop.site stamp {shown(path)}"
    key_line = translation.front_lines.get(_KEY, 1)
    if _KEY not in translation.front:
        return [Finding(path, 1, "freshness/unstamped", f"no record of the version of {original}: {review}")]
    if not isinstance(translation.front[_KEY], dict):
        return [Finding(path, key_line, "freshness/form", f"{_KEY} does not map sections to digests: {review}")]
    recorded, current = _recorded(translation), digests(source)
    theirs = {section.id: section.line for section in source.parts}
    ours = {section.id: section.line for section in translation.parts if section.id != META}
    found = []
    for key in stale(source, translation):
        if key not in current:
            rule, message = "removed", f"{_name(key)} is no longer in {original}"
        elif key not in recorded:
            rule, message = "added", f"{_name(key)} of {original}:{theirs[key]} is not in the record of this page"
        else:
            rule, message = "stale", f"{_name(key)} of {original}:{theirs[key]} has changed since this translation"
        line = key_line if rule == "removed" else ours.get(key, key_line)
        found.append(Finding(path, line, f"freshness/{rule}", f"{message}: {review}"))
    return found


def stamp(source: Page, translation: Page) -> list[str]:
    """Record in a translation the present version of its source page, and nothing else in the file.

    Returns:
        The sections whose digest was written anew; none if the file was up to date and is untouched.

    """
    changed = stale(source, translation)
    if _KEY in translation.front and not changed:
        return []
    data = translation.path.read_bytes()
    newline = "\r\n" if b"\r\n" in data else "\n"
    lines = [f"{_KEY}:", *(f'  {key}: "{digest}"' for key, digest in digests(source).items())]
    translation.path.write_bytes(_with_record(data, newline.join(lines).encode(), newline.encode()))
    return changed


def _with_record(data: bytes, record: bytes, newline: bytes) -> bytes:
    bom = _BOM if data.startswith(_BOM) else b""
    data = data[len(bom) :]
    front = _FRONT_MATTER.match(data)
    if front is None:
        return newline.join([bom + b"---", record, b"---", data])
    body = front["body"]
    if block := _BLOCK.search(body):
        body = body[: block.start()] + record + body[block.end() :]
    else:
        body += record + newline
    return bom + data[: front.start("body")] + body + data[front.end("body") :]


def _recorded(translation: Page) -> dict[str, str]:
    recorded = translation.front.get(_KEY)
    return {str(key): str(digest) for key, digest in recorded.items()} if isinstance(recorded, dict) else {}


def _name(key: str) -> str:
    return {META: "title or description", TOP: "the part before the first heading"}.get(key, f"section #{key}")
