"""Every page a role opens: no sideways scrolling on a phone, no accessibility rule broken badly."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.journeys.conftest import DESK, PHONE

PAGES = {
    "district": [
        "admin:index",
        "admin:members_member_changelist",
        "admin:members_member_add",
        "admin:branches_unit_changelist",
        "admin:branches_branch_changelist",
        "admin:branches_branch_add",
        "admin:branches_employer_changelist",
        "admin:members_membership_changelist",
        "admin:members_importfile_changelist",
        "admin:members_importfile_add",
        "admin:members_member_export",
        "admin:members_affiliation_changelist",
        "admin:volunteering_team_changelist",
        "admin:volunteering_team_add",
        "admin:volunteering_serviceorder_desk",
        "admin:volunteering_serviceorder_changelist",
        "admin:volunteering_serviceorder_add",
    ],
    "secretary": ["admin:index", "admin:members_member_changelist"],
    "auditor": ["admin:index", "admin:core_auditentry_changelist"],
    "system": ["admin:index", "admin:core_user_changelist", "admin:branches_appointment_changelist"],
}


def serious(page):
    """What axe finds that keeps somebody from using the page."""
    found = Axe().run(page).response["violations"]
    return [
        (violation["id"], violation["nodes"][0]["html"][:120])
        for violation in found
        if violation["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_fit_and_are_accessible(page, live_server, log_in, size):
    page.set_viewport_size(size)
    wrong = {}
    for role, names in PAGES.items():
        log_in(role)
        for name in names:
            response = page.goto(live_server.url + reverse(name))
            width = page.evaluate("document.documentElement.scrollWidth")
            problems = serious(page)
            if response.status != 200 or width > size["width"] or problems:
                wrong[role, name] = (response.status, width, problems)
        page.context.clear_cookies()

    assert wrong == {}, wrong
