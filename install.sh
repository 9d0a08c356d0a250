#!/bin/sh
# AndreyVPN_bot: try it, test it, install it. Safe to run twice.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
venv=$here/.venv

# What the tests use besides Python; all of it from Debian.
test_packages="tzdata wireguard-tools wireguard-go iproute2 iputils-ping zbar-tools tesseract-ocr \
chromium chromium-driver fonts-noto-color-emoji shellcheck"

say() { printf '%s\n' "$*"; }

die() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 2
}

is_root() { [ "$(id -u)" = 0 ]; }

usage() {
    say "Usage: ./install.sh demo [--port N]   play the whole thing in a browser, without token and root"
    say "       ./install.sh test [ARGUMENTS]  check everything; ARGUMENTS go to pytest"
    say "       sudo ./install.sh              install on a server (not there yet, see README)"
}

# Install Debian packages that are missing; the list of packages is fetched only when something is.
need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Installing:$missing"
    apt-get -qq update
    # shellcheck disable=SC2086 # the list is meant to be split
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
}

# Find a Python that is new enough and can make virtual environments.
need_python() {
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        if ! is_root || ! command -v apt-get >/dev/null; then
            die "Python 3 with venv is missing. Type: sudo apt install python3-venv"
        fi
        need_packages python3 python3-venv ca-certificates
    fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        die "Python 3.10 or newer is needed, this is $(python3 --version)"
}

# Make the project's own environment and bring it to a list of requirements.
need_venv() {
    need_python
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$venv"
    stamp=$venv/.installed-$1
    if ! cmp -s "$here/$1" "$stamp"; then
        say "Installing what $1 lists into .venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/$1" ||
            die "pip could not install $1. Is this machine online?"
        cp "$here/$1" "$stamp"
    fi
}

demo() {
    need_venv requirements.txt
    exec "$venv/bin/python" "$here/andreyvpn_bot.py" demo "$@"
}

# Look the dependencies up among known vulnerabilities; without that service in reach there is nothing to judge.
audit() {
    if found=$("$venv/bin/pip-audit" --progress-spinner off --require-hashes --disable-pip -r requirements.txt 2>&1); then
        say "== audit: nothing known against what could be looked up"
    else
        case "$found" in
            *"known vulnerabilit"*) die "$found" ;;
            *) say "== audit: not possible here" ;;
        esac
    fi
}

run_tests() {
    if is_root; then
        # shellcheck disable=SC2086 # the list is meant to be split
        need_packages $test_packages
    else
        say "Not root: tests that need a real interface are left out. All of them: sudo ./install.sh test"
    fi
    need_venv requirements.txt
    need_venv requirements-dev.txt
    cd "$here"
    audit
    say "== style and types"
    "$venv/bin/ruff" check .
    "$venv/bin/ruff" format --check andreyvpn_bot.py lib
    "$venv/bin/mypy"
    if command -v shellcheck >/dev/null; then shellcheck install.sh .ci/run; fi
    say "== tests"
    "$venv/bin/python" -m pytest "$@"
}

main() {
    case "${1-}" in
        demo) shift; demo "$@" ;;
        test) shift; run_tests "$@" ;;
        -h | --help | help) usage ;;
        '')
            usage
            die "the installation on a server is not there yet; README says how to run the bot by hand"
            ;;
        *)
            usage >&2
            die "unknown command: $1"
            ;;
    esac
}

main "$@"
