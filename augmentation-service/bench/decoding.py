"""Decodes image files with OpenCV and with the service in turn, on one core.

Usage: decoding.py ROOT NAME ROUNDS WHAT,... COMMAND..., where COMMAND starts DecodingBenchmark,
and each WHAT is a measurement of DecodingBenchmark.
"""

import glob
import os
import subprocess
import sys
import time

import cv2
import numpy


def main():
    root, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    whats, command = sys.argv[4].split(","), sys.argv[5:]
    cv2.setNumThreads(1)
    paths = sorted(glob.glob(os.path.join(root, name, "*", "*.*")))[::4]
    files = [numpy.frombuffer(open(path, "rb").read(), numpy.uint8) for path in paths]
    ours = subprocess.Popen(
        command + [root, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    results = {what: [] for what in ["opencv"] + whats}
    for _ in range(rounds):
        start = time.process_time()
        for file in files:
            cv2.imdecode(file, cv2.IMREAD_COLOR)
        results["opencv"].append(round(len(files) / (time.process_time() - start)))
        for what in whats:
            ours.stdin.write(what + "\n")
            ours.stdin.flush()
            results[what].append(int(ours.stdout.readline()))
    ours.stdin.close()
    best = max(results["opencv"])
    for what, speeds in results.items():
        print(f"{what:8} best {max(speeds):8,} per CPU second, {max(speeds) / best:6.2f} of OpenCV; all {speeds}")


main()
