"""A form sent twice at the same moment, as a double click does."""

from threading import Barrier, Thread
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from members.models import Member
from tests import factories


@pytest.fixture
def street(transactional_db):
    """A street with a branch and its clerk, visible to every connection."""
    _, street, community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    clerk = factories.account(role="street_clerk", unit=street)
    return SimpleNamespace(branch=factories.branch(unit=community), clerk=clerk)


@pytest.mark.race
@pytest.mark.parametrize("id_number", ["", factories.id_number(1)])
def test_the_same_form_from_two_connections_registers_once_and_both_arrive_at_the_member(street, id_number):
    values = {
        "uid": uuid4(), "name": "王秀英", "sex": "F", "id_number": id_number, "ethnic_group": "01",
        "birth_on": "1949-12-31", "standing": "full", "joined_on": "1970-05-01", "retire_kind": "tuixiu",
        "phone_owner": "self", "branch": street.branch.pk, "since": "2010-01-01",
        "began_by": "initial_load", "party_age_correction": "0",
    }  # fmt: skip
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(street.clerk, backend="branches.gates.AppointmentBackend")
    together, answers = Barrier(2), []

    def send(browser):
        together.wait()
        answers.append(browser.post(reverse("admin:members_member_add"), values).status_code)
        connection.close()

    threads = [Thread(target=send, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (Member.objects.count(), answers) == (1, [302, 302])
