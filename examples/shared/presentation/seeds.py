# SPDX-License-Identifier: Apache-2.0
"""What the table.py of programs share: runs with several seeds, means and standard deviations, tables in Markdown."""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile


def results_of(program, seeds, options, going_on):
    """The JSON of `program` for every seed. With --results FOLDER first among `options` the JSON and what the program keeps under
    its option `going_on` stay in that folder, and seeds that are done are read from there."""
    kept = tempfile.TemporaryDirectory()
    folder = pathlib.Path(kept.name)
    if options[:1] == ["--results"]:
        folder, options = pathlib.Path(options[1]), options[2:]
        folder.mkdir(parents=True, exist_ok=True)
    runs = []
    for seed in seeds:
        path = folder / f"seed_{seed}.json"
        if not path.exists():
            done = subprocess.run([program, *options, "--seed", seed, "--json", str(path), going_on, str(folder / f"seed_{seed}")],
                                  stdout=subprocess.DEVNULL)
            if done.returncode:
                sys.exit(done.returncode)
        runs.append(json.loads(path.read_text()))
    return runs


def cell(numbers):
    """Mean, and deviation where there is one."""
    spread = f" ± {statistics.stdev(numbers):.4f}" if len(numbers) > 1 else ""
    return f"{statistics.mean(numbers):.4f}{spread}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()
