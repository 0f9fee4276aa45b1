"""The cast of the API's tests: two streets, a branch on each, who answers for them, and how they call."""

from rest_framework.test import APIClient

from tests import factories
from tests.worlds import told_once


class Caller:
    """An account that calls the API."""

    def __init__(self, user):
        self.user = user
        self.client = APIClient(raise_request_exception=False)
        if user is not None:
            self.client.force_authenticate(user)

    def forget(self):
        """Read the appointments again, as the next request of a real session does."""
        self.user.__dict__.pop("appointments_by_day", None)

    def get(self, address, **query):
        return self.client.get(f"/api/v1/{address}", query)

    def post(self, path, body=None, **headers):
        return self.client.post(f"/api/v1/{path}", body or {}, format="json", headers=_named(headers))

    def patch(self, path, body, **headers):
        return self.client.patch(f"/api/v1/{path}", body, format="json", headers=_named(headers))

    def delete(self, path):
        return self.client.delete(f"/api/v1/{path}")

    def etag(self, path):
        """The version of a row, as If-Match wants it."""
        return self.get(path)["ETag"]


def _named(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def refusals(response):
    """Status and (code, field) of every refusal."""
    return response.status_code, [(error["code"], error["attr"]) for error in response.json()["errors"]]


def words(response):
    """Status and what the person is told."""
    return response.status_code, [error["detail"] for error in response.json()["errors"]]


def unnumbered(response, number):
    """The answer without the number that was asked for, of which nothing else may depend on it."""
    return response.content.replace(f"“{number}”".encode(), "“”".encode())


class TwoStreets:
    """南宁街道 with 鼓楼社区, 建宁街道 with 文昌社区: what one side may reach, the other may not."""

    def __init__(self):
        self.district, self.nanning, self.gulou = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
        self.jianning, self.wenchang = factories.lineage("建宁街道", "文昌社区", below=self.district)
        self.here = factories.branch(unit=self.gulou, name="中共鼓楼社区第一党支部")
        self.there = factories.branch(unit=self.wenchang, name="中共文昌社区第一党支部")
        self.circle_here = factories.branch(unit=self.gulou, kind="temporary", name="中共鼓楼书画临时党支部")
        self.circle_there = factories.branch(
            unit=self.wenchang, kind="temporary", name="中共文昌棋牌临时党支部"
        )

    def people(self):
        """王秀英 on this side and 李国强 on the other."""
        self.wang = factories.member(
            branch=self.here,
            name="王秀英",
            id_number=factories.id_number(1),
            phones=[("13800001111", "self", "")],
        )
        self.li = factories.member(branch=self.there, name="李国强", phones=[("13900002222", "self", "")])
        return self

    def caller(self, role, *, unit=None, branch=None):
        return Caller(factories.account(role=role, unit=unit, branch=branch))

    @property
    def clerk(self):
        return self.caller("street_clerk", unit=self.nanning)

    @property
    def officer(self):
        return self.caller("district_officer", unit=self.district)

    @property
    def secretary(self):
        return self.caller("branch_secretary", branch=self.here)

    @property
    def consumer(self):
        return self.caller("statistics_consumer", unit=self.district)


@told_once
def streets(db):
    """The two streets."""
    return TwoStreets()
