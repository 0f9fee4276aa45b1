"""What happened to one row: read from the event tables that the database fills, told in words."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models import AuditEntry, User
from core.precision import PartialDate
from core.privacy import last_four
from core.sealing import SealedField

KINDS = {"insert": "新增", "update": "修改", "delete": "删除"}
TAKEN_BACK = "撤回"
DEEDS = {
    "added": "新增",
    "registered": "登记",
    "undone": "撤回",
    "reopened": "恢复",
    "registration_undone": "撤回登记",
    "founding_undone": "撤回（误建）",
    "amended": "修改",
    "renamed": "更名",
    "moved": "迁移",
    "closed": "撤销",
    "opened": "成立",
    "dissolved": "撤销",
    "made": "授予",
    "ended": "结束",
    "voided": "撤回（录入错误）",
    "began": "开始",
    "corrected": "更正",
    "revealed": "查看保密信息",
    "phones_changed": "修改电话",
    "created": "新建",
    "changed": "修改",
    "password_set": "设置密码",
    "issued": "发放",
    "revoked": "吊销",
    "exported": "导出",
    "downloaded": "下载",
    "expired": "到期删除",
    "recorded": "登记",
    "verified": "核实",
    "received": "上传",
    "explained": "说明表头",
    "apply_asked": "要求导入",
    "undo_asked": "要求撤销",
    "applied": "写入名册",
    "handed_over": "整建制转接",
    "moved_whole": "整建制转接",
    "planned": "列入计划",
    "carried_out": "办理",
    "cancelled": "取消",
    "delivered": "登记兑现",
    "listed": "添加名单",
    "mended": "更正",
    "accepted": "接收",
    "returned": "退回",
    "not_found": "查无此人",
    "already_here": "认定已在册",
    "pending": "重新待接收",
    "faulty": "重新待更正",
    "confirm": "转正",
    "extend": "延长预备期",
    "suspend": "停止党籍",
    "restore": "恢复党籍",
    "exit": "出党",
    "decease": "去世",
    "settled": "了结",
    "draft": "起草",
    "record": "登记来信",
    "agree": "支部同意",
    "issue": "开具介绍信",
    "receive": "接收介绍信",
    "accept": "编入支部",
    "close": "登记回执",
    "return": "退回",
    "reissue": "重新开具",
    "lose": "登记遗失",
    "cancel": "撤销",
    "undo": "撤回上一步",
    "elected": "换届选举",
    "extended": "延期换届",
    "filled": "任职",
    "relieved": "免去",
    "printed": "打印介绍信",
    "handed_on": "交接",
    "founded": "成立",
    "joined": "加入",
    "joining_undone": "撤回入队",
    "left": "离开",
    "led": "设队长",
    "requested": "点单",
    "dispatch": "派单",
    "rejected": "拒绝",
    "called_off": "取消",
    "taken": "接单",
    "decline": "谢绝",
    "hand_on": "改派",
    "escalate": "升级",
    "release": "退单",
    "start": "开始服务",
    "complete": "服务完毕",
    "confirmed": "确认",
    "publish": "公示",
    "open": "开始招领",
    "dealt": "排班",
    "asked_for": "申请",
    "invited": "邀请",
    "withdraw": "撤回",
    "take_up": "到岗",
    "feedback": "反馈",
    "ask": "请求换班",
    "finish": "值班完毕",
    "miss": "未值",
    "announced": "公示",
    "numbered": "出具",
    "agreed_to": "同意",
    "revoke": "注销",
    "reported": "上报",
    "take": "受理",
    "assign": "分派",
    "refer": "上报上级",
    "climb": "逾期上报",
    "settle": "办结",
    "follow_up": "回访",
    "reopen": "重开",
    "link": "并案",
    "separate": "分案",
    "photographed": "添加照片",
    "withdrawn": "撤下照片",
    "event": "登记重大变故",
    "followed": "转办",
    "building_included": "增加楼栋",
    "building_released": "减少楼栋",
    "put_in_charge": "增加责任人",
    "duty_ended": "责任人结束",
}
# What a word means of one thing only.
OWN_DEEDS = {
    "handover.opened": "登记",
    "handover.closed": "办结",
    "account.opened": "开通",
    "claim.decline": "不同意",
    "turn.cancel": "取消",
    "turn.decline": "不换",
    "matter.release": "收回分派",
}
NOUNS = {
    "figures": "统计数字",
    "unit": "组织单元",
    "branch": "党支部",
    "employer": "原工作单位",
    "pledge": "企业承诺",
    "handover": "企业移交批次",
    "handover_person": "移交名单",
    "secondment": "选派和交叉任职",
    "appointment": "任职授权",
    "member": "党员",
    "membership": "组织关系",
    "affiliation": "参加临时党组织",
    "sign_in": "参加记录",
    "standing": "党籍变动",
    "transfer": "组织关系转接",
    "letter": "介绍信",
    "obligation": "未了事项",
    "term": "届次",
    "post": "党内职务",
    "importfile": "名册导入",
    "exportfile": "名册导出",
    "plan": "组织变动",
    "reorganisation": "组织变动",
    "threshold": "规则数值",
    "banding": "统计分档",
    "account": "账号",
    "key": "接口密钥",
    "team": "志愿服务队",
    "service_item": "服务项目",
    "service_order": "服务单",
    "hours": "服务时间",
    "offer": "服务意愿",
    "service_post": "岗位",
    "claim": "岗位认领",
    "turn": "轮值",
    "certificate": "服务证书",
    "matter": "网格事项",
    "time_limit": "办理时限",
    "building": "楼栋",
    "household": "守望户",
    "pairing": "结对",
    "visit": "走访",
    "carrier": "载体",
}
# An operation writes its audit entry at once; what came later than this was another one.
SAME_DEED = timedelta(minutes=1)
# Of the person, not of the record: shown masked, as in lists.
MASKED = {"number", "phone"}
# A branch's contact is a person, and so is who orders a service; an ID number's last four beside a birth date
# leave little to guess.
UNTOLD = {
    "version", "path", "contact", "contact_phone", "id_last4", "id_born_on", "settled",
    "requester_masked", "phone_last4", "phone_index", "code_index", "wrong_codes", "detail",
    "confirmer", "feedback",
    "reporter", "reporter_phone",
}  # fmt: skip


def keeps_events(model) -> bool:
    """Whether the database keeps the table's history."""
    return hasattr(model, "pgh_event_models")


def deed_words(verb: str) -> str:
    """An audit verb, such as "unit.renamed", as people say it."""
    noun, _, deed = verb.partition(".")
    if noun not in NOUNS:
        return verb
    return f"{NOUNS[noun]}：{OWN_DEEDS.get(verb) or DEEDS.get(deed, deed)}"


@dataclass
class Change:
    """One row of one table that changed: which table, how, and the fields as (label, before, after)."""

    table: str
    kind: str
    values: list


@dataclass
class Deed:
    """What one transaction did to a row and its related rows."""

    at: object
    by: str = ""
    what: str = ""
    reason: str = ""
    changes: list = field(default_factory=list)
    events: list = field(default_factory=list)


def history_of(row, related=None, withheld=()) -> list[Deed]:
    """Every deed about `row`, newest first; `related` is {Model: "its key to the row"} of its own tables.

    Of the tables `withheld` nothing is told, nor what the audit says of them.
    """
    told = {model: key for model, key in (related or {}).items() if model not in withheld}
    tables = [_steps(model, {f"{key}_id": row.pk}) for model, key in told.items()]
    steps = sorted(chain(_steps(type(row), {"pgh_obj_id": row.pk}), *tables), key=_order)
    deeds = _grouped(steps)
    _say_what(deeds, _Names(steps))
    _say_who(deeds, row, withheld)
    return [deed for deed in reversed(deeds) if deed.changes or deed.what]


def _order(step):
    # A row is there before anything else happens to it, within one moment too.
    return step[1].pgh_created_at, step[1].pgh_label != "insert"


def _steps(model, condition):
    """(event before, event) of each row of the table, in the order in which they happened."""
    if not keeps_events(model):
        return
    before = {}
    for event in (
        model.pgh_event_model.objects.filter(**condition).select_related("pgh_context").order_by("pgh_id")
    ):
        yield before.get(event.pgh_obj_id), event
        before[event.pgh_obj_id] = event


def _grouped(steps):
    # All events of a transaction bear its one moment. A row that changed twice in it opens a second group.
    deeds, seen = [], set()
    for step in steps:
        event = step[1]
        key = (type(event), event.pgh_obj_id)
        if not deeds or deeds[-1].at != event.pgh_created_at or key in seen:
            deeds.append(Deed(at=event.pgh_created_at))
            seen = set()
        seen.add(key)
        deeds[-1].events.append(step)
    return deeds


class _Names:
    """What foreign keys of the events point to, read once for each table."""

    def __init__(self, steps):
        wanted = {}
        for _, event in steps:
            for column in _told(type(event)):
                if column.is_relation:
                    wanted.setdefault(column.related_model, set()).add(getattr(event, column.attname))
        self.rows = {model: _rows(model, numbers - {None}) for model, numbers in wanted.items()}

    def of(self, column, number):
        """The row's name, or its number when nothing is known of it."""
        return str(self.rows.get(column.related_model, {}).get(number, f"#{number}"))


def _rows(model, numbers) -> dict:
    """The rows of these numbers; one that has been taken back, as it was last known."""
    found = model._default_manager.in_bulk(list(numbers))
    gone = numbers - found.keys()
    if gone and keeps_events(model):
        columns = [column.attname for column in model.pgh_event_model._meta.fields]
        kept = [column.attname for column in model._meta.concrete_fields if column.attname in columns]
        for event in model.pgh_event_model.objects.filter(pgh_obj_id__in=gone).order_by("pgh_id"):
            found[event.pgh_obj_id] = model(**{name: getattr(event, name) for name in kept})
    return found


def _told(event_model):
    """The columns of an event that mean something to people: those that were given a Chinese name."""
    known = event_model.pgh_tracked_model._meta
    for column in event_model._meta.fields:
        if column.name.startswith("pgh_") or column.name in UNTOLD:
            continue
        if not str(known.get_field(column.name).verbose_name).isascii():
            yield column


def _say_what(deeds, names):
    for deed in deeds:
        changes = (_change(before, event, names) for before, event in deed.events)
        deed.changes = [change for change in changes if change]


def _change(before, event, names):
    """What one event changed, or nothing when it changed only what is not told."""
    columns = [column for column in _told(type(event)) if _differs(before, event, column)]
    values = [value for column in columns if (value := _value(before, event, column, names))]
    if event.pgh_label == "update" and not values:
        return None
    return Change(event.pgh_tracked_model._meta.verbose_name, _kind(event), values)


def _kind(event) -> str:
    """What was done to the row; where nothing is deleted, what is gone was taken back."""
    options = event.pgh_tracked_model._meta
    if event.pgh_label == "delete" and options.label_lower not in settings.DELETABLE_MODELS:
        return TAKEN_BACK
    return KINDS.get(event.pgh_label, event.pgh_label)


def _differs(before, event, column):
    if before is None or event.pgh_label != "update":
        return True
    told_together = (column.attname, _precision_of(column))
    return any(getattr(before, name, None) != getattr(event, name, None) for name in told_together)


def _value(before, event, column, names):
    """(label, before, after) of one column, or nothing when both are empty."""
    after = None if event.pgh_label == "delete" else event
    old, new = _words(before, column, names), _words(after, column, names)
    if not (old or new):
        return None
    label = event.pgh_tracked_model._meta.get_field(column.name).verbose_name
    if isinstance(column, SealedField):
        return label, "", "已更改" if before else "已填写"
    return label, old, new


def _precision_of(column) -> str:
    return column.name.removesuffix("_on") + "_precision"


def _words(event, column, names):
    value = getattr(event, column.attname, None)
    if value is None or value == "":
        return ""
    if isinstance(column, SealedField):
        return "已填写"
    if column.is_relation:
        return names.of(column, value)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return _plain_words(event, column, value)


def _plain_words(event, column, value):
    if isinstance(value, list):
        return "；".join(map(_listed_words, value))
    if isinstance(column, models.BooleanField):
        return "是" if value else "否"
    if column.name in MASKED:
        return last_four(value)
    if isinstance(column, models.DateTimeField):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    precision = getattr(event, _precision_of(column), None)
    return str(PartialDate(value, precision)) if precision else str(value)


def _listed_words(row) -> str:
    """One of several rows kept together, by its values alone."""
    values = [value for value in row.values() if value is not None] if isinstance(row, dict) else [row]
    return " ".join("、".join(value) if isinstance(value, list) else str(value) for value in values)


def _say_who(deeds, row, withheld):
    entries = _entries_of(row, withheld)
    people = User.objects.in_bulk({_context_user(deed) for deed in deeds} - {None})
    for deed in deeds:
        entry = next((each for each in entries if _is_of(each, deed)), None)
        person = people.get(_context_user(deed))
        if entry:
            entries.remove(entry)
            person = person or entry.by
            deed.what, deed.reason = deed_words(entry.verb), entry.reason
        deed.by = str(person or "系统")


def _entries_of(row, withheld):
    nouns = {model._meta.model_name for model in withheld}
    about = AuditEntry.objects.about(row).select_related("by").order_by("at", "pk")
    return [entry for entry in about if entry.verb.partition(".")[0] not in nouns]


def _is_of(entry, deed):
    # Looking at a sealed value is a deed of its own, which changes nothing.
    return deed.at <= entry.at <= deed.at + SAME_DEED and not entry.verb.endswith(".revealed")


def _context_user(deed):
    contexts = (event.pgh_context for _, event in deed.events)
    return next((context.metadata.get("user") for context in contexts if context), None)
