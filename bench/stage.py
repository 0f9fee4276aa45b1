"""What a bench run needs: a seeded database, an account, and each question ready to be asked both ways."""

from datetime import UTC, date

import psycopg
from django.core.management import call_command
from django.db import connection
from django.test import Client

from bench.questions import QUESTIONS, STREET
from branches.models import Role, Unit
from branches.operations import appoint
from core import clock
from core.embedded.server import DATABASE
from core.models import User
from members.models import Member

ON = date(2024, 12, 31)
ACCOUNT = "bench"


def as_owner(database):
    """A connection as the role that owns the tables, which alone may make databases and gather statistics."""
    settings = connection.settings_dict
    if "SERVER" in settings:
        settings["SERVER"].join()
    owner = settings["OWNER"]
    return psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=owner["USER"],
        password=owner.get("PASSWORD") or None,
        dbname=database,
        autocommit=True,
    )


def make_database():
    """Make this run's database in the same server, if it is not there yet."""
    settings = connection.settings_dict
    with as_owner(DATABASE if "SERVER" in settings else "postgres") as owner:
        if not owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [settings["NAME"]]).fetchone():
            owner.execute(f'CREATE DATABASE "{settings["NAME"]}"')


class Stage:
    """A district of `members` invented people, made on the first run and kept for the next."""

    def __init__(self, members):
        make_database()
        call_command("migrate", verbosity=0)
        if not Unit.objects.exists():
            call_command("seed_scale", members=members)
        with as_owner(connection.settings_dict["NAME"]) as owner:
            owner.execute("VACUUM ANALYZE")
        self.units = Unit.objects.count()
        self.facts = self._facts()
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(self._account(), backend="branches.gates.AppointmentBackend")

    def questions(self):
        """For each question its name and two calls without arguments: the program's and the bare SQL's."""
        for question in QUESTIONS:
            yield question.name, self._program(question), self._bare(question)

    def _facts(self):
        member = Member.objects.exclude(id_last4="").order_by("pk")[1000]
        return {
            "street": Unit.objects.get(code=STREET).path,
            "id_number": member.get_sealed("id_number"),
            "id_index": member.id_index,
            "initials": "wxy",
            "on": ON.isoformat(),
            "known_at": f"{clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }

    def _account(self):
        user, made = User.objects.get_or_create(username=ACCOUNT, defaults={"name": "计时", "is_staff": True})
        if made:
            district = Unit.objects.get(level=1)
            appoint(
                user=user,
                values={"role": Role.DISTRICT_OFFICER, "unit": district, "since": date(2000, 1, 1)},
                by=None,
            )
        return user

    def _program(self, question):
        url = question.url.format(**self.facts)

        def ask():
            response = self.client.get(url)
            if response.status_code != 200:
                raise RuntimeError(f"{url}: {response.status_code} {response.content[:300]}")

        return ask

    def _bare(self, question):
        parameters = question.parameters(self.facts)

        def ask():
            with connection.cursor() as cursor:
                for statement in question.sql:
                    cursor.execute(statement, parameters)
                    cursor.fetchall()

        return ask
