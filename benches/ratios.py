#!/usr/bin/env python3
"""Runs a criterion bench in several processes, and prints one table of their medians.

benches/ratios.py [--processes 7] [--manifest Cargo.toml] [--bench verify] [--features a,b] [-- arguments of criterion]

The layout of a process in memory moves a measurement by some per cent, so that each process gets an environment of another
size. A row is the median over the processes, and the lowest and the highest of them.

Lines that the bench itself prints, which begin with "= ", come first: each number in them is the median too.

Rows are in raw verify_strict, measured beside it, or in nanoseconds where they say so. The nanoseconds are wall-clock time:
on a machine with other work they say little, where the ratios still hold.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


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
        own = [line.removeprefix("= ") for line in run.stderr.splitlines() if line.startswith("= ")]
        return own, measured(Path(folder))


NUMBER = re.compile(r"(?<![\w^-]) *-?\d+(?:\.\d+)?(?= |,|$)")


def median_line(lines):
    """One line of those that several processes printed, each number its median."""
    numbers = zip(*(map(float, NUMBER.findall(line)) for line in lines))
    medians = iter([statistics.median(each) for each in numbers])

    def in_its_place(match):
        digits = len(match[0].partition(".")[2])
        return f"{next(medians):{len(match[0])}.{digits}f}"

    return NUMBER.sub(in_its_place, lines[0])


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

    for lines in zip(*(own for own, _ in processes)):
        print(median_line(lines))
    processes = [found for _, found in processes]
    width = max(map(len, processes[0]))
    print(f"{'':{width}}  {'median':>9}  {'lowest':>9}  {'highest':>9}")
    for name in processes[0]:
        cells = sorted(found[name] for found in processes)
        # Criterion's own unit is the nanosecond; nothing that is measured beside a verify_strict takes ten of it.
        digits, after = (0, " ns") if cells[0] > 10 else (3, "")
        row = (f"{cell:9.{digits}f}" for cell in (statistics.median(cells), cells[0], cells[-1]))
        print(f"{name:{width}}  {'  '.join(row)}{after}")
    print(f"\n{options.processes} processes; load average {load_before:.1f} before, {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
