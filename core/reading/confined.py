"""Running a program on a stranger's file: a process of its own, with little memory, time and no secrets."""

import subprocess
import sys
from pathlib import Path

from core.errors import DomainError

PROGRAMS = Path(__file__).parent / "programs"
MEGABYTES = 512
SECONDS = 8
# Somebody else may have the processor; the limit above counts only what the child itself uses.
PATIENCE = 60


class Unreadable(DomainError):
    """The file cannot be read; the words say what to do with it."""

    code = "unreadable"
    status = 400


def run_confined(program: str, content: bytes, *, seconds=SECONDS, file_bytes=0) -> bytes:
    """What the program in `programs/` answers to `content`; raise Unreadable when its limits ended it.

    `file_bytes`: how large a file of its own it may write, if any.
    """
    command = [
        sys.executable,
        "-I",
        str(PROGRAMS / "confined.py"),
        str(MEGABYTES),
        str(seconds),
        str(file_bytes),
        str(PROGRAMS / program),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own programs
            command, input=content, capture_output=True, timeout=PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(
            "读取这个文件用时太长，已停止；请把名册复制到一个新的工作簿再上传", field="file"
        ) from None
    if done.returncode:
        raise Unreadable(
            "这个文件展开后太大，已停止读取：可能在很远的行、列里有内容，或有大片带格式的空白。"
            "请把名册部分复制到一个新的工作簿，另存为 .xlsx 再上传",
            field="file",
        )
    return done.stdout
