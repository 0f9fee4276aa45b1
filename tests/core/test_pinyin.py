"""The Latin spellings by which a name is found."""

import re

import pytest

from core.pinyin import MOST_COMBINATIONS, SURNAMES, name_keys, sort_key, syllables, syllables_typed


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("单田芳", "shantianfang"),
        ("解学恭", "xiexuegong"),
        ("仇英", "qiuying"),
        ("区玉莲", "ouyulian"),
        ("查良镛", "zhaliangyong"),
        ("曾国英", "zengguoying"),
        ("朴永春", "piaoyongchun"),
        ("尉迟恭", "yuchigong"),
        ("万俟雅", "moqiya"),
        ("令狐冲", "linghuchong"),
        ("种师道", "zhongshidao"),
        ("黑玉兰", "heyulan"),
        ("员俊", "yunjun"),
        ("王秀英", "wangxiuying"),
        ("薄一波", "boyibo"),
        ("角正明", "juezhengming"),
        ("藏天朔", "zangtianshuo"),
        ("句扶", "goufu"),
        ("粘永春", "nianyongchun"),
        ("蔚玉兰", "yuyulan"),
    ],
)
def test_the_usual_reading_of_a_surname_comes_first(name, usual):
    # 种 is chong as a surname; the second reading is found too.
    assert usual in name_keys(name)
    if not name.startswith("种"):
        assert sort_key(name) == usual


def test_a_name_is_found_by_full_pinyin_by_initials_and_by_surname_with_initials():
    assert {"zhangguoqing", "zgq", "zhanggq"} <= set(name_keys("张国庆"))


def test_every_reading_of_a_surname_is_found_not_only_the_usual():
    assert {"shanyulan", "danyulan", "syl", "dyl"} <= set(name_keys("单玉兰"))


def test_of_a_surname_that_the_table_has_not_every_reading_of_the_dictionary_is_found():
    assert "宿" not in SURNAMES
    assert {"suyulan", "xiuyulan", "syl", "xyl"} <= set(name_keys("宿玉兰"))
    assert sort_key("宿玉兰") == "suyulan"


def test_a_rare_reading_of_a_common_surname_does_not_put_her_among_others():
    assert set(name_keys("王秀芬")) == {"wangxiufen", "wxf", "wangxf"}


def test_who_bears_a_surname_that_begins_a_double_one_is_found_by_it_too():
    assert {"shanyufei", "syf", "shanyf", "chanyufei", "cyf"} <= set(name_keys("单于飞"))
    assert sort_key("单于飞") == "chanyufei"


def test_every_reading_of_a_given_name_is_found():
    assert {"lile", "liyue"} <= set(name_keys("李乐"))


def test_the_sound_u_with_dots_is_typed_in_three_ways():
    assert {"lvying", "luying", "lyuying"} <= set(name_keys("吕英"))
    assert sort_key("吕英") == "lvying"


def test_a_double_surname_needs_a_given_name_behind_it():
    assert sort_key("欧阳修") == "ouyangxiu"
    assert sort_key("欧阳") == "ouyang"


def test_characters_without_a_reading_are_passed_over():
    assert sort_key("王Д英") == "wangying"


@pytest.mark.parametrize("name", ["", "Д", "Maria", "\uf8ff"])
def test_a_name_without_any_reading_is_sorted_by_itself(name):
    assert name_keys(name) == []
    assert sort_key(name) == name


def test_many_readings_do_not_make_endless_keys():
    assert len(name_keys("单乐行长重朝")) <= 3 * MOST_COMBINATIONS


def test_keys_are_lower_case_latin_and_without_repetition():
    for surname in SURNAMES:
        keys = name_keys(f"{surname}绿行")
        assert all(key.isascii() and key.isalpha() and key == key.lower() for key in keys)
        assert len(keys) == len(set(keys))


def test_of_titles_the_syllables_are_kept_in_their_common_readings():
    assert syllables("鼓楼社区", "老城") == "gu lou she qu, lao cheng"
    assert syllables("长兴路") == "chang/zhang xing lu"


def test_latin_letters_and_digits_of_a_title_are_syllables_and_what_is_neither_is_passed_over():
    assert syllables("第3网格（A区）") == "di 3 wang ge a qu"
    assert syllables("", "（）") == ""


@pytest.mark.parametrize(
    "word",
    [
        "gulou",
        "gl",
        "glsq",
        "gulshequ",
        "lousq",
        "GL",
        "s",
        "di12",
        "d1",
        "sqd1",
        "lvyuan",
        "luy",
        "ly",
        "cxzhg",
        "zhangxcg",
    ],
)
def test_a_title_is_found_by_any_part_of_it_in_full_in_initials_or_mixed(word):
    assert re.search(in_python(word), syllables("鼓楼社区第12网格", "绿源", "长兴长工"))


@pytest.mark.parametrize("word", ["ul", "ou", "glq", "gus", "an", "e", "ql"])
def test_what_does_not_begin_a_syllable_or_leaves_one_out_finds_nothing(word):
    assert not re.search(in_python(word), syllables("鼓楼社区第12网格", "绿源", "长兴长工"))


@pytest.mark.parametrize("word", ["530302", "鼓lou", "g.*", "", "第", "1", "g" * 41])
def test_what_holds_no_pinyin_is_no_pinyin(word):
    assert syllables_typed(word) is None


def in_python(word):
    # PostgreSQL's sign for the beginning of a word.
    return syllables_typed(word).replace(r"\m", r"\b")
