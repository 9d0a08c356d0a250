# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# AmneziaWG, from the archive of its makers, which may bring its own packages to this system and nothing else.

makers=https://ppa.launchpadcontent.net/amnezia/ppa/ubuntu
fingerprint=75C9DD72C799870E310542E24166F2C257290828
keyserver=hkps://keyserver.ubuntu.com
keyring=/usr/share/keyrings/amneziawg.gpg
keys=/run/andreyvpn-keys
sources=/etc/apt/sources.list.d/amneziawg.sources
pin=/etc/apt/preferences.d/amneziawg
kernel_sources=/etc/apt/sources.list.d/amneziawg-kernel

# Install AmneziaWG, and see that the kernel, or a program in its place, can do it.
install_amneziawg() {
    plainly=$(text or_plain)
    command -v awg >/dev/null || install_tools
    modprobe amneziawg || [ -e /sys/module/amneziawg ] || command -v amneziawg-go >/dev/null || die no_module "$plainly"
}

# Ask which AmneziaWG version a new interface should use, and check that the tool and the module support it.
choose_version() {
    while :; do
        ask version 2.0 which_version
        case "$version" in
            2.0) return 0 ;;
            3.1) break ;;
        esac
        version=
    done
    knows_3_1 "$(awg --version)" || die needs_newer "$(awg --version)"
    module=$(cat /sys/module/amneziawg/version 2>/dev/null) || return 0 # amneziawg-go says nothing
    knows_3_1 "v$module" || die needs_newer "amneziawg $module"
}

# Succeed if a line such as "amneziawg-tools v3.1.20260812 - …" means 3.1 or later.
knows_3_1() {
    printf '%s\n' "$1" | grep -qE '(^|[^0-9.])v?(3\.[1-9]|[4-9]\.|[1-9][0-9]+\.)'
}

install_tools() {
    archive=${AMNEZIAWG_ARCHIVE:-$makers}
    apt_get update || true
    kernel=$(uname -r)
    set -- amneziawg-tools
    if [ -d "/lib/modules/$kernel" ]; then # the machine's own; a container lives on another's
        set -- amneziawg "linux-headers-$kernel"
        apt-cache show "linux-headers-$kernel" >/dev/null || die no_headers "$kernel" "$plainly"
    fi
    undo_add "$sources" "$keyring" "$pin" "$kernel_sources.sources" "$kernel_sources.list"
    if [ -n "${AMNEZIAWG_ARCHIVE-}" ] || ! apt-cache show amneziawg-tools >/dev/null; then
        trust_archive
        add_archive
    fi
    pin_archive
    need_packages "$@"
    undo_done
}

# Take the archive's key, if it is the makers'; an archive on this very disk may have a key of its own.
trust_archive() {
    need_packages gpg
    rm -rf /run/andreyvpn-keys
    mkdir -m 0700 "$keys"
    if [ -n "${AMNEZIAWG_KEY-}" ]; then
        keyring_tool --import "$AMNEZIAWG_KEY" || die no_key_in_file "$AMNEZIAWG_KEY" "$(cause)"
    else
        fetch_key
    fi
    found=$(keyring_tool --with-colons --list-keys |
        awk -F: '$1 == "pub" {new = 1} $1 == "fpr" && new {print $10; new = 0}' | tr '\n' ' ')
    found=${found% }
    case "$archive" in file:*) wanted=${found%% *} ;; *) wanted=$fingerprint ;; esac
    [ "$found" = "$wanted" ] || die wrong_key "$found" "$fingerprint" "$plainly"
    keyring_tool --export "$wanted" >"$keyring"
    chmod 0644 "$keyring"
    rm -rf /run/andreyvpn-keys
}

keyring_tool() { afresh && timeout 90 gpg --homedir "$keys" --batch --quiet "$@" 9>&-; }

fetch_key() {
    need_packages dirmngr
    code=0
    keyring_tool --keyserver "$keyserver" --recv-keys "$fingerprint" || code=$?
    gpgconf --homedir "$keys" --kill all || true
    [ "$code" = 0 ] || die no_key "$keyserver" "$(cause)" "$fingerprint" "$plainly"
}

# Tell apt of the archive: of the suite for this system, or the nearest older one that the archive has.
add_archive() {
    if [ -d "/lib/modules/$kernel" ]; then add_kernel_sources; fi
    best='' done=''
    while [ -z "$done" ] && read -r suite; do
        best=${best:-$suite}
        if fetch_lists; then
            done=yes
        else
            grep -q 'does not have a Release file' "$trace" || break
        fi
    done <<LIST
$(list_suites)
LIST
    [ -n "$done" ] || die archive_failed "$archive" "$(cause)" "$plainly"
    [ "$suite" = "$best" ] || say older_suite "$best" "$suite"
    say archive_written "$sources" "$archive" "$wanted"
}

fetch_lists() {
    cat >"$sources" <<TEXT
Types: deb deb-src
URIs: $archive
Suites: $suite
Components: main
Signed-By: $keyring
TEXT
    afresh
    apt_get update -o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 \
        -o APT::Update::Error-Mode=any
}

# Print the suites to try, the best one first. The makers publish for Ubuntu; on Debian the oldest of their suites fits.
list_suites() (
    # shellcheck disable=SC1091 # a file of the system's
    . /etc/os-release
    if [ "$ID" != ubuntu ]; then
        printf '%s\n' focal jammy
    else
        echo "$VERSION_CODENAME"
        printf '%s\n' resolute questing plucky oracular noble mantic lunar kinetic jammy focal |
            awk -v own="$VERSION_CODENAME" '
                { suites[NR] = $0 }
                $0 == own { at = NR }
                END { for (i = at + 1; i <= NR; i++) print suites[i] }'
    fi
)

# The archive may not replace packages of the system: apt takes nothing from it but what is named here.
pin_archive() {
    [ -e "$sources" ] || return 0
    # shellcheck disable=SC2016 # the dollars are apt's
    origin=$(apt-get indextargets --format '$(ORIGIN)' "Sourcesentry: $sources:1" | sed -n '1p')
    cat >"$pin" <<TEXT
Package: *
Pin: release o=${origin:-LP-PPA-amnezia-ppa}
Pin-Priority: -1

Package: amneziawg amneziawg-tools amneziawg-dkms
Pin: release o=${origin:-LP-PPA-amnezia-ppa}
Pin-Priority: 500
TEXT
}

# The module is built from the kernel's own sources: let apt find them where the system's archives are named.
add_kernel_sources() {
    if grep -rqsE '^(deb-src|Types:.*deb-src)' /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources \
        /etc/apt/sources.list.d/ubuntu.sources; then return 0; fi
    sed -n 's/^deb\([[:space:]]\)/deb-src\1/p' /etc/apt/sources.list >"$kernel_sources.list" || true
    for file in debian ubuntu; do
        if [ -e "/etc/apt/sources.list.d/$file.sources" ]; then
            sed 's/^Types:.*/Types: deb-src/' "/etc/apt/sources.list.d/$file.sources" >"$kernel_sources.sources"
        fi
    done
}

# The archive goes where no interface of AmneziaWG is set up.
forget_archive() {
    for conf in /etc/amnezia/amneziawg/*.conf; do
        if [ -e "$conf" ]; then return 0; fi
    done
    rm -f "$sources" "$keyring" "$pin" "$kernel_sources.sources" "$kernel_sources.list"
}
