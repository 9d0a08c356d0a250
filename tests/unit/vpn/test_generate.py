"""Parameters for a new server break no rule, and are such as the makers' own client could draw."""

from __future__ import annotations

import base64
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.vpn import obfuscation
from lib.vpn.generate import VERSIONS, draw

seeds = st.integers(0, 2**64 - 1)
SIZES = {"S1": 148, "S2": 92, "S3": 64, "S4": 32}
RANGES = {"Jc": (4, 6), "Jmin": (10, 10), "Jmax": (50, 50), "S1": (15, 149), "S2": (15, 149), "S3": (0, 63),
          "S4": (0, 19)}  # fmt: skip
RANGES_3_1 = {"Jc": (3, 3), "Jmin": (10, 10), "Jmax": (30, 30), "S1": (12, 150), "S2": (12, 150), "S3": (12, 64),
              "S4": (12, 12)}  # fmt: skip
COLUMNS = {"1.0": 9, "2.0": 16, "3.1": 25}


def spans(parameters: dict[str, str]) -> list[tuple[int, int]]:
    found = [parameters[f"H{at}"].partition("-")[::2] for at in (1, 2, 3, 4)]
    return [(int(first), int(last or first)) for first, last in found]


@given(seeds, st.sampled_from(VERSIONS))
def test_every_set_is_sound_for_server_and_client(seed: int, version: str) -> None:
    drawn = draw(version, random.Random(seed))
    obfuscation.check(drawn)
    read = obfuscation.read([drawn.get(key, "0") for key in obfuscation.TABLES[COLUMNS[version]]])
    obfuscation.check(read)
    assert obfuscation.version(read) == version
    whole = obfuscation.complete(read)
    assert {key: whole.get(key, "0") for key in drawn} == drawn


@given(seeds, st.sampled_from(VERSIONS))
def test_no_two_kinds_of_message_have_one_size(seed: int, version: str) -> None:
    drawn = draw(version, random.Random(seed))
    assert len({size + int(drawn.get(name, 0)) for name, size in SIZES.items()}) == 4


@given(seeds, st.sampled_from(VERSIONS))
def test_every_value_is_in_the_makers_range_and_order(seed: int, version: str) -> None:
    drawn = draw(version, random.Random(seed))
    order = [key for key in obfuscation.KEYS if key in drawn]
    assert list(drawn) == order
    for name, (least, most) in (RANGES_3_1 if version == "3.1" else RANGES).items():
        assert least <= int(drawn.get(name, least)) <= most, name
    assert version == "3.1" or all(5 <= first <= last < 2**31 for first, last in spans(drawn))


@given(seeds)
def test_headers_of_2_0_are_ascending_ranges_that_do_not_touch(seed: int) -> None:
    found = spans(draw("2.0", random.Random(seed)))
    assert all(first < last for first, last in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))


def test_chance_reaches_all_of_the_ranges_and_is_the_systems() -> None:
    drawn = [draw("2.0") for _ in range(2000)]
    assert {one["Jc"] for one in drawn} == {"4", "5", "6"}
    assert {int(one["S4"]) for one in drawn} == set(range(20))
    assert len({one["H1"] for one in drawn}) == 2000
    random.seed(1)
    first = draw("1.0")
    random.seed(1)
    assert draw("1.0") != first, "a seed of somebody else's must not decide"


@given(seeds)
def test_a_set_of_3_1_hides_the_type_by_a_key_and_loses_nothing_to_its_trailers(seed: int) -> None:
    drawn, other = draw("3.1", random.Random(seed)), draw("3.1", random.Random(seed + 1))
    assert [drawn[f"H{number}"] for number in (1, 2, 3, 4)] == ["1", "2", "3", "4"]
    assert len(base64.b64decode(drawn["HeaderProtectionKey"])) == 32
    assert drawn["HeaderProtectionKey"] != other["HeaderProtectionKey"]
    assert (drawn["RandomTrailers"], drawn["DisableCookies"]) == ("on", "on")


@pytest.mark.parametrize("version", ["plain", "3.0", ""])
def test_other_versions_are_refused(version: str) -> None:
    with pytest.raises(ValueError, match="no parameters are drawn"):
        draw(version)
