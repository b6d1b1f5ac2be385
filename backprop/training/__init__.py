"""Training: `fit`, and what it is made of.

>>> from backprop import datasets, nn
>>> from backprop.training import fit
>>> model = nn.MLP((2, 16, 2), seed=0)
>>> history = fit(model, datasets.moons(100, noise=0.1, seed=0), epochs=5)
>>> history.epochs
5
"""

from .callbacks import Callback, ProgressBar
from .checkpoint import CheckpointError, load_checkpoint, load_weights, save_checkpoint, save_weights
from .clipping import clip_by_norm, clip_by_value
from .data import Batches, split
from .divergence import DivergenceError
from .fit import fit
from .flat import FlatParameters
from .history import History
from .inputs import DataError
from .metrics import (
    accuracy,
    confusion_matrix,
    f1_score,
    mean_absolute_error,
    metric_for,
    precision,
    r2_score,
    recall,
    root_mean_squared_error,
    top_k_accuracy,
)
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSProp, optimizer_for
from .parallel import ParallelStep
from .schedules import (
    ConstantRate,
    CosineDecay,
    CustomRate,
    ExponentialDecay,
    LinearWarmup,
    OneCycle,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
    schedule_for,
)
from .state import Training
from .stopping import EarlyStopping, StopAfter, StopAtLoss, StopCriterion

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Batches",
    "Callback",
    "CheckpointError",
    "ConstantRate",
    "CosineDecay",
    "CustomRate",
    "DataError",
    "DivergenceError",
    "EarlyStopping",
    "ExponentialDecay",
    "FlatParameters",
    "History",
    "LinearWarmup",
    "OneCycle",
    "Optimizer",
    "ParallelStep",
    "ProgressBar",
    "RMSProp",
    "ReduceOnPlateau",
    "Schedule",
    "StepDecay",
    "StopAfter",
    "StopAtLoss",
    "StopCriterion",
    "Training",
    "accuracy",
    "clip_by_norm",
    "clip_by_value",
    "confusion_matrix",
    "f1_score",
    "fit",
    "load_checkpoint",
    "load_weights",
    "mean_absolute_error",
    "metric_for",
    "optimizer_for",
    "precision",
    "r2_score",
    "recall",
    "root_mean_squared_error",
    "save_checkpoint",
    "save_weights",
    "schedule_for",
    "split",
    "top_k_accuracy",
]
