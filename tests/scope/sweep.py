"""Ask everything: every route, by every method, as every account, about own, foreign and unknown rows."""

import re
from dataclasses import dataclass, field

from django.contrib import admin
from django.db import transaction
from django.db.models import ForeignKey
from django.test import Client
from rest_framework.test import APIClient

from branches.scope import scope_of
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.scope.routes import every_route
from tests.scope.world import RANDOM, leaked

API_METHODS = ("get", "post", "put", "patch", "delete", "options", "head")
# Whose pages of rows in scope are posted to as well: each shows a form again, and that takes its time.
THOROUGH = ("clerk of 鼓楼", "auditor of 南宁")
# Accounts of one sort take turns at the routes about rows: together they ask everything.
PEERS = (("clerk of 南宁", "clerk of 建宁"), ("clerk of 鼓楼", "clerk of 麒麟"), ("nobody", "who was clerk"))
# What changes from answer to answer of itself: tokens, nonces, the moment.
PASSING = re.compile(RANDOM.pattern + r"|(?i:expires)[=:][^;\n]*|(?i:content-length): [0-9]+")
FIGURE = "members.roster"
FILES = tuple(f"?format={form}" for form in ("json", "csv", "xlsx"))
# Questions that lists answer; "英" and "ZB" match everybody and every branch.
QUESTIONS = {
    "api/v1/members/": ("", "?search=英", "?search=ZB", "?page_size=200", "?cursor=", "?on=2020-01-01"),
    "api/v1/memberships/": ("", "?on=2020-01-01", "?cursor="),
    "api/v1/affiliations/": ("", "?cursor="),
    "api/v1/imports/": ("", "?cursor=", "?kind=members"),
    "api/v1/transfers/": ("", "?search=英", "?cursor=", "?state=issued"),
    "api/v1/branches/": ("", "?search=ZB", "?cursor=", "?on=2020-01-01"),
    "api/v1/units/": ("", "?search=社区", "?on=2020-01-01"),
    "api/v1/employers/": ("", "?search=厂"),
    "api/v1/statistics/rows/": tuple(f"{form}&indicator={FIGURE}" for form in FILES),
    "api/v1/statistics/rollup/": tuple(f"{form}&depth=4" for form in FILES),
    "api/v1/statistics/breakdown/": tuple(f"{form}&indicator={FIGURE}&by=sex" for form in FILES),
    "admin/figures/<str:code>/": FILES,
    "admin/search/": ("?s=英", "?s=ZB", "?s=0000", "?s=社区", "?s=w"),
    "admin/members/member/": ("", "?q=英", "?o=-1", "?e=1"),
    "admin/members/importfile/": ("", "?q=ZQ"),
    "admin/members/transfer/": ("", "?q=英", "?waiting=all", "?waiting=receive"),
    "admin/branches/branch/": ("", "?q=ZB"),
    "admin/members/handoverperson/": ("", "?q=芳"),
    "api/v1/handover-people/": ("", "?search=芳", "?cursor=", "?outcome=pending"),
    "admin/core/auditentry/": ("", "?q=王"),
}
# Patterns with expressions, the way out, and a page that only redirects.
SKIPPED = re.compile(r"\(|logout|content_type_id")
AUTOCOMPLETE = "admin/autocomplete/?app_label={}&model_name={}&field_name={}&term={}"


@dataclass
class Sweep:
    """What was asked and what came of it."""

    world: object
    only: tuple = ()
    asked: int = 0
    leaks: list = field(default_factory=list)
    differences: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    crashes: list = field(default_factory=list)

    def run(self):
        for who, user in self.world.people.items():
            if self.only and who not in self.only:
                continue
            Visit(self, who, user).everywhere()
        return self


class Visit:
    """One account's way through everything."""

    def __init__(self, sweep, who, user):
        self.sweep, self.world, self.who, self.user = sweep, sweep.world, who, user
        self.sight, self.known = self.world.sight(user), {}
        self.api, self.pages = APIClient(raise_request_exception=False), Client(raise_request_exception=False)
        self.api.force_authenticate(user)
        self.pages.force_login(user, backend="branches.gates.AppointmentBackend")

    def everywhere(self):
        routes = [route for route in every_route() if not SKIPPED.search(route.pattern)]
        for route in routes:
            if not route.is_of_a_row:
                for question in QUESTIONS.get(route.pattern, ("",)):
                    self.ask(route, "get", f"/{route.pattern.replace('<str:code>', FIGURE)}{question}")
        self.choices()
        before = fingerprint()
        peers = next((peers for peers in PEERS if self.who in peers), (self.who,))
        for turn, route in enumerate(route for route in routes if route.is_of_a_row):
            if peers[turn % len(peers)] == self.who:
                self.rows_of(route, turn // len(peers))
        if fingerprint() != before:
            self.sweep.changes.append(self.who)

    def rows_of(self, route, turn):
        own, foreign, unknown = self.three_sorts(route.model, turn)
        for method in methods_of(route, turn):
            if own and (method != "post" or route.is_api or self.who in THOROUGH):
                with_nothing_left(lambda method=method: self.ask(route, method, route.path(own)))
            if foreign:
                either = re.compile(rf"(?<![0-9])({foreign}|{unknown})(?![0-9])")
                answer = self.normal(self.ask(route, method, route.path(foreign)), either)
                blank = self.normal(self.ask(route, method, route.path(unknown)), either)
                if answer != blank:
                    self.sweep.differences.append((self.who, method, route.pattern, answer[0], blank[0]))

    def three_sorts(self, model, turn):
        """The number of a row in sight, of one out of it (another at each turn), and of none."""
        if model not in self.known:
            view = f"{model._meta.app_label}.view_{model._meta.model_name}"
            seen = seen_rows(self.world, model, self.user, view)
            every = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
            self.known[model] = sorted(seen), [pk for pk in every if pk not in seen], max(every, default=0)
        seen, foreign, last = self.known[model]
        return (
            seen[turn % len(seen)] if seen else None,
            foreign[turn % len(foreign)] if foreign else None,
            last + 99_999,
        )

    def choices(self):
        searched = set()
        for app, model, name, offered in autocompletes():
            # Every key offers its rows; a search among the same rows is the same search.
            for term in ("",) if offered in searched else ("", "英", "ZB"):
                self.ask(None, "get", "/" + AUTOCOMPLETE.format(app, model, name, term))
            searched.add(offered)

    def ask(self, route, method, address):
        is_api = route is not None and route.is_api
        client = self.api if is_api else self.pages
        extra = {"headers": {"If-Match": '"v1"'}} if is_api else {}
        response = getattr(client, method)(
            address, {} if method in ("post", "put", "patch") else None, **extra
        )
        self.sweep.asked += 1
        # Messages nobody reads would pile up in it.
        self.pages.cookies.pop("messages", None)
        if response.status_code >= 500:
            self.sweep.crashes.append((self.who, method, address))
        people, papers = leaked(response, self.sight)
        if people or papers:
            self.sweep.leaks.append((self.who, method, address, people, papers))
        return response

    def normal(self, response, number):
        """The answer without what is different in every answer, and without the number it is about."""
        text = "" if response.streaming else response.content.decode("utf-8", "replace")
        headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.items()))
        told = getattr(getattr(response, "wsgi_request", None), "_messages", ())
        told = "\n".join(str(message) for message in getattr(told, "_queued_messages", ()))
        return response.status_code, *(
            number.sub("N", PASSING.sub("", each)) for each in (headers, told, text)
        )


def methods_of(route, turn):
    """The methods that the route answers to, and another one at each turn."""
    if not route.is_api:
        return ("get", "post")
    answered = list(route.view.actions)
    others = [method for method in API_METHODS if method not in answered]
    return [*answered, others[turn % len(others)]]


def with_nothing_left(action):
    """Do it and undo what it wrote."""
    with transaction.atomic():
        action()
        transaction.set_rollback(True)


def seen_rows(world, model, user, view):
    """The numbers of the rows of a table that the account may see."""
    rows = model._default_manager.all()
    if not hasattr(rows, "visible_in"):
        return set(rows.values_list("pk", flat=True))
    return set(rows.visible_in(scope_of(user, to=view, on=TODAY)).values_list("pk", flat=True))


def autocompletes():
    """(app, table, key, table offered) of every key that an admin page offers by autocomplete."""
    for model, page in admin.site._registry.items():
        for field_ in model._meta.get_fields():
            if isinstance(field_, ForeignKey) and field_.related_model in admin.site._registry:
                yield page.opts.app_label, page.opts.model_name, field_.name, field_.related_model
