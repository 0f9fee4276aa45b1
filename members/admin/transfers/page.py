"""The page of transfers: what waits for whom, one letter with its life, and its steps."""

from functools import partial

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from branches.gates import ScopedAdmin, may
from branches.models.unit import Level
from core import clock
from members import gates
from members.admin.kept import Kept
from members.admin.search import SealedSearch
from members.admin.transfers.acts import ACTS
from members.admin.transfers.filters import WAITING, EitherEndFilter, WaitingFilter
from members.admin.transfers.forms import IncomingForm
from members.admin.transfers.life import life_of
from members.admin.transfers.paper import letter_page, receipt_page
from members.models import Transfer, TransferStep
from members.operations.transfers import record_incoming
from members.states import TRANSFER_STATE_NAMES, Route, TransferState

COLOURS = {
    TransferState.DRAFT: "default",
    TransferState.AGREED: "info",
    TransferState.ISSUED: "info",
    TransferState.RECEIVED: "warning",
    TransferState.ACCEPTED: "success",
    TransferState.CLOSED: "success",
    TransferState.RETURNED: "danger",
    TransferState.LOST: "danger",
    TransferState.EXPIRED: "danger",
}
# Read in another way than as the columns that they become.
READ_OTHERWISE = ["id_number", "birth_on", "joined_on", "full_on"]
PAPERS = [("letter", "介绍信", "print", letter_page), ("receipt", "回执", "print", receipt_page)]


def state_label(transfer) -> str:
    """The state as it is today, as a coloured label."""
    state = transfer.state_on(clock.today())
    context = {"text": TRANSFER_STATE_NAMES[state], "type": COLOURS.get(state)}
    return render_to_string("unfold/helpers/label.html", context)


@admin.register(Transfer)
class TransferAdmin(Kept, SealedSearch, ScopedAdmin):
    instead = "不再办理的请撤销转接，误办的步骤请撤回上一步；记录和变更历史都会保留。"
    verbs = {"add": gates.RECEIVE}
    list_display = ["name", "state_shown", "comes_from", "goes_to", "letter", "due"]
    list_display_links = ["name"]
    list_filter = [WaitingFilter, EitherEndFilter, ("route", ChoicesDropdownFilter)]
    list_select_related = ["from_branch", "to_unit", "to_branch", "letter"]
    list_before_template = "admin/members/transfer/waiting.html"
    search_fields = ["name"]
    search_help_text = "姓名、拼音首字母（wxy）、证件后四位"
    ordering = ["-pk"]
    sortable_by = ["name"]
    autocomplete_fields = ["to_branch"]
    acts = ACTS
    histories = {TransferStep: "transfer"}
    change_form_outer_before_template = "branches/next_acts.html"
    change_form_outer_after_template = "admin/members/transfer/life.html"

    class Media:
        css = {"all": ["members/roster.css", "members/transfers.css"]}

    # Who may do what.

    def allows(self, request, verb, row=None):
        known = request.__dict__.setdefault("allowed_to", {})
        asked = (verb, type(row), row.pk if row else None)
        if asked not in known:
            steps = row is not None and verb != self.verb("view")
            known[asked] = gates.may_do(request.user, verb, row) if steps else may(request.user, verb, row)
        return known[asked]

    def has_change_permission(self, request, obj=None):
        # A transfer changes by its steps only.
        return False

    # The list.

    def get_queryset(self, request):
        return super().get_queryset(request).defer("id_number", "spellings")

    def get_search_results(self, request, queryset, search_term):
        return queryset.search(search_term), False

    def changelist_view(self, request, extra_context=None):
        scope, rows = self.scope(request, "view"), Transfer.objects.all()
        chosen = request.GET.get("waiting", "")
        waiting = [
            {"key": key, "label": label, "number": ask(rows, scope).count(), "chosen": key == chosen}
            for key, (label, ask) in WAITING.items()
            if key != "settled"
        ]
        return super().changelist_view(request, {**(extra_context or {}), "waiting": waiting})

    @display(description="状态")
    def state_shown(self, transfer):
        return state_label(transfer)

    @display(description="从哪里来")
    def comes_from(self, transfer):
        return transfer.comes_from

    @display(description="到哪里去")
    def goes_to(self, transfer):
        return transfer.goes_to

    @display(description="期限")
    def due(self, transfer):
        if transfer.receipt_due_on:
            return f"回执 {transfer.receipt_due_on}"
        if transfer.state == TransferState.ISSUED:
            return f"有效至 {transfer.letter.valid_until}"
        return ""

    # One letter.

    def get_urls(self):
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(partial(page, model_admin=self)),
                name=f"members_transfer_{name}",
            )
            for name, _, _, page in PAPERS
        ]
        return own + super().get_urls()

    def nothing_to_print(self, request, transfer):
        """Back to the transfer, which has no such paper."""
        messages.warning(request, "现在没有可以打印的，请先办理相应的步骤")
        return HttpResponseRedirect(reverse("admin:members_transfer_change", args=[transfer.pk]))

    def beside(self, request, transfer):
        return {"life": life_of(transfer), "papers": self._papers(transfer), "transfer": transfer}

    def _papers(self, transfer) -> list[dict]:
        ready = {
            "letter": transfer.letter is not None and transfer.route != Route.IN,
            "receipt": transfer.accepted_on is not None and transfer.route in (Route.BETWEEN, Route.IN),
        }
        return [
            {"label": label, "link": reverse(f"admin:members_transfer_{name}", args=[transfer.pk])}
            for name, label, _, _ in PAPERS
            if ready[name]
        ]

    def get_fieldsets(self, request, obj=None):
        return INCOMING if obj is None else shown_of(obj)

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else [*SHOWN]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = IncomingForm
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request, form.model_admin = request, self
        return form

    def get_exclude(self, request, obj=None):
        return READ_OTHERWISE

    def narrow(self, request, field_name, queryset):
        return queryset.live().holding() if field_name in ("to_branch", "branch") else queryset

    def perform(self, request, obj, form, change):
        return record_incoming(arriving=form.arriving(), by=request.user, today=clock.today())

    # What one letter shows.

    @display(description="姓名")
    def name_shown(self, transfer):
        if transfer.member is None or not may(transfer.request.user, "members.view_member", transfer.member):
            return transfer.name
        url = reverse("admin:members_member_change", args=[transfer.member_id])
        return format_html('<a class="count" href="{}">{}</a>', url, transfer.name)

    @display(description="身份证号")
    def id_shown(self, transfer):
        return gates.letter_id_shown(transfer.request.user, transfer) or "—"

    @display(description="联系电话")
    def phone_shown(self, transfer):
        return gates.phone_shown(transfer.request.user, transfer)

    @display(description="出生日期")
    def birth_shown(self, transfer):
        return transfer.partial("birth") or "—"

    @display(description="入党日期")
    def joined_shown(self, transfer):
        return transfer.partial("joined") or "—"

    @display(description="党费交到")
    def dues_shown(self, transfer):
        return f"{transfer.letter.dues_paid_to:%Y年%m月}"

    @display(description="介绍信编号")
    def letter_shown(self, transfer):
        replaced = transfer.letter.replaces
        return f"{transfer.letter}（代替 {replaced}）" if replaced else str(transfer.letter)

    @display(description="开具日期")
    def issued_shown(self, transfer):
        return transfer.letter.issued_on

    @display(description="有效期至")
    def valid_shown(self, transfer):
        return f"{transfer.letter.valid_until}（{transfer.letter.valid_days}天）"

    @display(description="接收党（工）委")
    def committee_shown(self, transfer):
        unit = transfer.to_unit
        return unit.committee_name if unit and unit.level <= Level.STREET else "—"

    def get_object(self, request, object_id, from_field=None):
        transfer = super().get_object(request, object_id, from_field)
        if transfer:
            transfer.request = request
        return transfer


SHOWN = [
    "name_shown", "id_shown", "birth_shown", "joined_shown", "dues_shown", "letter_shown", "issued_shown",
    "valid_shown", "committee_shown", "state_shown", "comes_from", "goes_to", "due", "sex", "ethnic_group",
    "standing", "phone_shown", "route", "reason", "channel", "note", "received_on", "accepted_on",
    "receipt_on",
]  # fmt: skip
INCOMING = [
    (
        "来人",
        {
            "fields": [
                ("name", "sex"), ("id_number", "ethnic_group"), ("birth_on", "standing"),
                ("joined_on", "full_on"), "phone",
            ]
        },
    ),
    ("介绍信", {"fields": ["from_outside", ("number", "issued_on"), ("valid_days", "dues_paid_to")]}),
    ("去向", {"fields": [("to_unit", "to_branch"), "destination", ("reason", "channel"), "note"]}),
]  # fmt: skip


def shown_of(transfer) -> list:
    """The sections of a letter: what is not there yet is not shown."""
    days = [name for name in ("received_on", "accepted_on", "receipt_on") if getattr(transfer, name)]
    sections = [
        (None, {"fields": [("name_shown", "state_shown"), ("comes_from", "goes_to"), ("route", "reason")]}),
        (
            "信上所写",
            {
                "fields": [
                    ("sex", "ethnic_group"), ("id_shown", "birth_shown"), ("standing", "joined_shown"),
                    ("phone_shown",),
                ]
            },
        ),
    ]  # fmt: skip
    if transfer.letter:
        fields = [
            ("letter_shown", "issued_shown"),
            ("valid_shown", "dues_shown"),
            ("committee_shown", "channel"),
        ]
        sections.append(("介绍信", {"fields": fields}))
    rest = [*([tuple(days)] if days else []), *(["note"] if transfer.note else [])]
    return [*sections, ("办理", {"fields": rest})] if rest else sections
