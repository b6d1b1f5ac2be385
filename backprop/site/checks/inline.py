"""What a paragraph contains: formulas, expressions, code, links, images, numbers; the rest is prose.

A formula is what `backprop.site.scan` takes for one: `$…$` or `$$…$$` within a paragraph, no space inside the
single dollar signs, no digit after them.
"""

import re

from .formula import canonical
from .model import Item, Passage, Section
from .numbers import numbers

OBJECT = "\ufffc"
"""Stands in prose for what is not prose."""

COMMENT = re.compile(r"<!--(?P<comment>.*?)-->", re.DOTALL)
_TITLE = r"""(?:\s+(?P<{0}>"[^"]*"|'[^']*'))?"""
_TARGET = r"\(\s*(?P<{0}><[^<>\n]*>|(?:[^\s()<>]|\([^\s()]*\))*)" + _TITLE.format("{0}_title") + r"\s*\)"
_TOKEN = re.compile(
    rf"""(?=[\\`<$\{{!\]\[&:h])(?:
      (?P<escape> \\[!-/:-@\[-`{{-~] )
    | (?P<code> (?<!`)(?P<ticks>`+)(?!`) (?P<code_text>.+?) (?<!`)(?P=ticks)(?!`) )
    | (?P<comment> <!--.*?--> )
    | (?P<raw> <(?P<tag>pre|code|script|style|svg|math)\b.*?</(?P=tag)> )
    | (?P<display> \$\$(?:\\.|[^\\$])+?\$\$ )
    | (?P<inline> \$(?!\s)(?:\\.|[^\\$])+?(?<!\s)\$(?!\d) )
    | (?P<expression> \{{\{{(?P<expression_text>(?:(?!\{{\{{)[^\n])+?)\}}\}} )
    | (?P<image> !\[(?P<alt>[^\[\]]*)\]{_TARGET.format("image_target")} )
    | (?P<link> \]{_TARGET.format("link_target")} )
    | (?P<reference> \]\[(?P<reference_name>[^\[\]]+)\] )
    | (?P<definition> ^\[[^\[\]^][^\[\]]*\]:[ \t]*
        (?P<definition_target>\S+){_TITLE.format("definition_title")}[ \t]*$ )
    | (?P<footnote> \[\^[^\[\]\s]+\]:? )
    | (?P<autolink> <(?:https?://|mailto:)[^\s<>]+> )
    | (?P<html> </?[A-Za-z][^<>]*> )
    | (?P<address> (?<![A-Za-z0-9])https?://[^\s<>"'`，。；：！？（）、」』]+ )
    | (?P<attributes> \{{:?[ \t]*(?:[.\#][^\s{{}}]+|[\w-]+=(?:"[^"]*"|'[^']*'|[^\s{{}}]+))
        (?:[ \t]+(?:[.\#][^\s{{}}]+|[\w-]+(?:=(?:"[^"]*"|'[^']*'|[^\s{{}}]+))?))*[ \t]*\}} )
    | (?P<entity> &(?:\#\d+|\#x[\dA-Fa-f]+|[A-Za-z]\w*); )
    | (?P<icon> :[a-z][a-z0-9_+-]*: )
    )""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_IN_FORMULA = re.compile(r"\{\{\s+(?P<expression>[^\n]+?)\s+\}\}")
_EMPHASIS = re.compile(r"\*+(?=[^\s*])|(?<=[^\s*])\*+|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)|==|~~|\^\^|[\[\]]")
_HTML_LINK = re.compile(r"""\b(?P<name>href|src|alt|title)\s*=\s*["'](?P<value>[^"']*)["']""")
_TITLE_ATTRIBUTE = re.compile(r"""\btitle=("[^"]*"|'[^']*'|\S+)""")
_BROKEN = re.compile(r"\$\$|\$|\{\{")
_BROKEN_MESSAGE = {
    "$$": ("formula", "$$ has no partner in its paragraph: close the formula, without an empty line in it"),
    "$": ("formula", r"$ has no partner in its paragraph: close the formula, or write \$ for the sign"),
    "{{": ("expression", "{{ has no }} on its line: close the expression"),
}


def scan(text: str, line: int, section: Section) -> None:
    """Add what a paragraph contains to its section; `line` is the line of its first character."""

    def item(key: str, match: re.Match[str], source: str = "") -> Item:
        return Item(key, line + text.count("\n", 0, match.start()), source or " ".join(match[0].split()))

    def replace(match: re.Match[str]) -> str:
        replaced = OBJECT
        match match.lastgroup:
            case "escape":
                return OBJECT if match[0] in {r"\$", r"\{"} else match[0][1]
            case "code" | "raw":
                code = match["code_text"] if match["code"] else match[0]
                section.inline_codes.append(item(" ".join(code.split()), match))
            case "comment":
                section.comments.append(item(match[0], match, match[0]))
                replaced = ""
            case "display" | "inline" as kind:
                _formula(match, item("", match).line, "$$" if kind == "display" else "$", section)
            case "expression":
                section.expressions.append(item(" ".join(match["expression_text"].split()), match))
            case "image":
                section.images.append(item(match["image_target"], match, match["image_target"]))
                title = (match["image_target_title"] or "").strip("\"'")
                return f"{OBJECT}{match['alt']}{OBJECT}{title}{OBJECT}{_newlines(match, match['alt'] + title)}"
            case "link":
                section.links.append(item(match["link_target"], match, match["link_target"]))
                title = (match["link_target_title"] or "").strip("\"'")
                return (f"{OBJECT}{title}{OBJECT}" if title else "") + _newlines(match, title)
            case "reference":
                section.links.append(item(f"[{match['reference_name'].casefold()}]", match))
                replaced = ""
            case "definition":
                section.links.append(item(match["definition_target"], match, match["definition_target"]))
            case "footnote" | "autolink" | "address":
                target = match[0].strip("<>:").rstrip(".,;")
                section.links.append(item(target, match, target))
            case "html":
                return _html(match, item("", match).line, section) + _newlines(match)
            case "attributes":
                attributes = " ".join(match[0].strip("{:} ").split())
                section.attributes.append(item(_TITLE_ATTRIBUTE.sub("title", attributes), match))
                replaced = ""
            case "icon":
                replaced = ""
            case "entity":
                replaced = " " if match[0] == "&nbsp;" else OBJECT
        return replaced + _newlines(match)

    prose = _TOKEN.sub(replace, text)
    for broken in _BROKEN.finditer(prose):
        rule, message = _BROKEN_MESSAGE[broken[0]]
        section.problems.append((line + prose.count("\n", 0, broken.start()), f"page/{rule}", message))
    passage = Passage(_EMPHASIS.sub("", prose), line)
    section.passages.append(passage)
    for number, offset in numbers(passage.text):
        section.numbers.append(Item(number, passage.line_at(offset), number))


def _newlines(match: re.Match[str], kept: str = "") -> str:
    return "\n" * (match[0].count("\n") - kept.count("\n"))


def _formula(match: re.Match[str], line: int, dollars: str, section: Section) -> None:
    tex = match[0].strip("$")
    section.formulas.append(Item(f"{dollars}{canonical(tex)}{dollars}", line, " ".join(match[0].split())))
    for inner in _IN_FORMULA.finditer(match[0]):
        at = line + match[0].count("\n", 0, inner.start())
        section.expressions.append(Item(" ".join(inner["expression"].split()), at, inner[0]))


def _html(match: re.Match[str], line: int, section: Section) -> str:
    """Targets of a tag; its alternative text and its title are prose."""
    prose = ""
    for attribute in _HTML_LINK.finditer(match[0]):
        name, value = attribute["name"], attribute["value"]
        if name in {"alt", "title"}:
            prose += f"{OBJECT}{value}{OBJECT}"
        else:
            (section.links if name == "href" else section.images).append(Item(value, line, value))
    return prose or (" " if match[0].startswith("<br") else "")
