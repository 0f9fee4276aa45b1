#!/bin/sh
# Make .venv and install the lock file named by the argument. Needs Python 3.11 or newer; uv is used when it is there.
set -eu
lock="$1"
python="${PYTHON:-python3}"

if ! command -v "$python" >/dev/null 2>&1; then
    echo "找不到 ${python}：请安装 Python 3.11 或更新版本（Debian/Ubuntu：sudo apt install python3 python3-venv）" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "需要 Python 3.11 或更新版本，现为 $("$python" -V 2>&1)；可用 PYTHON=python3.12 make run 指定" >&2
    exit 1
fi
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' >/dev/null 2>&1; then
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "缺少 venv 模块：请安装 python3-venv（Debian/Ubuntu：sudo apt install python${version}-venv）" >&2
        exit 1
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi
echo "正在把 $lock 锁定的依赖安装到 .venv（只在第一次或锁文件变化后）……"
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$lock"
else
    # pip answers through one index at a time and needs no upgrade of itself.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
