"""Photos of strangers: only what the eye sees is taken over, never the file itself."""

from core.errors import InvalidValue
from core.reading.confined import Unreadable, run_confined

LARGEST_PICTURE = 10 * 1024 * 1024
# A JPEG that a phone wrote decodes in one second; a bomb has to end soon.
SECONDS = 6


def picture_from(content: bytes) -> bytes:
    """The photo as a JPEG without metadata, at most 1,600 points long; InvalidValue for anything else.

    It is decoded in a process of its own with little memory and time, so that a bomb harms nobody.
    """
    if len(content) > LARGEST_PICTURE:
        raise InvalidValue("照片超过 10 MB", field="photo")
    try:
        answer = run_confined("encode_picture.py", content, seconds=SECONDS)
    except Unreadable:
        raise InvalidValue("照片展开后太大，已停止读取", field="photo") from None
    if not answer.startswith(b"+"):
        raise InvalidValue(answer[1:].decode(), field="photo")
    return answer[1:]
