"""English: what gets in friends' way."""

TEXTS = {
    "way_no_tools": "The server's routes and forwarding can't be seen. Is iproute2 installed? Type: apt install iproute2",
    "way_no_nft": "The firewall's rules can't be seen. Is nftables installed? Type: apt install nftables",
    "way_legacy": "The old iptables is in use here, perhaps by a container. Whether its rules let friends through can't be seen from here. See: iptables-legacy-save",
    "way_no_route": "The server has no default route: nothing leads to the internet. See: ip route",
    "way_no_route6": "The tunnel has IPv6, but the server has no IPv6 internet access: some sites may open slowly",
    "way_forwarding": "The kernel isn't forwarding packets, so no site opens. Type:\nsysctl -w net.ipv4.ip_forward=1\nTo keep this after a "
    "reboot:\necho net.ipv4.ip_forward=1 >/etc/sysctl.d/99-zz-forwarding.conf",
    "way_forwarding_off": "The kernel doesn't forward what comes in on {names}, so no site opens. Type:\n{command}",
    "way_forwarding6": "The tunnel has IPv6, but the kernel isn't forwarding it. Type:\nsysctl -w net.ipv6.conf.all.forwarding=1\nbut if the server "
    "got its own IPv6 from router advertisements, first set accept_ra = 2 on that interface, or it will lose it",
    "way_table_gone": "The firewall table andreyvpn_{interface} is gone: no site opens. Did another firewall flush all rules? Type:\n"
    "nft -f /etc/andreyvpn/nat-{interface}.nft",
    "way_nat": "{family} packets of the tunnel leave with their private address (no masquerade covers them), so no answer comes back. Type, and add "
    "it to the interface's file as a PostUp line:\n{command}",
    "way_nat_unknown": "Whether {family} packets of the tunnel leave with the server's address can't be told from the rules. See: nft list ruleset",
    "way_nat_ok": "Friends' traffic leaves with the server's address",
    "way_forward": "The firewall stops friends' {family} traffic: {where}. Type:\n{command}",
    "way_forward_once": "The firewall stops friends' {family} traffic: {where}. Type, and add it to the interface's file as PostUp lines to keep it "
    "after a reboot:\n{command}",
    "way_forward_elsewhere": "The firewall stops friends' {family} traffic: {where}. Remove that rule, or add an exception above it. To see it:\n{command}",
    "way_forward_unknown": "Whether the firewall lets friends' {family} traffic through can't be told from its rules. The doubtful ones: {where}. See: {command}",
    "way_forward_ok": "The firewall lets friends' traffic through",
    "way_input": "The firewall stops friends' devices at UDP port {port}, so no one can connect: {where}. Type:\n{command}",
    "way_input_once": "The firewall stops friends' devices at UDP port {port}, so no one can connect: {where}. Type, and add it to the interface's "
    "file as a PostUp line to keep it after a reboot:\n{command}",
    "way_input_elsewhere": "The firewall stops friends' devices at UDP port {port}, so no one can connect: {where}. Remove that rule, or add an exception above it. To see it:\n{command}",
    "way_input_unknown": "Whether the firewall lets friends' devices in at UDP port {port} can't be told from its rules. The doubtful ones: {where}. See: {command}",
    "way_input_ok": "The server's firewall lets UDP port {port} in. Your provider's own firewall can't be seen from here",
}
