"""Models: layers, what their weights start from, and the losses that they are trained by.

>>> from backprop.nn import MLP, CrossEntropy
>>> model = MLP((2, 16, 2), seed=0)
>>> loss = CrossEntropy()(model([[0.0, 1.0]]), [1])
>>> loss.backward()
>>> model[0].weight.grad.shape
(2, 16)
"""

from .activations import (
    ACTIVATIONS,
    ELU,
    GELU,
    Activation,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
    activation_for,
)
from .dropout import Dropout
from .embedding import Embedding
from .errors import StateError, TargetError
from .flatten import Flatten
from .initialization import (
    INITIALIZATIONS,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    orthogonal,
    standard_normal,
    zeros,
)
from .layer_norm import LayerNorm
from .linear import Linear
from .losses import LOSSES, BinaryCrossEntropy, CrossEntropy, Huber, Loss, MeanSquaredError, loss_for
from .mlp import MLP
from .module import Module
from .recurrent import Recurrent, RecurrentCell
from .sequential import Sequential

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "INITIALIZATIONS",
    "LOSSES",
    "MLP",
    "Activation",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "Dropout",
    "Embedding",
    "Flatten",
    "Huber",
    "Identity",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "Loss",
    "MeanSquaredError",
    "Module",
    "ReLU",
    "Recurrent",
    "RecurrentCell",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "StateError",
    "Tanh",
    "TargetError",
    "activation_for",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "loss_for",
    "orthogonal",
    "standard_normal",
    "zeros",
]
