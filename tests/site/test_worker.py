"""Running programs: what is captured, where a mistake is said to be, what is remembered of files."""

import io
import json
import subprocess
import sys

import pytest

from backprop.site import worker


@pytest.fixture(scope="module")
def reads():
    return worker._Reads()


@pytest.fixture
def run(reads):
    def run(*blocks, expressions=None, languages=("en", "es")):
        program = {
            "blocks": [[{"file": "example.py", "line": 10, "code": code}] for code in blocks],
            "expressions": expressions or [[] for _ in range(len(blocks) + 1)],
        }
        return worker.run(program, list(languages), reads)

    return run


FAKE = """
from backprop.explain.display import View, show
class Fake(View):
    def text(self, language=None): return "fake"
    def html(self, language=None): return f"<b>{language}</b>"
"""


def test_output_is_captured_in_order_and_in_every_language(run):
    result = run(FAKE + "print('a', 'b')\nshow(Fake(), Fake())\nprint('c')")
    view = {"html": {"en": "<b>en</b>", "es": "<b>es</b>"}, "plain": {"en": "fake", "es": "fake"}}
    assert result["outputs"] == [[{"text": "a b\n"}, view, view, {"text": "c\n"}]]
    assert result["errors"] == []


def test_blocks_share_names_and_expressions_are_evaluated_in_between(run):
    result = run("x = 1", "x = x + 1.5", expressions=[["2 ** 3"], ["x", "-x"], ["x"]])
    assert [list(section) for section in result["values"]] == [["2 ** 3"], ["x", "-x"], ["x"]]
    assert result["values"][1]["-x"] == {"text": "−1", "latex": "-1"}
    assert result["values"][2]["x"] == {"text": "2.5", "latex": "2.5"}


def test_programs_do_not_share_names(run):
    run("secret = 1")
    result = run("", expressions=[[], ["secret"]])
    assert result["errors"][0]["message"] == "NameError: name 'secret' is not defined"


def test_strings_are_values_as_they_are_and_views_have_their_languages(run):
    code = FAKE + "from backprop import Tensor\nfrom backprop.explain import definition\n"
    code += "from backprop import sin\nx = Tensor(1.0, 'x')\ny = sin(x).named('y')"
    result = run(code, expressions=[[], ["r'\\nabla'", "Fake()", "definition(y)", "x"]])
    values = result["values"][1]
    assert values["r'\\nabla'"] == {"text": "\\nabla", "latex": "\\nabla"}
    assert values["Fake()"]["html"] == {"en": "<b>en</b>", "es": "<b>es</b>"}
    assert values["Fake()"]["latex"] is None
    assert "sin" in values["definition(y)"]["latex"]["en"]
    assert "sen" in values["definition(y)"]["latex"]["es"]
    assert values["x"]["text"] == "1"


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ("x = 1\n1 / 0", 11, "ZeroDivisionError: division by zero"),
        ("def f():\n    raise ValueError('no')\nf()", 11, "ValueError: no"),
        ("x = = 1", 10, "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)", 11, "SystemExit: 3"),
        ("import json\njson.loads('{')", 11, "JSONDecodeError"),
    ],
)
def test_a_mistake_is_said_to_be_in_its_line(run, code, line, message):
    result = run("ok = 1", code, "never = 1")
    (error,) = result["errors"]
    assert (error["block"], error["file"], error["line"]) == (1, "example.py", line)
    assert message in error["message"]
    assert len(result["outputs"]) == 2


def test_every_failing_expression_is_reported(run):
    result = run("x = 1", expressions=[[], ["y", "x", "x +", "None"]])
    assert [error["expression"] for error in result["errors"]] == ["y", "x +", "None"]
    assert "NoneType" in result["errors"][2]["message"]
    assert result["values"][1]["x"]["text"] == "1"


def test_warnings_are_kept_with_their_line(run):
    result = run("import warnings\nwarnings.warn('careful')")
    assert result["warnings"] == ["example.py:11: UserWarning: careful"]


def test_files_that_are_read_are_remembered_and_those_written_are_not(run, tmp_path):
    (tmp_path / "data.txt").write_text("1")
    result = run(
        f"from pathlib import Path\nPath(r'{tmp_path}/data.txt').read_text()\nPath(r'{tmp_path}/new').write_text('')"
    )
    assert str(tmp_path / "data.txt") in result["files"]
    assert str(tmp_path / "new") not in result["files"]
    assert not any("site-packages" in file for file in result["files"])


def test_classes_of_a_block_find_their_module(run):
    assert (
        run("import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\nimport pickle\npickle.dumps(A(1))")[
            "errors"
        ]
        == []
    )


def test_the_process_answers_with_json_whatever_compiled_code_prints(tmp_path):
    block = {"file": "a.py", "line": 1, "code": "import os\nos.write(1, b'noise')\nprint('heard')"}
    request = {"languages": ["en"], "labels": None, "examples": str(tmp_path)}
    request["programs"] = [{"blocks": [[block]], "expressions": [[], []]}]
    done = subprocess.run(
        [sys.executable, "-m", "backprop.site.worker"], input=json.dumps(request).encode(), capture_output=True
    )
    assert json.loads(done.stdout)[0]["outputs"] == [[{"text": "heard\n"}]]
    assert done.stderr == b"noise"


def test_outputs_are_a_stream_that_can_be_written():
    outputs = worker._Outputs(["en"])
    assert outputs.writable()
    assert isinstance(outputs, io.TextIOBase)
    outputs.write("")
    assert outputs.items == []
