"""Once a day: grid matters that their desk left too long climb one level."""

from core.due import DueCommand
from volunteering.operations import climb, left_matters


class Command(DueCommand):
    help = "处理到期未办结的网格事项：逐级上报，网格—小组—社区—街道—区。每天运行一次，多运行无妨。"
    total = "共上报 {} 件。"

    def due(self, today):
        return left_matters(today)

    def settle(self, row, today):
        done = climb(matter=row, today=today)
        return f"{done}：现由{done.desk}办"
