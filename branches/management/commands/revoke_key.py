"""`revoke_key PREFIX`: the key is worthless from now on."""

from django.core.management.base import BaseCommand, CommandError

from branches.operations import revoke_key
from core.errors import DomainError
from core.models import ApiKey


class Command(BaseCommand):
    help = "吊销接口密钥，立即生效，不能恢复。"

    def add_arguments(self, parser):
        parser.add_argument("prefix", help="密钥中点号之前的8位")

    def handle(self, *args, prefix, **options):
        key = ApiKey.objects.filter(prefix=prefix).first()
        if key is None:
            raise CommandError(f"prefix：没有前缀为“{prefix}”的密钥")
        try:
            revoke_key(key=key, by=None)
        except DomainError as refusal:
            raise CommandError(f"prefix：{refusal.detail}") from None
        self.stdout.write(f"已吊销密钥 {prefix}（{key.name}）")
