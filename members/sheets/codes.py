"""Coded values in words, numbers and abbreviations, as people write them in sheets."""

from branches.models import EmployerNature
from core.errors import InvalidValue
from core.reading import header_key
from members.models import ETHNIC_GROUPS, Education, PhoneOwner, RetireKind, Sex
from members.states import STANDING_NAMES, Standing

SEXES = {
    "男": Sex.MALE,
    "女": Sex.FEMALE,
    "男性": Sex.MALE,
    "女性": Sex.FEMALE,
    "1": Sex.MALE,
    "2": Sex.FEMALE,
}
YES, NO = (
    frozenset({"是", "有", "√", "1", "Y", "y", "true"}),
    frozenset({"否", "不是", "×", "N", "n", "false"}),
)
EDUCATION_ALIASES = {
    "本科": Education.UNIVERSITY,
    "大学本科": Education.UNIVERSITY,
    "专科": Education.COLLEGE,
    "大学专科": Education.COLLEGE,
    "高中": Education.SENIOR_HIGH,
    "中专": Education.SECONDARY_SPECIAL,
    "中师": Education.SECONDARY_SPECIAL,
    "中技": Education.TECHNICAL,
    "技校": Education.TECHNICAL,
    "职高": Education.VOCATIONAL_HIGH,
    "硕士生班": Education.GRADUATE_CLASS,
    "研究生": Education.MASTER,
    "硕士": Education.MASTER,
    "博士": Education.DOCTOR,
    "文盲": Education.OTHER,
    "半文盲": Education.OTHER,
    "6": Education.SENIOR_HIGH,
    "7": Education.JUNIOR_HIGH,
    "8": Education.PRIMARY,
    "91": Education.OTHER,
}
STANDING_ALIASES = {
    "正式党员": Standing.FULL,
    "正式": Standing.FULL,
    "中共党员": Standing.FULL,
    "党员": Standing.FULL,
    "预备党员": Standing.PROBATIONARY,
    "预备": Standing.PROBATIONARY,
    "中共预备党员": Standing.PROBATIONARY,
}
CONDITIONS = {
    "正常": "",
    "正常党籍": "",
    "1": "",
    "保留党籍": "",
    "恢复党籍": "",
    "10": "",
    "11": "",
    "停止党籍": Standing.SUSPENDED,
    "12": Standing.SUSPENDED,
    "开除党籍": Standing.EXITED,
    "13": Standing.EXITED,
    "出党": Standing.EXITED,
    "去世": Standing.DECEASED,
    "死亡": Standing.DECEASED,
}
# 工作岗位 of the national form says how somebody retired.
POSITIONS = {
    "离休干部": RetireKind.LIXIU,
    "离休人员": RetireKind.LIXIU,
    "离休": RetireKind.LIXIU,
    "退职人员": RetireKind.TUIZHI,
    "退职": RetireKind.TUIZHI,
    "内部退养职工": RetireKind.NEITUI,
    "内退": RetireKind.NEITUI,
    "内部退养": RetireKind.NEITUI,
    "退休": RetireKind.TUIXIU,
    "退休人员": RetireKind.TUIXIU,
    "退休干部": RetireKind.TUIXIU,
    "离退休人员": RetireKind.TUIXIU,
    "4": RetireKind.TUIXIU,
}
OWNERS = {
    "配偶": PhoneOwner.SPOUSE, "丈夫": PhoneOwner.SPOUSE, "妻子": PhoneOwner.SPOUSE, "夫": PhoneOwner.SPOUSE,
    "妻": PhoneOwner.SPOUSE, "子": PhoneOwner.CHILD, "女": PhoneOwner.CHILD, "儿子": PhoneOwner.CHILD,
    "女儿": PhoneOwner.CHILD, "子女": PhoneOwner.CHILD, "邻居": PhoneOwner.NEIGHBOUR,
    "护理": PhoneOwner.CARER,
}  # fmt: skip


def _labels(choices) -> dict[str, str]:
    return {form: str(value) for value, label in choices for form in (label, str(value))}


EDUCATIONS = _labels(Education.choices) | EDUCATION_ALIASES
NATURES = _labels(EmployerNature.choices) | {"企业": EmployerNature.STATE_ENTERPRISE}
ETHNIC = {
    form: code
    for code, name in ETHNIC_GROUPS
    for form in (name, name.removesuffix("族"), code, str(int(code)))
}


def coded(text: str, known: dict, *, label: str, field: str) -> str:
    """The code that the text stands for; raise InvalidValue with what may be written."""
    found = known.get(text.strip(), known.get(header_key(text)))
    if found is None:
        some = "、".join(list(dict.fromkeys(each for each in known if not each.isascii()))[:6])
        raise InvalidValue(
            f"{label}“{text}”无法识别，可写：{some}{'……' if len(known) > 6 else ''}", field=field
        )
    return str(found)


def yes_or_no(text: str, *, label: str, field: str) -> bool:
    """是 or 否, in the usual spellings."""
    if text.strip() in YES:
        return True
    if text.strip() in NO:
        return False
    raise InvalidValue(f"{label}“{text}”应为“是”或“否”", field=field)


def standing_name(standing: str) -> str:
    return STANDING_NAMES[Standing(standing)]
