from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from backprop.explain import Glossary, glossary

LANGUAGES = ("en", "es", "zh", "ko", "pt")
HEAD = "key,en,es,zh,ko,pt,avoid,note,lesson\n"
ROWS = """\
edge,edge,arista,边,간선,aresta,es:borde,a note,graphs.md#rule
epoch,epoch,época,轮次,에포크,época,,,
activation,activation (value),activación,激活值,활성화 값,ativação,,,neurons.md
activation_function,activation function,función de activación,激活函数,활성화 함수,função de ativação,,,
less,a < b & c,a < b,甲,가 < 나,a < b,,,
relu,ReLU,ReLU,ReLU,ReLU,ReLU,,,gates.md#max
"""


@pytest.fixture
def terms(tmp_path: Path) -> Glossary:
    path = tmp_path / "glossary.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    return glossary(path)


def rows_of(view: Glossary, language: str) -> list[ET.Element]:
    return ET.fromstring(view.html(language)).findall("./tbody/tr")


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", "less activation activation_function edge epoch relu"),  # what is in brackets does not count
        ("es", "less activation edge epoch activation_function relu"),  # nor do accents: época before función
        ("zh", "less activation activation_function edge epoch relu"),  # as in English
        ("ko", "relu less edge epoch activation activation_function"),
        ("pt", "less edge activation epoch activation_function relu"),
    ],
)
def test_a_reader_finds_words_in_the_order_of_the_language(terms: Glossary, language: str, order: str) -> None:
    assert [term.key for term in terms.in_order(language)] == order.split()
    assert [row.get("id") for row in rows_of(terms, language)] == order.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_of_the_reader_comes_first_and_every_cell_names_its_language(terms: Glossary, language: str) -> None:
    others = [code for code in LANGUAGES if code != language]
    assert terms.columns(language) == [language, *others]
    heads = ET.fromstring(terms.html(language)).findall("./thead/tr/th")
    for row in [heads, *rows_of(terms, language)]:
        assert [cell.get("lang") for cell in row] == [language, *others]
    for term, row in zip(terms.in_order(language), rows_of(terms, language), strict=True):
        assert ["".join(cell.itertext()) for cell in row] == [term.words[code] for code in [language, *others]]
        assert [cell.tag for cell in row] == ["th", "td", "td", "td", "td"]


def test_every_term_is_there_once_under_the_same_id_in_all_languages(terms: Glossary) -> None:
    ids = [sorted(str(row.get("id")) for row in rows_of(terms, language)) for language in LANGUAGES]
    assert ids == [sorted(line.partition(",")[0] for line in ROWS.splitlines())] * len(LANGUAGES)


def test_a_term_names_the_page_of_its_lesson_and_is_no_link_outside_of_a_site(terms: Glossary) -> None:
    pages = {row.get("id"): link.get("data-page") for row in rows_of(terms, "ko") for link in row.iter("a")}
    assert pages == {"edge": "graphs.md#rule", "activation": "neurons.md", "relu": "gates.md#max"}
    assert "href" not in terms.html("ko") + terms._repr_html_()


def test_in_a_terminal_a_term_is_a_line(terms: Glossary) -> None:
    assert terms.text("es").splitlines() == [
        "Glosario",
        "─" * 59,
        "Español                 English · 中文 · 한국어 · Português",
        "─" * 59,
        "a < b                   a < b & c · 甲 · 가 < 나 · a < b",
        "activación              activation (value) · 激活值 · 활성화 값 · ativação",
        "arista                  edge · 边 · 간선 · aresta",
        "época                   epoch · 轮次 · 에포크 · época",
        "función de activación   activation function · 激活函数 · 활성화 함수 · função de ativação",
        "ReLU                    ReLU · ReLU · ReLU · ReLU",
        "─" * 59,
    ]


def test_words_of_east_asian_languages_take_two_columns_a_character(terms: Glossary) -> None:
    lines = terms.text("ko").splitlines()
    assert "한국어        English · Español · 中文 · Português" in lines
    assert "활성화 값     activation (value) · activación · 激活值 · ativação" in lines


def test_languages_are_the_columns_that_have_labels(tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text("\ufeffkey,fr,es,note\nedge,arête,arista,une note\n", "utf-8")
    two = glossary(path)
    assert two.languages == ["es"]
    assert two.terms[0].lesson == ""
    assert [row.get("id") for row in rows_of(two, "es")] == ["edge"]
    with pytest.raises(ValueError, match=r"no column 'en', only es"):
        two.text("en")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has the columns : expected key and one for each language"),
        ("term,en\nedge,edge\n", "has the columns term, en: expected key"),
        ("key,note\nedge,edge\n", "has the columns key, note: expected key"),
        (HEAD + ROWS + ROWS, "line 8: 'edge' is not a key of its own"),
        ("key,en\nfan out,fan-out\n", "line 2: 'fan out' is not a key"),
        ("key,en,es\nedge,edge, \n", "line 2: edge has no word in es"),
        ("key,en,es\nedge\n", "line 2: edge has no word in en, es"),
    ],
)
def test_a_file_that_is_no_glossary_is_refused_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=message) as error:
        glossary(path)
    assert str(path) in str(error.value)


def test_the_glossary_of_the_course_comes_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert glossary().text("ko") == glossary(Path(__file__).parents[2] / "docs/glossary.csv").text("ko")
