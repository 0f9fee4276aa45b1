#!/bin/sh
# Write the lock files with hashes from the .in files. Needs uv.
set -eu
if ! command -v uv >/dev/null 2>&1; then
    echo "更新锁文件需要 uv：pip install uv" >&2
    exit 1
fi
# Extras are kept: an installer that finds a newer release would otherwise not see that the extra is pinned too.
for name in requirements requirements-dev; do
    uv pip compile --quiet --generate-hashes --no-strip-extras --python-version 3.11 --no-emit-index-url --no-header \
        --output-file "$name.txt" "$name.in"
done
