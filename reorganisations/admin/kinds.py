"""What the wizard offers: each thing that can happen, in the words of who has to choose."""

from dataclasses import dataclass

from branches.models import ReorganisationKind
from reorganisations.states import ASKS, About


@dataclass(frozen=True)
class Choice:
    """One thing that can happen: how it is called, explained, and labelled in its form."""

    about: About
    kind: ReorganisationKind
    title: str
    hint: str
    icon: str
    labels: dict[str, str]
    note: str = ""

    @property
    def name(self) -> str:
        """As it is asked for: `?what=unit-merge`."""
        return f"{self.about}-{self.kind}"

    @property
    def asks(self):
        """What its form asks for."""
        return ASKS[self.about, self.kind]

    @property
    def subject(self) -> str:
        """The field of what it happens to; none when something new is made."""
        field = "units" if self.about == About.UNIT else "branches"
        return field if field in self.asks.required else ""

    @property
    def has_parts(self) -> bool:
        """Whether one chooses among what belongs to the subject."""
        return any(name.startswith("part_") for name in self.asks.every)

    @property
    def is_of_closed(self) -> bool:
        """Whether it happens to what has been closed."""
        return self.kind == ReorganisationKind.REOPEN


UNIT, BRANCH, KIND = About.UNIT, About.BRANCH, ReorganisationKind
FOLLOWS = "生效日之前的统计仍按原来的组织计算。"
CHOICES = {
    choice.name: choice
    for choice in (
        Choice(
            UNIT, KIND.MOVE, "迁移", "换一个上级，例如社区划到另一个街道", "drive_file_move",
            {"units": "哪个单位", "to_unit": "迁到哪个上级之下"},
            f"它的下级、党支部和党员一起过去。{FOLLOWS}",
        ),
        Choice(
            UNIT, KIND.MERGE, "合并", "几个同级单位合成一个", "merge",
            {"units": "哪些单位撤销并入", "to_unit": "并入现有单位", "name": "或者新设单位，名称",
             "code": "新单位的代码"},
            "撤销的单位的下级、党支部和居住人员都归合并后的单位。沿用其中一个的名称时，请选择“并入现有单位”。",
        ),
        Choice(
            UNIT, KIND.SPLIT, "拆分", "从一个单位中分出一个新单位", "call_split",
            {"units": "拆分哪个单位", "name": "新单位的名称", "code": "新单位的代码",
             "part_units": "划给新单位的下级", "part_branches": "划给新单位的党支部"},
            f"没有选中的留在原单位。{FOLLOWS}",
        ),
        Choice(
            UNIT, KIND.RENAME, "更名", "换一个名称", "edit_note",
            {"units": "哪个单位", "name": "新名称"}, "生效日之前的日期仍显示旧名称。",
        ),
        Choice(
            UNIT, KIND.ESTABLISH, "设立", "新设一个单位", "add_home_work",
            {"to_unit": "设在哪个上级之下", "name": "名称", "code": "代码"},
        ),
        Choice(
            UNIT, KIND.CLOSE, "撤销", "单位不再存在", "block",
            {"units": "撤销哪个单位", "to_unit": "下级、党支部和居住人员归到"},
            "已经没有下级、党支部和居住人员时，不用选归到哪里。",
        ),
        Choice(
            UNIT, KIND.REOPEN, "恢复", "撤销了的单位重新设立", "restart_alt",
            {"units": "恢复哪个单位", "to_unit": "设在哪个上级之下"}, "撤销期间仍按不存在计算。",
        ),
        Choice(
            BRANCH, KIND.MERGE, "合并", "几个党支部合成一个", "merge",
            {"branches": "哪些党支部撤销并入", "to_branch": "并入现有党支部",
             "name": "或者新成立党支部，全称", "to_unit": "新党支部所在单位"},
            "党员和党小组整建制转入，原党支部撤销。沿用其中一个的名称时，请选择“并入现有党支部”。",
        ),
        Choice(
            BRANCH, KIND.SPLIT, "拆分", "从一个党支部中分出一个新支部", "call_split",
            {"branches": "拆分哪个党支部", "name": "新党支部全称", "to_unit": "新党支部所在单位",
             "part_branches": "划给新党支部的党小组", "part_members": "划给新党支部的党员"},
            "选中党小组时，组内党员一起过去。没有选中的留在原党支部。",
        ),
        Choice(
            BRANCH, KIND.WHOLE, "整建制转接", "全部党员转到另一个党支部，原支部保留", "groups",
            {"branches": "哪个党支部的党员", "to_branch": "转到哪个党支部"},
            "党员和党小组一起转入。原党支部不再保留时，请选择“撤销”或“合并”。",
        ),
        Choice(
            BRANCH, KIND.MOVE, "迁移", "党支部换到另一个单位", "drive_file_move",
            {"branches": "哪个党支部", "to_unit": "迁到哪个单位"}, f"党员和党小组一起过去。{FOLLOWS}",
        ),
        Choice(
            BRANCH, KIND.CLOSE, "撤销", "党支部不再存在", "block",
            {"branches": "撤销哪个党支部", "to_branch": "党员和党小组转到"},
            "已经没有党员时，不用选转到哪里。三缘型临时党组织撤销时，参加者当日结束参加，组织关系不变。",
        ),
        Choice(
            BRANCH, KIND.REOPEN, "恢复", "撤销了的党支部重新成立", "restart_alt",
            {"branches": "恢复哪个党支部", "to_unit": "设在哪个单位"},
            "恢复后没有党员，请再办理转接。撤销期间仍按不存在计算。",
        ),
    )
}  # fmt: skip
GROUPS = [
    ("单位（街道、社区、小组、网格）", [choice for choice in CHOICES.values() if choice.about == UNIT]),
    ("党支部", [choice for choice in CHOICES.values() if choice.about == BRANCH]),
]
