import tomllib
from pathlib import Path
from string import Formatter

import pytest

from backprop.explain import labels
from backprop.explain.labels import label, languages, load_labels, resolve_language, set_language
from backprop.operations import REGISTRY

LANGUAGES = {"en", "es", "zh", "ko", "pt"}
TEXTS = labels._flatten(tomllib.loads(labels.LABELS_FILE.read_text("utf-8")))


@pytest.fixture(autouse=True)
def _restore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "_chosen", None)
    monkeypatch.setattr(labels, "_labels", {key: dict(texts) for key, texts in labels._labels.items()})
    monkeypatch.setattr(labels, "_languages", set(labels._languages))
    monkeypatch.delenv(labels.ENVIRONMENT_VARIABLE, raising=False)


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_every_language_has_every_label_with_the_same_placeholders(key: str) -> None:
    texts = TEXTS[key]
    assert set(texts) == LANGUAGES
    assert all(texts.values())
    assert {frozenset(placeholders(text)) for text in texts.values()} == {frozenset(placeholders(texts["en"]))}


def test_every_operation_has_a_spoken_name() -> None:
    assert {f"operation.{name}" for name in REGISTRY} <= set(TEXTS)


def test_terms_are_those_of_the_glossary() -> None:
    assert label("table.backward", "es", output="g") == "Pasada hacia atrás de g"
    assert label("table.forward", "ko", output="g") == "g의 순전파"
    assert label("figure.structure", "pt", output="g") == "Grafo computacional de g"
    assert label("table.numerical", "zh") == "有限差分"


def test_a_missing_text_names_key_and_language() -> None:
    del labels._labels["table.node"]["ko"]
    with pytest.raises(LookupError, match=r"'table.node' has no text in 'ko'"):
        label("table.node", "ko")
    with pytest.raises(LookupError, match=r"'table.nothing' does not exist"):
        label("table.nothing", "en")


def test_the_language_is_english_unless_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve_language(None) == "en"
    monkeypatch.setenv(labels.ENVIRONMENT_VARIABLE, "pt")
    assert label("table.node") == "Nó"
    set_language("es")
    assert label("table.node") == "Nodo"
    assert label("table.node", "zh") == "节点"


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'fr'.*en, es, ko, pt, zh"):
        set_language("fr")


def test_a_teacher_can_add_a_language(tmp_path: Path) -> None:
    file = tmp_path / "french.toml"
    file.write_text("\n".join(f'[{key}]\nfr = "fr {key}"' for key in TEXTS), "utf-8")
    load_labels(file)
    assert "fr" in languages()
    assert label("table.node", "fr") == "fr table.node"


def test_chinese_has_a_space_beside_letters_only() -> None:
    assert label("chart.title", "zh", x="a", y="损失") == "损失随 a 的变化"
    assert label("chart.title", "zh", x="更新次数", y="w₁") == "w₁ 随更新次数的变化"
