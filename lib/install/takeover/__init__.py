"""Take over a container's server onto an interface of the host, and give it back.

It runs as root, as part of install.sh and, after an interruption, once at boot, so it uses only the standard library.
The invariant: at any point, either the container or the interface can serve friends, and the journal says which.
"""
