"""Coded values in words, numbers and abbreviations, as people write them in sheets."""

from functools import cache

from branches.models import EmployerNature
from core.errors import InvalidValue
from core.reading import header_key
from members.models import ETHNIC_GROUPS, Education, Member, PhoneOwner, RetireKind
from members.models.spellings import EDUCATION_ALIASES
from members.states import STANDING_NAMES, Standing

YES, NO = (
    frozenset({"是", "有", "√", "1", "Y", "y", "true"}),
    frozenset({"否", "不是", "×", "N", "n", "false"}),
)
# Of good standing, and with no 组织关系 in the district any more.
LEFT = "left"
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
    "已转出": LEFT,
    "转出": LEFT,
    "组织关系已转出": LEFT,
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


@cache
def words_of(name) -> dict:
    """Each code of a member's column, and its word. Drawn up anew for each row they take much of the time."""
    return dict(Member._meta.get_field(name).flatchoices)


def _labels(choices) -> dict[str, str]:
    return {form: str(value) for value, label in choices for form in (label, str(value))}


EDUCATIONS = _labels(Education.choices) | EDUCATION_ALIASES
# Words that stand for several codes, the usual of which is taken.
VAGUE = {"研究生"}
NATURES = _labels(EmployerNature.choices) | {"企业": EmployerNature.STATE_ENTERPRISE}
ETHNIC = {
    form: code
    for code, name in ETHNIC_GROUPS
    for form in (name, name.removesuffix("族"), code, str(int(code)))
}


def coded(text: str, known: dict, *, label: str, field: str) -> str:
    """The code that the text stands for; raise InvalidValue with what may be written."""
    plain = header_key(text)
    found = known.get(text.strip(), known.get(plain, known.get(plain.removesuffix("毕业"))))
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


def condition_name(condition: str) -> str:
    """The word for what is not 正常."""
    return "已转出" if condition == LEFT else STANDING_NAMES[Standing(condition)]
