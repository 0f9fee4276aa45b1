"""The first thing a child process does: give away memory, time and files, then become the program named.

Run as `python -I confined.py MEGABYTES SECONDS PROGRAM ARGUMENTS…`. Standard library only.
"""

import resource
import runpy
import sys


def confine(megabytes: int, seconds: int) -> None:
    """From now on this process gets no more memory and processor time than that, and writes no file."""
    limits = {
        resource.RLIMIT_AS: megabytes * 1024 * 1024,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    confine(int(sys.argv[1]), int(sys.argv[2]))
    del sys.argv[:3]
    runpy.run_path(sys.argv[0], run_name="__main__")
