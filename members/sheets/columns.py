"""The columns of the roster's sheets, by the headers of our template and what else they are called.

The national forms of 2017, the later system's exports, and what people write by hand.
"""

from core.reading import Column
from core.reading.marking import HEADING

COLUMNS = (
    Column("name", "姓名", ("党员姓名", "名字", "人员姓名")),
    Column(
        "id_number",
        "公民身份号码",
        ("身份证号", "身份证号码", "公民身份证号", "公民身份证号码", "证件号码", "身份证", "证件后四位"),
    ),
    Column("sex", "性别", ("性别(男/女)",)),
    Column("ethnic_group", "民族", ("民族成份", "族别", "民族成分")),
    Column("birth_on", "出生日期", ("出生年月", "出生年月日", "生日", "档案出生日期", "出生时间")),
    Column("education", "学历", ("文化程度", "最高学历", "受教育程度")),
    Column("standing", "人员类别", ("党员类别", "党员类型", "党员身份", "政治面貌")),
    Column(
        "branch",
        "所在党支部",
        (
            "所属党支部",
            "所属党组织",
            "党支部名称",
            "组织关系所在党支部",
            "组织关系所在支部",
            "支部",
            "党支部",
            "所在支部",
            "支部名称",
        ),
    ),
    Column("branch_code", "党组织代码", ("党组织编码", "党支部代码", "所在党支部代码")),
    Column("group", "党小组", ("所在党小组",)),
    Column(
        "joined_on",
        "加入党组织日期",
        ("入党日期", "入党时间", "加入党组织时间", "入党年月", "加入中共日期"),
    ),
    Column("full_on", "转为正式党员日期", ("转正日期", "转正时间", "转正年月", "转为正式党员时间")),
    Column("party_age_correction", "党龄校正值", ("党龄校正", "党龄校正值(月)")),
    Column("retire_kind", "离退休类别", ("离退休类型", "离休/退休", "人员身份")),
    Column("position", "工作岗位", ("岗位", "职业")),
    Column("employer", "原工作单位", ("原单位", "退休前单位", "工作单位", "原工作单位及职务")),
    Column("employer_nature", "原单位性质", ("单位性质", "单位类别")),
    Column("former_title", "原职务职级", ("原职务", "级别", "退休前职务", "享受待遇", "现享受待遇")),
    Column("worked_on", "参加工作时间", ("参加工作日期", "参加工作年月", "参加革命工作时间")),
    Column("retired_on", "离退休时间", ("退休时间", "退休日期", "离休时间", "离退休日期")),
    Column(
        "phone",
        "手机号码",
        ("手机号", "联系电话", "联系方式", "电话", "联系电话(手机号)", "手机", "注册手机号", "手机后四位"),
    ),
    Column("landline", "固定电话", ("座机", "座机号码", "家庭电话")),
    Column("kin", "紧急联系人", ("家属", "子女", "监护人", "家属姓名")),
    Column("kin_relation", "与本人关系", ("关系",)),
    Column("kin_phone", "联系人电话", ("家属电话", "紧急联系人电话")),
    Column("address", "现居住地", ("家庭住址", "住址", "现住址", "居住地址", "详细地址", "现居住地址")),
    Column("street", "居住街道", ("街道", "镇(街道)")),
    Column("community", "居住社区", ("社区", "村(社区)")),
    Column("area", "居住小组", ("居民小组",)),
    Column("grid", "居住网格", ("网格", "所属网格")),
    Column("condition", "党籍状态", ("党籍情况",)),
    Column("lost", "是否失联党员", ("是否为失联党员", "是否失联", "是否属于失联党员", "失联党员")),
    Column("lost_since", "失去联系日期", ("失联时间", "失联日期")),
    Column("floating", "是否流动党员", ("是否为流动党员", "流动党员", "是否流动")),
    Column("floating_to", "外出流向", ("流向", "流出地", "流入地")),
    Column("floating_since", "流出日期", ("流出时间",)),
    Column("since", "组织关系转入日期", ("转入时间", "进入党支部日期", "组织关系起始日期")),
    Column("former_name", "曾用名"),
    Column("skills", "特长", ("专长", "特长爱好")),
    Column("health_note", "健康状况", ("身体状况",)),
    Column("note", "备注", ("说明",)),
)
# Known, and not kept here: no reason to ask anybody what they mean.
LEFT_OUT = (
    Column("", "序号", ("编号", "No", "序")),
    Column("", HEADING),
    Column("", "党龄", ()),
    Column("", "年龄", ()),
    Column("", "学位", ()),
    Column("", "新社会阶层类型", ()),
    Column("", "从事专业技术职务", ()),
    Column("", "是否农民工", ()),
    Column("", "户籍所在地", ("户籍地址", "户口所在地")),
    Column("", "党员唯一标识", ("党组织唯一标识", "联合支部所在单位", "更新时间戳")),
    Column("", "党员注册时间", ("党员增加信息", "党员减少信息")),
    Column("", "入党类型", ("转正情况", "入党时所在支部", "延长预备期时间", "入党介绍人")),
    Column("", "进入本信息系统类型", ("进入本信息系统日期", "进入本信息系统操作党组织唯一标识")),
    Column("", "离开本信息系统类型", ("离开本信息系统日期", "离开本信息系统操作党组织唯一标识")),
    Column("", "活动证号码", ("流动党员活动证号", "是否持有《流动党员活动证》")),
    Column("", "党内职务", ("现任党内职务", "所在党支部职务", "职务")),
    Column("", "党费计算基数", ("养老金", "月缴标准", "党费标准", "月交党费")),
    Column("", "转出单位", ()),
    Column("", "居住状况", ("困难类型", "是否独居", "是否空巢", "是否困难党员")),
    Column("", "志愿服务意向", ("服务岗位",)),
    Column("", "报到社区", ("双报到社区", "报到党组织")),
    Column("", "光荣在党50年", ("是否获得纪念章", "颁发年份")),
)
HEADERS = {column.key: column.header for column in COLUMNS}
# So many of the headers above make a row the header.
LEAST_HEADERS = 3
# In which column a person finds what an operation refused of a field.
COLUMN_OF = {"phones": "phone", "residence": "community", "handed_over_by": "employer", "began_by": "since"}
