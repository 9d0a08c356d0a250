"""What VPN servers there are on this machine: AmneziaVPN's and wg-easy's containers, and interfaces of the host.

It runs as root before anything is installed, so it uses the standard library alone, changes nothing, and never raises
for what it reads: what can't be read is left out, and the fault is said in words.
"""
