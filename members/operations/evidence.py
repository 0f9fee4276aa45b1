"""What is not corrected on anybody's word: a value that stands there gives way only to evidence (依据).

The facts that are disputed (三龄两历: age, service, Party age; education, career) are settled by a review of
the archive, and another ID number makes another person of her. The history keeps the value before; the audit
entry keeps who, when and on what evidence.
"""

from core.errors import InvalidValue

DISPUTED = {
    "id_number": "公民身份号码",
    "birth_on": "出生日期",
    "worked_on": "参加工作日期",
    "joined_on": "入党日期",
    "full_on": "转正日期",
    "education": "学历",
    "retire_kind": "离退休类别",
}

# As the doors say it.
WHEN_ASKED = "更正已有的身份证号，出生、参加工作、入党、转正日期，学历，离退休类别时必填"


def disputed_facts(row, old: dict) -> list[str]:
    """The names of the disputed facts that had a value in `old`, and have another one now."""
    return [name for name in DISPUTED if old.get(name) and _told(row.__dict__, name) != _told(old, name)]


def precision_of(name: str) -> str:
    """The column beside a day that says how exactly it is known."""
    return f"{name.removesuffix('_on')}_precision"


def evidence_for(labels, evidence: str) -> str:
    """The reason to put on record for a correction of what is labelled so; refused without evidence."""
    if labels and not evidence.strip():
        raise InvalidValue(
            f"更正{'、'.join(labels)}须写明依据，如档案审核意见、文件名称和文号", field="evidence"
        )
    return f"依据：{evidence.strip()}" if evidence.strip() else ""


def _told(values, name):
    return values[name], values.get(precision_of(name))
