"""The floors hold where import-linter cannot see: keys between tables, clocks; and it sees the rest."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["core", "branches", "members", "volunteering", "reports", "reorganisations", "demo", "qilin_cadres"]
MODULES = sorted(
    path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "migrations" not in path.parts
)
CLOCKS = ("now", "today", "utcnow", "localdate")


def test_keys_point_to_tables_of_the_same_floor_or_below():
    upward = [
        f"{model._meta.label}.{field.name}"
        for floor in FLOORS
        if floor in apps.app_configs
        for model in apps.get_app_config(floor).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and (above := field.related_model._meta.app_label) in FLOORS
        if FLOORS.index(above) > FLOORS.index(floor)
    ]

    assert upward == []


def test_no_file_grows_out_of_its_room():
    """Past so many lines it holds two things."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    longest = dict.fromkeys(MODULES, 400) | dict.fromkeys(tests, 600)

    assert [
        f"{path.relative_to(ROOT)}: {lines}"
        for path, most in longest.items()
        if (lines := len(path.read_text().splitlines())) > most
    ] == []


def names(path):
    """Every dotted name that a module uses."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def test_only_the_clock_reads_the_clock():
    reading = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in MODULES
        if path != ROOT / "core/clock.py"
        for name in names(path)
        if re.fullmatch(rf"(.*\.)?(timezone|date|datetime)\.({'|'.join(CLOCKS)})", name)
        or re.fullmatch(r"time\.(time|localtime|gmtime)|.*functions\.Now", name)
    ]

    assert reading == []


def test_nobody_imports_the_settings_module():
    assert [
        path for path in MODULES if any(name.startswith("qilin_cadres.settings") for name in names(path))
    ] == []


BAD = {
    "floors": ("core/upward.py", "import members.models\n"),
    "rooms": ("branches/utilities.py", "from branches.operations import add_unit\n"),
    "no-web-below": ("members/operations/web.py", "import rest_framework\n"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the house in which each contract is broken once."""
    house = tmp_path_factory.mktemp("house")
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, house / floor, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    for path, text in BAD.values():
        (house / path).write_text(text)
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=house, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_each_contract_is_seen_to_break(house):
    code, said = house
    verdicts = re.findall(r"^(Floors|Rooms|Tables).* (KEPT|BROKEN)", said, re.MULTILINE)

    assert code == 1
    assert verdicts == [("Floors", "BROKEN"), ("Rooms", "BROKEN"), ("Tables", "BROKEN")], said
