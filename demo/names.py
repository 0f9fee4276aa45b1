"""Out of which characters the invented names are made."""

COMMON = list(
    "李杨张王赵刘陈何唐孙周朱吴徐高马黄郭罗胡林梁宋许邓韩冯曹彭田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔"
    "钟谭陆汪范金石廖韦夏付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤缪耿晏"
    "念代"
)
# Surnames that are read otherwise than the word.
OTHERWISE_READ = [*"单解仇曾区查任华盖朴", "尉迟", "令狐", "欧阳"]
SURNAMES = (
    COMMON + OTHERWISE_READ,
    [100 - rank for rank in range(len(COMMON))] + [6] * len(OTHERWISE_READ),
)
BLOODLINES = (list("马纳保沙撒桂金丁海锁"), [40, 15, 10, 8, 6, 5, 5, 4, 4, 3])
CLANS = ["吉克", "阿苏", "沙马", "曲比", "马海", "普支", "阿卓"]
CLAN_NAMES = ["木呷", "阿依", "尔古", "拉则", "伍萨", "阿各", "史布", "惹古"]
MEN = list(
    "德明志永正忠光荣文华学军树林发祥福顺家兴朝贵云生开元绍平世昌振山成康庆有才万友洪良玉春安富恩泽本"
    "善长应吉石宝保定天启先培继维宏立功传加红金"
)
WOMEN = list(
    "秀英琼芬兰珍玉桂凤仙美芳惠莲华云菊翠琴淑素丽芝会秋春梅香月娥竹霞萍存粉彩焕莉敏慧群玲艳红燕蓉珠巧"
    "佩文家自雪荣先润开丛吉"
)
# The simplified forms of rare given names: they need four bytes, and old programs lose them.
BEYOND_BMP = ["\U0002c029", "\U0002b5af", "\U0002cc56", "\U0002c35b"]
WORN_NAMES = {
    "M": ["王建国", "李建华", "张国强", "杨志明", "赵永昌", "陈光荣"],
    "F": ["王秀英", "李桂兰", "张玉珍", "杨琼芬", "赵凤仙", "陈美华"],
}
