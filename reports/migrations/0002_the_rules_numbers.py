"""The numbers of the rules as they stand: 支部工作条例（试行）2018, 基层组织选举工作条例 2020 and the reminders."""

from datetime import date

from django.db import migrations

BRANCH_RULES, OWN = "中国共产党支部工作条例（试行）", "本系统提醒设置"
SINCE, OWN_SINCE = date(2018, 10, 28), date(1949, 10, 1)

THRESHOLDS = [
    ("branch.least_full_members", "党支部的正式党员不少于", 3, "名", f"{BRANCH_RULES}第四条、第七条"),
    ("branch.most_members", "党支部的党员一般不超过", 50, "名", f"{BRANCH_RULES}第四条"),
    ("branch.joint_most_units", "联合党支部覆盖的单位一般不超过", 5, "个", f"{BRANCH_RULES}第五条"),
    ("committee.from_full_members", "设立支部委员会的正式党员数", 7, "名", BRANCH_RULES),
    ("committee.least", "支部委员会不少于", 3, "人", BRANCH_RULES),
    ("committee.most", "支部委员会一般不超过", 7, "人", BRANCH_RULES),
    ("term.lead", "换届到期提前提醒", 183, "天", OWN),
    ("term.soon", "换届到期再次提醒", 92, "天", OWN),
    ("term.urgent", "换届到期最后提醒", 31, "天", OWN),
    ("temporary.lead", "临时党组织到期提前提醒", 30, "天", OWN),
    ("letter.lead", "介绍信到期提前提醒", 10, "天", OWN),
    ("letter.urgent", "介绍信到期最后提醒", 3, "天", OWN),
    ("probation.lead", "预备期满提前提醒", 30, "天", OWN),
    ("birthday.lead", "整十岁生日提前提醒", 7, "天", OWN),
    ("birthday.first", "整十岁生日从几岁起提醒", 80, "岁", OWN),
    ("medal.party_years", "颁发“光荣在党50年”纪念章的党龄", 50, "年", "中央组织部关于做好“光荣在党50年”纪念章颁发工作的通知"),
    ("medal.lead", "“光荣在党50年”名单提前几天列出（截至7月1日）", 120, "天", OWN),
    ("plan.lead", "组织变动方案生效提前提醒", 7, "天", OWN),
]


def load(apps, schema_editor):
    threshold = apps.get_model("reports", "Threshold")
    for code, words, value, measure, source in THRESHOLDS:
        since = OWN_SINCE if source == OWN else SINCE
        values = {"words": words, "value": value, "measure": measure, "source": source, "since": since}
        threshold.objects.get_or_create(code=code, until=None, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
