"""Once a day: grid matters that their desk left too long climb one level."""

from django.core.management import BaseCommand

from core import clock
from core.errors import DomainError
from volunteering.operations import climb, left_matters


class Command(BaseCommand):
    help = "处理到期未办结的网格事项：逐级上报，网格—小组—社区—街道—区。每天运行一次，多运行无妨。"

    def handle(self, *_, **options):
        today, climbed = clock.today(), 0
        for matter in left_matters(today):
            try:
                done = climb(matter=matter, today=today)
            except DomainError as refusal:
                self.stderr.write(f"{matter}：{refusal.detail}")
            else:
                climbed += 1
                self.stdout.write(f"{done}：现由{done.desk}办")
        self.stdout.write(f"共上报 {climbed} 件。")
