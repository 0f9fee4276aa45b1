"""Exit with 1 when the mean cyclomatic complexity of the packages named passes the limit named first."""

import sys
from pathlib import Path
from statistics import mean

from radon.complexity import cc_visit

limit, *packages = sys.argv[1:]
files = [
    path for package in packages for path in Path(package).rglob("*.py") if "migrations" not in path.parts
]
average = mean(block.complexity for path in files for block in cc_visit(path.read_text()))
print(f"mean complexity {average:.2f}, limit {limit}")
sys.exit(average > float(limit))
