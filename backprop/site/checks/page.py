"""Parse a page once into sections and their parts; every check reads the result.

Python-Markdown's rules decide: code fences come first, a heading is a line that begins with `#`, an admonition holds
the lines indented below it. Code is never looked into. What a page has to have in any language is checked here:

- `page/encoding`: UTF-8;
- `page/front-matter`: a front matter that is YAML;
- `page/heading`: an ASCII id at every heading, `## Title { #its-id }`, no id twice;
- `page/code`: fences that are closed;
- `page/admonition`: `!!! type "title"`, with straight quotation marks;
- `page/formula`, `page/expression`: dollar signs and braces in pairs.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from ..scan import Fence, find_fences
from .findings import Finding
from .frontmatter import read_front_matter
from .inline import COMMENT, scan
from .model import META, TOP, Admonition, Code, Item, Page, Section

_HEADING = re.compile(r"[ \t]*(?P<marks>#{1,6})(?!#)[ \t]*(?P<title>.*?)[ \t]*#*[ \t]*$")
_ID = re.compile(r"\{:?[^{}]*?#(?P<id>[^\s{}]+)[^{}]*\}[ \t]*$")
_ASCII_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_UNDERLINE = re.compile(r"=+|-+")
_ADMONITION = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>!!!|\?\?\?\+?)[ \t]?(?P<kinds>[\w-]+(?:[ \t]+[\w-]+)*)"
    r"(?:[ \t]+\"(?P<title>.*)\")?[ \t]*$"
)
_TAB = re.compile(r"(?P<indent>[ \t]*)(?P<mark>===[!+]*)[ \t]+[\"'](?P<title>.*)[\"'][ \t]*$")
_MARK = re.compile(r"[ \t]*(?:!!!|\?\?\?)")
_CONTAINER = re.compile(r" {0,3}(?:[-*+>][ \t]|\d+\.[ \t]|\[\^|:[ \t]|<)")
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)*")
_TITLE_OPTION = re.compile(r"(?P<name>\btitle=)(?P<value>\"[^\"]*\"|'[^']*')")


def read_page(path: Path, language: str, name: str) -> Page:
    """Parse the page; what cannot be read is among its `problems`."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        page = _Reader(path, language, name, [""]).page
        message = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        page.problems = [Finding(path, line, "page/encoding", message)]
        return page
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _parsed(path, language, name, text)


@lru_cache(maxsize=2048)
def _parsed(path: Path, language: str, name: str, text: str) -> Page:
    """A page by its text: under `mkdocs serve` most are as they were at the last build. Nobody changes a page."""
    return _Reader(path, language, name, text.split("\n")).read()


class _Reader:
    """Reads a page from top to bottom; `paragraph` holds the lines that may still be continued."""

    def __init__(self, path: Path, language: str, name: str, lines: list[str]) -> None:
        self.front = read_front_matter(lines)
        self.section = Section(TOP, 0, min(self.front.end + 1, len(lines)))
        meta = Section(META, 0, 1)
        values, places = self.front.values, self.front.lines
        self.page = Page(path, language, name, lines, values, places, meta, [self.section], [])
        self.paragraph: list[str] = []
        self.start = 0  # line of the paragraph
        self.in_container = False  # what is indented belongs to a list or an admonition: it is no code

    def read(self) -> Page:
        page, start = self.page, self.front.end
        self._meta()
        fences = {fence.line + start: fence for fence in find_fences(page.lines[start:])}
        number = start + 1
        while number <= len(page.lines):
            if fence := fences.get(number):
                number = self._fence(fence, number)
            elif page.lines[number - 1].lstrip().startswith("<!--"):
                number = self._comment(number)
            else:
                number = self._line(page.lines[number - 1], number)
        self._flush()
        self._finish()
        return page

    def _meta(self) -> None:
        if self.front.error:
            line, message = self.front.error
            self._problem(line, "page/front-matter", message)
        for key in ("title", "description"):
            if key in self.front.values:
                value = str(self.front.values[key])
                scan(value, self.front.lines.get(key, 1), self.page.meta)
                self.page.meta.text.append(f"{key}: {' '.join(value.split())}")

    def _fence(self, fence: Fence, number: int) -> int:
        self._flush()
        length = fence.end - fence.line + 1
        if length < len(fence.body) + 2:
            self._problem(number, "page/code", f"the code block is not closed: end it with {fence.fence}")
        for title in _TITLE_OPTION.finditer(fence.info):
            scan(title["value"][1:-1], number, self.section)
            self.section.text.append(title["value"])
        options = " ".join(_TITLE_OPTION.sub(r"\g<name>…", fence.info).split())
        self._code(Code(options, tuple(line.rstrip() for line in fence.body), number, fence.executed))
        return number + length

    def _code(self, code: Code) -> None:
        self.section.codes.append(code)
        self.section.text.append(code.key)

    def _comment(self, number: int) -> int:
        self._flush()
        comment = COMMENT.search("\n".join(self.page.lines[number - 1 :]))
        if comment is None:
            self._problem(number, "page/comment", "the comment is not closed: end it with -->")
            return len(self.page.lines) + 1
        self.section.comments.append(Item(comment[0], number, comment[0]))
        end = number + comment[0].count("\n")
        if rest := self.page.lines[end - 1].rpartition("-->")[2].strip():
            self.paragraph, self.start = [rest], end
        return end + 1

    def _line(self, line: str, number: int) -> int:
        if not line.strip():
            self._flush()
        elif heading := _HEADING.match(line):
            self._flush()
            self._heading(len(heading["marks"]), heading["title"], number)
        elif block := _ADMONITION.match(line) or _TAB.match(line):
            self._flush()
            self._admonition(block, number)
        elif not self.paragraph and not self.in_container and line.startswith(("    ", "\t")):
            return self._indented_code(number)
        else:
            if _MARK.match(line):
                self._problem(number, "page/admonition", 'not an admonition: write !!! type "title"')
            if not self.paragraph:
                self.start = number
                if not line.startswith(("    ", "\t")):
                    self.in_container = False
            self.in_container = self.in_container or bool(_CONTAINER.match(line))
            self.paragraph.append(_QUOTED.sub("", line, count=1))
        return number + 1

    def _flush(self) -> None:
        lines, self.paragraph = self.paragraph, []
        if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1].rstrip()) and "|" not in lines[0]:
            self._heading(1 if lines[1].startswith("=") else 2, lines[0], self.start)
            self._text("\n".join(lines[2:]), self.start + 2)
        else:
            self._text("\n".join(lines), self.start)

    def _text(self, text: str, line: int) -> None:
        if text:
            scan(text, line, self.section)
            self.section.text.append(" ".join(COMMENT.sub("", text).split()))

    def _heading(self, level: int, title: str, line: int) -> None:
        self.in_container = False
        found = _ID.search(title)
        self.section = Section(found["id"] if found else "", level, line, _ID.sub("", title).strip())
        self.page.sections.append(self.section)
        scan(self.section.title, line, self.section)
        self.section.text.append(f"{'#' * level} {self.section.title}")

    def _admonition(self, block: re.Match[str], number: int) -> None:
        self.in_container = True
        groups = block.groupdict()
        key = f"{groups['mark']} {' '.join((groups.get('kinds') or 'tab').split())}"
        width, end = len(groups["indent"]), number
        for later in range(number, len(self.page.lines)):
            line = self.page.lines[later]
            if line.strip():
                if len(line) - len(line.lstrip()) <= width:
                    break
                end = later + 1
        self.section.admonitions.append(Admonition(key, number, end))
        if groups["title"]:
            scan(groups["title"], number, self.section)
        self.section.text.append(" ".join(block[0].split()))

    def _indented_code(self, number: int) -> int:
        end = number
        while end < len(self.page.lines):
            line = self.page.lines[end]
            if line.strip() and not line.startswith(("    ", "\t")):
                break
            end += 1
        body = "\n".join(
            line[4:] if line.startswith("    ") else line[1:] for line in self.page.lines[number - 1 : end]
        )
        self._code(Code("", tuple(body.rstrip().split("\n")), number, executed=False))
        return end + 1

    def _finish(self) -> None:
        page, seen = self.page, {TOP: 0, META: 0}
        for section in page.sections[1:]:
            if not _ASCII_ID.fullmatch(section.id):
                found = f"the id #{section.id} is not ASCII" if section.id else f"“{section.title}” has no id"
                self._problem(section.line, "page/heading", f"{found}: write {'#' * section.level} … {{ #its-id }}")
            elif section.id in seen:
                used = f"in line {seen[section.id]}" if seen[section.id] else "for a part of the page"
                self._problem(section.line, "page/heading", f"the id #{section.id} is already used {used}")
            seen.setdefault(section.id, section.line)
        for section in page.parts:
            page.problems.extend(Finding(page.path, *problem) for problem in section.problems)

    def _problem(self, line: int, rule: str, message: str) -> None:
        self.page.problems.append(Finding(self.page.path, line, rule, message))
