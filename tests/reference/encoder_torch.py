# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/encoder/torch_*.safetensors with PyTorch: the state_dict of a module under "model." (BatchNorm has seen a batch), an
input "x" and the module's output "y" in eval mode.

Run from the repository's root:  python3 tests/reference/encoder_torch.py
"""
import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(3)


def last_states(hidden, directions):
    return torch.cat([hidden[i] for i in range(-directions, 0)], 1)


class Sequences(nn.Module):
    """n x length x channels -> n x 3"""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"0": nn.Conv1d(6, 5, 3, padding=1), "1": nn.BatchNorm1d(5),
                                     "3": nn.LSTM(5, 4, 2, bidirectional=True, batch_first=True), "5": nn.Linear(8, 3)})

    def forward(self, x):
        m = self.layers
        z = torch.relu(m["1"](m["0"](x.transpose(1, 2)))).transpose(1, 2)
        return m["5"](last_states(m["3"](z)[1][0], 2))


class Images(nn.Module):
    """n x height x width x channels -> n x 3"""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"0": nn.Conv2d(3, 4, 3, stride=2, padding=1), "1": nn.BatchNorm2d(4),
                                     "3": nn.Conv2d(4, 4, 3, padding=1, groups=2), "5": nn.Linear(4, 3), "6": nn.LayerNorm(3)})

    def forward(self, x):
        m = self.layers
        z = m["3"](torch.relu(m["1"](m["0"](x.permute(0, 3, 1, 2)))))
        return m["6"](m["5"](z.mean((2, 3))))


class Words(nn.Module):
    """n x length ids -> n x 3"""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"0": nn.Embedding(7, 5), "1": nn.GRU(5, 4, batch_first=True), "3": nn.Linear(4, 3)})

    def forward(self, x):
        m = self.layers
        return m["3"](last_states(m["1"](m["0"](x))[1], 1))


for name, module, x in [("sequences", Sequences(), torch.randn(4, 9, 6)), ("images", Images(), torch.randn(3, 8, 7, 3)),
                        ("words", Words(), torch.randint(0, 7, (4, 6)))]:
    with torch.no_grad():
        for norm in module.modules():
            if isinstance(norm, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
                norm.weight.uniform_(0.5, 1.5)
                norm.bias.uniform_(-0.5, 0.5)
        module.train()
        module(x if name == "words" else 2 * x + 1)
        module.eval()
        y = module(x)
    tensors = {"model." + key[len("layers."):]: value.contiguous() for key, value in module.state_dict().items()}
    flat = x.reshape(-1) if name == "words" else x.reshape(-1, x.shape[-1])
    save_file(tensors | {"x": flat.contiguous(), "y": y.contiguous()}, f"tests/data/encoder/torch_{name}.safetensors")
