"""Former work units and enterprises: each name and code once, kept as it is written."""

from branches.models import Employer
from branches.operations import (
    amend_employer,
    register_employer,
)
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from tests import factories
from tests.ledger import refused


def test_an_unknown_credit_code_is_kept_as_unknown_so_that_many_may_lack_it(db):
    first = register_employer(values={"name": "甲厂", "nature": "organ", "credit_code": ""}, by=None)
    second = register_employer(values={"name": "乙厂", "nature": "organ", "credit_code": ""}, by=None)

    assert (first.credit_code, second.credit_code) == (None, None)
    assert str(first) == "甲厂"


def test_amending_an_employer_keeps_versions_and_writes_only_changes(db):
    employer = factories.employer(name="甲厂")
    amend_employer(employer=employer, values={"name": "甲厂"}, by=None)
    amended = amend_employer(
        employer=employer, values={"name": "新甲厂", "credit_code": ""}, by=None, version=1
    )

    assert (Employer.objects.get().name, amended.version) == ("新甲厂", 2)
    assert AuditEntry.objects.get(verb="employer.amended").fields == ["name"]
    with refused(StaleVersion, "“新甲厂”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        amend_employer(employer=employer, values={"name": "乙厂"}, by=None, version=1)


def test_an_employers_name_and_code_are_its_own(db):
    factories.employer(name="甲厂", credit_code="91530302MA6KXXXX0X")

    def register(**values):
        register_employer(values={"nature": "state_enterprise", **values}, by=None)

    with refused(InvalidValue, "已有同名单位", field="name"):
        register(name="甲厂")
    with refused(InvalidValue, "该统一社会信用代码已被使用", field="credit_code"):
        register(name="乙厂", credit_code="91530302MA6KXXXX0X")
    said = "统一社会信用代码应为18位数字或大写字母（不含 I O S V Z）"
    with refused(InvalidValue, said, field="credit_code"):
        register(name="丙厂", credit_code="91530302MA6KXXXXOX")
