"""Files as people really send them go in as they are."""

from tests.core.reading import files
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, rows_of

# As a text processor lays it out: two rows of headers with groups, merged down and across.
UPPER = ["序号", "姓 名", "性别", "基本情况", "", "党籍情况", "", "", "身份证\n号码", "联系电话\n（手机）",
         "紧急联系人", "", ""]  # fmt: skip
LOWER = ["", "", "", "出生\n年月", "民 族", "入党\n时间", "转正\n时间", "所在\n党支部", "", "",
         "姓名", "关系", "联系人电话"]  # fmt: skip


def line(person, serial, number, phone) -> list:
    """Somebody's row below that header."""
    name, born = f" {person['姓名'][0]} {person['姓名'][1:]}", person["出生日期"][:7]
    dates = [born, "汉", "1979.7", "1980年七月"]
    return [serial, name, person["性别"], *dates, "", number, phone, "王小燕", "女儿", "13900000001"]


def test_a_roster_laid_out_by_hand_goes_in_as_it_is(desk):
    first, second, third = rosters.people(3, desk.branch)
    rows = [["鼓楼社区花名册"], ["填报单位：鼓楼社区"], ["说明：没有的写“无”"], UPPER, LOWER]
    rows.append(line(first, 1, first["公民身份号码"], "138 0000 0001"))
    rows.append(line(second, 2, second["公民身份号码"].lower(), "+86 138-0000-0002"))
    rows.append(line(third, 3, full_width(third["公民身份号码"]), "13800000003/0874-3123456 "))
    # Somebody has put her second number into a row of its own, below her merged name.
    rows.append(["", "", "", "", "", "", "", "", "", "13800000009"])
    rows += [UPPER, LOWER, ["合计", "", "3人"], ["填表人：王"]]
    merged = {"A1:M1": "鼓楼社区花名册", "H6:H9": desk.branch.name, "B8:B9": rows[7][1]}

    file = desk.send(files.xlsx(("花名册", rows), merged=merged))

    assert counts(file) == {"new": 3}, rows_of(file)
    told = [row["values"] for row in rows_of(file)]
    assert [each["entry"]["branch"] for each in told] == [desk.branch.pk] * 3
    assert [len(each["person"]["phones"]) for each in told] == [2, 2, 3]


def full_width(text):
    return text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
