"""Once a day: ask the next helper, climb one level, or close what nobody confirmed."""

from core.due import DueCommand
from volunteering.operations import move_overdue, overdue


class Command(DueCommand):
    help = "处理到期的服务单：无人答复的改派下一人或升级，无人确认的到期自动确认。每天运行一次。"
    total = "共处理 {} 单。"

    def due(self, today):
        return overdue(today)

    def settle(self, row, today):
        done = move_overdue(order=row, today=today)
        return f"{done}：{done.get_status_display()}"
