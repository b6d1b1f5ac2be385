"""Models to and from other frameworks. Each needs an extra: `torch` for PyTorch, `onnx` for ONNX."""

from .errors import ExportError
from .onnx import export_onnx
from .pytorch import from_pytorch, to_pytorch, to_pytorch_module

__all__ = ["ExportError", "export_onnx", "from_pytorch", "to_pytorch", "to_pytorch_module"]
