"""`issue_key --consumer NAME --unit CODE | --branch CODE --role ROLE [--days 365]`: prints the key, once."""

from django.core.management.base import BaseCommand, CommandError

from branches.models import Branch, Role, Unit
from branches.operations.keys import issue_key
from core import clock
from core.errors import DomainError


class Command(BaseCommand):
    help = "签发接口密钥：只在此处显示一次，系统只保存其哈希值。"

    def add_arguments(self, parser):
        parser.add_argument("--consumer", required=True, help="使用方名称，如 区老干部局统计平台")
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--unit", help="单位代码：可用于该单位及其以下")
        place.add_argument("--branch", help="党组织代码：只用于该党支部")
        parser.add_argument("--role", required=True, help=f"角色：{'、'.join(Role.values)}")
        parser.add_argument("--days", type=int, default=365, help="有效天数，默认365")

    def handle(self, *args, **options):
        if options["role"] not in Role.values:
            raise CommandError(f"--role：没有角色“{options['role']}”，可用的有：{'、'.join(Role.values)}")
        appointment = {"role": options["role"], "since": clock.today(), **self._place(options)}
        try:
            key = issue_key(
                consumer=options["consumer"],
                appointment=appointment,
                days=options["days"],
                by=None,
                now=clock.now(),
            )
        except DomainError as refusal:
            words = [f"--{error.field or 'role'}：{error.detail}" for error in refusal.errors]
            raise CommandError("；".join(words)) from None
        self.stdout.write(key)

    def _place(self, options):
        if options["unit"] is not None:
            unit = Unit.objects.live().filter(code=options["unit"]).first()
            if unit is None:
                raise CommandError(f"--unit：没有代码为“{options['unit']}”的现存单位")
            return {"unit": unit}
        branch = Branch.objects.live().filter(code=options["branch"]).first()
        if branch is None:
            raise CommandError(f"--branch：没有代码为“{options['branch']}”的现存党组织")
        return {"branch": branch}
