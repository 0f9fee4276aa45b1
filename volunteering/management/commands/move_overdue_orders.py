"""Once a day: ask the next helper, climb one level, or close what nobody confirmed."""

from django.core.management import BaseCommand

from core import clock
from core.errors import DomainError
from volunteering.operations import move_overdue, overdue


class Command(BaseCommand):
    help = "处理到期的服务单：无人答复的改派下一人或升级，无人确认的到期自动确认。每天运行一次。"

    def handle(self, *_, **options):
        today, moved = clock.today(), 0
        for order in overdue(today):
            try:
                done = move_overdue(order=order, today=today)
            except DomainError as refusal:
                self.stderr.write(f"{order}：{refusal.detail}")
            else:
                moved += 1
                self.stdout.write(f"{done}：{done.get_status_display()}")
        self.stdout.write(f"共处理 {moved} 单。")
