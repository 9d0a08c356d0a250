"""Take over a container's server onto an interface of the host, and give it back.

It runs as root, as a part of install.sh and once at boot if it was cut off, so it needs the standard library alone. Its
law: whatever happens, either the container serves friends or the interface does, and the journal says which.
"""
