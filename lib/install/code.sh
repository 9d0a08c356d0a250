# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# The code: made ready under /opt/andreyvpn/unfinished, placed beside older ones, and used by one symlink.

# Make the new code ready, with an environment of its own; nothing uses it before use_release.
install_code() {
    release=$app/unfinished
    rm -rf /opt/andreyvpn/unfinished
    install -d "$release"
    for part in andreyvpn_bot.py lib sql requirements.txt andreyvpn.service andreyvpn-node.socket \
        andreyvpn-node@.service install.sh README.md LICENSE; do
        cp -R "$here/$part" "$release/"
    done
    find "$release" -path '*/__pycache__*' -delete
    make_environment
    # the service may not write what is compiled, and would do it at each start
    "$release/.venv/bin/python" -m compileall -q "$release/lib"
    chmod -R u=rwX,go=rX "$release"
}

# The libraries that run now are taken along where the new code wants the same: that needs no network.
make_environment() {
    if cmp -s "$release/requirements.txt" "$app/current/requirements.txt" &&
        "$app/current/.venv/bin/python" -c 'import PIL, qrcode, requests'; then
        cp -a "$app/current/.venv" "$release/"
        return 0
    fi
    say libraries
    python3 -m venv "$release/.venv"
    "$release/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$release/requirements.txt" ||
        die libraries_failed "$(cause)"
}

# Put the new code beside older ones; the symlink decides which one runs.
place_release() {
    release=$app/releases/$(date +%Y%m%d-%H%M%S)
    placed=$release
    mv -T "$app/unfinished" "$release"
}

use_release() { ln -sfn "$1" "$app/current.new" && mv -T "$app/current.new" "$app/current"; }

discard_release() {
    rm -rf /opt/andreyvpn/unfinished
    if [ -d "$1" ]; then mv -T "$1" /opt/andreyvpn/unfinished; fi
    rm -rf /opt/andreyvpn/unfinished
}

# Keep the three newest codes.
prune_releases() {
    find "$app/releases" -mindepth 1 -maxdepth 1 -type d | sort | head -n -3 |
        while IFS= read -r old; do discard_release "$old"; done
}
