#!/usr/bin/env python3
"""Makes tiny.pt, a TorchScript network small enough to recompute by hand, and its weights as tiny.json.

conv 3x3 (3 -> 6, padding 1), ReLU, global average pooling, linear (6 -> 4); input 3 x 8 x 8.
Needs torch; run it in this folder.
"""
import json

import torch


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 6, 3, padding=1)
        self.fc = torch.nn.Linear(6, 4)

    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).mean((2, 3)))


torch.manual_seed(3)
model = Tiny().eval()
with torch.no_grad():
    for parameter in model.parameters():
        parameter.copy_((parameter * 4).mul(64).round() / 64)
torch.jit.trace(model, torch.zeros(1, 3, 8, 8)).save("tiny.pt")
json.dump({name: p.flatten().tolist() for name, p in model.state_dict().items()}, open("tiny.json", "w"))
