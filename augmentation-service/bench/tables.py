"""Reads a CSV file with NumPy and with the service in turn, on one core.

Usage: tables.py ROWS ROUNDS COMMAND..., where COMMAND starts TablesBenchmark. NumPy reads only the three
numeric columns, and neither dates nor names.
"""

import datetime
import os
import random
import subprocess
import sys
import tempfile
import time

import numpy

WHATS = ["column", "columns", "series", "rows"]


def write(path, rows):
    random.seed(1)
    start = datetime.datetime(2000, 1, 1)
    with open(path, "w") as file:
        file.write("at,load,temperature,wind,sun\n")
        for i in range(rows):
            at = start + datetime.timedelta(hours=i // 4)
            numbers = random.uniform(0, 9000), random.gauss(10, 8), random.random()
            file.write(f"{at:%Y-%m-%d %H:%M},{numbers[0]:.2f},{numbers[1]:.3f},{'NESW'[i % 4]},{numbers[2]:.5f}\n")


def plain(path):
    """Writes the same rows with distinct times."""
    other = path + ".plain"
    start = datetime.datetime(2000, 1, 1)
    with open(path) as file, open(other, "w") as copy:
        copy.write(next(file))
        for i, line in enumerate(file):
            at = start + datetime.timedelta(minutes=i)
            copy.write(f"{at:%Y-%m-%d %H:%M}" + line[line.index(","):])
    return other


def main():
    rows, rounds, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.csv")
        write(path, rows)
        ours = {
            file: subprocess.Popen(command + [file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for file in (path, plain(path))
        }
        of = dict.fromkeys(WHATS, path + ".plain") | {"series": path}
        results = {what: [] for what in ["numpy"] + WHATS}
        for _ in range(rounds):
            start = time.process_time()
            numpy.loadtxt(path, delimiter=",", skiprows=1, usecols=(1, 2, 4))
            results["numpy"].append(round(rows / (time.process_time() - start)))
            for what in WHATS:
                process = ours[of[what]]
                process.stdin.write(what + "\n")
                process.stdin.flush()
                results[what].append(int(process.stdout.readline()))
        for process in ours.values():
            process.stdin.close()
    best = max(results["numpy"])
    for what, speeds in results.items():
        print(f"{what:8} best {max(speeds):9,} rows per CPU second, {max(speeds) / best:5.2f} of NumPy's; all {speeds}")


main()
