"""The frameworks give the numbers of the page about them: the code that it shows, and what it says of them."""

import contextlib
import io
import re
import runpy
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from frameworks import framework

from backprop import Tensor, grad, nn
from backprop.site.scan import Fence, scan
from backprop.site.snippets import Examples
from backprop.training import Callback, fit

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"
FILES = {"in_pytorch": ["torch"], "in_jax": ["jax"], "leaving": ["torch", "onnx", "onnxruntime"]}
"""The files that the build does not run, and what each of them needs."""
PAGES = sorted(DOCS.glob("*/graphs-in-frameworks.md"))
INCLUDE = re.compile(r'\s*--8<-- "frameworks/(\w+)\.py:([\w-]+)"')
MARKER = re.compile(r"# --8<-- \[(start|end):([\w-]+)\]")

Run = tuple[dict[str, Any], dict[str, str]]
"""The names of a file after it has run, and what each of its sections prints."""


def run(path: Path) -> Run:
    """Run a file as a script, with its markers as prints: they tell which section prints what."""
    source = MARKER.sub(lambda m: f"print('\\n@{m[2]}@' if '{m[1]}' == 'start' else '\\n@@')", path.read_text("utf-8"))
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(source, str(path), "exec"), namespace)
    sections = re.findall(r"^@([\w-]+)@$(.*?)^@@$", output.getvalue(), flags=re.DOTALL | re.MULTILINE)
    return namespace, {name: text.strip() for name, text in sections}


@pytest.fixture(scope="module")
def ours() -> Run:
    return run(EXAMPLES / "graphs_in_frameworks.py")


@pytest.fixture(scope="module")
def theirs() -> Callable[[str], Run]:
    done: dict[str, Run] = {}

    def of(name: str) -> Run:
        for needed in FILES[name]:
            framework(needed)
        if name not in done:
            done[name] = run(EXAMPLES / "frameworks" / f"{name}.py")
        return done[name]

    return of


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


class TestThePage:
    """What is shown and not run by the build is, to the last character, what is run here."""

    @staticmethod
    def shown(page: Path) -> list[Fence]:
        fences = scan(page.read_text("utf-8")).fences
        return [fence for fence in fences if fence.language == "python" and not fence.executed]

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
    def test_shown_code_is_a_section_of_a_file_that_is_run(self, page: Path) -> None:
        examples = Examples(EXAMPLES)
        found = set()
        for fence in self.shown(page):
            [line] = fence.body
            include = INCLUDE.fullmatch(line)
            assert include is not None, f"{page}:{fence.line}: this code is run by nobody"
            file, section = include.groups()
            assert f"# --8<-- [start:{section}]" in (examples.lines(f"frameworks/{file}.py") or [])
            found.add((file, section))
        written = {
            (file, match[2])
            for file in FILES
            for match in MARKER.finditer((EXAMPLES / "frameworks" / f"{file}.py").read_text("utf-8"))
        }
        assert found == written

    def test_there_is_the_english_page(self) -> None:
        assert DOCS / "en" / "graphs-in-frameworks.md" in PAGES

    def test_all_files_are_known(self) -> None:
        assert {path.stem for path in (EXAMPLES / "frameworks").glob("*.py")} == FILES.keys()


@pytest.mark.parametrize("file", FILES)
def test_runs_as_a_script(file: str) -> None:
    for needed in FILES[file]:
        framework(needed)
    with contextlib.redirect_stdout(io.StringIO()) as output:
        runpy.run_path(str(EXAMPLES / "frameworks" / f"{file}.py"), run_name="__main__")
    assert output.getvalue()


class TestSameNumbers:
    @pytest.mark.parametrize("file", ["in_pytorch", "in_jax"])
    def test_running_example(self, file: str, ours: Run, theirs: Callable[[str], Run]) -> None:
        expected = [-3.0, -3.0, 4.0]
        assert numbers(theirs(file)[1]["graph"]) == expected
        assert [ours[0][name].grad for name in "xyz"] == expected
        assert numbers(ours[1]["graph"])[:3] == expected

    def test_two_passes(self, ours: Run, theirs: Callable[[str], Run]) -> None:
        assert numbers(ours[1]["twice"]) == [9.0, 9.0]
        assert numbers(theirs("in_jax")[1]["twice"]) == [9.0, 9.0]
        assert numbers(theirs("in_pytorch")[1]["twice"]) == [9.0, 18.0]
        assert numbers(theirs("in_pytorch")[1]["reset"]) == [9.0]

    @pytest.mark.parametrize("file", ["in_pytorch", "in_jax"])
    def test_skip_connection(self, file: str, ours: Run, theirs: Callable[[str], Run]) -> None:
        expected = [-18.0, 21.0]
        assert numbers(theirs(file)[1]["exercise-translate"]) == expected
        assert numbers(ours[1]["exercise-translate"]) == expected

    def test_exercise_of_two_passes(self, ours: Run, theirs: Callable[[str], Run]) -> None:
        assert numbers(ours[1]["exercise-twice"]) == [5.0, 9.0]
        assert numbers(theirs("in_jax")[1]["exercise-twice"]) == [5.0, 9.0]
        assert numbers(theirs("in_pytorch")[1]["exercise-twice"]) == [5.0, 5.0 + 9.0]

    def test_branches(self, ours: Run, theirs: Callable[[str], Run]) -> None:
        f, kept = ours[0]["f"], ours[0]["kept"]
        assert [grad(f)(2.0), grad(f)(-3.0), grad(kept)(-3.0)] == [12.0, -5.0, 27.0]
        assert numbers(theirs("in_jax")[1]["friend-fixed"]) == [12.0, -5.0]

    def test_the_loop_with_a_reset_and_without(self, ours: Run, theirs: Callable[[str], Run]) -> None:
        np.testing.assert_allclose(theirs("in_pytorch")[0]["weights"], [1.3, 1.46, 1.492], rtol=1e-6)
        torch = framework("torch")
        weight = torch.tensor(0.5, requires_grad=True)
        optimizer, found = torch.optim.SGD([weight], lr=0.1), []
        for _ in range(3):
            ((weight * 2 - 3) ** 2).backward()
            optimizer.step()
            found.append(weight.item())
        np.testing.assert_allclose(found, [float(line) for line in ours[1]["added"].split()], rtol=1e-6)


class TestWhatIsSaidOfPyTorch:
    def test_nodes_in_between(self) -> None:
        torch = framework("torch")
        x = torch.tensor(1.0, requires_grad=True)
        p = x + 3
        (p * -3).backward()
        with pytest.warns(UserWarning, match="not a leaf"):
            assert p.grad is None
        p = x + 3
        p.retain_grad()
        (p * -3).backward()
        assert p.grad.item() == -3.0

    def test_a_number_taken_out_cuts_the_graph(self) -> None:
        torch = framework("torch")
        x, z = torch.tensor(1.0, requires_grad=True), torch.tensor(-3.0, requires_grad=True)
        ((x + 3).item() * z).backward()
        assert (z.grad.item(), x.grad) == (4.0, None)

    def test_compile_splits_at_an_if(self) -> None:
        torch = framework("torch")
        graphs = []

        def backend(graph: Any, _: Any) -> Any:
            graphs.append(graph)
            return graph.forward

        def f(theta: Any) -> Any:
            s = theta * theta
            return s * theta if s.sum() > 5 else -5 * s

        compiled = torch.compile(f, backend=backend)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns itself of what it does with the parts
            for number, derivative in [(2.0, -20.0), (3.0, 27.0)]:
                theta = torch.tensor(number, requires_grad=True)
                compiled(theta).backward()
                assert theta.grad.item() == derivative
        assert len(graphs) == 3  # what comes before the if, and one branch after the other


class TestWhatIsSaidOfJAX:
    def test_jit_refuses_an_if(self, theirs: Callable[[str], Run]) -> None:
        assert theirs("in_jax")[1]["friend"] == "TracerBoolConversionError"

    def test_grad_without_jit_takes_it(self, ours: Run) -> None:
        jax = framework("jax")
        f = ours[0]["f"]
        assert [float(jax.grad(f)(number)) for number in (2.0, -3.0)] == [12.0, -5.0]

    def test_jit_keeps_a_number_from_elsewhere(self, theirs: Callable[[str], Run]) -> None:
        assert numbers(theirs("in_jax")[1]["global"]) == [6.0, 6.0]

    def test_jit_prints_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        jax = framework("jax")
        f = jax.jit(lambda x: (print("captured"), x * 2)[1])
        assert (f(2.0), f(3.0)) == (4.0, 6.0)
        assert capsys.readouterr().out.split() == ["captured"]

    def test_a_number_taken_out_is_an_error(self) -> None:
        jax = framework("jax")
        with pytest.raises(jax.errors.ConcretizationTypeError):
            jax.grad(lambda x: float(x + 3) * -3.0)(1.0)


class TestOurs:
    def test_a_second_pass_over_one_graph(self) -> None:
        w, a = Tensor(2.0), Tensor(5.0)
        q = w * w + w * a
        q.backward()
        q.backward()
        assert w.grad == 9.0

    def test_a_plan_keeps_a_number_from_elsewhere(self, ours: Run) -> None:
        factors, used = [3.0], []

        def rule(s: Any) -> Any:
            used.append(factors[0])
            return s * factors[0]

        class Change(Callback):
            def on_epoch_end(self, training: Any) -> None:
                factors[0] = 4.0

        x = ours[0]["inputs"]
        history = fit(ours[0]["Model"](rule), (x, x), loss="mean_squared_error", epochs=3, callbacks=[Change()])
        assert history.plan == "captured plan"
        assert set(used) == {3.0}

    @pytest.mark.parametrize(
        ("rule", "captured"),
        [("with_if", False), ("with_where", True), ("three_times", True), ("until_small", False), ("by_size", True)],
    )
    def test_plans(self, rule: str, captured: bool, ours: Run) -> None:
        x = ours[0]["inputs"]
        history = fit(ours[0]["Model"](ours[0][rule]), (x, 2 * x), loss="mean_squared_error", epochs=2)
        assert (history.plan == "captured plan") is captured

    def test_plan_of_the_running_example(self, ours: Run) -> None:
        first, *lines = ours[1]["plan"].splitlines()
        assert first == "-12.0 [-3. -3.  4.]"
        assert lines[:5] == ["t2 = c + c2", "t3 = t2 * c3", "t4 = 1.0 * c3", "t5 = 1.0 * t2", "t6 = number(t4)"]
        assert lines[5:] == ["g[...] = t4", "g2[...] = t6", "g3[...] = t5", "return t3"]

    def test_plan_of_the_fan_out(self, ours: Run) -> None:
        """The page speaks of its lines by their names."""
        first, *lines = ours[1]["exercise-plan"].splitlines()
        assert first == "14.0 [9. 2.]"
        assert lines[:3] == ["t2 = c * c", "t3 = c * c2", "t4 = t2 + t3"]
        assert lines[3:7] == ["t5 = 1.0 * c2", "t6 = 1.0 * c", "t7 = t5 + t6", "t8 = t7 + t6"]
        assert lines[7:] == ["g[...] = t8", "g2[...] = t6", "return t4"]


class TestLeaving:
    def test_what_the_page_says_is_printed(self, theirs: Callable[[str], Run]) -> None:
        _, printed = theirs("leaving")
        assert printed["pytorch"].splitlines() == ["True", "(2, 16) (16, 2)"]
        assert printed["onnx"] == "True"

    def test_and_back(self, theirs: Callable[[str], Run]) -> None:
        from backprop.interop import from_pytorch

        names, _ = theirs("leaving")
        again = nn.MLP((2, 16, 2), seed=1)
        from_pytorch(again, names["module"].state_dict())
        for parameter, own in zip(again.parameters(), names["model"].parameters(), strict=True):
            np.testing.assert_array_equal(parameter.value, own.value)

    def test_an_if_does_not_leave(self, ours: Run, tmp_path: Path) -> None:
        framework("onnx")
        from backprop.interop import ExportError, export_onnx

        model = ours[0]["Model"](ours[0]["with_if"])
        with pytest.raises(ExportError, match="the operations differ from one batch to another"):
            export_onnx(model, tmp_path / "model.onnx", (1,))
