"""The lowest free address is found, and never one that is taken."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import NoIPv4, SubnetFull
from lib.vpn.addresses import free_addresses

FOUR, SIX = ip_interface("10.8.0.1/24"), ip_interface("fd42::1/64")


def test_it_works() -> None:
    assert free_addresses([FOUR], []) == ("10.8.0.2", None)
    assert free_addresses([FOUR, SIX], ["10.8.0.2", "fd42::2"]) == ("10.8.0.3", "fd42::3")


def test_a_gap_is_filled_first() -> None:
    assert free_addresses([FOUR], ["10.8.0.2", "10.8.0.4/32"])[0] == "10.8.0.3"


def test_a_range_held_by_hand_is_left_whole() -> None:
    assert free_addresses([FOUR], ["10.8.0.0/29"])[0] == "10.8.0.8"


def test_a_network_of_ipv6_is_no_single_address() -> None:
    own = [FOUR, ip_interface("fd00::1/16")]
    assert free_addresses(own, ["fd00::/32"])[1] == "fd00:1::"


def test_a_route_to_everything_holds_no_address() -> None:
    assert free_addresses([FOUR], ["0.0.0.0/0", "10.8.0.0/24", "192.168.0.0/16", "::/0"])[0] == "10.8.0.2"


def test_the_server_may_sit_anywhere() -> None:
    assert free_addresses([ip_interface("10.8.0.5/29")], [f"10.8.0.{n}" for n in (1, 2, 3, 4)])[0] == "10.8.0.6"


def test_a_full_subnet_is_named() -> None:
    with pytest.raises(SubnetFull, match=r"10\.8\.0\.0/30"):
        free_addresses([ip_interface("10.8.0.1/30")], ["10.8.0.2"])


def test_a_second_subnet_is_used_when_the_first_is_full() -> None:
    assert free_addresses([ip_interface("10.8.0.1/30"), ip_interface("10.9.0.1/24")], ["10.8.0.2"])[0] == "10.9.0.2"


def test_no_ipv4_subnet_is_said() -> None:
    with pytest.raises(NoIPv4, match=str(SIX)):
        free_addresses([SIX], [])
    with pytest.raises(NoIPv4):
        free_addresses([], [])


@given(held=st.lists(st.tuples(st.integers(0, 255), st.integers(25, 32)), max_size=40))
def test_what_is_given_is_free_and_lowest(held: list[tuple[int, int]]) -> None:
    networks = [ip_network(f"10.8.0.{host}/{length}", strict=False) for host, length in held]
    free = [a for a in FOUR.network.hosts() if a != FOUR.ip and not any(a in network for network in networks)]
    if free:
        assert free_addresses([FOUR], map(str, networks))[0] == str(free[0])
    else:
        with pytest.raises(SubnetFull):
            free_addresses([FOUR], map(str, networks))
