"""The operations: each on one screen, with its value, its VJPs, its notation and its domain."""

from .activations import elu, gelu, leaky_relu, relu, sigmoid, softplus
from .affine import affine
from .affine_activation import affine_relu, affine_sigmoid, affine_tanh
from .arithmetic import absolute, add, divide, multiply, negative, power, sqrt, subtract
from .exponential import exp, expm1, log, log1p, reciprocal
from .indexing import getitem
from .lookup import lookup
from .losses import binary_cross_entropy, cross_entropy, huber, mean_squared_error
from .operation import REGISTRY, Operation
from .products import dot, einsum, matmul, outer
from .reductions import (
    cumsum,
    max_,
    mean,
    min_,
    prod,
    std,
    sum_,
    var,
)
from .selection import clip, maximum, minimum, where
from .shapes import (
    astype,
    broadcast_to,
    concatenate,
    expand_dims,
    pad,
    reshape,
    squeeze,
    stack,
    sum_to,
    swapaxes,
    transpose,
)
from .softmax import log_softmax, logsumexp, softmax
from .trigonometric import cos, cosh, sin, sinh, tan, tanh

__all__ = [
    "REGISTRY",
    "Operation",
    "absolute",
    "add",
    "affine",
    "affine_relu",
    "affine_sigmoid",
    "affine_tanh",
    "astype",
    "binary_cross_entropy",
    "broadcast_to",
    "clip",
    "concatenate",
    "cos",
    "cosh",
    "cross_entropy",
    "cumsum",
    "divide",
    "dot",
    "einsum",
    "elu",
    "exp",
    "expand_dims",
    "expm1",
    "gelu",
    "getitem",
    "huber",
    "leaky_relu",
    "log",
    "log1p",
    "log_softmax",
    "logsumexp",
    "lookup",
    "matmul",
    "max_",
    "maximum",
    "mean",
    "mean_squared_error",
    "min_",
    "minimum",
    "multiply",
    "negative",
    "outer",
    "pad",
    "power",
    "prod",
    "reciprocal",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "squeeze",
    "stack",
    "std",
    "subtract",
    "sum_",
    "sum_to",
    "swapaxes",
    "tan",
    "tanh",
    "transpose",
    "var",
    "where",
]
