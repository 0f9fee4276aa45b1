#!/bin/sh
# Write the lock files with hashes from the .in files. Needs uv.
set -eu
for name in requirements requirements-dev; do
    uv pip compile --quiet --generate-hashes --python-version 3.11 --no-emit-index-url --no-header \
        --output-file "$name.txt" "$name.in"
done
