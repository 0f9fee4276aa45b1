"""The sheet of Party organisations: its columns, what a row says, and how it becomes an operation."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from branches.models import Affinity, Branch, Category, Kind, Level, PlaceType, Unit
from branches.models.unit import called
from branches.operations import BranchChanges, amend_branch, open_branch, set_branch_back, undo_founding
from branches.scope import Scope, scope_of
from core.errors import DomainError, InvalidValue
from core.identity import normalise_phone
from core.reading import (
    Change,
    Column,
    Draft,
    Fate,
    Fault,
    Repeats,
    Staged,
    header_key,
    is_nothing,
    read_date,
    refuse_ditto,
    told_dittos,
)
from core.reading.marking import HEADING
from core.titles import normalise_title
from core.voiding import StillNeeded

COLUMNS = (
    Column("name", "党组织全称", ("党组织名称", "支部名称", "党支部全称", "党支部名称")),
    Column("short_name", "党组织简称", ("简称",)),
    Column("code", "党组织代码", ("党组织编码", "组织编码")),
    Column("category", "组织类别", ("党组织类别", "支部类型")),
    Column("parent", "上级党组织", ("上级党组织名称", "上一级党组织", "隶属党组织")),
    Column("founded_on", "成立日期", ("建立日期", "批准建立日期", "建立党组织日期")),
    Column("founding_document", "批准文号", ("建立文号",)),
    Column("kind", "离退休支部类型", ("支部性质", "类型")),
    Column("affinity", "三缘类型", ("地缘/趣缘/业缘",)),
    Column("place_type", "依托场所", ("依托场所类型",)),
    Column("sponsor", "依托机构", ("依托单位", "依托（发起）单位")),
    Column("approved_by", "批准单位", ("批准成立的上级党组织全称",)),
    Column("approved_on", "批准日期"),
    Column("expected_end_on", "预计结束日期"),
    Column("contact", "党组织联系人", ("联系人",)),
    Column("contact_phone", "联系电话", ("电话", "固定电话")),
    Column("address", "通讯地址", ("地址", "活动地点", "活动阵地")),
    Column("street", "街道", ("镇(街道)", "所在街道", "所属街道")),
    Column("community", "社区", ("村(社区)", "所在社区", "所属社区")),
    Column("area", "小组", ("居民小组",)),
    Column("grid", "网格"),
    Column("unit_code", "行政区划代码", ("党组织所在行政区划", "属地")),
    Column("state", "状态", ("党组织状态",)),
)
IN_FORCE = {"正常", "在册", "有效", "正常运行"}
# Committees, which need not be registered here for the branches below them to be.
COMMITTEE = re.compile(".*(委员会|党委|工委|区委|党总支|总支部)")
# Known, and not kept here.
NOT_KEPT = """
    序号 编号 党组织书记 书记 支部书记 副书记 组织委员 宣传委员 纪检委员 党员数 党员人数 正式党员数 党小组数
    党组织党员人数 党组织所在单位情况 所在单位情况 单位名称 所在单位 单位性质类别 单位类别 统一社会信用代码
    社会信用代码 本届班子产生日期 换届日期 当选日期 班子成立日期 任期 任期(年) 每届任期 应换届日期 届满日期
    下次换届时间 批准延期至 延期换届 撤销日期 所属党群服务中心 银发先锋之家 阵地 党建指导员 党建工作指导员
    联络员 备注 党组织唯一标识 上一级党组织唯一标识 党支部标准化规范化建设类别 显示排序 删除标识 更新时间戳
"""
LEFT_OUT = tuple(Column("", header) for header in (*NOT_KEPT.split(), HEADING))
LEAST_HEADERS = 2
# One of them says which organisation a row is about.
NAMING = {"name", "code"}
HEADERS = {column.key: column.header for column in COLUMNS}
PLACES = {"street": Level.STREET, "community": Level.COMMUNITY, "area": Level.GROUP, "grid": Level.GRID}
TITLES = {"name", "short_name", "parent", *PLACES}
DAYS = {"founded_on", "approved_on", "expected_end_on"}
TEMPORARY = dict.fromkeys(("三缘临时", "三缘型临时", "三缘临时党支部", "三缘型临时党支部"), Kind.TEMPORARY)
CODED = {"category": Category, "kind": Kind, "affinity": Affinity, "place_type": PlaceType}
VERB = "branches.add_branch"
# So many organisations of one file may be founded one below the other: 党委, 党总支, 党支部, 党小组.
HIGHEST = 3
UNDONE = "撤销党组织导入"
# What the register itself keeps of an organisation; of its place and end `undo_founding` says why it stays.
BESIDE_ITSELF = {"id", "unit", "path", "syllables", "version", "dissolved_on", "dissolving_document"}
KEYS = ("unit", "parent")
# Fixed when it was founded: another value is a contradiction, not a change.
FIXED = ("category", "kind", "founded_on", "parent", "unit")


@dataclass
class Said:
    """What a row says, and what is wrong with its cells."""

    values: dict = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def read_row(line, header, *, today) -> Said | None:
    """What the line says, or None when it names no organisation."""
    cells = {key: line.cell(place) for place, key in header.keys.items() if key}
    filled = {key: text for key, text in cells.items() if not is_nothing(text)}
    if not NAMING & set(filled):
        return None
    said = Said(doubts=told_dittos(line, header, HEADERS))
    for key, text in filled.items():
        try:
            refuse_ditto(text, key)
            said.values[key] = _value(key, text)
        except InvalidValue as error:
            said.faults.append(Fault(key, error.detail))
    return said


def _value(key, text):
    if key in DAYS:
        return read_date(text, field=key).day
    if key in CODED:
        return _coded(key, text)
    if key == "contact_phone":
        return normalise_phone(text, field=key)
    _refuse_text(key, text)
    return normalise_title(text) if key in TITLES else text


def _refuse_text(key, text):
    if key == "state" and text not in IN_FORCE:
        raise InvalidValue(f"状态“{text}”的党组织不能导入：只导入正常的党组织", field=key)
    if key == "code" and not re.fullmatch(r"\d{12}", text):
        raise InvalidValue(f"党组织代码“{text}”应为12位数字（前面的0要保留，单元格设为文本）", field=key)


def _coded(key, text) -> str:
    choices = CODED[key]
    known = {form: value for value, label in choices.choices for form in (value, label, _short(label))}
    known |= TEMPORARY if key == "kind" else {}
    if header_key(text) not in known:
        some = "、".join(label for _, label in choices.choices)
        raise InvalidValue(f"{HEADERS[key]}“{text}”无法识别，可写：{some}", field=key)
    return str(known[header_key(text)])


def _short(label) -> str:
    # 社区离退休党支部 as 社区, 地缘型 as 地缘, 党总支部 as 党总支.
    return re.sub(r"离退休党支部.*|（.*|型$|(?<=总支)部$", "", label)


class Drafting:
    """One upload: the same reach and day for all its rows."""

    def __init__(self, *, scope: Scope, file, today: date):
        self.today, self.unit, self.by = today, file.unit, file.asked_by
        reached = Branch.objects.visible_in(scope).within(self.unit).live().select_related("parent", "unit")
        self.branches = list(reached)
        self.by_name = {branch.name: branch for branch in self.branches}
        self.by_code = {branch.code: branch for branch in self.branches}
        self.taken = dict(Branch.objects.values_list("code", "name"))
        self.units = list(Unit.objects.visible_in(scope).within(self.unit).live())
        self.repeats = Repeats()
        # No later row speaks against one before it.
        self.second_thoughts: dict[tuple[str, int], Fault] = {}
        # What earlier rows of the file will found, by name: organisations below may name it.
        self.founding: dict[str, dict] = {}

    def draw_up(self, lines: list[tuple[Draft, Said]]) -> list[Draft]:
        """Finish the drafts of these rows."""
        for draft, said in lines:
            draft.title = said.values.get("name", said.values.get("code", ""))
            draft.warnings += said.doubts
            for fault in said.faults:
                draft.refuse(*fault)
            self._repeated(draft, said)
            self._settle(draft, dict(said.values))
        return [draft for draft, _ in lines]

    def _repeated(self, draft, said):
        first = draft.title and self.repeats.before(draft, draft.title)
        if first:
            draft.refuse("name", f"与{first.seen_from(draft.sheet)}重复")

    def _settle(self, draft, values):
        values.pop("state", None)
        known = self.by_code.get(values.get("code")) or self.by_name.get(values.get("name"))
        if "parent" in values:
            self._parent(draft, values, known)
        self._seat(draft, values)
        draft.values = values
        if known:
            draft.row, draft.matched_by = known, "党组织代码" if values.get("code") == known.code else "全称"
            self._compare(draft, known)
        else:
            self._founded(draft)

    def _parent(self, draft, values, known):
        name = values.pop("parent")
        parent = self.by_name.get(name)
        if parent:
            values["parent"] = parent.pk
        elif name in self.founding and not known:
            values |= {"parent_name": name, "parent_unit": self.founding[name]["unit"]}
            if self._height(name) >= HIGHEST:
                draft.refuse("parent", f"“{name}”之上在本表中已有 {HIGHEST} 级新建的党组织，请分两次导入")
        elif earlier := self.repeats.first(name):
            draft.refuse("parent", f"上级党组织“{name}”（{earlier.seen_from(draft.sheet)}）有错误，请先改正")
        elif COMMITTEE.fullmatch(name) or called(self.units, name):
            draft.warnings.append(f"上级党组织“{name}”没有在本系统登记，没有记下")
        else:
            draft.refuse(
                "parent", f"没有党组织“{name}”，或不在您的管辖范围内；本表新建的，要写在它所属各行的前面"
            )

    def _height(self, name) -> int:
        """How many rows of the file found one below the other down to this one."""
        above = self.founding[name].get("parent_name")
        return 1 + (self._height(above) if above else 0)

    def _seat(self, draft, values):
        """Set the unit that the row names, by code or by names one below the other."""
        code = values.pop("unit_code", None)
        names = {key: values.pop(key) for key in PLACES if key in values}
        try:
            unit = self._by_code(code) if code else self._by_names(names)
        except InvalidValue as error:
            draft.refuse(error.field, error.detail)
            return
        if unit:
            values["unit"] = unit.pk

    def _by_code(self, code) -> Unit:
        for unit in self.units:
            if unit.code == code:
                return unit
        raise InvalidValue(f"没有代码为“{code}”的单位，或不在您的管辖范围内", field="unit_code")

    def _by_names(self, names) -> Unit | None:
        found = None
        for key, name in names.items():
            path = found.path if found else ""
            below = (unit for unit in self.units if unit.path.startswith(path))
            hits = called([unit for unit in below if unit.level == PLACES[key]], name)
            if len(hits) != 1:
                raise InvalidValue(f"“{name}”没有这一项、不止一个，或不在您的管辖范围内", field=key)
            found = hits[0]
        return found

    def _compare(self, draft, known):
        self._contradictions(draft, known)
        draft.values = {name: value for name, value in draft.values.items() if getattr(known, name) != value}
        draft.changes = [_change(known, name, value) for name, value in draft.values.items()]
        if draft.fate == Fate.NEW:
            draft.fate = Fate.CHANGED if draft.values else Fate.UNCHANGED
        if draft.fate == Fate.CHANGED:
            changes = BranchChanges(_thawed(draft.values), known.version)
            self._try(
                draft, lambda: amend_branch(branch=known, changes=changes, by=self.by, today=self.today)
            )

    def _contradictions(self, draft, known):
        fixed = {name: draft.values.pop(name) for name in FIXED if name in draft.values}
        for name, value in fixed.items():
            if getattr(known, f"{name}_id" if name in KEYS else name) != value:
                place, label = (name, HEADERS[name]) if name in HEADERS else ("community", "所在单位")
                draft.contradict(place, f"{label}与登记的不同，成立后不能直接修改")

    def _founded(self, draft):
        draft.values.setdefault("unit", self.unit.pk)
        for key in ("name", "category", "kind", "founded_on"):
            if key not in draft.values and key not in {fault.key for fault in draft.faults}:
                draft.refuse(key, f"{HEADERS[key]}不能为空")
        if draft.values.get("code") in self.taken:
            draft.refuse("code", "该党组织代码已被使用")
        if draft.fate == Fate.NEW:
            self._try(draft, lambda: self._open(draft.values))
        if draft.fate == Fate.NEW:
            self.founding[draft.values["name"]] = draft.values

    def _open(self, values):
        """Found it for trial, below what the file itself founds above it."""
        above = self.founding.get(values.get("parent_name"))
        if above:
            self._open(above)
        _opened(values, self.by, self.today)

    def _try(self, draft, deed):
        """Refuse what the operation itself would refuse. What it writes is taken back at once."""
        try:
            with transaction.atomic():
                deed()
                transaction.set_rollback(True)
        except DomainError as refusal:
            for error in refusal.errors:
                draft.refuse(error.field if error.field in HEADERS else "name", error.detail)


def _change(branch, name, value) -> Change:
    label = str(Branch._meta.get_field(name).verbose_name)
    return Change(label, str(getattr(branch, name) or ""), str(value))


def about(row: Staged) -> list[tuple]:
    """Which organisation the row is about; of a new one, the unit and the organisation above it."""
    if row.target is not None:
        return [(Branch, row.target)]
    above = [(Unit, row.values["unit"]), (Branch, row.values.get("parent"))]
    return [(model, number) for model, number in above if number]


def write(rows: list[Staged], *, by, today) -> None:
    """Open the new and amend the changed; a row that cannot be any more says so in `refused`."""
    for row in rows:
        try:
            (_open if row.fate == Fate.NEW else _amend)(row, by, today)
        except DomainError as refusal:
            row.refused += [error.detail for error in refusal.errors]


def _open(row, by, today):
    row.target = _opened(row.values, by, today).pk


def _opened(values, by, today) -> Branch:
    values = _thawed(values)
    if "parent_name" in values:
        values["parent"] = _founded_before(values.pop("parent_name"), values.pop("parent_unit"), by, today)
    unit = Unit.objects.get(pk=values.pop("unit"))
    return open_branch(unit=unit, values=values, by=by, today=today)


def _founded_before(name, unit, by, today) -> Branch:
    """What an earlier row of the same file founded there."""
    within = Branch.objects.visible_in(scope_of(by, to=VERB, on=today)).live()
    try:
        return within.get(name=name, unit=unit)
    except Branch.DoesNotExist:
        raise InvalidValue(f"上级党组织“{name}”没有写入", field="parent") from None


def _amend(row, by, today):
    branch = Branch.objects.get(pk=row.target)
    values = _thawed(row.values)
    row.before = {name: _frozen(getattr(branch, name)) for name in values}
    amend_branch(branch=branch, changes=BranchChanges(values, row.seen_version), by=by, today=today)


def _thawed(values) -> dict:
    thawed = {
        name: date.fromisoformat(str(value)) if name in DAYS and value else value
        for name, value in values.items()
    }
    if thawed.get("parent"):
        thawed["parent"] = Branch.objects.get(pk=thawed["parent"])
    return thawed


def _frozen(value):
    return value.isoformat() if isinstance(value, date) else value


def take_back(rows: list[Staged], *, by, today) -> None:
    """Take back what was founded, and set amended columns back; `refused` says what stays and why.

    What was founded goes if nothing rests on it; a column is set back if it still holds what was written.
    """
    # What was founded below another row's goes before it.
    for row in reversed(rows):
        try:
            with transaction.atomic():
                (_withdraw if row.fate == Fate.NEW else _set_back)(row, by, today)
        except DomainError as refusal:
            row.refused = [error.detail for error in refusal.errors]


def _withdraw(row, by, today):
    branch = Branch.objects.select_related("unit").get(pk=row.target)
    if not _is_as_founded(branch, row.values):
        raise StillNeeded(f"“{branch}”成立之后又修改过，保留现在的内容")
    undo_founding(branch=branch, reason=UNDONE, by=by)


def _is_as_founded(branch, values) -> bool:
    """Whether nobody has changed anything of it since the import founded it."""
    told = {"code": branch.code, **_thawed(values), "unit": branch.unit}
    if told.pop("parent_name", ""):
        told |= {"parent": branch.parent, "unit": branch.unit}
        del told["parent_unit"]
    then = Branch(**told)
    own = [field.attname for field in Branch._meta.fields if field.name not in BESIDE_ITSELF]
    return all(getattr(branch, name) == getattr(then, name) for name in own)


def _set_back(row, by, today):
    branch = Branch.objects.get(pk=row.target)
    written, before = _thawed(row.values), _thawed(row.before)
    still = {name: before[name] for name in before if getattr(branch, name) == written[name]}
    set_branch_back(branch=branch, changes=BranchChanges(still), by=by, today=today)
    row.refused += [
        f"“{Branch._meta.get_field(name).verbose_name}”后来又改过，保留现在的内容"
        for name in before
        if name not in still
    ]
