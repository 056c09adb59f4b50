#!/usr/bin/env python3
"""Runs a criterion bench in several processes, and prints one table of their medians.

benches/ratios.py [--processes 7] [--manifest Cargo.toml] [--bench verify] [--features a,b] [-- arguments of criterion]

The layout of a process in memory moves a measurement by some per cent, so that each process gets an environment of another
size. A cell is the median over the processes, and in brackets the lowest and the highest of them.

Rows that are measured beside one raw verify_strict have a ratio; the time beside it is that ratio of the median unit. Rows
without one (`ns` only) are criterion's own wall-clock time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

UNIT = "raw/verify_strict"


def executable(options):
    """Builds the bench, and says where it is."""
    command = ["cargo", "bench", "--manifest-path", options.manifest, "--bench", options.bench, "--no-run",
               "--message-format=json"]
    if options.features:
        command += ["--features", options.features]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    built = [message for message in map(json.loads, lines) if message.get("executable")]
    return [message["executable"] for message in built if message["target"]["name"] == options.bench][-1]


def measured(folder):
    """Criterion's medians by name, in the order of measuring."""
    files = sorted(folder.glob("**/new/estimates.json"), key=lambda file: file.stat().st_mtime)
    return {
        json.loads(file.with_name("benchmark.json").read_text())["full_id"]:
            json.loads(file.read_text())["median"]["point_estimate"]
        for file in files
    }


def one_process(bench, arguments, number):
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CRITERION_HOME": folder, "PADDING": "x" * (701 * number)}
        run = subprocess.run([bench, "--bench", "--noplot", *arguments], env=environment, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(run.stderr[-2000:])
        return measured(Path(folder))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=7)
    parser.add_argument("--manifest", default=str(Path(__file__).parent.parent / "Cargo.toml"))
    parser.add_argument("--bench", default="verify")
    parser.add_argument("--features")
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()

    bench = executable(options)
    load_before = os.getloadavg()[0]
    processes = [one_process(bench, options.arguments, number) for number in range(options.processes)]
    unit = statistics.median(found[UNIT] for found in processes) if UNIT in processes[0] else None

    width = max(map(len, processes[0]))
    print(f"{'':{width}}  {'ratio':>7}  {'lowest':>7}  {'highest':>7}  {'ns':>10}")
    for name in processes[0]:
        cells = sorted(found[name] for found in processes)
        median = statistics.median(cells)
        # Criterion's own measure is in nanoseconds; none takes less than a unit of a thousand.
        if name == UNIT or unit is None or name.startswith("ns/"):
            print(f"{name:{width}}  {'':7}  {'':7}  {'':7}  {median:10.0f}  [{cells[0]:.0f}..{cells[-1]:.0f}]")
        else:
            print(f"{name:{width}}  {median:7.3f}  {cells[0]:7.3f}  {cells[-1]:7.3f}  {median * unit:10.0f}")
    print(f"\n{options.processes} processes; load average {load_before:.1f} before, {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
