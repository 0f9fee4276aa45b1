"""By which Latin letters a Chinese name is found: full pinyin, initials, and surname with initials.

Of a person's name every spelling is kept; of a title its syllables, since any part of it may be typed.
"""

import re
from functools import lru_cache
from itertools import islice, product

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import TextField
from pypinyin import Style, pinyin

# Readings of characters as surnames, first the usual one (general libraries give the phrase reading).
# Of a character that is not here every reading of the dictionary counts; so a common surname stands here also
# when only one of its readings is in use: wxy finds 王秀英, and yxy, after the rare yu of 王, should not.
SURNAMES = {
    "单": "shan dan", "解": "xie jie", "仇": "qiu chou", "区": "ou qu", "查": "zha cha",
    "曾": "zeng ceng", "朴": "piao pu", "盖": "ge gai", "乐": "yue le", "覃": "qin tan", "缪": "miao mou",
    "任": "ren", "华": "hua", "翟": "zhai di", "种": "chong zhong", "召": "shao zhao", "黑": "he hei",
    "员": "yun yuan", "尉": "wei yu", "折": "she zhe", "晁": "chao", "冼": "xian", "洗": "xian xi",
    "繁": "po fan", "秘": "bi mi", "祭": "zhai ji", "乜": "nie", "逄": "pang", "逯": "lu", "都": "du dou",
    "郇": "xun huan", "郗": "xi chi", "燕": "yan", "隗": "wei kui", "应": "ying", "宁": "ning",
    "宓": "fu mi", "冯": "feng ping", "葛": "ge", "过": "guo", "哈": "ha", "纪": "ji", "贾": "jia gu",
    "阚": "kan", "郐": "kuai", "靳": "jin", "牟": "mu mou", "能": "nai neng", "那": "na nuo",
    "强": "qiang jiang", "瞿": "qu", "阙": "que", "撒": "sa", "少": "shao", "石": "shi",
    "谌": "chen shen", "沈": "shen", "盛": "sheng cheng", "殷": "yin", "於": "yu", "长": "zhang chang",
    "祝": "zhu", "幺": "yao", "要": "yao", "仉": "zhang", "俞": "yu shu", "车": "che ju", "柏": "bai bo",
    "卜": "bu", "传": "chuan", "适": "kuo shi", "颉": "xie jie", "郝": "hao", "佴": "nai", "麴": "qu",
    "亓": "qi", "缑": "gou", "薄": "bo bao", "角": "jue jiao", "藏": "zang cang", "句": "gou ju",
    "粘": "nian zhan", "蔚": "yu wei", "乘": "sheng cheng", "重": "chong zhong", "王": "wang", "吴": "wu",
    "朱": "zhu", "许": "xu", "施": "shi", "陶": "tao", "戚": "qi", "潘": "pan", "彭": "peng", "方": "fang",
    "倪": "ni", "汤": "tang", "于": "yu", "卞": "bian", "齐": "qi", "余": "yu", "尹": "yin", "姚": "yao",
    "汪": "wang", "祁": "qi", "狄": "di", "明": "ming", "臧": "zang", "舒": "shu", "屈": "qu", "董": "dong",
    "杜": "du", "阮": "ruan", "蓝": "lan", "路": "lu", "童": "tong", "夏": "xia", "蔡": "cai", "霍": "huo",
    "万": "wan", "支": "zhi", "莫": "mo", "房": "fang", "丁": "ding", "邓": "deng", "杭": "hang",
    "包": "bao", "邢": "xing", "裴": "pei", "陆": "lu", "甄": "zhen", "封": "feng", "焦": "jiao", "甘": "gan",
    "景": "jing", "詹": "zhan", "叶": "ye", "白": "bai", "蒲": "pu", "池": "chi", "冉": "ran", "尚": "shang",
    "温": "wen", "庄": "zhuang", "柴": "chai", "艾": "ai", "容": "rong", "古": "gu", "冷": "leng",
    "沙": "sha", "游": "you", "尉迟": "yu chi", "万俟": "mo qi", "令狐": "ling hu", "单于": "chan yu",
    "长孙": "zhang sun", "澹台": "tan tai", "鲜于": "xian yu", "宇文": "yu wen", "皇甫": "huang fu",
    "尉犁": "yu li", "欧阳": "ou yang", "上官": "shang guan", "司马": "si ma", "诸葛": "zhu ge",
    "夏侯": "xia hou", "东方": "dong fang", "慕容": "mu rong", "公孙": "gong sun",
}  # fmt: skip
# Readings of characters in the names of places and organisations, where the usual one alone would miss some.
READINGS_IN_TITLES = {
    "长": "chang zhang", "朝": "chao zhao", "重": "zhong chong", "乐": "le yue", "行": "hang xing",
    "曾": "zeng ceng", "厦": "xia sha", "会": "hui kuai", "单": "dan shan", "解": "jie xie", "都": "du dou",
    "堡": "bao pu bu", "柏": "bai bo", "番": "fan pan", "蔚": "wei yu", "调": "diao tiao",
    "传": "chuan zhuan", "校": "xiao jiao", "藏": "cang zang", "盛": "sheng cheng", "宿": "su xiu",
    "降": "jiang xiang", "种": "zhong chong", "查": "cha zha", "仇": "qiu chou", "翟": "zhai di",
    "覃": "qin tan", "盖": "gai ge", "石": "shi dan", "车": "che ju", "茄": "qie jia", "圩": "wei xu",
    "落": "luo la", "弹": "dan tan", "率": "lv shuai", "给": "gei ji", "角": "jiao jue", "系": "xi ji",
    "薄": "bo bao",
}  # fmt: skip
LONGEST_SPELLING = LONGEST_SORT_KEY = 200
MOST_COMBINATIONS = 32


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    return tuple(dict.fromkeys(found[0])) if found else ()


def _spellings(syllable: str) -> list[str]:
    # ü is typed as v, as u and as yu: 吕 is lv, lu or lyu.
    if "v" not in syllable:
        return [syllable]
    return [syllable, syllable.replace("v", "u"), syllable.replace("v", "yu")]


def _read(name: str) -> list[list[tuple[str, ...]]]:
    """The syllables of the name in all readings of each, for each way to tell the surname in it."""
    known = tuple(SURNAMES.get(name[:1], "").split())
    ways = [[known or _readings(name[:1]), *map(_readings, name[1:])]]
    double = SURNAMES.get(name[:2]) if len(name) > 2 else None
    if double:
        # 单于飞 may also be a 单.
        ways.insert(0, [*((syllable,) for syllable in double.split()), *map(_readings, name[2:])])
    return [list(filter(None, way)) for way in ways]


def _spelled(name: str):
    """Each way to spell the syllables of the name, the usual one first."""
    for way in _read(name):
        if way:
            yield from product(*([typed for each in told for typed in _spellings(each)] for told in way))


def name_keys(name: str) -> list[str]:
    """Every lower-case spelling a person may type to find `name`, the usual reading first, each once."""
    keys: dict[str, None] = {}
    for syllables in islice(_spelled(name), MOST_COMBINATIONS):
        initials = "".join(syllable[0] for syllable in syllables)
        keys["".join(syllables)] = keys[initials] = keys[syllables[0] + initials[1:]] = None
    return list(keys)


def sort_key(name: str) -> str:
    """Full pinyin in the usual reading, by which people are ordered; of a long name the beginning."""
    keys = name_keys(name)
    return (keys[0] if keys else name)[:LONGEST_SORT_KEY]


class SpellingsField(SearchVectorField):
    """Column of all spellings of the row's name, as `spellings` tells them; asked with `spelt`."""

    def __init__(self, **options):
        super().__init__(**{"default": "", "editable": False} | options)


def spellings(name: str) -> str:
    """Every spelling by which the name is found, as a `SpellingsField` takes them."""
    return " ".join(dict.fromkeys(key[:LONGEST_SPELLING] for key in name_keys(name)))


def spelt(word: str) -> SearchQuery:
    """What a `SpellingsField` is compared with: a spelling begins with the word, of ASCII letters only."""
    # One letter more than any spelling has is enough to find none; PostgreSQL refuses much longer words.
    return SearchQuery(f"{word.lower()[: LONGEST_SPELLING + 1]}:*", config="simple", search_type="raw")


class SyllablesField(TextField):
    """Column of the syllables of the row's titles, told anew from the columns `of` whenever it is written."""

    def __init__(self, *, of=(), **options):
        self.of = of
        super().__init__(**{"default": "", "editable": False} | options)

    def pre_save(self, model_instance, add):
        """The syllables of the titles as the row has them now."""
        told = syllables(*(getattr(model_instance, name) for name in self.of))
        setattr(model_instance, self.attname, told)
        return told

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


def syllables_fields(model) -> list[SyllablesField]:
    """The columns that who writes rows of the model past `save` has to have told anew."""
    return [field for field in model._meta.concrete_fields if isinstance(field, SyllablesField)]


def syllables(*titles: str) -> str:
    """The syllables of the titles, those of characters with several common readings like chang/zhang.

    Latin letters and digits are syllables of their own; what is neither is passed over.
    """
    read = (" ".join(filter(None, map(_syllable, title))) for title in titles)
    return ", ".join(filter(None, read))


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    told = READINGS_IN_TITLES.get(character)
    return "/".join(told.split() if told else filter(str.isascii, _readings(character)[:1]))


# Nobody types more of a title, and the expression of a longer word would keep the database busy.
TITLE_WORD = re.compile("(?=[0-9]*[a-z])[a-z0-9]{1,40}", re.IGNORECASE)
# Straight on, or with the next character, in any of its readings.
GOES_ON = "([a-z0-9/]* ([a-z]+/)*)?"
# Where what is typed may begin: with any syllable, or with the first of a title.
ANYWHERE = r"\m"
FROM_THE_START = "(^|, )([a-z]+/)*"


def syllables_typed(word: str, *, begins: str = ANYWHERE) -> str | None:
    """The expression that a `SyllablesField` matches where `word` is typed; None if it holds no pinyin.

    What is typed begins with a syllable and goes on with the next letter or with the next syllable's first:
    gulou, gl and gulshequ are all found in 鼓楼社区. ü is typed as v or as u. It `begins` anywhere, or
    with a title only.
    """
    if not TITLE_WORD.fullmatch(word):
        return None
    letters = ("[uv]" if letter == "u" else letter for letter in word.lower())
    return begins + GOES_ON.join(letters)
