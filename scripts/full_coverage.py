"""Exit with 1 when a room named on the command line is not wholly covered, lines and branches."""

import json
import subprocess
import sys
from pathlib import Path

rooms = set(sys.argv[1:])
report = Path("var/coverage.json")
report.parent.mkdir(exist_ok=True)
subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", str(report)], check=True)
short = {
    name: entry["summary"]["percent_covered"]
    for name, entry in json.loads(report.read_text())["files"].items()
    if rooms & {Path(name).stem, *Path(name).parts} and entry["summary"]["percent_covered"] < 100
}
for name, percent in short.items():
    print(f"{name}: {percent:.1f} % covered")
sys.exit(bool(short))
