"""Translations share one program as long as they share their code."""

from pathlib import Path

from backprop.site.programs import programs, read_page
from backprop.site.snippets import Examples

ROOT = Path("/nowhere")


def page(language, body, key="page.md"):
    return read_page(ROOT / "docs" / language / key, key, language, body, 5, Examples(ROOT / "examples"), ROOT)


BLOCK = '```python exec="on"\nx = 1\n```\n'


def test_expressions_of_a_section_are_gathered_whatever_their_order():
    (program,) = programs(
        [page("en", f"{BLOCK}{{{{ x }}}} {{{{ y }}}}"), page("ko", f"{BLOCK}{{{{ y }}}} {{{{ x }}}} {{{{ z }}}}")]
    )
    assert program.expressions == [[], ["x", "y", "z"]]
    assert [page.language for page in program.pages] == ["en", "ko"]


def test_a_translation_with_other_code_is_a_program_of_its_own():
    first, second = programs([page("en", BLOCK), page("ko", BLOCK.replace("1", "2"))])
    assert first.pages[0].language == "en"
    assert second.blocks[0][0].code == "x = 2"
    assert second.blocks[0][0].line == 6


def test_pages_with_the_same_code_do_not_share_a_namespace():
    assert len(programs([page("en", BLOCK, "a.md"), page("en", BLOCK, "b.md")])) == 2


def test_the_order_of_expressions_is_no_part_of_the_identity():
    (one,) = programs([page("en", f"{BLOCK}{{{{ x }}}} {{{{ y }}}}")])
    (two,) = programs([page("en", f"{BLOCK}{{{{ y }}}} {{{{ x }}}}")])
    assert one.identity() == two.identity()


def test_pages_without_code_are_not_run():
    assert programs([page("en", "$x$")]) == []


def test_a_missing_include_is_a_finding_of_the_page():
    missing = page("en", '```python exec="on"\n--8<-- "a.py"\n```')
    assert [(f.line, f.rule) for f in missing.findings] == [(6, "include")]
    assert programs([missing]) == []
