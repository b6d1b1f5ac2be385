"""PyTorch: weights in both directions, and layers of `torch.nn` that compute the same."""

from .modules import to_pytorch_module
from .weights import from_pytorch, to_pytorch

__all__ = ["from_pytorch", "to_pytorch", "to_pytorch_module"]
