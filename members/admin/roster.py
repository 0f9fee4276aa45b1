"""The roster: the list that staff look at all day, registering in one form, and amending."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.decorators import display

from branches.gates import ScopedAdmin, UnitFilter, scope_for
from branches.gates.secrets import secret_pages
from branches.models import Category, Level, Unit
from branches.models.unit import STEP_LENGTH
from core import clock
from core.errors import DomainError
from core.privacy import last_four
from members.admin.acts import ACTS
from members.admin.exports import Exports
from members.admin.filters import AgeFilter, BranchFilter, FlagFilter, GroupFilter, KindFilter, StateFilter
from members.admin.forms import (
    IDENTITY,
    PARTIAL_DATES,
    PARTY,
    RETIREMENT,
    AmendForm,
    ContactForm,
    PhoneForm,
    RegisterForm,
    told_apart,
)
from members.admin.kept import Kept
from members.admin.panels import labels, panels_of
from members.admin.search import SealedSearch, SealedSearchList
from members.admin.secrets import SECRETS
from members.admin.sections import REGISTER_FIELDSETS, SHOWN, sections
from members.admin.transfers.begin import BEGIN
from members.gates import id_shown, namesakes_seen, saying_who_has
from members.models import Affiliation, Member, Membership, Phone, Post, StandingEvent
from members.operations import (
    Entry,
    MemberChanges,
    amend_contact,
    amend_member,
    register_member,
    save_phones,
)
from members.operations.rules import conversion_warnings, warnings
from members.states import GOOD_STANDING, Standing

# Of a registration, what the next one of the same branch is likely to have as well.
KEPT_FOR_THE_NEXT = ("branch", "group", "since", "began_by", "document", "handed_over_by")
NOT_ON_ROSTER = (
    "在册党员中没有找到叫这个名字的人。要看某个党支部的名册，请用筛选；"
    "要查已去世、出党、停止党籍或没有组织关系的，请在筛选的“状态”中选“全部”。"
)


def is_void(member) -> bool:
    """Whether it is somebody registered by mistake, to whom nothing more is done."""
    return member is not None and member.standing == Standing.VOID


class RosterList(SealedSearchList):
    """The list with each member's street, and when who has left did so, read once for the page."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        left = [row for row in self.result_list if row.standing not in GOOD_STANDING]
        prefetch_related_objects(left, "standing_events")
        streets = {row.path[: 2 * STEP_LENGTH] for row in self.result_list}
        names = dict(Unit.objects.filter(path__in=streets, level=Level.STREET).values_list("path", "name"))
        for row in self.result_list:
            row.street_name = names.get(row.path[: 2 * STEP_LENGTH], "")
            row.request = request
        if self.query and not self.result_list and "state" not in self.params:
            messages.info(request, NOT_ON_ROSTER)


class PhoneInline(TabularInline):
    model = Phone
    form = PhoneForm
    fields = ["number", "owner", "note"]
    extra = 0
    hide_title = True
    readonly_fields = ["masked"]
    verbose_name = verbose_name_plural = "电话"

    def has_view_permission(self, request, obj=None):
        # The member's own page decides who sees it and who changes it.
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def get_fields(self, request, obj=None):
        # The whole number is for those who keep it, and call.
        keeps = self.admin_site.get_model_admin(Member).has_change_permission(request, obj)
        return self.fields if keeps else ["masked", *self.fields[1:]]

    @display(description="号码")
    def masked(self, phone):
        return str(phone)


@admin.register(Member)
class MemberAdmin(Exports, Kept, SealedSearch, ScopedAdmin):
    instead = (
        "登记有误请更正，不该登记的请撤回登记；离开名册请办理转出、去世等相应事项。记录和变更历史都会保留。"
    )
    list_display = [
        "name_shown",
        "sex",
        "age",
        "party_age",
        "branch_shown",
        "street",
        "state",
        "phone",
        "id_shown",
    ]
    list_filter = [UnitFilter, BranchFilter, KindFilter, StateFilter, AgeFilter, FlagFilter, GroupFilter]
    search_fields = ["name"]
    search_help_text = "姓名、拼音首字母（wxy）、证件或手机后四位；可再加党支部名称或社区拼音（wxy glsq）"
    list_select_related = ["branch"]
    ordering = ["sort_key", "pk"]
    sortable_by = ["name_shown", "age"]
    autocomplete_fields = ["employer", "residence"]
    popup_add_fields = ["employer"]
    one_after_the_other = True
    inlines = [PhoneInline]
    acts = [BEGIN, *ACTS]
    histories = {
        Phone: "member",
        Membership: "member",
        Affiliation: "member",
        StandingEvent: "member",
        Post: "member",
    }

    class Media:
        css = {"all": ["members/roster.css"]}

    # Who may do what to whom.

    def allows(self, request, verb, row=None):
        # A page asks the same some twenty times.
        known = request.__dict__.setdefault("allowed_to", {})
        asked = (verb, type(row), row.pk if row else None)
        if asked not in known:
            known[asked] = super().allows(request, verb, row)
        return known[asked]

    def has_change_permission(self, request, obj=None):
        return self._whole(request, obj) or (
            not is_void(obj) and self.allows(request, "members.change_contact", obj)
        )

    def scope(self, request, action):
        if action == "change" and not self._whole(request, None):
            return scope_for(request.user, "members.change_contact")
        return super().scope(request, action)

    def narrow(self, request, field_name, queryset):
        if field_name == "residence":
            return queryset.live().filter(level__gte=Level.COMMUNITY)
        if field_name == "branch":
            return queryset.formal().exclude(category=Category.GROUP)
        return queryset

    def choice_texts(self, rows):
        """Namesakes are many."""
        prefetch_related_objects(rows, "branch")
        return {
            row.pk: told_apart(row, str(row.branch) if row.on_roster else row.get_standing_display())
            for row in rows
        }

    def _whole(self, request, obj) -> bool:
        return not is_void(obj) and self.allows(request, "members.change_member", obj)

    # The list.

    def get_changelist(self, request, **kwargs):
        return RosterList

    def get_queryset(self, request):
        seen = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            return seen.defer("id_number", "health_note", "note", "address").prefetch_related("phones")
        return seen

    def get_object(self, request, object_id, from_field=None):
        member = super().get_object(request, object_id, from_field)
        if member:
            member.request = request
        return member

    def get_search_results(self, request, queryset, search_term):
        return queryset.search(search_term), False

    @display(description="姓名", ordering="sort_key")
    def name_shown(self, member):
        return format_html('<span class="person-name">{}</span>', member.name)

    @display(description="年龄", ordering="-birth_on")
    def age(self, member):
        return member.age(clock.today())

    @display(description="党龄")
    def party_age(self, member):
        return member.party_age(clock.today())

    @display(description="党支部")
    def branch_shown(self, member):
        return (
            format_html('<span title="{}">{}</span>', member.branch.name, member.branch)
            if member.branch
            else ""
        )

    @display(description="街道")
    def street(self, member):
        return member.street_name

    @display(description="状态")
    def state(self, member):
        return labels(member)

    @display(description="手机后四位")
    def phone(self, member):
        return next((str(phone) for phone in member.phones.all()), "")

    @display(description="证件后四位")
    def id_shown(self, member):
        user = member.request.user
        return id_shown(user, member.id_last4, path=member.path, branch=member.branch_id)

    # Registering and amending.

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = self._form_for(request, obj)
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request, form.model_admin = request, self
        return form

    def _form_for(self, request, obj):
        if obj is None:
            return RegisterForm
        return AmendForm if self._whole(request, obj) else ContactForm

    def get_exclude(self, request, obj=None):
        # Read in another way than as the columns that they become.
        return [*PARTIAL_DATES, "id_number", "health_note", "standing", "branch"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return REGISTER_FIELDSETS
        return sections(whole=self._whole(request, obj), contacts=self.has_change_permission(request, obj))

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        computed = ["id_secret", "health_secret", "standing_shown", "party_age"]
        if self._whole(request, obj):
            return computed
        fixed = [SHOWN.get(name, name) for name in [*IDENTITY, *PARTY, *RETIREMENT]]
        return [*computed, *fixed]

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def perform(self, request, obj, form, change):
        done = self.amend(form) if change else self.register(form)
        seen = [] if change else namesakes_seen(done, user=request.user)
        converted = conversion_warnings(form.person().get("id_number"), clock.today())
        for warning in [*converted, *warnings(done), *seen]:
            messages.warning(request, warning)
        return done

    def register(self, form):
        """Register the person of the form."""
        read = form.cleaned_data
        entry = Entry(
            read["branch"],
            read["since"],
            began_by=read["began_by"],
            group=read.get("group"),
            document=read.get("document", ""),
            handed_over_by=read.get("handed_over_by"),
        )
        person, user = form.person(), form.request.user
        with saying_who_has(person.get("id_number"), user=user):
            return register_member(
                person=person, entry=entry, by=user, today=clock.today(), phones=form.phones()
            )

    def amend(self, form):
        """Change what the form says; a secretary's page asks for contact data only."""
        operation = amend_member if isinstance(form, AmendForm) else amend_contact
        evidence = form.cleaned_data.get("evidence", "")
        changes = MemberChanges(form.person(), form.version_read, evidence)
        try:
            return operation(member=form.instance, changes=changes, by=form.request.user, today=clock.today())
        except DomainError as refusal:
            for error in refusal.errors:
                error.field = getattr(form, "places", {}).get(error.field, error.field)
            raise

    def save_formset(self, request, form, formset, change):
        if not formset.has_changed():
            formset.new_objects = formset.changed_objects = formset.deleted_objects = []
            return
        kept = [
            (read["number"], read["owner"], read["note"])
            for read in (each.cleaned_data for each in formset.forms)
            if read.get("number") and not read.get("DELETE")
        ]
        save_phones(member=form.instance, phones=kept, by=request.user)
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    def response_add(self, request, obj, post_url_continue=None):
        """The next one of the same branch need not have its 组织关系 typed anew."""
        answer = super().response_add(request, obj, post_url_continue)
        if "_addanother" not in request.POST:
            return answer
        kept = urlencode({name: request.POST.get(name, "") for name in KEPT_FOR_THE_NEXT})
        return HttpResponseRedirect(f"{request.path}?{kept}&{self.get_preserved_filters(request)}")

    def response_change(self, request, obj):
        """Who only keeps contacts stays with the person, and sees what stands there now."""
        answer = super().response_change(request, obj)
        return answer if self._whole(request, obj) else HttpResponseRedirect(request.get_full_path())

    def buttons(self, request, row):
        """Besides what is done next, the way back from the last change of her standing."""
        return [*super().buttons(request, row), *self._way_back(request, row)]

    def _way_back(self, request, member):
        last = None if is_void(member) else member.standing_events.order_by("pk").last()
        page = self.admin_site.get_model_admin(StandingEvent)
        return [
            {**act, "title": f"{act['title']}“{last.get_move_display()}”"}
            for act in (page.buttons(request, last) if last else ())
        ]

    def beside(self, request, member):
        return {"panels": panels_of(member) if request.method == "GET" else None}

    def get_urls(self):
        return [*secret_pages(self, SECRETS.values()), *super().get_urls()]

    # What a form shows but does not ask.

    @display(description="公民身份号码")
    def id_secret(self, member):
        # The birth date stands on the same page: with a guess at the region the two make the whole number.
        may_see = self.allows(member.request, "members.reveal_id_number", member)
        known = last_four(member.id_last4) if may_see else "已登记"
        return self._secret(member, "id_number", known if member.id_last4 else "未登记")

    @display(description="健康状况")
    def health_secret(self, member):
        return self._secret(member, "health_note", "已填写（加密）" if member.health_note else "未填写")

    def _secret(self, member, column, shown):
        link = SECRETS[column]
        if not getattr(member, column) or not self.allows(member.request, link.verb, member):
            return shown
        url = reverse(f"admin:members_member_{link.page}", args=[member.pk])
        return format_html('{} <a class="reveal-link" href="{}">{}</a>', shown, url, link.label)

    @display(description="党籍")
    def standing_shown(self, member):
        return labels(member)

    @display(description="出生日期")
    def birth_shown(self, member):
        return member.partial("birth")

    @display(description="入党日期")
    def joined_shown(self, member):
        return member.partial("joined")

    @display(description="转正日期")
    def full_shown(self, member):
        return member.partial("full")

    @display(description="参加工作日期")
    def worked_shown(self, member):
        return member.partial("worked")

    @display(description="离退休日期")
    def retired_shown(self, member):
        return member.partial("retired")
