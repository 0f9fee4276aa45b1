"""The admin's front: navigation by the day's work, choices within scope, and the command palette."""

from functools import cache
from time import perf_counter

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from branches.gates import ScopedAdmin, may, scope_for
from branches.gates.places import chains
from branches.models import Branch, Unit
from members.models import Member

MOST_FOUND = 20
# title, icon, link, verbs of which one is enough
NAVIGATION = {
    "": [
        ("首页", "home", "admin:index", ()),
        ("待办", "task_alt", "tasks", ("reports.view_tasks",)),
        ("组织设置体检", "health_and_safety", "findings", ("reports.view_findings",)),
    ],
    "党员": [
        ("名册", "groups", "admin:members_member_changelist", ("members.view_member",)),
        ("登记党员", "person_add", "admin:members_member_add", ("members.add_member",)),
        (
            "名册导入",
            "upload_file",
            "admin:members_importfile_changelist",
            ("members.view_importfile",),
        ),
        ("名册导出", "file_save", "admin:members_exportfile_changelist", ("members.view_exportfile",)),
        ("组织关系转接", "swap_horiz", "admin:members_transfer_changelist", ("members.view_transfer",)),
    ],
    "党员的各项记录": [
        ("组织关系", "badge", "admin:members_membership_changelist", ("members.view_membership",)),
        (
            "参加临时党组织",
            "diversity_3",
            "admin:members_affiliation_changelist",
            ("members.view_affiliation",),
        ),
        ("参加记录", "how_to_reg", "admin:members_signin_changelist", ("members.view_signin",)),
        (
            "党籍变动",
            "history_edu",
            "admin:members_standingevent_changelist",
            ("members.view_standingevent",),
        ),
    ],
    "志愿服务": [
        (
            "派单台",
            "space_dashboard",
            "admin:volunteering_serviceorder_desk",
            ("volunteering.view_serviceorder",),
        ),
        ("事项台", "inbox", "admin:volunteering_gridmatter_desk", ("volunteering.view_gridmatter",)),
        (
            "岗位认领",
            "how_to_reg",
            "admin:volunteering_servicepost_board",
            ("volunteering.view_servicepost",),
        ),
        ("走访单", "door_front", "admin:volunteering_household_visits", ("volunteering.view_household",)),
        (
            "志愿服务队",
            "volunteer_activism",
            "admin:volunteering_team_changelist",
            ("volunteering.view_team",),
        ),
    ],
    "服务单和事项": [
        (
            "服务单",
            "assignment",
            "admin:volunteering_serviceorder_changelist",
            ("volunteering.view_serviceorder",),
        ),
        (
            "网格事项",
            "home_work",
            "admin:volunteering_gridmatter_changelist",
            ("volunteering.view_gridmatter",),
        ),
        (
            "服务目录",
            "menu_book",
            "admin:volunteering_serviceitem_changelist",
            ("volunteering.view_serviceitem",),
        ),
        ("办理时限", "timer", "admin:volunteering_timelimit_changelist", ("volunteering.view_timelimit",)),
    ],
    "岗位和轮值": [
        ("岗位", "work", "admin:volunteering_servicepost_changelist", ("volunteering.view_servicepost",)),
        ("认领记录", "assignment_ind", "admin:volunteering_claim_changelist", ("volunteering.view_claim",)),
        ("轮值", "event_repeat", "admin:volunteering_turn_changelist", ("volunteering.view_turn",)),
        ("资源清单", "inventory", "admin:volunteering_offer_changelist", ("volunteering.view_offer",)),
    ],
    "邻里和载体": [
        ("守望户", "cottage", "admin:volunteering_household_changelist", ("volunteering.view_household",)),
        ("走访记录", "checklist", "admin:volunteering_visit_changelist", ("volunteering.view_visit",)),
        ("载体", "hub", "admin:volunteering_carrier_changelist", ("volunteering.view_carrier",)),
        ("楼栋", "apartment", "admin:volunteering_building_changelist", ("volunteering.view_building",)),
    ],
    "队员和服务时间": [
        (
            "队员",
            "diversity_1",
            "admin:volunteering_teammembership_changelist",
            ("volunteering.view_teammembership",),
        ),
        ("服务时间", "schedule", "admin:volunteering_hourentry_changelist", ("volunteering.view_hourentry",)),
        (
            "服务证书",
            "workspace_premium",
            "admin:volunteering_certificate_changelist",
            ("volunteering.view_certificate",),
        ),
    ],
    "企业移交": [
        ("移交批次", "move_to_inbox", "admin:members_handover_changelist", ("members.view_handover",)),
        (
            "移交名单",
            "patient_list",
            "admin:members_handoverperson_changelist",
            ("members.view_handoverperson",),
        ),
        ("企业承诺", "handshake", "admin:branches_pledge_changelist", ("branches.view_pledge",)),
        (
            "选派和交叉任职",
            "supervisor_account",
            "admin:members_secondment_changelist",
            ("members.view_secondment",),
        ),
    ],
    "组织": [
        ("组织树", "account_tree", "admin:branches_unit_changelist", ("branches.view_unit",)),
        ("党支部", "flag", "admin:branches_branch_changelist", ("branches.view_branch",)),
        ("党内职务", "military_tech", "admin:members_post_changelist", ("members.view_post",)),
    ],
    "组织的各项记录": [
        ("届次", "how_to_vote", "admin:members_term_changelist", ("members.view_term",)),
        ("组织变动", "schema", "admin:reorganisations_plan_changelist", ("reorganisations.view_plan",)),
        ("规则数值", "rule", "admin:reports_threshold_changelist", ("reports.view_threshold",)),
        ("统计分档", "stacked_bar_chart", "admin:reports_banding_changelist", ("reports.view_banding",)),
        ("原工作单位", "apartment", "admin:branches_employer_changelist", ("branches.view_employer",)),
    ],
    "账号与授权": [
        ("账号", "manage_accounts", "admin:core_user_changelist", ("core.view_user",)),
        (
            "任职授权",
            "assignment_ind",
            "admin:branches_appointment_changelist",
            ("branches.view_appointment",),
        ),
        ("接口密钥", "key", "admin:core_apikey_changelist", ("core.view_apikey",)),
    ],
    "审计": [("审计记录", "policy", "admin:core_auditentry_changelist", ("core.view_auditentry",))],
}

# The registers behind the desks of the group above them: folded until one of them is open or asked for.
FOLDED = {
    "党员的各项记录", "服务单和事项", "岗位和轮值", "邻里和载体", "队员和服务时间", "组织的各项记录",
}  # fmt: skip


class Choices(AutocompleteJsonView):
    """Autocomplete: the rows in scope, narrowed by the form that asks, told apart by where they are."""

    def get_queryset(self):
        found = super().get_queryset()
        source = self.source_field.model
        if not self.admin_site.is_registered(source):
            return found
        asking = self.admin_site.get_model_admin(source)
        return asking.narrow(self.request, self.source_field.name, found) if _scoped(asking) else found

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = context["object_list"] = list(context["object_list"])
        self.texts = self.model_admin.choice_texts(rows) if _scoped(self.model_admin) else {}
        return context

    def serialize_result(self, obj, to_field_name):
        return {**super().serialize_result(obj, to_field_name), "text": self.texts.get(obj.pk, str(obj))}


def _scoped(model_admin):
    return isinstance(model_admin, ScopedAdmin)


class Site(UnfoldAdminSite):
    """The one admin site."""

    site_header = "麒麟区离退休党员管理"
    site_title = "麒麟区离退休党员管理"
    index_title = "首页"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register pages of ours. The queue brings one of its own, in English and for everybody."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label != "procrastinate"]
        super().register(ours, admin_class, **options)

    def get_urls(self):
        # Without Django's jump to a row's public page: there are none, and it would ask any table.
        return [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]

    def get_app_list(self, request, app_label=None):
        """Only an app's own page lists its tables: every other page has our navigation beside it."""
        return super().get_app_list(request, app_label) if app_label else []

    def autocomplete_view(self, request):
        return Choices.as_view(admin_site=self)(request)

    def search(self, request, extra_context=None):
        """The command palette. The theme's own keeps results for minutes, past the end of an appointment."""
        started = perf_counter()
        term = (request.GET.get("s") or "").strip()
        if not term:
            return HttpResponse()
        found = Paginator(search(request, term), 100)
        context = {"page_obj": found, "results": found.page(1), "page_counter": 0}
        context["execution_time"] = perf_counter() - started
        return TemplateResponse(
            request, "unfold/helpers/command_results.html", context, headers={"HX-Trigger": "search"}
        )


def navigation(request):
    """The sidebar: what this person may open, in the order of the day's work."""
    shown = _shown(request.path)
    return [
        {
            "title": title,
            "separator": bool(title) and title not in FOLDED,
            "collapsible": title in FOLDED,
            "items": [_item(request.user, shown, *item) for item in items],
        }
        for title, items in NAVIGATION.items()
    ]


def _item(user, shown, title, icon, link, verbs):
    allowed = not verbs or any(may(user, verb) for verb in verbs)
    address = _address(link)
    return {
        "title": title,
        "icon": icon,
        "link": address if allowed else "",
        "permission": lambda request: allowed,
        "active": address == shown,
    }


@cache
def _address(link) -> str:
    """Where a page of the navigation is: that never changes, and every page shows them all."""
    return reverse(link)


def _shown(path) -> str:
    """The sidebar's page that is open or lies nearest above the one that is; the front page only itself."""
    home, *links = [_address(link) for items in NAVIGATION.values() for _, _, link, _ in items]
    return max(
        (link for link in links if path.startswith(link)), key=len, default=home if path == home else ""
    )


def search(request, search_term):
    """What the command palette finds: pages by their title; people, branches and units in scope."""
    return [
        result for part in (_pages, _members, _branches, _units) for result in part(request, search_term)
    ][: MOST_FOUND * 2]


def _pages(request, term):
    return [
        SearchResult(title=item[0], description=group or "页面", link=reverse(item[2]), icon=item[1])
        for group, items in NAVIGATION.items()
        for item in items
        if term in item[0] and _item(request.user, "", *item)["link"]
    ]


def _members(request, term):
    found = (
        Member.objects.registered().visible_in(scope_for(request.user, "members.view_member")).search(term)
    )
    for member in found.select_related("branch")[:MOST_FOUND]:
        yield SearchResult(
            title=member.name,
            description=str(member.branch or "党员"),
            link=reverse("admin:members_member_change", args=[member.pk]),
            icon="person",
        )


def _branches(request, term):
    found = Branch.objects.visible_in(scope_for(request.user, "branches.view_branch")).named_like(term)
    for branch in found.live().select_related("unit")[:MOST_FOUND]:
        yield SearchResult(
            title=str(branch),
            description=f"{branch.get_category_display()} {branch.unit}",
            link=reverse("admin:branches_branch_change", args=[branch.pk]),
            icon="flag",
        )


def _units(request, term):
    found = Unit.objects.visible_in(scope_for(request.user, "branches.view_unit")).named_like(term)
    units = list(found.live().order_by("level", "code")[:MOST_FOUND])
    above = chains(unit.path for unit in units)
    for unit in units:
        yield SearchResult(
            title=unit.name,
            description=above[unit.path] or unit.level_name,
            link=reverse("admin:branches_unit_change", args=[unit.pk]),
            icon="account_tree",
        )
