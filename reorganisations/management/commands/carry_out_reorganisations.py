"""Carry out every reorganisation whose day has come; `serve` runs it at its start and after each midnight."""

from django.core.management import BaseCommand

from core import clock
from reorganisations.operations import carry_out_due


class Command(BaseCommand):
    help = "办理生效日已到的组织变动计划；不能办理的逐项说明原因，仍留在计划中"

    def handle(self, *args, **options):
        for plan, refusal in carry_out_due(today=clock.today()):
            if refusal is None:
                self.stdout.write(f"已办理：{plan}（{plan.effective_on}）")
            else:
                self.stdout.write(f"没有办理：{plan}（{plan.effective_on}）：{refusal.detail}")
