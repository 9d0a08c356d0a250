"""The keys of an interface and its peers, and the lines of `show dump`, the first without the private key."""

from __future__ import annotations

PRIVATE = "UNTESTEDprivateKEYofTHEserver11111111111111="
PUBLIC = "nOUZkYZJ9F2B3yUk7bV2gQJm1uXo8fQe9y0rW3sT5xA="
PEER = "6DvWvJ0o2hPq1sYt7uBzR4mKcXnE5fGa8jLiHkSdTwQ="
OTHER = "fk1yDeTKBvuyYHxtmkrKdkAnRtyG8gWpqyR5wsjA18Q="
PSK = "2uJucc+h3ImQnan/NwKeIj6pFGChOq/7cMFZ2PIXC1g="
SECRET_PARAMETER = "pJ4mVd0nQx7rTz2yBf6hKs9wLc3gUe8aXo5iNl1kMjE="

PEER_LINE = f"{PEER}\t{PSK}\t198.51.100.7:40123\t10.8.0.2/32,fd00::2/128\t1795489010\t28568\t98090\toff\n"
HEAD = f"{PUBLIC}\t51820\t"
