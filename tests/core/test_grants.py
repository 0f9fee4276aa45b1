"""What the application's database role may not do, whatever the code tries."""

import threading

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.management.commands import migrate
from core.models import AuditEntry
from members.models import Member
from tests import factories


@pytest.fixture
def as_application(db):
    """Run the test's SQL with the rights of the application's role."""
    role = connection.settings_dict["APPLICATION"]
    if role == connection.settings_dict["USER"]:
        pytest.skip("这个数据库只有一个角色（DATABASE_URL），没有应用角色可测")

    def become():
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"')

    yield become
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture
def wang():
    _, _, community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    return factories.member(branch=factories.branch(unit=community), phones=[("13800000000", "self", "")])


def refused(sql):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_application_reads_adds_and_changes(as_application, wang):
    as_application()

    Member.objects.filter(pk=wang.pk).update(note="可以改")

    assert Member.objects.get(pk=wang.pk).note == "可以改"


@pytest.mark.parametrize(
    "table",
    ["members_member", "members_membership", "members_standingevent", "branches_unit", "branches_branch",
     "branches_unitplacement", "branches_appointment"],
)  # fmt: skip
def test_the_application_cannot_delete_from_a_register(as_application, wang, table):
    as_application()

    refused(f"DELETE FROM {table}")
    refused(f"TRUNCATE {table} CASCADE")


def test_a_phone_may_be_taken_off(as_application, wang):
    as_application()

    assert wang.phones.all().delete()[0] == 1


def test_migrate_works_as_the_owner_and_gives_the_connection_back(transactional_db):
    settings = connection.settings_dict
    before = {key: settings[key] for key in ("USER", "PASSWORD")}
    application = {"USER": settings["APPLICATION"], "PASSWORD": ""}
    if settings["APPLICATION"] == before["USER"]:
        pytest.skip("这个数据库只有一个角色（DATABASE_URL），没有应用角色可测")
    connection.close()
    settings.update(application)
    try:
        call_command("migrate", verbosity=0)
        after = {key: settings[key] for key in application}
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, has_table_privilege('core_auditentry', 'DELETE')")
            role = cursor.fetchone()
    finally:
        connection.close()
        settings.update(before)

    assert after == application
    assert role == (application["USER"], False)


def test_migrate_waits_as_long_as_another_migrates(transactional_db):
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET lock_timeout = '100ms'")
    connection.close()
    other = connection.get_new_connection(connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [migrate.ONE_AT_A_TIME])
        done = threading.Timer(0.5, other.close)
        done.start()
        call_command("migrate", verbosity=0)
        assert not done.is_alive()
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("100ms",)
    finally:
        done.join()
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} RESET lock_timeout")
        connection.close()


def test_a_role_that_does_not_exist_is_given_nothing(db):
    with CaptureQueriesContext(connection) as asked:
        migrate.Command().grant(connection, "nobody_of_this_name")

    assert len(asked) == 1


def test_history_and_audit_can_only_be_added_to(as_application, wang):
    assert AuditEntry.objects.about(wang).count() == 1
    as_application()

    for table in ("core_auditentry", "members_memberevent", "branches_unitevent"):
        refused(f"DELETE FROM {table}")
    refused("UPDATE core_auditentry SET reason = 'x'")
    refused("UPDATE members_memberevent SET name = 'x'")
