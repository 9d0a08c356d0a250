# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# Set up a server that stays in the AmneziaVPN app's container. Only the node accesses it, through docker.
# This takes nothing but AWG_COMMAND in the settings and a drop-in for the node's unit.

docker_socket=/run/docker.sock

# Print the container in which a command from the settings runs; nothing for any other command.
container_of() {
    printf '%s\n' "$1" | sed -nE 's/^docker exec -i (amnezia-[a-z0-9-]+) (awg|wg)$/\1/p'
}

# Print the interface that the bot manages; nothing if it is in a container.
own_interface() { if [ -z "$(container_of "$(from_file AWG_COMMAND)")" ]; then from_file AWG_INTERFACE; fi; }

# Check that the bot can work inside the container, before anything is changed.
judge_inside() {
    own=$(own_interface)
    if [ -n "$own" ] && [ -e "/sys/class/net/$own" ]; then die has_own_server "$own"; fi
    planned=$(takeover inside "$take_over") || die as_it_is "${planned:-$(cause)}"
    read -r inside_tool inside_interface port published <<LINE
$planned
LINE
}

# Configure the bot to work inside the container. It generates keys with this server's own wg: the format is the same.
stay_inside() {
    need_packages wireguard-tools
    kept=$(takeover copy "$take_over") || die as_it_is "${kept:-$(cause)}"
    interface=$inside_interface
    tool="docker exec -i $take_over $inside_tool"
    case "$endpoint" in
        *]:* | [!\[]*:*) ;;
        *) if [ "$published" != "$port" ]; then endpoint=$endpoint:$published; fi ;;
    esac
    say stays_inside "$take_over" "$interface"
}

# Print the group id that docker's socket will have, for when docker isn't running; 0 (root) if there is no such group.
group_of_docker() { getent group docker | cut -d : -f 3 | grep . || echo 0; }

# Give the node access to docker's socket. That is equivalent to root, so it needs no other privileges.
put_docker() {
    put_drop_in andreyvpn-node@.service docker.conf <<TEXT
# The server stays in a container, which the node reaches through docker: see docs/security.md.
[Service]
BindPaths=-$docker_socket
SupplementaryGroups=$(stat -Lc %g "$docker_socket" || group_of_docker)
AmbientCapabilities=
CapabilityBoundingSet=
RestrictAddressFamilies=
RestrictAddressFamilies=AF_UNIX
# docker's own program takes about 40 MB and a dozen threads.
MemoryMax=256M
TasksMax=128
# It also tries what it can do without: Go up to 1.20 raises its limit of open files by a call that the unit forbids.
SystemCallErrorNumber=EPERM
TEXT
}

# Remove the fence in a container, if there is one and docker answers; leave everything else as it is.
remove_fence_inside() {
    command=$(sed -n 's/^AWG_COMMAND=//p' "$env_file")
    container=$(container_of "$command")
    [ -n "$container" ] || return 0
    docker exec -i "$container" nft list tables </dev/null | sed -n "$fences_listed" | while read -r name; do
        (cd "$here" && AWG_COMMAND=$command python3 -B -m lib.node.unfence "$name") ||
            say fence_stays "$name" "$(cause)"
    done
    say container_stays "$container"
}
