# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# Packages of the system, and the Python among them.

apt_log=

# Install Debian packages that are missing; the list of packages is fetched only when something is.
need_packages() {
    for package in "$@"; do
        shift
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || set -- "$@" "$package"
    done
    [ $# -gt 0 ] || return 0
    say installing "$*"
    afresh
    apt_get update || true # an archive that is none of ours may be out of order; what matters is the next line
    apt_get install -y --no-install-recommends "$@" || die packages_failed "$*" "$(cause)"
}

# Call apt-get without questions. A fresh server often updates itself: wait for that, at most five minutes for each of
# apt's locks. Its own option covers dpkg's, but not those of the lists and of the downloads.
apt_get() {
    apt_log=$(mktemp) apt_waited=0
    until apt_call "$@"; do
        if [ "$apt_waited" -ge 300 ] || ! grep -qE '(lists|archives)/lock' "$apt_log"; then break; fi
        [ "$apt_waited" != 0 ] || say waiting_for_apt
        sleep 2
        apt_waited=$((apt_waited + 2))
    done
    cat "$apt_log" >&2
    rm -f "$apt_log"
    return "$apt_code"
}

apt_call() {
    apt_code=0
    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >/dev/null 2>"$apt_log" || apt_code=$?
    return "$apt_code"
}

# Find a Python that is new enough and can make virtual environments.
need_python() {
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        if ! is_root || ! command -v apt-get >/dev/null; then die python_missing; fi
        need_packages python3 python3-venv ca-certificates
    fi
    has_python || die python_old "$(python3 --version)"
}

has_python() { python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
