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


class Last(nn.Module):
    """A recurrent layer's last output, of both directions where there are two."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        outputs, _ = self.layer(x)
        if not self.layer.bidirectional:
            return outputs[:, -1]
        units = self.layer.hidden_size
        return torch.cat([outputs[:, -1, :units], outputs[:, 0, units:]], 1)


class ChannelsFirst(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.vectors = nn.Embedding(1000, 32)

    def forward(self, x):
        return self.vectors(x.squeeze(2).long())


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(32, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.BatchNorm2d(32))

    def forward(self, x):
        return torch.relu(x + self.path(x))


def normalized(inside, outside):
    return [nn.Conv2d(inside, outside, 3, padding=1), nn.BatchNorm2d(outside), nn.ReLU()]


def mobile(inside, outside, stride):
    return [
        nn.Conv2d(inside, inside, 3, stride, padding=1, groups=inside, bias=False), nn.BatchNorm2d(inside), nn.ReLU(),
        nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU()]


def pooled(outputs):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(outputs, 4)]


NETWORKS = {
    "request": lambda: nn.Sequential(*conv(3, 32), nn.Flatten(), nn.Dropout(0.5), nn.Linear(74 * 74 * 32, 4)),
    "cnn": lambda: nn.Sequential(
        *conv(3, 32), *conv(32, 64), *conv(64, 128), *conv(128, 128),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(7 * 7 * 128, 512), nn.ReLU(), nn.Linear(512, 4)),
    "lstm32": Recurrent,
    "lstm256": Recurrent,
    "vgg": lambda: nn.Sequential(
        *normalized(3, 32), *normalized(32, 32), nn.MaxPool2d(2), *normalized(32, 64), *normalized(64, 64), nn.MaxPool2d(2),
        *normalized(64, 128), *normalized(128, 128), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(8 * 8 * 128, 256), nn.ReLU(), nn.Linear(256, 4)),
    "mobile": lambda: nn.Sequential(
        nn.Conv2d(3, 32, 3, 2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
        *mobile(32, 64, 1), *mobile(64, 128, 2), *mobile(128, 128, 1), *mobile(128, 256, 2), *pooled(256)),
    "residual": lambda: nn.Sequential(nn.Conv2d(3, 32, 3, 2, padding=1), Residual(), Residual(), *pooled(32)),
    "conv_gru": lambda: nn.Sequential(
        ChannelsFirst(), nn.Conv1d(1, 32, 5), nn.ReLU(), nn.MaxPool1d(2), ChannelsFirst(),
        Last(nn.GRU(32, 50, batch_first=True)), nn.Linear(50, 1)),
    "bilstm": lambda: nn.Sequential(Last(nn.LSTM(1, 50, num_layers=2, batch_first=True, bidirectional=True)), nn.Linear(100, 1)),
    "embedding": lambda: nn.Sequential(Words(), Last(nn.LSTM(32, 50, batch_first=True)), nn.Linear(50, 1)),
}
SIDES = {"request": 150, "cnn": 150, "vgg": 64, "mobile": 64, "residual": 64}


def measure(name):
    side = SIDES.get(name)
    size = 16 if side else 256 if name == "lstm256" else 32
    model = NETWORKS[name]()
    if side:
        pixels = torch.randint(0, 256, (size, side, side, 3), dtype=torch.uint8)
    values = torch.randint(0, 1000, (size, 60, 1)).float() if name == "embedding" else torch.rand(size, 60, 1)
    labels = torch.arange(size) % 4 if side else torch.zeros(size, 1)
    loss = nn.CrossEntropyLoss() if side else nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    best = 0
    for turn in range(5):
        start, samples = time.process_time(), 0
        while time.process_time() - start < 2:
            x = pixels.permute(0, 3, 1, 2).float().div_(255) if side else values
            optimizer.zero_grad()
            loss(model(x), labels).backward()
            optimizer.step()
            samples += size
        if turn:
            best = max(best, samples / (time.process_time() - start))
    print(name, "%.1f" % best, flush=True)


for name in sys.argv[1:] or NETWORKS:
    measure(name)
