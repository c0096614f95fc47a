#!/bin/sh
# Pins the newest versions that pyproject.toml allows, with hashes and without addresses, for every platform.
# The development lock is made under the runtime lock, so that tests run on exactly what people run.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v .tools/bin/uv || command -v uv)
compile() {
    "$uv" pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url "$@" pyproject.toml
}
compile --upgrade --output-file requirements.lock
compile --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock
