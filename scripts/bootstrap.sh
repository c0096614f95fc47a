#!/bin/sh
# Makes .venv with the pinned interpreter and the locked dependencies, from nothing but a python3 of 3.11 or later.
#
#   sh scripts/bootstrap.sh        what the product needs to run
#   sh scripts/bootstrap.sh dev    also what its tests and checks need
#
# The lock that was installed is copied into .venv; while it is the lock of the tree, nothing is done and nothing is fetched.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "waymark: $*" >&2
    exit 1
}

# Version managers answer python3 by the .python-version of the folder they stand in, so candidates are asked from "/".
host_python() {
    for candidate in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
        if (cd / && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))') >/dev/null 2>&1; then
            (cd / && "$candidate" -c 'import sys; print(sys.executable)')
            return
        fi
    done
    fail "Python 3.11 or later is needed as python3, and none was found on PATH."
}

# Sets $uv: the one on PATH where it runs, else a private copy in .tools, which needs no rights over the system's Python.
find_uv() {
    for uv in uv .tools/bin/uv; do
        if "$uv" --version >/dev/null 2>&1; then
            return
        fi
    done
    python=$(host_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        fail "$python cannot make virtual environments; on Debian and Ubuntu install the package python3-venv, then try again."
    fi
    echo "waymark: fetching uv, the installer of the dependencies ..."
    rm -rf .tools
    "$python" -m venv .tools || fail "could not make a virtual environment in .tools with $python."
    .tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<1' ||
        fail "could not fetch uv; is the Python package index within reach?"
    uv=.tools/bin/uv
}

# The pinned interpreter where it is installed or can be fetched, else any installed one that the product supports.
make_venv() {
    rm -rf .venv
    pinned=$(cat .python-version)
    for interpreter in "$pinned" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$pinned".*/bin/python; do
        if "$uv" venv --quiet --no-python-downloads --python "$interpreter" .venv 2>/dev/null; then
            return
        fi
    done
    echo "waymark: Python $pinned is not installed; fetching it ..."
    if "$uv" venv --quiet --python "$pinned" .venv 2>/dev/null; then
        return
    fi
    if "$uv" venv --quiet --no-python-downloads --python '>=3.12' .venv 2>/dev/null; then
        echo "waymark: Python $pinned could not be fetched; using $(.venv/bin/python --version) instead."
        return
    fi
    fail "Python $pinned is not installed and could not be fetched; install Python 3.12 or later, then try again."
}

# The development lock holds the other one whole, so an environment once made for development stays one.
lock=requirements.lock
if [ "${1:-}" = dev ] || [ -f .venv/requirements-dev.lock ]; then
    lock=requirements-dev.lock
fi

if cmp -s .python-version .venv/.python-version && cmp -s "$lock" ".venv/$lock" && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

find_uv
if ! cmp -s .python-version .venv/.python-version || ! .venv/bin/python -c '' 2>/dev/null; then
    make_venv
    cp .python-version .venv/.python-version
fi
echo "waymark: installing the dependencies of $lock ..."
rm -f ".venv/$lock"
# Compiled at once, so that every start is quick even where Python may not keep what it compiles.
"$uv" pip sync --quiet --require-hashes --compile-bytecode --python .venv/bin/python "$lock" || fail "the dependencies of $lock could not be installed."
cp "$lock" ".venv/$lock"
