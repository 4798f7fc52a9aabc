"""The networks of StepBenchmark in PyTorch: samples per CPU second, one thread."""
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)


def conv(inside, outside):
    return [nn.Conv2d(inside, outside, 3), nn.ReLU(), nn.MaxPool2d(2)]


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 50, num_layers=4, batch_first=True, dropout=0.2)
        self.dropout = nn.Dropout(0.2)
        self.dense = nn.Linear(50, 1)

    def forward(self, x):
        return self.dense(self.dropout(self.lstm(x)[0][:, -1]))


def network(name):
    if name == "request":
        return nn.Sequential(*conv(3, 32), nn.Flatten(), nn.Dropout(0.5), nn.Linear(74 * 74 * 32, 4))
    if name == "cnn":
        return nn.Sequential(
            *conv(3, 32), *conv(32, 64), *conv(64, 128), *conv(128, 128),
            nn.Flatten(), nn.Dropout(0.5), nn.Linear(7 * 7 * 128, 512), nn.ReLU(), nn.Linear(512, 4))
    return Recurrent()


def measure(name):
    images = not name.startswith("lstm")
    size = 16 if images else int(name[4:])
    model = network(name)
    pixels = torch.randint(0, 256, (size, 150, 150, 3), dtype=torch.uint8)
    values = torch.rand(size, 60, 1)
    labels = torch.arange(size) % 4 if images else torch.zeros(size, 1)
    loss = nn.CrossEntropyLoss() if images else nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    best = 0
    for turn in range(5):
        start, samples = time.process_time(), 0
        while time.process_time() - start < 2:
            x = pixels.permute(0, 3, 1, 2).float().div_(255) if images else values
            optimizer.zero_grad()
            loss(model(x), labels).backward()
            optimizer.step()
            samples += size
        if turn:
            best = max(best, samples / (time.process_time() - start))
    print(name, "%.1f" % best, flush=True)


for name in sys.argv[1:] or ["request", "cnn", "lstm32", "lstm256"]:
    measure(name)
