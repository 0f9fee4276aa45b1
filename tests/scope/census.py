"""Every address of the system and what it is: a new one is put here, by whoever thought about who may see it.

public     answers without an account, and holds nothing about anybody
login      needs an account, and holds nothing of rows
scoped     shows or changes rows, only in the scope of the account
aggregate  shows figures of the scope; single people are not told from them
audited    shows what is sealed or takes rows out, in scope, and writes down who did
"""

ROW_PAGES = ("history", "delete", "change")
# Each admin page of a table, and its acts besides Django's own pages.
TABLES = {
    "core/user": ["password"],
    "core/apikey": ["revoke"],
    "core/auditentry": [],
    "branches/appointment": ["relieve"],
    "branches/branch": ["elect", "fill-post"],
    "branches/employer": [],
    "branches/pledge": ["deliver"],
    "branches/unit": [],
    "members/member": [
        "transfer",
        "enrol",
        "affiliate",
        "confirm",
        "extend",
        "suspend",
        "restore",
        "exit",
        "decease",
        "undo-registration",
    ],
    "members/importfile": ["apply", "mapping", "undo", "cancel", "progress", "workbook"],
    "members/membership": ["undo"],
    "members/affiliation": ["sign-in", "end", "reopen", "undo"],
    "members/signin": ["verify", "undo"],
    "members/standingevent": ["undo"],
    "volunteering/team": ["join", "leader", "dissolve"],
    "volunteering/teammembership": ["leave"],
    "members/post": ["relieve", "undo"],
    "members/term": ["extend", "end"],
    "reorganisations/plan": ["carry-out", "cancel", "undo"],
    "reports/threshold": ["set"],
    "members/transfer": [
        "agree",
        "issue",
        "reissue",
        "receive",
        "accept",
        "return",
        "lose",
        "cancel",
        "close",
        "undo",
    ],
    "members/handover": ["add-names", "close", "reopen", "receive", "receipt"],
    "members/handoverperson": ["correct", "undo"],
    "members/secondment": ["end"],
    "volunteering/serviceitem": [],
    "volunteering/serviceorder": [
        "dispatch",
        "accept",
        "decline",
        "start",
        "complete",
        "confirm",
        "release",
        "reject",
        "cancel",
    ],
    "volunteering/hourentry": ["verify"],
}
# Each resource of the API and its actions on one row.
RESOURCES = {
    "units": ["close", "move", "rename"],
    "branches": ["dissolve", "move"],
    "employers": [],
    "pledges": ["deliver"],
    "members": [
        "confirm",
        "decease",
        "expel",
        "extend",
        "obligations",
        "restore",
        "suspend",
        "undo-registration",
        "undo-standing",
    ],
    "memberships": ["undo"],
    "affiliations": ["end", "reopen", "sign-in", "undo", "verify"],
    "teams": ["dissolve", "lead"],
    "team-memberships": ["leave"],
    "posts": ["relieve", "undo"],
    "terms": ["end", "extend"],
    "imports": ["apply", "cancel", "mapping", "rows", "undo", "workbook"],
    "reorganisations": ["cancel", "carry-out", "undo"],
    "transfers": [
        "accept",
        "agree",
        "cancel",
        "close",
        "issue",
        "lose",
        "receive",
        "reissue",
        "return",
        "undo",
    ],
    "handovers": ["accept", "close", "not-found", "people", "progress", "reopen", "return", "wait-again"],
    "handover-people": ["undo"],
    "secondments": ["end"],
    "service-items": [],
    "service-orders": [
        "accept",
        "cancel",
        "complete",
        "confirm",
        "decline",
        "dispatch",
        "reject",
        "release",
        "start",
    ],
    "hour-entries": ["verify"],
}

CENSUS = {
    "public": [
        "healthz",
        "admin/login/",
        "admin/jsi18n/",
        "api/",
        "api/<path:rest>",
        "api/schema/",
        "api/docs/",
    ],
    "login": [
        "",
        "admin/logout/",
        "admin/password_change/",
        "admin/password_change/done/",
        "admin/^(?P<app_label>core|branches|members|volunteering|reports|reorganisations)/$",
        "admin/(?P<url>.*)$",
    ],
    "scoped": [
        "admin/search/",
        "admin/autocomplete/",
        "admin/tasks/",
        "admin/findings/",
        "api/v1/tasks/",
        "api/v1/tasks/counts/",
        "api/v1/findings/",
        "api/v1/findings/counts/",
        "admin/members/transfer/<path:object_id>/receipt/",
        "api/v1/transfers/record/",
        "admin/volunteering/serviceorder/desk/",
        "admin/members/importfile/template/<str:kind>/",
        *(
            f"admin/{table}/{page}"
            for table, acts in TABLES.items()
            for page in (
                "",
                "add/",
                "<path:object_id>/",
                *(f"<path:object_id>/{act}/" for act in (*ROW_PAGES, *acts)),
            )
        ),
        *(
            f"api/v1/{resource}/{page}"
            for resource, acts in RESOURCES.items()
            for page in ("", "<int:pk>/", *(f"<int:pk>/{act}/" for act in acts))
        ),
    ],
    "aggregate": [
        "admin/",
        "api/v1/statistics/indicators/",
        "api/v1/statistics/rollup/",
        "api/v1/statistics/breakdown/",
        "api/v1/statistics/flow/",
        "admin/flow/",
    ],
    "audited": [
        "admin/figures/<str:code>/",
        "admin/flow/rows/",
        "admin/members/handover/<path:object_id>/faulty/",
        "admin/members/member/export/",
        "admin/members/member/<path:object_id>/id-number/",
        "admin/members/transfer/<path:object_id>/letter/",
        "admin/members/member/<path:object_id>/health-note/",
        "api/v1/members/<int:pk>/reveal/",
        "api/v1/statistics/rows/",
    ],
}
