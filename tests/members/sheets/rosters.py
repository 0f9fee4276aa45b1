"""Rosters as people send them: generated, so that no file is kept in the repository."""

from datetime import date, timedelta

from tests import factories
from tests.core.reading import files

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "秀英国强玉兰建华桂芳志明凤仙光荣文学永康"
HEADER = ["姓名", "公民身份号码", "性别", "民族", "出生日期", "人员类别", "所在党支部", "加入党组织日期",
          "转为正式党员日期", "离退休类别", "原工作单位", "手机号码", "现居住地"]  # fmt: skip
ROLLUP = ["序号", "姓名", "所在党支部", "公民身份证号", "性别", "民族", "出生日期", "学历", "人员类别",
          "加入党组织日期", "转为正式党员日期", "工作岗位", "手机号", "固定电话", "家庭住址", "党籍状态",
          "是否为失联党员", "失去联系日期", "是否为流动党员", "外出流向"]  # fmt: skip


def person(number, branch, **other) -> dict:
    """Somebody invented, the same for the same number, by header."""
    born = date(1940, 1, 1) + timedelta(days=number * 7 % 6000)
    sex = "女" if number % 2 else "男"
    name = SURNAMES[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20]
    joined = date(1979, 7, 1) + timedelta(days=number % 900)
    return {
        "姓名": name,
        "公民身份号码": factories.id_number(
            number // 2 % 500, born=born, sex="F" if sex == "女" else "M", region=f"5322{number // 3000:02}"
        ),
        "性别": sex,
        "民族": ("汉族", "彝族", "回族")[number % 3],
        "出生日期": f"{born:%Y-%m-%d}",
        "人员类别": "正式党员",
        "所在党支部": branch.name,
        "加入党组织日期": f"{joined:%Y年%m月%d日}",
        "转为正式党员日期": f"{joined.replace(year=joined.year + 1, day=1):%Y.%m}",
        "离退休类别": "退休",
        "原工作单位": "曲靖第一机械厂",
        "手机号码": f"138{number:08}",
        "现居住地": f"鼓楼巷{number}号",
        **other,
    }


def people(count, branch, first=1) -> list[dict]:
    return [person(number, branch) for number in range(first, first + count)]


def book(rows, header=HEADER) -> bytes:
    """An xlsx of our own template's shape."""
    return files.xlsx(("党员", [header, *([row.get(title, "") for title in header] for row in rows)]))


def rollup(rows, *, unit="鼓楼社区") -> bytes:
    """The national roll-up: four header rows, days as days, phones as numbers, a footer."""
    names = {"公民身份证号": "公民身份号码", "手机号": "手机号码", "家庭住址": "现居住地"}
    title = ["党员基本信息汇总表"]
    above = [f"填报单位：{unit}", *[""] * 18, "单位：人"]
    groups = ["" if name in ("失去联系日期", "外出流向") else name for name in ROLLUP]
    below = [name if name in ("失去联系日期", "外出流向") else "" for name in ROLLUP]
    lines = []
    for serial, row in enumerate(rows, start=1):
        line = {name: row.get(names.get(name, name), "") for name in ROLLUP}
        line |= {"序号": serial, "工作岗位": "退休人员", "党籍状态": "正常", "是否为失联党员": "否",
                 "是否为流动党员": "否", "固定电话": 0, "学历": "大专"}  # fmt: skip
        line["手机号"] = int(row["手机号码"]) if row.get("手机号码") else 0
        line["出生日期"] = date.fromisoformat(row["出生日期"])
        lines.append([line[name] for name in ROLLUP])
    footer = [f"填表人：王某　　审核人：李某　　共{len(lines)}人"]
    return files.xlsx(("党员基本信息汇总表", [title, above, groups, below, *lines, footer]))
