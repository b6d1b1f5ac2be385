"""A trained model goes to PyTorch, and into an ONNX file."""

# --8<-- [start:model]
from backprop import datasets, nn
from backprop.training import fit

points, labels = datasets.moons(200, seed=0)
model = nn.MLP((2, 16, 2), seed=0)
fit(model, (points, labels), epochs=20, seed=0)
ours = model.predict(points)
# --8<-- [end:model]

# --8<-- [start:pytorch]
import numpy as np
import torch

from backprop.interop import to_pytorch_module

module = to_pytorch_module(model)
theirs = module(torch.from_numpy(points)).detach().numpy()
print(np.allclose(theirs, ours, rtol=0, atol=1e-12))
print(model[0].weight.shape, tuple(module[0].weight.shape))
# --8<-- [end:pytorch]

# --8<-- [start:onnx]
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime

from backprop.interop import export_onnx

with TemporaryDirectory() as folder:
    path = Path(folder) / "moons.onnx"
    export_onnx(model, path)
    session = onnxruntime.InferenceSession(path)
    [found] = session.run(["output"], {"input": points})
print(np.allclose(found, ours, rtol=0, atol=1e-6))
# --8<-- [end:onnx]
