"""How people write coded values on paper, besides the words of the national forms."""

from members.models.codes import Education, Sex
from members.states import Standing

SEXES = {
    "男": Sex.MALE,
    "女": Sex.FEMALE,
    "男性": Sex.MALE,
    "女性": Sex.FEMALE,
    "1": Sex.MALE,
    "2": Sex.FEMALE,
}
EDUCATION_ALIASES = {
    "本科": Education.UNIVERSITY,
    "大学本科": Education.UNIVERSITY,
    "专科": Education.COLLEGE,
    "大学专科": Education.COLLEGE,
    "高中": Education.SENIOR_HIGH,
    "中专": Education.SECONDARY_SPECIAL,
    "中师": Education.SECONDARY_SPECIAL,
    "中技": Education.TECHNICAL,
    "技校": Education.TECHNICAL,
    "职高": Education.VOCATIONAL_HIGH,
    "硕士生班": Education.GRADUATE_CLASS,
    "研究生": Education.MASTER,
    "硕士": Education.MASTER,
    "博士": Education.DOCTOR,
    "文盲": Education.OTHER,
    "半文盲": Education.OTHER,
    "6": Education.SENIOR_HIGH,
    "7": Education.JUNIOR_HIGH,
    "8": Education.PRIMARY,
    "91": Education.OTHER,
}
STANDING_ALIASES = {
    "正式党员": Standing.FULL,
    "正式": Standing.FULL,
    "中共党员": Standing.FULL,
    "党员": Standing.FULL,
    "预备党员": Standing.PROBATIONARY,
    "预备": Standing.PROBATIONARY,
    "中共预备党员": Standing.PROBATIONARY,
}
