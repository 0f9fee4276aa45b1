"""The tree: one page to find and open any unit, and one for each unit."""

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from branches.admin.forms import wizard_button
from branches.gates import Act, ActForm, OperationForm, ScopedAdmin, may, scope_for
from branches.gates.levels import ADD_VERBS, CHANGE_VERBS, CONTACT_VERB, add_verb, change_verb
from branches.gates.places import chains, full_texts
from branches.models import Branch, Level, Unit, UnitPlacement
from branches.operations import add_unit, amend_unit, set_contact
from branches.scope import AFTER_ALL, Scope
from core import clock

CONTACT = ("post_address", "office_phone", "fax", "postcode")


class UnitForm(OperationForm):
    document = forms.CharField(
        label="批准文号", max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = bool(self.instance.pk)
            if not self.instance.pk:
                self.fields["code"].help_text += "；小组和网格留空则自动编号"
        if "parent" in self.fields:
            self.fields["parent"].required = True
        if self.instance.pk:
            del self.fields["document"]


class ContactForm(ActForm):
    """How the office is reached."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CONTACT:
            self.fields[name] = Unit._meta.get_field(name).formfield(initial=getattr(self.row, name))
        self.fields["version"].initial = self.row.version
        self.dress()


def _set_contact(row, values, request):
    version = values.pop("version")
    set_contact(unit=row, values=values, by=request.user, version=version)
    return "已保存联系方式"


def is_live(unit) -> bool:
    return unit.closed_on is None


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    form = UnitForm
    search_fields = ["name", "code", "alias"]
    autocomplete_fields = ["parent"]
    fields = ["parent", "name", "opened_on", "document", "code", "alias", "managed_by"]
    histories = {UnitPlacement: "unit"}
    show_add_link = False
    change_form_outer_after_template = "branches/unit_panels.html"
    acts = [
        Act("contact", "修改联系方式", ContactForm, CONTACT_VERB, _set_contact, icon="call", offered=is_live,
            note="印在本单位党（工）委开具的介绍信上。"),
    ]  # fmt: skip
    # The verb depends on the level.

    def has_add_permission(self, request):
        return any(may(request.user, verb) for verb in ADD_VERBS)

    def has_change_permission(self, request, obj=None):
        if obj is None:
            return any(may(request.user, verb) for verb in CHANGE_VERBS)
        return is_live(obj) and may(request.user, change_verb(obj), obj)

    def reachable(self, request, queryset):
        division, grid = (Scope(scope_for(request.user, verb).paths) for verb in ADD_VERBS)
        return queryset.filter(
            Q(queryset.reached_by(division), level__lt=Level.COMMUNITY)
            | Q(queryset.reached_by(grid), level__gte=Level.COMMUNITY)
        )

    def narrow(self, request, field_name, queryset):
        return queryset.live().filter(level__lt=Level.GRID)

    def choice_texts(self, rows):
        return full_texts(rows)

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["parent", "name", "opened_on", "document", "code", "alias", "managed_by"]
        return ["level", "name", "code", "alias", "managed_by", "above", "contact", "opened_on", "closed_on"]

    def get_readonly_fields(self, request, obj=None):
        return ["level", "name", "above", "contact", "opened_on", "closed_on"] if obj else []

    @admin.display(description="联系方式")
    def contact(self, unit):
        told = [unit.post_address, unit.postcode, unit.office_phone, unit.fax and f"传真 {unit.fax}"]
        return "，".join(filter(None, told))

    @admin.display(description="上级")
    def above(self, unit):
        return chains([unit.path])[unit.path] or (unit.parent and str(unit.parent))

    def get_changeform_initial_data(self, request):
        return {"opened_on": clock.today(), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        values = form.cleaned_data
        if not change:
            names = ("name", "opened_on", "document", "code", "alias", "managed_by")
            values = {name: values[name] for name in names if name in values}
            return add_unit(
                parent=form.cleaned_data["parent"], values=values, by=request.user, today=clock.today()
            )
        changes = {name: values[name] for name in ("code", "alias", "managed_by") if name in values}
        return amend_unit(unit=obj, values=changes, by=request.user, version=form.version_read)

    def beside(self, request, unit):
        return {"panels": self._panels(request, unit)}

    def _panels(self, request, unit):
        branches = Branch.objects.visible_in(scope_for(request.user, "branches.view_branch"))
        scope = self.scope(request, "view")
        adds = is_live(unit) and unit.level < Level.GRID and may(request.user, add_verb(unit), unit)
        founds = is_live(unit) and may(request.user, "branches.add_branch", unit)
        query = f"?parent={unit.pk}"
        return {
            "unit": unit,
            "tree_link": f"{reverse('admin:branches_unit_changelist')}?at={unit.pk}",
            "add_link": adds and reverse("admin:branches_unit_add") + query,
            "found_link": founds and f"{reverse('admin:branches_branch_add')}?unit={unit.pk}",
            "branches_link": f"{reverse('admin:branches_branch_changelist')}?unit={unit.pk}",
            "children": with_counts(unit.children.visible_in(scope).live(), scope, request.user),
            "branches": branches.filter(unit=unit).live(),
            "secondments": seconded_to_or_from(unit, request.user),
            "pledges_link": f"{reverse('admin:branches_pledge_changelist')}?unit={unit.pk}",
            "placements": unit.placements.select_related("parent", "reorganisation").order_by("-since"),
        }

    def buttons(self, request, row):
        """Moves, mergers and the like have a wizard of their own, on a floor above."""
        allowed = row is not None and may(request.user, change_verb(row), row)
        return [*super().buttons(request, row), *wizard_button(row, "units", allowed=allowed)]

    # The list is the tree.

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        tree = TreePage(request, self.scope(request, "view"))
        if tree.is_part:
            return self._part(request, tree)
        context = {"title": "组织树", "tree": tree, "has_add_permission": self.has_add_permission(request)}
        return self.page(request, "branches/tree.html", context)

    def _part(self, request, tree):
        if tree.at is None:
            return HttpResponse("没有这个单位，或不在您的管辖范围内", status=404)
        return render(request, "branches/_nodes.html", {"nodes": tree.nodes()})


def seconded_to_or_from(unit, user):
    """Who is sent to the unit or by it today, as far as the person may see."""
    # The table is a floor above; the unit knows it only by the name of the relation.
    rows = Unit.secondments.rel.related_model.objects.on(clock.today()).of_unit(unit)
    seen = rows.visible_in(scope_for(user, "members.view_secondment"))
    return seen.select_related("member", "host", "sent_by", "employer").order_by("host", "since")


def with_counts(units, scope, user):
    """The units with how many live children, and live branches on them and below, the person may see.

    `scope` is where she sees units.
    """
    children = Unit.objects.visible_in(scope).filter(parent=OuterRef("pk"), closed_on=None)
    children = children.order_by().values("parent")
    seen = Branch.objects.visible_in(scope_for(user, "branches.view_branch"))
    # By the ends of the range and not by its beginning, which no index would help to compare with a column.
    below = {"path__gte": OuterRef("path"), "path__lt": Concat(OuterRef("path"), Value(AFTER_ALL))}
    seated = seen.filter(dissolved_on=None, **below).order_by().values("dissolved_on")
    return units.annotate(
        child_count=Coalesce(Subquery(children.annotate(n=Count("pk")).values("n")), 0),
        branch_count=Coalesce(Subquery(seated.annotate(n=Count("pk")).values("n")), 0),
    )


class TreePage:
    """What the tree page shows: hits of a search, the units below one (`?at=`), or where the scope begins."""

    HITS_A_PAGE = 50

    def __init__(self, request, scope):
        self.scope, self.user = scope, request.user
        self.query = (request.GET.get("q") or "").strip()[:100]
        self.with_closed = request.GET.get("closed") == "1"
        self.level = request.GET.get("level") if request.GET.get("level") in map(str, Level) else ""
        self.levels = Level.choices
        self.visible = Unit.objects.visible_in(scope)
        self.is_part = "part" in request.GET
        self.asked = request.GET.get("at") or ""
        self.at = self._at()
        self.page_number = request.GET.get("p")

    def _at(self):
        if not self.asked.isascii() or not self.asked.isdigit() or len(self.asked) > 18:
            return None
        return self.visible.filter(pk=int(self.asked)).first()

    @property
    def is_search(self):
        return bool(self.query or self.level)

    @property
    def is_lost(self):
        """Whether a unit was asked for that is not to be seen."""
        return bool(self.asked) and self.at is None

    def nodes(self):
        """The units to list, in the order of their codes."""
        units = self.visible.filter(parent=self.at) if self.at else self.begin()
        return self._shown(units)

    def begin(self):
        """The highest units of the scope."""
        if "" in self.scope.paths:
            return self.visible.filter(level=Level.DISTRICT)
        seats = Branch.objects.filter(pk__in=self.scope.branch_ids).values("unit")
        return self.visible.filter(Q(path__in=self.scope.paths) | Q(pk__in=seats))

    def _shown(self, units):
        shown = units if self.with_closed else units.live()
        return with_counts(shown, self.scope, self.user).order_by("closed_on", "code")

    def opened(self):
        """Where the scope begins, with the first level below already there when it begins at one place."""
        roots = list(self.nodes())
        if len(roots) == 1 and not self.at:
            roots[0].open_nodes = list(self._shown(self.visible.filter(parent=roots[0])))
        return roots

    def way(self):
        """The units from the top of the scope down to the one shown."""
        return self.visible.above(self.at.path) if self.at else []

    def hits(self):
        """One page of what the search found, each with the names above it."""
        found = self.visible if self.with_closed else self.visible.live()
        found = found.named_like(self.query)
        if self.level:
            found = found.filter(level=int(self.level))
        pages = Paginator(found.order_by("closed_on", "level", "code"), self.HITS_A_PAGE)
        page = pages.get_page(self.page_number)
        page.object_list = list(with_counts(page.object_list, self.scope, self.user))
        above = chains(unit.path for unit in page.object_list)
        for unit in page.object_list:
            unit.above = above[unit.path]
        return page
