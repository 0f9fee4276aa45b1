"""Once a day: end the posts whose period is over; who served has served her time."""

from core.due import DueCommand
from volunteering.operations import close_if_over, posts_over


class Command(DueCommand):
    help = "结束到期的岗位：在岗的期满，待答复的撤回，以后的班次取消。每天运行一次。"
    total = "共结束 {} 个岗位。"

    def due(self, today):
        return posts_over(today)

    def settle(self, row, today):
        close_if_over(post=row, today=today)
        return f"{row}：期满"
