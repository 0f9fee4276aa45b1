"""What holds for every resource of the API: one shape of refusals, strict filters, pages, a description."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from branches.gates.api import ScopedViewSet
from branches.gates.lookups import LookupSet, RowById, UnitAndBelow
from branches.operations import appoint
from core import clock
from qilin_cadres.api import router
from tests import factories
from tests.callers import Caller, refusals, words
from tests.ledger import fingerprint
from tests.scope.world import World

pytestmark = pytest.mark.long

RESOURCES = ["units/", "branches/", "employers/", "members/", "memberships/", "affiliations/"]
VIEWSETS = [viewset for _, viewset, _ in router.registry if issubclass(viewset, ScopedViewSet)]


def refusal(code, detail, attr=None, kind="client_error"):
    return {"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}]}


# Refusals.


def test_an_unknown_address_is_refused_in_the_usual_shape(streets):
    clerk = streets.clerk

    for path in ("nothing/", "units", "units/x/", "units/7/rename", "members/7/nothing/", ""):
        answer = clerk.get(path)
        assert (answer.status_code, answer.json()) == (
            404,
            refusal("not_found", "没有这个接口地址（地址以 / 结尾，见 /api/docs/）"),
        )


def test_what_is_not_there_allows_nothing(streets):
    for path in ("nothing/", "units/999999/", "statistics/rollup/?unit=530302999999"):
        answer = streets.clerk.client.get(f"/api/v1/{path}")
        assert (answer.status_code, "Allow" in answer) == (404, False)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("members/", "GET, POST, HEAD, OPTIONS"),
        ("members/999999/", "GET, PATCH, HEAD, OPTIONS"),
        ("statistics/rollup/", "GET, HEAD, OPTIONS"),
    ],
)
def test_which_methods_there_are_is_answered_and_nothing_else(streets, path, allowed):
    answer = streets.clerk.client.options(f"/api/v1/{path}")

    assert (answer.status_code, answer["Allow"], answer.json()) == (200, allowed, {})


def test_who_is_not_logged_in_is_told_nothing(db):
    for path in RESOURCES:
        assert refusals(Caller(None).get(path)) == (401, [("not_authenticated", None)])


def test_an_account_without_an_appointment_may_do_nothing(db):
    nobody = Caller(factories.account())

    for path in RESOURCES:
        assert nobody.get(path).json() == refusal("permission_denied", "您没有此项权限")
        assert nobody.get(path).status_code == nobody.post(path, {}).status_code == 403


def test_deleting_is_refused_with_what_to_do_instead(streets):
    officer = streets.officer

    for path in RESOURCES:
        status, [said] = words(officer.delete(f"{path}7/"))
        assert status == 405
        assert said.startswith("此地址不支持 DELETE 方法：")
        assert len(said) > len("此地址不支持 DELETE 方法：") + 5


def test_deleting_a_unit_says_close_it(streets):
    assert words(streets.officer.delete(f"units/{streets.gulou.pk}/")) == (
        405,
        ["此地址不支持 DELETE 方法：组织单元不能删除，请使用撤销：POST units/编号/close/"],
    )


def test_putting_is_refused_with_what_to_do_instead(streets):
    answer = streets.officer.client.put(f"/api/v1/units/{streets.gulou.pk}/", {}, format="json")

    assert words(answer) == (405, ["此地址不支持 PUT 方法：请用 PATCH，只写要改的字段"])


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("{", "application/json", (400, "parse_error", "请求正文不是可读的 JSON")),
        (b'{"name": "\xff"}', "application/json", (400, "parse_error", "请求正文不是可读的 JSON")),
        ('{"name": NaN}', "application/json", (400, "parse_error", "请求正文不是可读的 JSON")),
        ("[" * 100_000, "application/json", (400, "parse_error", "请求正文不是可读的 JSON")),
        *((body, "application/json",
           (400, "invalid", "请求正文须为含各字段的 JSON 对象，如 {\"字段\": \"值\"}"))
          for body in ("null", "[]", "7", '"x"')),
        ("name=x", "application/x-www-form-urlencoded",
         (415, "unsupported_media_type", "请求正文须为 JSON（Content-Type: application/json）")),
        ("{}", "text/plain",
         (415, "unsupported_media_type", "请求正文须为 JSON（Content-Type: application/json）")),
        (b" " * (1024 * 1024 + 1), "application/json", (413, "too_large", "请求正文不能超过1MB")),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(streets, body, content_type, expected):
    answer = streets.clerk.client.post("/api/v1/employers/", body, content_type=content_type)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["detail"]) == expected


def test_every_wrong_field_of_a_body_is_named_at_once(streets):
    body = {"name": "甲" * 201, "nature": "?", "credit_code": "1", "version": 3, "owner": 1}

    assert refusals(streets.clerk.post("employers/", body)) == (
        400,
        [
            ("max_length", "name"),
            ("invalid_choice", "nature"),
            ("invalid", "credit_code"),
            ("not_writable", "version"),
            ("not_writable", "owner"),
        ],
    )


def test_what_is_no_text_is_refused_as_a_name(streets):
    clerk = streets.clerk

    for value in ("\x00", {"a": 1}, [1], True):
        status, [(_, field)] = refusals(clerk.post("employers/", {"name": value, "nature": "other"}))
        assert (status, field) == (400, "name")
    half = clerk.client.post(
        "/api/v1/employers/", r'{"name": "\ud800", "nature": "other"}', content_type="application/json"
    )
    assert refusals(half) == (400, [("surrogate_characters_not_allowed", "name")])


def test_a_null_character_in_a_text_is_called_by_its_name(streets):
    answer = streets.clerk.post("employers/", {"name": "王\x00", "nature": "other"})

    assert words(answer) == (400, ["不能含有空字符（NUL）。"])


# Filters.


BEYOND = (
    "_connector", "pk__in", "name__regex", "branch__unit__name", "user", "version", "uid", "id_index", "path",
    "id_number__startswith", "id_last4", "health_note__isnull",
)  # fmt: skip


def test_an_unknown_parameter_is_named_with_those_that_are_never_ignored(streets):
    answer = streets.officer.get("employers/", owner="1")

    said = (
        "没有“owner”这个查询参数，可用的有：credit_code、cursor、dissolved_on、dissolved_on__gt、"
        "dissolved_on__gte、dissolved_on__isnull、dissolved_on__lt、dissolved_on__lte、name、name__icontains、"
        "nature、ordering、page、page_size、search"
    )
    assert words(answer) == (400, [said])


@pytest.mark.parametrize("path", RESOURCES)
def test_no_lookup_beyond_the_list_is_taken(streets, path):
    officer = streets.officer

    for name in BEYOND:
        assert refusals(officer.get(path, **{name: "1"})) == (400, [("invalid_parameter", name)])


def test_every_wrong_parameter_is_named_at_once(streets):
    answer = streets.clerk.get(
        "members/", sex="?", birth_on__gte="1950-02-30", on_roster="1", ordering="id_number"
    )

    assert sorted(words(answer)[1]) == sorted(
        [
            "sex=“?”：选择一个有效的选项。 ? 不在可用的选项中。",
            "birth_on__gte=“1950-02-30”：应为 2024-06-30 这样的日期",
            "on_roster=“1”：应为 true 或 false",
            "ordering=“id_number”：选择一个有效的选项。 id_number 不在可用的选项中。",
        ]
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sex=", "查询参数“sex”没有值"),
        ("search=%20", "查询参数“search”没有值"),
        ("search=%E3%80%80%09", "查询参数“search”没有值"),
        ("sex=F&sex=M", "查询参数“sex”只能给一次"),
        ("search=%00", "查询参数“search”中有空字符"),
        ("unit=%00", "查询参数“unit”中有空字符"),
    ],
)
def test_a_parameter_that_says_nothing_or_two_things_is_refused(streets, query, said):
    assert words(streets.clerk.client.get(f"/api/v1/members/?{query}")) == (400, [said])


def test_a_foreign_unit_answers_as_an_unknown_one(streets):
    clerk, code = streets.clerk, streets.wenchang.code

    for path in ("units/", "branches/", "members/", "memberships/", "affiliations/"):
        foreign, unknown = clerk.get(path, unit=code), clerk.get(path, unit="530302999999")
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.content.decode().replace(code, "530302999999") == unknown.content.decode()


def test_a_filter_by_a_foreign_row_answers_as_by_an_unknown_one(streets):
    streets.people()
    clerk = streets.clerk
    filters = [
        ("units/", "parent", streets.jianning), ("branches/", "parent", streets.there),
        ("members/", "branch", streets.there), ("memberships/", "branch", streets.there),
        ("memberships/", "member", streets.li), ("memberships/", "group", streets.there),
        ("affiliations/", "branch", streets.there), ("affiliations/", "member", streets.li),
    ]  # fmt: skip

    for path, name, row in filters:
        foreign, unknown = (clerk.get(path, **{name: str(each)}) for each in (row.pk, 999_999))
        assert (foreign.status_code, unknown.status_code) == (400, 400)
        assert foreign.content.decode().replace(str(row.pk), "999999") == unknown.content.decode()


def test_a_branch_may_be_named_by_its_code(streets):
    streets.people()
    clerk, here, there = streets.clerk, streets.here, streets.there

    for path in ("members/", "memberships/"):
        by_number, by_code = (clerk.get(path, branch=str(each)) for each in (here.pk, here.code))
        assert (by_code.status_code, by_code.json()) == (200, by_number.json())
        assert by_code.json()["count"] > 0
    foreign, unknown = (clerk.get("members/", branch=code) for code in (there.code, "9" * 12))
    assert (foreign.status_code, unknown.status_code) == (400, 400)
    assert foreign.content.decode().replace(there.code, "9" * 12) == unknown.content.decode()


def test_what_is_no_number_of_a_row_is_refused(streets):
    clerk = streets.clerk

    for value in ("x", "-1", "1.0", "9" * 30):
        said = f"branch=“{value}”：没有“{value}”这条记录，或不在您的管辖范围内"
        assert words(clerk.get("members/", branch=value)) == (400, [said])


def test_a_day_that_has_not_come_is_refused(streets):
    assert words(streets.clerk.get("members/", on="2026-11-24")) == (400, ["on=“2026-11-24”：在今天之后"])


def filters_of(viewset):
    return viewset.filterset_class.base_filters.values()


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_every_filter_by_another_table_asks_the_scope(viewset):
    choices = [each for each in filters_of(viewset) if hasattr(each, "queryset") or "queryset" in each.extra]

    assert issubclass(viewset.filterset_class, LookupSet)
    assert [each for each in choices if not isinstance(each, RowById | UnitAndBelow)] == []


# Pages.


def test_fifty_rows_make_a_page_and_two_hundred_at_most(streets):
    for number in range(52):
        factories.employer(name=f"曲靖第{number:03}厂")
    clerk = streets.clerk

    first, second = clerk.get("employers/").json(), clerk.get("employers/", page="2").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (52, 50, None)
    assert first["next"] == "http://testserver/api/v1/employers/?page=2"
    assert (len(second["results"]), second["next"]) == (2, None)
    assert len(clerk.get("employers/", page_size="200").json()["results"]) == 52


@pytest.mark.parametrize(("rows", "questions"), [(49, 1), (50, 1), (51, 2)])
def test_rows_are_counted_only_where_the_first_page_does_not_show_them_all(
    streets, django_assert_num_queries, rows, questions
):
    for number in range(rows):
        factories.employer(name=f"曲靖第{number:03}厂")
    clerk = streets.clerk
    clerk.get("employers/")  # reads the appointments

    with django_assert_num_queries(questions):
        answer = clerk.get("employers/").json()

    assert (answer["count"], len(answer["results"])) == (rows, min(rows, 50))


def test_a_session_costs_two_questions_before_the_list(streets, client, django_assert_num_queries):
    client.force_login(streets.clerk.user, backend="branches.gates.AppointmentBackend")

    with django_assert_num_queries(3):
        assert client.get("/api/v1/employers/").json()["count"] == 0


def test_a_cursor_pulls_every_row_once(streets):
    made = {factories.employer().pk for _ in range(7)}
    clerk, seen, path = streets.clerk, [], "/api/v1/employers/?cursor=&page_size=3"

    while path:
        answer = clerk.client.get(path).json()
        assert answer["count"] is None
        seen += [row["id"] for row in answer["results"]]
        factories.employer()
        path = answer["next"] if len(seen) < 7 else None

    assert seen[:7] == sorted(made)


BAD_PAGES = (
    ({"page": "0"}, 400, "page=“0”应为正的整数"),
    ({"page": "x"}, 400, "page=“x”应为正的整数"),
    ({"page": "1" * 5000}, 400, f"page=“{'1' * 5000}”应为正的整数"),
    ({"page": "2"}, 404, "page=“2”没有这一页"),
    ({"page_size": "201"}, 400, "page_size=“201”应为1到200的整数"),
    ({"page_size": "-1"}, 400, "page_size=“-1”应为1到200的整数"),
    ({"cursor": "x"}, 400, "cursor=“x”不是本接口给出的游标"),
    ({"cursor": "cD14"}, 400, "cursor=“cD14”不是本接口给出的游标"),
    ({"cursor": "", "page": "1"}, 400, "page=“1”不能与 cursor 同时使用，游标按编号逐行取全部"),
    (
        {"cursor": "", "ordering": "name"},
        400,
        "ordering=“name”不能与 cursor 同时使用，游标按编号逐行取全部",
    ),
)


def test_a_page_that_is_none_is_refused(streets):
    clerk = streets.clerk

    for query, status, said in BAD_PAGES:
        assert words(clerk.get("employers/", **query)) == (status, [said])


# Versions.


def test_a_row_comes_with_its_version_as_etag(streets):
    answer = streets.clerk.get(f"units/{streets.gulou.pk}/")

    assert answer["ETag"] == '"v1"'
    assert answer.json()["version"] == 1


def resources():
    """The resources of which rows are changed, and by which actions."""
    for prefix, viewset, _ in router.registry:
        if getattr(viewset, "versioned", ()):
            yield prefix, viewset


def versioned_addresses():
    """Every action of every resource that changes a row, as method and path."""
    for prefix, viewset in resources():
        for action in sorted(viewset.versioned):
            if action == "partial_update":
                yield "patch", f"{prefix}/{{}}/"
            else:
                yield "post", f"{prefix}/{{}}/{getattr(viewset, action).url_path}/"


# Of a letter on its way the sender and the receiver may both take steps.
WITH_BOTH_SIDES = {"transfers": "?route=between&state=issued"}


def test_every_change_asks_for_the_version_that_was_read(db, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: factories.TODAY)
    world, addresses = World(), list(versioned_addresses())
    # Households are a community's alone.
    values = {"role": "community_clerk", "unit": world.jia1, "since": factories.LONG_AGO}
    appoint(user=world.people["officer"], values=values, by=None)
    officer = Caller(world.people["officer"])
    rows = {
        prefix: officer.get(f"{prefix}/{WITH_BOTH_SIDES.get(prefix, '')}").json()["results"][0]["id"]
        for prefix, _ in resources()
    }
    before = fingerprint()

    for method, path in addresses:
        call, address = getattr(officer, method), path.format(rows[path.partition("/")[0]])
        assert refusals(call(address, {})) == (428, [("if_match_required", None)]), path
        # Of a letter the step itself says who was first, after its body has been read.
        stale = [] if path.startswith("transfers/") else ['"v999"']
        for wrong in (*stale, "*", '"x"', "9" * 5000):
            assert refusals(call(address, {}, If_Match=wrong)) == (412, [("stale", None)]), path
    assert len(addresses) == 111
    assert fingerprint() == before


# The description.


def test_the_description_is_valid_and_without_a_warning(db):
    out = StringIO()

    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)

    assert out.getvalue().startswith("openapi: 3.1.1")


def test_the_description_speaks_chinese(db):
    described = SchemaGenerator().get_schema(request=None, public=True)

    said = [
        operation["description"]
        for path, operations in described["paths"].items()
        if path.split("/")[3] in {prefix for prefix, _, _ in router.registry}
        for operation in operations.values()
    ]
    said += [
        part["description"] for part in described["components"]["schemas"].values() if "description" in part
    ]
    assert [text for text in said if text.isascii()] == []


def test_the_description_may_be_read_by_anybody_and_holds_no_data(streets):
    streets.people()

    answer = APIClient().get("/api/schema/")

    assert answer.status_code == 200
    assert "王秀英" not in answer.content.decode()


def test_the_documentation_loads_nothing_from_another_host(db):
    page = APIClient().get("/api/docs/").content.decode()
    script = APIClient().get("/api/docs/?script=").content.decode()

    assert "/static/drf_spectacular_sidecar/" in page
    assert [text for text in ("http://", "https://", "//cdn") if text in page + script] == []


def test_every_action_of_every_resource_maps_its_verb(db):
    for viewset in VIEWSETS:
        actions = {
            (method, action)
            for pattern in get_resolver().url_patterns
            for route in getattr(pattern, "url_patterns", ())
            if getattr(route.callback, "cls", None) is viewset
            for method, action in route.callback.actions.items()
        }
        assert {action for _, action in actions} - {"list"} <= set(viewset.verbs), viewset
        assert {action for method, action in actions if method not in ("get", "head")} == set(
            viewset.bodies
        ), viewset
