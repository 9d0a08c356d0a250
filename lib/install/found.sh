# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# What is there already: shown with --look, and the names of its peers for the bot, which may not read other programs'
# files.

look_around() {
    [ $# = 0 ] || die look_alone
    command -v python3 >/dev/null || die python_missing
    has_python || die python_old "$(python3 --version)"
    find_servers
}

# Usage: find_servers [names FILE]
find_servers() { (cd "$here" && PYTHONUTF8=1 exec python3 -B -m lib.install.found "$@"); }

# The bot does without the names: it then shows the beginning of a key.
write_names() { find_servers names "$data/names.json" || say no_names "$(cause)"; }
