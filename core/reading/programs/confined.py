"""The first thing a child process does: give away memory, time and files, then become the program named.

Run as `python -I confined.py MEGABYTES SECONDS BYTES PROGRAM`. Standard library only.
"""

import resource
import runpy
import sys


def confine(megabytes: int, seconds: int, file_bytes: int) -> None:
    """From now on this process gets no more memory, processor time and size of a file than that."""
    limits = {
        resource.RLIMIT_AS: megabytes * 1024 * 1024,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    confine(*map(int, sys.argv[1:4]))
    del sys.argv[:4]
    runpy.run_path(sys.argv[0], run_name="__main__")
