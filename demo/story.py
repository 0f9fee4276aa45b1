"""The article's district as told here: which organisations there are, and how many people each receives.

Places are real, people and enterprises are invented. No published figure is written here: they are counted.
"""

from dataclasses import dataclass
from datetime import date

from branches.models import Affinity, EmployerNature, PlaceType
from volunteering.models import VolunteerType

DISTRICT = "麒麟区"
FIRST_DAY = date(1949, 10, 1)
# The day after which nothing more is told; the story cannot be loaded before it.
LAST_DAY = date(2025, 6, 30)
OFFICE = "中共麒麟区委老干部局"

# Groups and grids
GROUPS_SINCE, GRIDS_SINCE = date(2010, 1, 1), date(2019, 3, 1)
# Communities with their number of groups, and of grids in each group.
GRIDDED = {
    "瑞和": (5, 5), "古城": (4, 5), "平安": (4, 4), "姜家巷": (3, 4), "鼓楼": (5, 5), "南宁": (4, 4),
    "麒麟桥": (3, 4), "临江": (4, 4), "长河": (3, 5), "江南": (4, 4), "文昌": (5, 4), "玄坛": (3, 4),
    "胜峰": (4, 4), "花柯": (3, 4), "学苑": (4, 4), "太和": (3, 4), "南城门": (4, 4), "三宝": (3, 3),
    "越州": (3, 3),
}  # fmt: skip

# District-direct branches: organ, kind of employer, and the street it sits on (else the district)
ORGAN, INSTITUTION, QUASI = (
    EmployerNature.ORGAN,
    EmployerNature.PUBLIC_INSTITUTION,
    EmployerNature.QUASI_ORGAN,
)
ORGANS = [
    ("区委办公室", ORGAN, None), ("区人大常委会机关", ORGAN, None), ("区政府办公室", ORGAN, None),
    ("区政协机关", ORGAN, None), ("区纪委区监委机关", ORGAN, None), ("区委组织部", ORGAN, None),
    ("区委宣传部", ORGAN, None), ("区委统战部", ORGAN, None), ("区委政法委", ORGAN, None),
    ("区委老干部局", ORGAN, None), ("区人民法院", ORGAN, "南宁街道"), ("区人民检察院", ORGAN, "南宁街道"),
    ("区发展和改革局", ORGAN, None), ("区教育体育局", ORGAN, "建宁街道"),
    ("区工业和信息化局", ORGAN, None), ("区民族宗教事务局", ORGAN, None), ("区民政局", ORGAN, "建宁街道"),
    ("区司法局", ORGAN, None), ("区财政局", ORGAN, "白石江街道"), ("区人力资源和社会保障局", ORGAN, None),
    ("区自然资源局", ORGAN, "寥廓街道"), ("区住房和城乡建设局", ORGAN, "寥廓街道"),
    ("区交通运输局", ORGAN, "益宁街道"), ("区农业农村局", ORGAN, None), ("区水务局", ORGAN, "白石江街道"),
    ("区商务局", ORGAN, None), ("区文化和旅游局", ORGAN, "文华街道"), ("区卫生健康局", ORGAN, "寥廓街道"),
    ("区审计局", ORGAN, None), ("区市场监督管理局", ORGAN, "太和街道"), ("区统计局", ORGAN, None),
    ("区林业和草原局", ORGAN, None), ("区供销合作社联合社", QUASI, "建宁街道"), ("区总工会", QUASI, None),
    ("区妇女联合会", QUASI, None), ("区教师进修学校", INSTITUTION, "南宁街道"),
]  # fmt: skip

# Branches and groups of streets and communities
STREET_BRANCHES = [
    "南宁街道", "建宁街道", "白石江街道", "寥廓街道", "益宁街道", "文华街道", "太和街道",
    "潇湘街道", "越州镇",
]  # fmt: skip
# Communities with a branch of their own, and the groups it is divided into.
COMMUNITY_BRANCHES = {
    "瑞和": ("桥东", "桥西"), "古城": ("古城东", "古城西"), "平安": (), "姜家巷": (),
    "鼓楼": ("教师新村", "东门"), "南宁": ("前进", "劳动"), "麒麟桥": (), "临江": ("江滨", "锦江"),
    "长河": (), "江南": (), "文昌": ("文昌", "翠屏"), "玄坛": (), "胜峰": ("一工区", "二工区"),
    "龙潭": (), "花柯": (), "金牛": (), "学苑": (), "桂花": (), "太和": (), "曲烟": (), "南城门": (),
    "三宝": (), "余家圩": (), "珠街": (),
}  # fmt: skip
MIXED_BRANCHES = ["幸福", "保渡", "梅园", "文笔", "新兴", "阳光"]

# What enterprises handed over


@dataclass(frozen=True)
class Handover:
    """An enterprise gives its retired members to communities on a day."""

    enterprise: str
    people: int
    on: date
    communities: tuple[str, ...]
    document: str


HANDOVERS = [
    Handover(
        "滇东第一机械厂", 612, date(2019, 11, 15), ("瑞和", "古城", "平安", "姜家巷"), "麒国企移〔2019〕1号"
    ),
    Handover(
        "珠源纺织总厂", 545, date(2019, 12, 20), ("鼓楼", "南宁", "麒麟桥", "向阳"), "麒国企移〔2019〕2号"
    ),
    Handover("寥廓山水泥厂", 403, date(2020, 1, 10), ("玄坛", "龙潭", "梅园", "园林"), "麒国企移〔2020〕1号"),
    Handover("南盘江电力修造厂", 371, date(2020, 3, 20), ("临江", "江南", "幸福"), "麒国企移〔2020〕2号"),
    Handover("胜峰冶炼厂", 688, date(2020, 4, 28), ("胜峰", "文昌", "天池", "阿诗玛"), "麒国企移〔2020〕3号"),
    Handover("珠东煤矿", 574, date(2020, 5, 30), ("花柯", "金牛", "文笔", "台子"), "麒国企移〔2020〕4号"),
    Handover("潇湘汽车运输总公司", 286, date(2020, 6, 18), ("南城门", "阳光", "金麟"), "麒国企移〔2020〕5号"),
    Handover("白石江轴承厂", 318, date(2020, 7, 15), ("长河", "保渡", "锦东"), "麒国企移〔2020〕6号"),
    Handover("爨乡烟叶复烤厂", 297, date(2020, 9, 1), ("曲烟", "太和", "新兴"), "麒国企移〔2020〕7号"),
    Handover("翠峰农业机械厂", 164, date(2020, 10, 12), ("学苑", "桂花"), "麒国企移〔2020〕8号"),
    Handover("麒麟山化肥厂", 142, date(2020, 11, 5), ("三宝", "余家圩"), "麒国企移〔2020〕9号"),
    Handover("越州炼铁厂", 81, date(2020, 11, 27), ("越州", "潦浒"), "麒国企移〔2020〕10号"),
    Handover("珠江源矿山设备厂", 43, date(2022, 6, 1), ("珠街", "西海"), "麒国企移〔2022〕1号"),
]

# Temporary organisations


@dataclass(frozen=True)
class Gathering:
    """A 三缘型 temporary organisation, and how many people it brings who took part nowhere before."""

    name: str
    affinity: str
    place_type: str
    seat: str
    sponsor: str
    founded: date
    faces: int
    # How many more came, and died before the year was over.
    mourned: int = 0
    until: date | None = None


PLACE, INTEREST, OCCUPATION = Affinity.PLACE, Affinity.INTEREST, Affinity.OCCUPATION
IN_COMMUNITY, IN_ESTATE = PlaceType.COMMUNITY, PlaceType.ESTATE
IN_ENTERPRISE, ON_PLAZA = PlaceType.ENTERPRISE, PlaceType.PLAZA
GATHERINGS = [
    Gathering("瑞和社区楼栋", PLACE, IN_COMMUNITY, "瑞和", "瑞和社区居民委员会", date(2019, 5, 1), 82, 2),
    Gathering("教师新村", PLACE, IN_ESTATE, "鼓楼", "鼓楼社区居民委员会", date(2019, 6, 1), 76),
    Gathering("江滨花园小区", PLACE, IN_ESTATE, "临江", "临江社区居民委员会", date(2019, 8, 1), 64),
    Gathering("翠屏苑小区", PLACE, IN_ESTATE, "文昌", "文昌社区居民委员会", date(2019, 9, 1), 58),
    Gathering("机械厂家属区", PLACE, IN_ESTATE, "古城", "古城社区居民委员会", date(2020, 1, 6), 71),
    Gathering("胜峰工人新村", PLACE, IN_COMMUNITY, "胜峰", "胜峰社区居民委员会", date(2020, 5, 11), 67),
    Gathering("太和社区邻里", PLACE, IN_COMMUNITY, "太和", "太和社区居民委员会", date(2020, 3, 2), 43),
    Gathering("麒麟广场合唱", INTEREST, ON_PLAZA, "麒麟桥", "区老年文艺协会", date(2019, 4, 1), 88),
    Gathering("寥廓公园太极", INTEREST, ON_PLAZA, "园林", "区老年体育协会", date(2019, 10, 1), 69),
    Gathering("南城门书画", INTEREST, ON_PLAZA, "南城门", "区老年书画协会", date(2020, 1, 13), 52),
    Gathering("长河门球", INTEREST, IN_COMMUNITY, "长河", "区门球协会", date(2020, 4, 7), 47),
    Gathering("珠纺退休职工", OCCUPATION, IN_ENTERPRISE, "向阳", "珠源纺织总厂", date(2019, 12, 25), 61),
    Gathering("珠东煤矿退休矿工", OCCUPATION, IN_ENTERPRISE, "金牛", "珠东煤矿", date(2020, 6, 1), 49),
    Gathering("老法官调解", OCCUPATION, IN_COMMUNITY, "南宁", "区人民法院", date(2019, 7, 1), 23),
    Gathering("老教师四点半课堂", OCCUPATION, IN_COMMUNITY, "学苑", "区教师进修学校", date(2019, 9, 10), 31,
              until=date(2022, 12, 31)),
    Gathering("疫情防控志愿服务", PLACE, IN_COMMUNITY, "平安", "平安社区居民委员会", date(2020, 2, 3), 18,
              until=date(2020, 10, 31)),
    Gathering("银龄摄影", INTEREST, ON_PLAZA, "阿诗玛", "区老年摄影协会", date(2021, 7, 1), 26),
]  # fmt: skip

# Volunteer teams


@dataclass(frozen=True)
class Squad:
    """A 银发先锋志愿服务队: the branch that leads it, where it is based, and how many serve in it as what."""

    name: str
    branch: str
    base: str
    serves_as: str
    founded: date
    size: int
    skills: str = ""
    until: date | None = None


AS_MEMBER, AS_STEWARD = VolunteerType.OLD_MEMBER, VolunteerType.PROPERTY_STEWARD
AS_TEACHER, AS_JUDGE = VolunteerType.OLD_TEACHER, VolunteerType.OLD_JUDGE
SQUADS = [
    Squad("瑞和楼栋老党员", "瑞和社区", "瑞和", AS_MEMBER, date(2019, 5, 20), 16, "走访、代购"),
    Squad("古城红色物业老管家", "古城社区", "古城", AS_STEWARD, date(2019, 9, 2), 12, "家电维修"),
    Squad("姜家巷邻里守望", "姜家巷社区", "姜家巷", AS_MEMBER, date(2019, 6, 17), 10, "走访、代购"),
    Squad("鼓楼四点半课堂", "鼓楼社区", "鼓楼", AS_TEACHER, date(2019, 9, 9), 11, "书法、辅导功课"),
    Squad("老法官金牌调解", "区人民法院", "南宁", AS_JUDGE, date(2019, 7, 1), 8, "调解、法律咨询"),
    Squad("麒麟桥文艺宣传", "麒麟桥社区", "麒麟桥", AS_MEMBER, date(2019, 4, 15), 14, "合唱、二胡"),
    Squad("临江红色物业老管家", "临江社区", "临江", AS_STEWARD, date(2020, 4, 20), 9, "家电维修、园艺"),
    Squad("文昌健康义诊", "文昌社区", "文昌", VolunteerType.OLD_DOCTOR, date(2020, 5, 18), 8, "中医推拿"),
    Squad("胜峰便民维修", "胜峰社区", "胜峰", VolunteerType.OTHER, date(2020, 6, 8), 10, "家电维修"),
    Squad("花柯安全巡查", "花柯社区", "花柯", AS_MEMBER, date(2020, 7, 6), 12, "巡查"),
    Squad("太和邻里互助", "太和社区", "太和", AS_MEMBER, date(2020, 3, 16), 9, "代购、家政"),
    Squad("老干部理论宣讲", "区委老干部局", DISTRICT, VolunteerType.OLD_CADRE, date(2019, 3, 4), 10, "宣讲"),
    Squad("平安疫情防控", "平安社区", "平安", AS_MEMBER, date(2020, 2, 10), 10, until=date(2020, 10, 31)),
    Squad("长河门球指导", "长河社区", "长河", VolunteerType.OTHER, date(2021, 9, 1), 7, "门球"),
    Squad("南城门书画进社区", "南城门社区", "南城门", AS_TEACHER, date(2022, 4, 1), 8, "书法",
          until=date(2024, 3, 31)),
]  # fmt: skip


@dataclass(frozen=True)
class Vacancy:
    """A post that a community offers today: how many seats, and how many of them are taken."""

    name: str
    community: str
    duty: str
    seats: int
    taken: int
    skill: str = ""
    times: str = ""
    rota: bool = False


POSTS = [
    Vacancy(
        "四点半课堂", "鼓楼", "放学后看护儿童、辅导功课", 4, 3, times="周二、周四 16:30—18:00", rota=True
    ),
    Vacancy("邻里法律调解员", "瑞和", "调解邻里纠纷", 1, 0, skill="法律调解", times="随叫随到"),
    Vacancy("书法班老师", "瑞和", "教居民写毛笔字", 1, 1, skill="书法", times="周三上午"),
    Vacancy("楼栋巡查", "瑞和", "看消防通道、看独居老人", 6, 3, times="每天早晚"),
    Vacancy("活动室管理", "古城", "开门、登记、关灯", 2, 1, times="周末"),
]

# What residents may order, everywhere in the district.
CATALOGUE = [
    {"name": "健康理疗", "skill": "推拿", "limits": "不打针、不开药、不推销"},
    {"name": "物品代购", "most_cash": 500, "limits": "先垫付后凭小票结清，不代取现金"},
    {"name": "健康饮食", "limits": "讲解和示范，不提供餐食"},
    {"name": "养生咨询", "limits": "不诊断、不推荐药品和保健品"},
    {"name": "家政服务", "is_heavy": True, "oldest": 72, "limits": "不登高、不擦外窗"},
]

# The years after: how many died, came, and so on in each
DEATHS = {2019: 14, 2020: 43, 2021: 48, 2022: 66, 2023: 55, 2024: 50, 2025: 21}
ARRIVALS = {2021: 24, 2022: 18, 2023: 26, 2024: 22, 2025: 9}
LOST, FOUND_AGAIN, STRUCK_OFF, MISSED = 14, 5, 4, 6

# Accounts
STREET_OF_CLERK, COMMUNITY_OF_CLERK = "建宁街道", "瑞和"
