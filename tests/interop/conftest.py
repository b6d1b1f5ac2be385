"""Models in the frameworks that they are compared with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from frameworks import framework


@pytest.fixture(scope="session")
def torch() -> Any:
    return framework("torch")


Session = Callable[[Any], Any]


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Session]:
    """Exports a model, and gives a function that computes it with ONNX Runtime."""
    framework("onnx")
    onnxruntime = framework("onnxruntime")
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
