"""What nft prints of install.sh's table after devices came."""

from __future__ import annotations

import json


def table(*elements: tuple[str, int, int, int]) -> str:
    """Return what nft prints of the table, with elements of address, source port, asked port and seconds left."""
    listed = [
        {"elem": {"val": {"concat": [address, source, port]}, "expires": left}}
        for address, source, port, left in elements
    ]
    six = [element for element, (address, *_) in zip(listed, elements, strict=True) if ":" in address]
    sets = {"came4": [element for element in listed if element not in six], "came6": six}
    chains = [{"metainfo": {"version": "1.0.6"}}, {"chain": {"name": "came"}}, {"set": {"name": "closed4"}}]
    found = [{"set": {"name": name, "elem": its} if its else {"name": name}} for name, its in sets.items()]
    return json.dumps({"nftables": [*chains, *found]})
