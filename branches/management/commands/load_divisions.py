"""Bring the district, its streets and its communities into the tree, by their statistical codes."""

from datetime import date
from pathlib import Path

from django.core.management import BaseCommand, CommandError

import branches
from branches.operations import load_divisions
from core import clock
from core.errors import DomainError

FILE = Path(branches.__file__).parent / "data" / "qilin_divisions.csv"


class Command(BaseCommand):
    help = (
        "载入统计用区划代码中的区、街道（镇）、社区（村）。已有的单位（按代码）保持不变，可重复运行。"
        "代码表只说明现有哪些单位，不含沿革，因此所有单位都自 --since 起算。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--since", default="1949-10-01", metavar="日期", help="各单位的设立日期，默认 1949-10-01"
        )
        parser.add_argument(
            "--file", type=Path, default=FILE, metavar="文件", help="CSV 文件，默认为随程序提供的麒麟区代码表"
        )

    def handle(self, *_, since, file, **options):
        try:
            day = date.fromisoformat(since)
        except ValueError:
            raise CommandError(f"--since：“{since}”不是有效的日期，请写成 1949-10-01") from None
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--file：读不出“{file}”（须为 UTF-8 编码的 CSV）：{error}") from None
        try:
            added = load_divisions(lines=lines, since=day, by=None, today=clock.today())
        except DomainError as error:
            raise CommandError("\n".join(each.detail for each in error.errors)) from None
        self.stdout.write(f"新增 {len(added)} 个单位，自 {day} 起。" if added else "没有需要新增的单位。")
