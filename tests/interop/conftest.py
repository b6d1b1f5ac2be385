"""The frameworks to compare with are in extras of their own. In CI they must be there."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def require(module: str) -> None:
    if find_spec(module) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{module} is not installed: in CI models are compared with it")
        pytest.skip(f'{module} is not installed: pip install -e ".[peers]"')


@pytest.fixture(scope="session")
def torch() -> Any:
    require("torch")
    import torch

    return torch


Session = Callable[[Any], Any]


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Session]:
    """Exports a model, and gives a function that computes it with ONNX Runtime."""
    for module in ("onnx", "onnxruntime"):
        require(module)
    import onnxruntime

    from backprop.interop import export_onnx

    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1

    def export(model: Any, *args: Any, **kwargs: Any) -> Session:
        export_onnx(model, path, *args, **kwargs)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        assert [i.name for i in session.get_inputs()] == ["input"]

        def compute(x: Any) -> Any:
            [y] = session.run(["output"], {"input": np.asarray(x)})
            return y

        compute.session = session  # type: ignore[attr-defined]
        return compute

    return export


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.onnx"
