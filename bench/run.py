"""`make bench`: synthetic districts, and each question as a ratio to the same in bare SQL.

Both run in this process on one connection, alternating, so that the machine's mood falls on both. The aim, in
budgets.toml: within 1.5 times the bare SQL and 4 ms for the request itself.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import django

HERE = Path(__file__).parent
BUDGETS = tomllib.loads((HERE / "budgets.toml").read_text())


def main():
    """Run every size asked for; each in a process of its own, because each has its own database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        sys.exit(measure(options.members[0], options.rounds))
    worst = 0
    for members in options.members:
        environment = {
            **os.environ,
            "DATABASE_NAME": f"bench_{members}",
            "DJANGO_SETTINGS_MODULE": "qilin_cadres.settings",
        }
        arguments = [
            sys.executable,
            "-m",
            "bench.run",
            "--here",
            "--members",
            str(members),
            "--rounds",
            str(options.rounds),
        ]
        worst = max(worst, subprocess.run(arguments, env=environment, check=False).returncode)
    sys.exit(worst)


def measure(members, rounds):
    """Seed a new database, time every question, print a line for each; return 1 when a budget is missed."""
    django.setup()
    from bench.stage import Stage  # noqa: PLC0415 - models exist only after the set-up above

    stage = Stage(members)
    print(f"\n{members:,} members over {stage.units:,} units; median of {rounds} rounds, milliseconds")
    print(f"{'question':45}{'program':>9}{'bare SQL':>10}{'ratio':>7}{'allowed':>9}  within")
    missed = 0
    for question, ask, bare in stage.questions():
        program, sql = alternate(ask, bare, rounds)
        allowed = BUDGETS["times_bare_sql"] * sql + BUDGETS["request_ms"]
        missed += program > allowed
        verdict = "yes" if program <= allowed else "NO"
        print(f"{question:45}{program:9.1f}{sql:10.1f}{program / sql:7.2f}{allowed:9.1f}  {verdict}")
    return 1 if missed else 0


def alternate(first, second, rounds):
    """The medians of two calls in milliseconds, called in turn, after two turns that do not count."""
    times = ([], [])
    for turn in range(rounds + 2):
        for call, kept in zip((first, second), times, strict=True):
            started = time.perf_counter()
            call()
            if turn > 1:
                kept.append((time.perf_counter() - started) * 1000)
    return [statistics.median(kept) for kept in times]


if __name__ == "__main__":
    main()
