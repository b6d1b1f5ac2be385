import copy
import pickle

import numpy as np
import pytest

from backprop import GraphError, Tensor, no_grad
from backprop.nn import MLP, Dropout, Embedding, LayerNorm, Linear, Module, Recurrent, RecurrentCell, Sequential, Tanh


class Everything(Module):
    """Parameters and modules in every kind of attribute."""

    def __init__(self):
        self.scale = Tensor(np.ones(2))
        self.size = 3
        self.first = Linear(2, 3, seed=0)
        self.many = [Linear(3, 3, seed=1), (Linear(3, 3, seed=2), Tanh())]
        self.tables = {"a": Tensor(1.0), "b": [Tensor([2.0])]}
        self._hidden = Tensor([1.0])
        self.drop = Dropout(0.5, seed=0)
        self.generator = np.random.default_rng(0)


def names(model):
    return [name for name, _ in model.named_parameters()]


class TestNames:
    def test_follow_the_attributes_in_order(self):
        assert names(Everything()) == [
            *("scale", "tables.a", "tables.b.0"),
            *("first.weight", "first.bias"),
            *("many.0.weight", "many.0.bias", "many.1.0.weight", "many.1.0.bias"),
        ]

    def test_of_modules_begin_with_the_whole(self):
        model = Everything()
        found = dict(model.named_modules())
        assert list(found) == ["", "first", "many.0", "many.1.0", "many.1.1", "drop"]
        assert found[""] is model
        assert found["many.1.0"] is model.many[1][0]

    def test_of_generators(self):
        model = Everything()
        assert dict(model.named_generators()) == {"generator": model.generator, "drop.generator": model.drop.generator}

    def test_parameters_are_those_named(self):
        model = Everything()
        assert [id(p) for p in model.parameters()] == [id(p) for _, p in model.named_parameters()]

    def test_parameters_know_their_short_names(self):
        assert [p.name for p in Linear(2, 3).parameters()] == ["weight", "bias"]

    def test_a_name_that_was_given_is_kept(self):
        layer = Linear(2, 3)
        layer.weight = Tensor(np.zeros((2, 3)), "W")
        assert layer.weight.name == "W"


class TestSharing:
    def test_a_tensor_comes_once_under_its_first_name(self):
        model = Sequential(Linear(2, 2, seed=0), Linear(2, 2, seed=1))
        model[1].weight = model[0].weight
        assert names(model) == ["layers.0.weight", "layers.0.bias", "layers.1.bias"]
        assert set(model.state_dict()) == set(names(model))

    def test_a_module_comes_once(self):
        layer = Linear(2, 2, seed=0)
        model = Sequential(layer, Tanh(), layer)
        assert names(model) == ["layers.0.weight", "layers.0.bias"]
        assert [name for name, _ in model.named_modules()] == ["", "layers.0", "layers.1"]

    def test_gradients_of_all_uses_add_up(self):
        layer = Linear(2, 2, seed=0)
        x = np.random.default_rng(0).normal(size=(3, 2))
        Sequential(layer, Tanh(), layer)(x).sum().backward()
        twins = copy.deepcopy(layer), copy.deepcopy(layer)
        Sequential(twins[0], Tanh(), twins[1])(x).sum().backward()
        np.testing.assert_allclose(layer.weight.grad, twins[0].weight.grad + twins[1].weight.grad, rtol=1e-12)

    def test_modules_that_know_their_parent(self):
        inner, outer = Module(), Module()
        inner.parent, outer.child = outer, inner
        assert [name for name, _ in outer.named_modules()] == ["", "child"]


class TestComputedTensors:
    def test_are_refused_where_they_are_set(self):
        layer = Linear(2, 2)
        with pytest.raises(GraphError, match=r"Linear\.weight is the result of multiply.*a parameter is a leaf"):
            layer.weight = Tensor(np.ones((2, 2))) * 0.1

    def test_are_refused_in_lists(self):
        model = Module()
        model.weights = [Tensor([1.0]) * 2]
        with pytest.raises(GraphError, match=r"Module\.weights\.0 is the result of multiply"):
            model.parameters()

    def test_are_welcome_under_a_name_with_an_underscore(self):
        model = Module()
        model._seen = Tensor([1.0]) * 2
        assert model.parameters() == []


class TestModes:
    def test_reach_everything(self):
        model = Everything()
        assert model.eval() is model
        assert not any(m.training for _, m in model.named_modules())
        assert model.train() is model
        assert all(m.training for _, m in model.named_modules())

    def test_belong_to_each_module(self):
        first, second = Dropout(0.5), Dropout(0.5)
        first.eval()
        assert second.training
        assert Module.training

    def test_are_copied(self):
        assert not copy.deepcopy(Dropout().eval()).training


MODELS = {
    "mlp": lambda: MLP((2, 8, 3), activation="gelu", dropout=0.5, seed=0),
    "recurrent": lambda: Sequential(Recurrent(RecurrentCell(2, 4, seed=0), all_states=True), LayerNorm(4)),
    "embedding": lambda: Embedding(4, 2, seed=0),
    "everything": Everything,
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS.keys())
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"]
)
def test_duplicates_are_the_same_and_apart(make, duplicate):
    model = make()
    twin = duplicate(model)
    assert repr(twin) == repr(model)
    assert names(twin) == names(model)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert p is not q
        assert (p.name, p.dtype) == (q.name, q.dtype)
        np.testing.assert_array_equal(p.value, q.value)
    before = model.state_dict()
    for q in twin.parameters():
        q.value = q.value + 1
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    for (_, a), (_, b) in zip(model.named_generators(), twin.named_generators(), strict=True):
        assert a is not b
        assert a.random() == b.random()


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"]
)
def test_duplicates_share_what_was_shared(duplicate):
    model = Sequential(Linear(2, 2, seed=0), Linear(2, 2, seed=1))
    model[1].weight = model[0].weight
    twin = duplicate(model)
    assert twin[0].weight is twin[1].weight
    assert twin[0].weight is not model[0].weight


def test_forward_is_missing():
    with pytest.raises(NotImplementedError, match=r"Module needs a method forward\(self, x\)"):
        Module()(1.0)


def test_dtype_is_that_of_the_parameters():
    assert MLP((2, 2), dtype="float32").dtype == np.float32
    assert Tanh().dtype == np.float64
    assert Sequential(Linear(1, 1, dtype="float32"), Linear(1, 1)).dtype == np.float64


def test_table_rows_are_those_of_an_embedding_inside():
    assert Embedding(7, 2).table_rows == 7
    assert Sequential(Sequential(Embedding(7, 2)), Linear(2, 2)).table_rows == 7
    assert MLP((2, 2)).table_rows is None


def test_no_graph_under_no_grad():
    with no_grad():
        assert MLP((2, 3, 2), seed=0)(np.zeros((1, 2))).operation is None
