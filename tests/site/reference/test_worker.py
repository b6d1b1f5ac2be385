"""What is read of a package."""

import json
import re
import subprocess
import sys

from backprop.site.reference.worker import read_entries


def text(html: str) -> str:
    return re.sub(r"</?(?:span|code)[^>]*>", "", html).strip()


def test_signatures(entries):
    assert text(entries["Law"]["signature"]) == "class Law"
    assert text(entries["Resistor"]["signature"]) == "class Resistor(ohms: float | int, *, name: str = &#x27;R&#x27;)"
    assert text(entries["table"]["signature"]) == "table"
    assert text(entries["power"]["signature"]) == "power(u, i)"


def test_a_long_signature_has_a_line_for_each_parameter(entries):
    lines = text(entries["series"]["signature"]).split("\n")
    assert lines[0] == "series("
    assert lines[1:-1] == [f"{name}: float," for name in ("first", "second", "third", "fourth", "fifth")]
    assert lines[-1] == ") -&gt; float"


def test_types_with_an_entry_are_links_and_short_aliases_are_written_out(entries):
    signature = text(entries["parallel"]["signature"])
    assert '*resistors: <a href="name:ohmic.Resistor">Resistor</a>' in signature
    assert "rule: Rule | None = None" in signature
    assert "**options: Any" in signature
    members = {member["name"]: text(member["signature"]) for member in entries["Resistor"]["members"]}
    assert members["ohmic.Resistor.__call__"] == "__call__(i: float, /) -&gt; float"
    assert members["ohmic.Resistor.of"].startswith("classmethod of(rule: Rule, law: <a")
    assert members["ohmic.Resistor.conductance"] == "conductance: float"


def test_members_are_those_that_no_documented_base_describes(entries):
    own = [member["name"].rpartition(".")[2] for member in entries["Resistor"]["members"]]
    assert own == ["limit", "conductance", "of", "__call__"]
    assert [member["name"] for member in entries["Law"]["members"]] == ["ohmic.Law.value", "ohmic.Law.label"]


def test_bases_are_documented_ones_and_those_of_other_packages(entries):
    assert entries["Resistor"]["bases"] == [["Law", "name:ohmic.Law"]]
    assert entries["Law"]["bases"] == []
    assert entries["NotPositiveError"]["bases"] == [["ValueError", None]]


def test_a_docstring_has_a_summary_sections_and_examples(entries):
    law, resistor = entries["Law"], entries["Resistor"]
    assert text(law["summary"]).startswith("A law; see")
    assert [section["kind"] for section in law["sections"]] == ["text", "examples", "text"]
    assert "rule u:</p>" in law["sections"][0]["html"]
    assert '<span class="gp">&gt;&gt;&gt; </span>' in law["sections"][1]["html"]
    assert "<code>&lt;y&gt;</code> and a &lt; b" in law["sections"][2]["html"]
    assert [section["kind"] for section in resistor["sections"]] == ["arguments", "attributes", "raises"]
    assert resistor["sections"][0]["items"][0][0] == "<code>ohms</code>"
    assert resistor["sections"][2]["items"][0][1] == "it is not."
    (returned,) = entries["parallel"]["sections"]
    assert returned["items"] == [["", "One that has the same effect: the sum of conductances."]]


def test_code_is_a_link_where_there_is_no_doubt(entries):
    law, resistor = entries["Law"], entries["Resistor"]
    assert re.findall(r'"name:([^"]*)"', law["summary"]) == ["ohmic.Resistor", "ohmic.Law.value"]
    value = law["members"][0]
    assert re.findall(r'"name:([^"]*)"', value["summary"]) == ["ohmic.series", "ohmic.parallel"]
    arguments, _, raised = resistor["sections"]
    assert '<a href="name:ohmic.Law.value">' in arguments["items"][0][1]
    assert raised["items"][0][0] == '<a href="name:ohmic.NotPositiveError"><code>NotPositiveError</code></a>'


def test_what_only_inspection_tells_is_found(entries):
    assert text(entries["power"]["summary"]) == "Power: u i."


def test_problems_are_told_by_name(package):
    undocumented, wrong = "def f(x):\n    return x\n", 'def g(x):\n    """G.\n\n    Args:\n        y: no.\n    """\n'
    (package / "__init__.py").write_text(f'"""Resistors."""\n\n\n{undocumented}\n\n{wrong}')
    problems = read_entries(["ohmic.f", "ohmic.g", "ohmic.gg", "ohmic", "nowhere.f"])["problems"]
    assert problems["ohmic.f"] == ["ohmic.f has no docstring"]
    assert "Parameter 'y' does not appear" in problems["ohmic.g"][0]
    assert problems["ohmic.gg"] == ["there is no ohmic.gg; did you mean ohmic.g?"]
    assert problems["nowhere.f"][0].startswith("there is no package nowhere")
    assert "ohmic" not in problems


def test_what_a_package_prints_is_no_part_of_the_answer(package):
    with (package / "__init__.py").open("a") as file:
        file.write("\nprint('hello')\n")
    command = [sys.executable, "-m", "backprop.site.reference.worker"]
    done = subprocess.run(command, input='["ohmic.power"]', capture_output=True, encoding="utf-8", cwd=package.parent)
    assert json.loads(done.stdout)["entries"]["ohmic.power"]["summary"] == "Power: u i."
    assert "hello" in done.stderr


def test_a_package_that_cannot_be_imported_is_a_problem_where_it_has_to_be(package):
    with (package / "__init__.py").open("a") as file:
        file.write("\nraise RuntimeError('no')\n")
    answer = read_entries(["ohmic.power", "ohmic.parallel"])
    assert answer["problems"] == {"ohmic.power": ["ohmic cannot be imported: RuntimeError: no"]}
    assert "ohmic.parallel" in answer["entries"]
