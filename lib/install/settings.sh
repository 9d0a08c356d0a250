# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# The settings: given, known from the file, or asked for. Whatever their source, the bot's own readers judge each value
# before anything is done with it, and give the form in which it is stored.

language() { if russian; then echo ru; else echo en; fi; }

# Read an answer as the bot will: print what to store, or what is wrong with it. Usage: read_answer NAME VALUE
read_answer() { (export "$1=$2" && read_as_bot "$1"); }

# All that the installation says is UTF-8, whatever the terminal's locale.
read_as_bot() {
    spoken=$(language)
    (cd "$here" && LANGUAGE=$spoken PYTHONUTF8=1 PYTHONIOENCODING=utf-8 python3 -B -m lib.console.answers "$@")
}

# See that the bot can read what was given, and the file of an earlier installation, before anything is changed.
judge_settings() {
    if [ -z "${known+read}" ]; then
        check_given
        read_known
    fi
}

check_given() {
    check_value token BOT_TOKEN
    check_value admins ADMIN_IDS
    check_value endpoint SERVER_ENDPOINT
    check_value interface AWG_INTERFACE
    check_value TELEGRAM_API TELEGRAM_API
    check_value TELEGRAM_PROXY TELEGRAM_PROXY
}

# Usage: check_value VARIABLE NAME
check_value() {
    eval "given=\$$1"
    [ -n "$given" ] || return 0
    answer=$(read_answer "$2" "$given") || die fault "$2" "${answer:-$(cause)}"
    eval "$1=\$answer"
}

# Read the file of an earlier installation, as the bot will. Values that are given now are not judged: they replace it.
read_known() {
    known=
    [ -e "$env_file" ] || return 0
    set -- --file "$env_file"
    [ -z "$token" ] || set -- "$@" BOT_TOKEN
    [ -z "$admins" ] || set -- "$@" ADMIN_IDS
    [ -z "$endpoint" ] || set -- "$@" SERVER_ENDPOINT
    [ -z "$interface" ] || set -- "$@" AWG_INTERFACE
    [ -z "$TELEGRAM_API" ] || set -- "$@" TELEGRAM_API
    [ -z "$TELEGRAM_PROXY" ] || set -- "$@" TELEGRAM_PROXY
    known=$(read_as_bot "$@") || die bad_file "${known:-$(cause)}"
}

# Print a setting as the file has it; nothing where it has none.
from_file() { printf '%s\n' "$known" | sed -n "s/^$1=//p"; }

# Change one line of the settings, or add it; every other line stays as it is. Usage: put_setting NAME VALUE
put_setting() {
    if [ -z "$2" ] || [ "$(from_file "$1")" = "$2" ]; then return 0; fi
    # shellcheck disable=SC2016 # the dollars are awk's
    NAME=$1 VALUE=$2 awk '
        { line = $0; sub(/^[ \t]+/, "", line); name = line; sub(/[ \t]*=.*/, "", name) }
        index(line, "=") && name == ENVIRON["NAME"] { if (!done++) print name "=" ENVIRON["VALUE"]; next }
        { print }
        END { if (!done) print ENVIRON["NAME"] "=" ENVIRON["VALUE"] }' "$env_file.new" >"$env_file.newer"
    mv "$env_file.newer" "$env_file.new"
}

# The bot reads its settings, and can't change them: root acts on them too. It might still hold an older file open, so
# this is a new one.
seal_settings() {
    [ "$(stat -c '%U:%G %a' "$env_file")" != 'root:andreyvpn 640' ] || return 0
    undo_add "$env_file" "$env_file.new"
    (umask 077 && cat "$env_file" >"$env_file.new") && chown root:andreyvpn "$env_file.new" &&
        chmod 0640 "$env_file.new" && mv "$env_file.new" "$env_file"
}

# Bring the file to what was given, found and answered.
write_settings() {
    undo_add "$env_file" "$env_file.new" "$env_file.newer"
    umask 077
    if [ -e "$env_file" ]; then
        cat "$env_file" >"$env_file.new"
    else
        cat >"$env_file.new" <<TEXT
# Settings of AndreyVPN_bot: docs/settings.md lists them all. After a change: systemctl restart andreyvpn
DATABASE=$data/bot_data.db
LANGUAGE=$(language)
TEXT
    fi
    put_setting BOT_TOKEN "$token"
    put_setting ADMIN_IDS "$admins"
    put_setting SERVER_ENDPOINT "$endpoint"
    put_setting AWG_INTERFACE "$interface"
    put_setting AWG_COMMAND "$tool"
    put_setting TELEGRAM_API "$TELEGRAM_API"
    put_setting TELEGRAM_PROXY "$TELEGRAM_PROXY"
    umask 022
    mv "$env_file.new" "$env_file"
    seal_settings
}

# Run a question of the new code with the token at hand.
bot_asks() { BOT_TOKEN=$token PYTHONUTF8=1 "$release/.venv/bin/python" "$release/andreyvpn_bot.py" "$@"; }

# Settle a setting: given, or answered, and asked again until the bot can read it. Usage: settle VARIABLE NAME GUESS KEY
settle() {
    while :; do
        ask "$1" "$3" "$4"
        eval "given=\$$1"
        if answer=$(read_answer "$2" "$given"); then break; fi
        answer=${answer:-$(cause)}
        [ -z "$assume_yes" ] || die fault "$(text "$4")" "$answer"
        say as_it_is "$answer"
        eval "$1="
    done
    eval "$1=\$answer"
}

# Take what was given, else what an earlier installation has settled, else ask.
ask_settings() {
    TELEGRAM_API=${TELEGRAM_API:-$(from_file TELEGRAM_API)}
    TELEGRAM_PROXY=${TELEGRAM_PROXY:-$(from_file TELEGRAM_PROXY)}
    export TELEGRAM_API TELEGRAM_PROXY
    known_token=$(from_file BOT_TOKEN)
    token=${token:-$known_token} admins=${admins:-$(from_file ADMIN_IDS)}
    endpoint=${endpoint:-$(from_file SERVER_ENDPOINT)}
    if [ -e "$env_file" ]; then say file_kept "$env_file"; fi
    if [ -z "$token" ] || [ -z "$admins" ] || [ "$token" != "$known_token" ]; then ask_token; fi
    [ -n "$admins" ] || find_admin
    settle admins ADMIN_IDS "" admins
    settle_endpoint
}

ask_token() {
    while :; do
        settle token BOT_TOKEN "" token
        code=0
        username=$(bot_asks whoami) || code=$?
        case $code in
            0) say token_known "$username"; return 0 ;;
            1) ;;
            *) die telegram_silent "$(cause)" ;;
        esac
        [ -z "$assume_yes" ] || die token_unknown
        say token_unknown
        token=
    done
}

find_admin() {
    while [ -z "$admins" ]; do
        [ -z "$assume_yes" ] || die admin_needed
        say press_start "$username"
        found=$(bot_asks admin) || die nobody_pressed
        if confirm is_that_you "${found#* }" "${found%% *}"; then admins=${found%% *}; fi
    done
}

settle_endpoint() {
    guess=$(ip -4 -o route get 1.1.1.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
    if [ -z "$endpoint" ] && is_private "$guess"; then say private_address "$guess" "${published:-$port}"; fi
    settle endpoint SERVER_ENDPOINT "$guess" endpoint
}

is_private() {
    case "$1" in
        10.* | 192.168.* | 169.254.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].*) return 0 ;;
        100.6[4-9].* | 100.[7-9][0-9].* | 100.1[01][0-9].* | 100.12[0-7].*) return 0 ;;
        *) return 1 ;;
    esac
}
