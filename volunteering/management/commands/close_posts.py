"""Once a day: end the posts whose period is over; who served has served her time."""

from django.core.management import BaseCommand

from core import clock
from core.errors import DomainError
from volunteering.operations import close_if_over, posts_over


class Command(BaseCommand):
    help = "结束到期的岗位：在岗的期满，待答复的撤回，以后的班次取消。每天运行一次。"

    def handle(self, *_, **options):
        today, closed = clock.today(), 0
        for post in posts_over(today):
            try:
                close_if_over(post=post, today=today)
            except DomainError as refusal:
                self.stderr.write(f"{post}：{refusal.detail}")
            else:
                closed += 1
                self.stdout.write(f"{post}：期满")
        self.stdout.write(f"共结束 {closed} 个岗位。")
