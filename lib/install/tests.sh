# shellcheck shell=sh disable=SC2154 # the parts of install.sh share their variables
# The tests and the benches: what they need, and how they run.

# Look all dependencies up among known vulnerabilities. Where that is not possible, say so: it proves nothing.
audit() {
    if found=$(
        "$venv/bin/pip-audit" --strict --progress-spinner off --require-hashes --disable-pip -r requirements.txt 2>&1
    ); then
        echo "== audit: no known vulnerability in any of the dependencies"
        return 0
    fi
    case "$found" in
        *"known vulnerabilit"*) die as_it_is "$found" ;;
        *) echo "== audit: not done, because not every dependency could be looked up: $(echo "$found" | tail -n 1)" ;;
    esac
}

# Install what the tests and the benches use besides Python; all of it from Debian.
need_tools() {
    if is_root; then
        need_packages tzdata wireguard-tools wireguard-go iproute2 nftables iptables procps iputils-ping zbar-tools \
            tesseract-ocr chromium chromium-driver fonts-noto-color-emoji shellcheck debootstrap systemd-container \
            util-linux age qemu-system-x86 e2fsprogs strace
    else
        echo "Not root: what needs a real interface is left out. All of it: sudo ./install.sh $1"
    fi
    need_venv requirements.txt
    need_venv requirements-dev.txt
    cd "$here" || exit
}

check_style() {
    echo "== style and types"
    "$venv/bin/ruff" check .
    "$venv/bin/ruff" format --check andreyvpn_bot.py lib
    "$venv/bin/mypy"
    if command -v shellcheck >/dev/null; then shellcheck install.sh lib/install/*.sh .ci/run; fi
    echo "== tests"
}

# Most tests spend their time waiting, so we run more of them than there are cores; tests/order.py spreads out the
# CPU-bound ones. A later option overrides these: test -n 0
run_pytest() {
    "$venv/bin/python" -m pytest -n $(($(nproc) * 3)) --dist loadgroup --no-loadscope-reorder "$@"
}

# For a full run, build the systems that some tests need in the background; a test waits if its own isn't ready yet.
run_tests() {
    need_tools test
    if [ $# = 0 ] && is_root; then "$venv/bin/python" -m tests.system.prepare >/dev/null 2>&1 & fi
    audit
    check_style
    run_pytest "$@"
}

# What takes a few minutes, and asks for nothing but Python: for every edit.
run_quick_tests() {
    need_venv requirements.txt
    need_venv requirements-dev.txt
    cd "$here" || exit
    check_style
    run_pytest -m "not slow" tests/unit "$@"
}
