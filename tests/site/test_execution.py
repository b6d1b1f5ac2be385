"""Finding results on disk, or making them; and what they depend on."""

import shutil
from pathlib import Path

import pytest

from backprop.site import execution
from backprop.site.cache import Store
from backprop.site.execution import ExecutionError, Result, environment, execute, findings
from backprop.site.programs import programs, read_page
from backprop.site.snippets import Examples


@pytest.fixture
def run(tmp_path: Path):
    def run(body: str, languages=("en",), labels=None):
        page = read_page(tmp_path / "docs/en/a.md", "a.md", "en", body, 1, Examples(tmp_path), tmp_path)
        todo = programs([page])
        store = Store(tmp_path / "cache")
        return todo, execute(todo, languages, tmp_path, tmp_path, store, labels)

    return run


COUNT = '```python exec="on"\nwith open("count", "a") as file:\n    file.write("x")\nx = 1\n```\n{{ x }}'


def count(tmp_path: Path) -> int:
    return len((tmp_path / "count").read_text())


def test_results_are_kept(run, tmp_path):
    _, (first,) = run(COUNT)
    _, (second,) = run(COUNT)
    assert first == second
    assert first.values[1] == {"x": {"text": "1", "latex": "1"}}
    assert count(tmp_path) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda body: {"body": body.replace("x = 1", "x = 2")},
        lambda body: {"body": body + " {{ x + 1 }}"},
        lambda body: {"body": body, "languages": ("en", "es")},
    ],
)
def test_other_code_expressions_or_languages_are_run(run, tmp_path, change):
    run(COUNT)
    run(**change(COUNT))
    assert count(tmp_path) == 2


def test_a_failing_program_is_not_kept(run, tmp_path):
    body = COUNT.replace("x = 1", "x = 1 / 0")
    todo, (result,) = run(body)
    (finding,) = findings(todo[0], result)
    assert str(finding).endswith("a.md:4: [execution] ZeroDivisionError: division by zero")
    run(body)
    assert count(tmp_path) == 2


def test_results_depend_on_the_source_of_the_package(tmp_path):
    package = tmp_path / "package"
    shutil.copytree(Path(execution.__file__).parents[1] / "explain", package)
    before = environment(["en"], package=package)
    assert environment(["en"], package=package) == before
    (package / "labels.toml").write_text("")
    assert environment(["en"], package=package) != before


def test_results_depend_on_labels_of_the_site(tmp_path):
    labels = tmp_path / "labels.toml"
    labels.write_text("")
    before = environment(["en"], labels)
    labels.write_text("# changed")
    assert environment(["en"], labels) != before
    assert environment(["en"]) != before


def test_results_are_not_kept_if_the_package_changes_meanwhile(run, tmp_path, monkeypatch):
    states = iter("abcdef")
    monkeypatch.setattr(execution, "environment", lambda *_: next(states))
    run(COUNT)
    assert not list((tmp_path / "cache").glob("*.json"))


def test_labels_of_the_site_are_used(run, tmp_path):
    labels = tmp_path / "labels.toml"
    labels.write_text('[table]\nnode = { tlh = "Node!" }\n')
    body = (
        '```python exec="on"\nfrom backprop.explain.labels import label\nx = label("table.node", "tlh")\n```\n{{ x }}'
    )
    _, (result,) = run(body, labels=labels)
    assert result.values[1]["x"]["text"] == "Node!"


def test_a_process_without_an_answer_is_an_error(run):
    with pytest.raises(ExecutionError, match="ended with code 5"):
        run('```python exec="on"\nimport os\nos._exit(5)\n```')


def test_a_result_is_current_while_its_files_are_the_same(tmp_path):
    assert Result().current
    assert not Result(files={str(tmp_path / "gone"): "digest"}).current
