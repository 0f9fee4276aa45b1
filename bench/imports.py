"""`make bench-imports`: a roster in, as a ratio to the floor and beside django-import-export; and out again.

The floor is what nothing could be faster than: the file parsed with the chosen reader, and COPY of the same
rows into one table of text. The dry run and the application do that and all the rest: rules, matching,
sealing, five registers with their history, and audit. Both are measured in the same run, so the machine's
mood falls on both; django-import-export has an environment of its own, bench/requirements-import-export.txt.
It is measured on two tasks: the same file into one plain table, and into the same registers as ours.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import mean

import django

HERE = Path(__file__).parent
DATABASE = "bench_imports"


def main():
    """Every size in a process of its own; then django-import-export, if its environment is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 20_000, 100_000])
    parser.add_argument("--import-export", help="the python of an environment that has django-import-export")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--beside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.beside:
        beside(options.beside, options.rows[0])
        return
    if options.here:
        measure(options.rows[0])
        return
    environment = {**os.environ, "DATABASE_NAME": DATABASE, "DJANGO_SETTINGS_MODULE": "qilin_cadres.settings"}
    titles = "floor between after dry-run ratio apply ratio in xlsx csv roll-up in-all"
    print("     rows", *(f"{title:>8}" for title in titles.split()), flush=True)
    for rows in options.rows:
        command = [sys.executable, "-m", "bench.imports", "--here", "--rows", str(rows)]
        subprocess.run(command, env=environment, check=True)
    if options.import_export:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "bench.imports",
                "--here",
                "--rows",
                "10000",
                "--beside",
                options.import_export,
            ],
            env=environment,
            check=True,
        )


def measure(rows):
    """Print one line: seconds of the floor, the dry run, the application and each kind of export; memory.

    The floor is taken before, between and after what stands upon it, for the machine's mood changes.
    """
    django.setup()
    from bench.rosters import Roster  # noqa: PLC0415 - models exist only after the set-up above

    roster = Roster(rows)
    floors = [timed(roster.read_and_copy)[0]]
    check, _ = timed(roster.check)
    floors += [timed(roster.read_and_copy)[0]]
    apply, _ = timed(roster.apply)
    floors += [timed(roster.read_and_copy)[0]]
    floor, coming_in = mean(floors), memory()
    going_out = [
        timed(partial(roster.export, *wanted))[0]
        for wanted in (("roster", "xlsx"), ("roster", "csv"), ("rollup", "xlsx"))
    ]
    numbers = (*floors, check, check / floor, apply, apply / floor)
    columns = [*(f"{number:9.2f}" for number in numbers), f"{coming_in:6} MB"]
    print(
        f"{rows:9,}",
        *columns,
        *(f"{number:9.2f}" for number in going_out),
        f"{memory():5} MB",
        sep="",
        flush=True,
    )


def memory():
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def beside(python, rows):
    """The same file through django-import-export, on the same server."""
    django.setup()
    from django.db import connection  # noqa: PLC0415

    from bench.rosters import Roster  # noqa: PLC0415
    from bench.stage import as_owner  # noqa: PLC0415

    roster, settings = Roster(rows), connection.settings_dict
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(roster.content)
        file.flush()
        with as_owner(settings["NAME"]):
            owner = settings["OWNER"]["USER"]
            where = (settings["HOST"], str(settings["PORT"]), owner, settings["NAME"])
            subprocess.run([python, str(HERE / "other_library.py"), file.name, *where], check=True)
        subprocess.run([python, "-m", "bench.other_library_whole", file.name], check=True)


def timed(action):
    """(seconds, what it returned)"""
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
