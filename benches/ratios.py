#!/usr/bin/env python3
"""One table of what criterion has measured, beside one raw verify_strict of the same run.

benches/ratios.py [folder]: the folder is criterion's, target/criterion if none is given.

`median` is criterion's. `least` is the fastest sample: on a machine with other work on it, it is the steadier of the two.
"""

import json
import os
import sys
from pathlib import Path

UNIT = "raw/verify_strict"
AGAIN = "raw/verify_strict-again"


def measured(folder):
    """Median and least nanoseconds by name, in the order of measuring."""
    files = sorted(folder.glob("**/new/estimates.json"), key=lambda file: file.stat().st_mtime)
    for file in files:
        name = json.loads(file.with_name("benchmark.json").read_text())["full_id"]
        median = json.loads(file.read_text())["median"]["point_estimate"]
        sample = json.loads(file.with_name("sample.json").read_text())
        yield name, (median, min(time / count for time, count in zip(sample["times"], sample["iters"])))


def main():
    target = os.environ.get("CARGO_TARGET_DIR", Path(__file__).parent.parent / "target")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(target) / "criterion"
    found = dict(measured(folder))
    if UNIT not in found:
        sys.exit(f"no {UNIT} in {folder}: run cargo bench --bench verify first")
    # The machine at both ends of the run; the quieter end counts.
    ends = [found[name] for name in (UNIT, AGAIN) if name in found]
    units = [min(values) for values in zip(*ends)]
    width = max(map(len, found))
    print(f"{'':{width}}  {'median ns':>10}  {'ratio':>6}  {'least ns':>10}  {'ratio':>6}")
    for name, values in found.items():
        cells = (f"{value:10.0f}  {value / unit:6.3f}" for value, unit in zip(values, units))
        print(f"{name:{width}}  {'  '.join(cells)}")
    if AGAIN in found:
        drifts = [again / first - 1 for first, again in zip(found[UNIT], found[AGAIN])]
        print("\nfrom the start of the run to its end %s moved by %+.0f %% (median) and %+.0f %% (least)"
              % (UNIT, 100 * drifts[0], 100 * drifts[1]))


if __name__ == "__main__":
    main()
