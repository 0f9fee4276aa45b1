"""What the day asks of rows: a command that does it to each, and can be run again."""

from django.core.management import BaseCommand

from core import clock
from core.errors import DomainError


class DueCommand(BaseCommand):
    """Settles each row that is due today; one that is refused is said and left as it was."""

    # How the number of those settled is said.
    total = "共处理 {} 项。"

    def due(self, today) -> list:
        """The rows that are due on the day."""
        raise NotImplementedError

    def settle(self, row, today) -> str:
        """Settle one and say what became of it; raise DomainError when it cannot be."""
        raise NotImplementedError

    def handle(self, *_, **options):
        today, settled = clock.today(), 0
        for row in self.due(today):
            try:
                said = self.settle(row, today)
            except DomainError as refusal:
                self.stderr.write(f"{row}：{refusal.detail}")
            else:
                settled += 1
                self.stdout.write(said)
        self.stdout.write(self.total.format(settled))
