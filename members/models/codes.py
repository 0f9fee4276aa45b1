"""Coded values of the national forms: 学历, 民族, and how people enter and leave a roster."""

from django.db import models


class Sex(models.TextChoices):
    MALE = "M", "男"
    FEMALE = "F", "女"


class RetireKind(models.TextChoices):
    LIXIU = "lixiu", "离休"
    TUIXIU = "tuixiu", "退休"
    TUIZHI = "tuizhi", "退职"
    NEITUI = "neitui", "内部退养"


class Education(models.TextChoices):
    """学历代码 of the Party statistics."""

    DOCTOR = "11", "博士研究生"
    MASTER = "12", "硕士研究生"
    GRADUATE_CLASS = "13", "研究生班"
    CENTRAL_SCHOOL_GRADUATE = "1A", "中央党校研究生"
    PROVINCIAL_SCHOOL_GRADUATE = "1B", "省（区、市）委党校研究生"
    UNIVERSITY = "21", "大学"
    COLLEGE = "22", "大专"
    COMMON_CLASS = "23", "大学普通班"
    SECOND_BACHELOR = "24", "第二学士学位班"
    CENTRAL_SCHOOL_UNIVERSITY = "2A", "中央党校大学"
    PROVINCIAL_SCHOOL_UNIVERSITY = "2B", "省（区、市）委党校大学"
    CENTRAL_SCHOOL_COLLEGE = "2C", "中央党校大专"
    PROVINCIAL_SCHOOL_COLLEGE = "2D", "省（区、市）委党校大专"
    SECONDARY_SPECIAL = "41", "中等专科"
    VOCATIONAL_HIGH = "44", "职业高中"
    TECHNICAL = "47", "技工学校"
    SENIOR_HIGH = "61", "普通高中"
    JUNIOR_HIGH = "71", "初中"
    PRIMARY = "81", "小学"
    OTHER = "9", "其他"


class RosterIn(models.TextChoices):
    """How a 组织关系 began in a branch."""

    DEVELOPED = "developed", "发展党员"
    TRANSFER_IN = "transfer_in", "转入组织关系"
    TRANSFER_IN_WHOLE = "transfer_in_whole", "整建制转入"
    HANDOVER = "handover", "企业移交"
    RESTORED = "restored", "恢复党籍"
    REJOINED = "rejoined", "重新入党"
    INITIAL_LOAD = "initial_load", "初始建档"
    OTHER_IN = "other_in", "其他增加"


# What a person may give. 恢复党籍 is a move of the standing, and comes of it alone.
ENTERED_BY = [choice for choice in RosterIn.choices if choice[0] != RosterIn.RESTORED]


class RosterOut(models.TextChoices):
    """How a 组织关系 ended in a branch."""

    TRANSFER_OUT = "transfer_out", "转出组织关系"
    TRANSFER_OUT_WHOLE = "transfer_out_whole", "整建制转出"
    DEATH = "death", "去世"
    EXIT = "exit", "出党"
    SUSPEND = "suspend", "停止党籍"
    OTHER_OUT = "other_out", "其他减少"


class ExitType(models.TextChoices):
    EXPELLED = "expelled", "开除党籍"
    STRUCK_ABSENT = "struck_absent", "自行脱党除名"
    STRUCK_QUIT = "struck_quit", "退党除名"
    PERSUADED = "persuaded", "劝其退党"
    STRUCK_REFUSED = "struck_refused", "劝而不退除名"
    STRUCK_UNFIT = "struck_unfit", "丧失党员条件除名"
    PROBATION_CANCELLED = "probation_cancelled", "取消预备党员资格"


class SuspendReason(models.TextChoices):
    LOST_CONTACT = "lost_contact", "失去联系"
    SETTLED_ABROAD = "settled_abroad", "出国定居"
    ABROAD_OVER_5_YEARS = "abroad_over_5_years", "出国学习研究超过5年"


class TransferChannel(models.TextChoices):
    """By what a 组织关系 travels."""

    ONLINE_NATIONAL = "online_national", "全国党员管理信息系统"
    PAPER = "paper", "纸质介绍信"
    CROSS_SYSTEM = "cross_system", "跨系统（线下转入）"
    INTERNAL = "internal", "本党（工）委内部调整"


class TransferReason(models.TextChoices):
    """Why a 组织关系 is transferred."""

    SOE_HANDOVER = "soe_handover", "国有企业退休人员社会化管理"
    RETIRED = "retired", "退休"
    MOVED_HOME = "moved_home", "居住地变动"
    UNIT_CLOSED = "unit_closed", "单位改制撤并"
    REEMPLOYED = "reemployed", "受聘"
    BRANCH_ADJUST = "branch_adjust", "党组织调整"
    OTHER = "other", "其他"


class ReturnReason(models.TextChoices):
    """Why somebody, or her letter, is sent back."""

    WRONG_ADDRESSEE = "wrong_addressee", "抬头或去向有误"
    EXPIRED = "expired", "超过有效期"
    INCOMPLETE = "incomplete", "信息不全"
    IDENTITY_DOUBT = "identity_doubt", "身份存疑需核查"
    FILE_MISSING = "file_missing", "党员档案缺失"
    NOT_RESIDENT = "not_resident", "不在本辖区居住"
    DUPLICATE = "duplicate", "重复转接"
    MEMBER_WITHDREW = "member_withdrew", "本人撤回"
    OTHER = "other", "其他"


class PhoneOwner(models.TextChoices):
    SELF = "self", "本人"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    RELATIVE = "relative", "亲属"
    CARER = "carer", "护理人员"
    NEIGHBOUR = "neighbour", "邻居"


# GB/T 3304 in its numeric order.
ETHNIC_NAMES = """
    汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族
    傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族
    羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族
    德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族
""".split()  # noqa: SIM905 - 56 quoted lines would be harder to compare with the standard
ETHNIC_GROUPS = [
    *((f"{number:02}", name) for number, name in enumerate(ETHNIC_NAMES, start=1)),
    ("97", "其他"),
    ("98", "外国血统中国籍人士"),
]
HAN = "01"
