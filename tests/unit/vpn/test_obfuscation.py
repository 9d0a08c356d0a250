"""The obfuscation parameters: what is set, which sets are sound, what each broken rule says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.chat.texts import plain
from lib.errors import ParametersError
from lib.vpn import obfuscation

KEY = "pJ4mVd0nQx7rTz2yBf6hKs9wLc3gUe8aXo5iNl1kMjE="
SOUND_1_0 = {
    "Jc": "4", "Jmin": "40", "Jmax": "70", "S1": "50", "S2": "100",
    "H1": "1234567", "H2": "2345678", "H3": "3456789", "H4": "4567890",
}  # fmt: skip
SOUND_2_0 = {
    "Jc": "5", "Jmin": "10", "Jmax": "50", "S1": "15", "S2": "82", "S3": "13", "S4": "12",
    "H1": "1000-2000", "H2": "3000-4000", "H3": "5000-6000", "H4": "7000-8000",
    "I1": "<b 0x0a1B><r 20><rc 7> <rd 3><t>",
}  # fmt: skip
SOUND_3_1 = {
    **SOUND_2_0, "HeaderProtectionKey": KEY, "ContentPaddingAddition": "1-16", "RekeyAfterTime": "100-120",
    "RekeyTimeout": "5", "RejectAfterTime": "180", "KeepaliveTimeout": "10", "MaxHandshakeAttempts": "18",
    "RandomTrailers": "on", "DisableCookies": "on",
}  # fmt: skip


@pytest.mark.parametrize("parameters", [{}, SOUND_1_0, SOUND_2_0, SOUND_3_1, {"Jc": "3", "Jmin": "1", "Jmax": "1280"}])
def test_it_works(parameters: dict[str, str]) -> None:
    obfuscation.check(parameters)
    with pytest.raises(ParametersError):
        obfuscation.check({**parameters, "Jc": "-1"})


def test_keys_are_those_of_the_apps_in_their_order() -> None:
    assert " ".join(obfuscation.KEYS) == (
        "Jc Jmin Jmax S1 S2 S3 S4 H1 H2 H3 H4 I1 I2 I3 I4 I5 HeaderProtectionKey ContentPaddingAddition RekeyAfterTime "
        "RekeyTimeout RejectAfterTime KeepaliveTimeout MaxHandshakeAttempts RandomTrailers DisableCookies"
    )


def test_unset_columns_have_no_key() -> None:
    unset = ["0", "0", "0", "0", "0", "0", "0", "(null)", "0", "(null)", "0", *["(null)"] * 5]
    assert obfuscation.read(unset) == {}
    assert obfuscation.read([*unset, "(none)", *["0"] * 6, "off", "off"]) == {}


def test_wireguards_own_headers_are_unset_only_in_their_own_places() -> None:
    assert obfuscation.read(["0", "0", "0", "0", "0", "1", "2", "3", "4"]) == {}
    swapped = obfuscation.read(["0", "0", "0", "0", "0", "2", "1", "3", "4"])
    assert swapped == {"H1": "2", "H2": "1"}
    with pytest.raises(ParametersError):
        obfuscation.check(swapped)


def test_a_zero_beside_set_values_is_left_out_and_sound() -> None:
    parameters = obfuscation.read(["4", "10", "50", "0", "0", "11", "12", "13", "14"])
    assert list(parameters) == ["Jc", "Jmin", "Jmax", "H1", "H2", "H3", "H4"]
    obfuscation.check(parameters)


def test_an_unknown_number_of_columns_is_refused() -> None:
    with pytest.raises(ParametersError, match="fault_columns 12"):
        obfuscation.read(["0"] * 12)


@pytest.mark.parametrize(
    ("parameters", "version"),
    [
        ({}, "plain"),
        ({"Jc": "4"}, "1.0"),
        (SOUND_1_0, "1.0"),
        ({**SOUND_1_0, "S4": "3"}, "2.0"),
        ({**SOUND_1_0, "H3": "9-19"}, "2.0"),
        ({**SOUND_1_0, "I5": "<t>"}, "2.0"),
        ({**SOUND_1_0, "RekeyTimeout": "5"}, "3.0"),
        ({**SOUND_1_0, "HeaderProtectionKey": KEY}, "3.0"),
        ({**SOUND_1_0, "DisableCookies": "on"}, "3.1"),
        (SOUND_3_1, "3.1"),
    ],
)
def test_the_version_is_the_oldest_that_understands_the_set(parameters: dict[str, str], version: str) -> None:
    assert obfuscation.version(parameters) == version


def sentences(refusal: ParametersError, language: str = "en") -> list[str]:
    """Return the broken rules as an admin reads them."""
    return [plain(language, key, **values) for key, values in refusal.faults]


BROKEN = [
    ({"H1": "3289393"}, "H1 reads as 3289393, which is how awg misreads 112"),
    ({"Jc": "129"}, "Jc must be a number from 0 to 128"),
    ({"Jc": "many"}, "Jc must be a number"),
    ({"Jc": "-1"}, "Jc must be a number"),
    ({"Jmin": "70"}, "Jmin must be less than Jmax"),
    ({"Jmin": "71"}, "Jmin must be less than Jmax"),
    ({"Jmin": "10-20"}, "Jmin must be less than Jmax"),
    ({"Jmax": "1281"}, "Jmax must be 1280 or less"),
    ({"S1": "1133"}, "S1 must be a number from 0 to 1132"),
    ({"S2": "99999"}, "S2 must be a number from 0 to 1132"),
    ({"S3": "x"}, "S3 must be a number"),
    ({"S4": "141"}, "S4 must be a number from 0 to 140"),
    ({"S1": "44"}, "S1 + 56 must differ from S2"),
    ({"H1": "4"}, "H1 must be a number"),
    ({"H2": "0-10"}, "H2 must be a number"),
    ({"H3": "4294967296"}, "H3 must be a number"),
    ({"H4": "9-8"}, "H4 must be a number"),
    ({"H4": "0x10"}, "H4 must be a number"),
    ({"H2": "1234567"}, "H1 and H2 must not overlap"),
    ({"H4": "1-2000000000"}, "H4 must be a number"),
    ({"H4": "5-1234567"}, "H1 and H4 must not overlap"),
    ({"H3": "2345678-2345679"}, "H2 and H3 must not overlap"),
    ({"I1": "hello"}, "I1 must consist only of tags"),
    ({"I1": ""}, "I1 must consist only of tags"),
    ({"I2": "<t>hello"}, "I2 must consist only of tags"),
    ({"I2": "<t"}, "I2 must consist only of tags"),
    ({"I3": "<b 0a1b>"}, "I3 has a <b> without"),
    ({"I3": "<b 0xa1b>"}, "I3 has a <b> without"),
    ({"I3": "<b 0x>"}, "I3 has a <b> without"),
    ({"I3": "<b>"}, "I3 has a <b> without"),
    ({"I4": "<r>"}, "I4 has a <r> without a number from 1 to 1000"),
    ({"I4": "<rc 0>"}, "I4 has a <rc> without"),
    ({"I4": "<rd 1001>"}, "I4 has a <rd> without"),
    ({"I5": "<t 1>"}, "I5 has a <t> with a value"),
    ({"I5": "<c>"}, "I5 has a tag that clients don't know"),
    ({"I1": f"<b 0x{'00' * 1000}>", "I2": f"<b 0x{'00' * 800}>"}, "I1 to I5 together must be 3500"),
    ({"HeaderProtectionKey": KEY}, "needs at least 12 in each of S1 to S4: raise S3, S4."),
    ({"HeaderProtectionKey": "short", "S3": "12", "S4": "12"}, "HeaderProtectionKey must be a key"),
    ({"RekeyAfterTime": "x"}, "RekeyAfterTime must be a number, or a range"),
    ({"ContentPaddingAddition": "1-65536"}, "ContentPaddingAddition must be a number, or a range"),
    ({"RandomTrailers": "1"}, "RandomTrailers must be on or off"),
    ({"J1": "<t>"}, "J1 is not a parameter"),
]


@pytest.mark.parametrize(("change", "sentence"), BROKEN)
def test_a_broken_rule_is_one_sentence_that_says_what_to_change(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(ParametersError) as caught:
        obfuscation.check({**SOUND_1_0, **change})
    said = sentences(caught.value)
    assert [line for line in said if sentence in line] == said
    assert said[0].endswith(".")


def test_every_broken_rule_is_said_at_once() -> None:
    with pytest.raises(ParametersError) as caught:
        obfuscation.check({**SOUND_1_0, "Jc": "200", "S2": "106", "H2": "1234567"})
    assert len(sentences(caught.value)) == 3


def test_only_the_letters_of_three_digits_look_misread() -> None:
    for header in ("3289392-3289394", "3289", "858927408", "2147483647"):
        obfuscation.check({**SOUND_1_0, "H1": header})
    with pytest.raises(ParametersError, match="fault_misread"):
        obfuscation.check({**SOUND_1_0, "H1": "3289393"})


@pytest.mark.parametrize(
    ("tool", "module", "apart"),
    [
        ("amneziawg-tools v3.1.20260812 - https://amnezia.org", "3.1.20260812", None),
        ("amneziawg-tools v3.1.20260812 - https://amnezia.org", "3.0.20260730", None),
        ("amneziawg-tools v2.0.20260101 - https://amnezia.org", "3.1.20260906", None),
        ("amneziawg-tools v1.0.20260618 - https://amnezia.org", "1.0.20251009", None),
        ("amneziawg-tools v3.1.20260812 - https://amnezia.org", "1.0.20251009", ("3.1", "1.0")),
        ("amneziawg-tools v1.0.20260618 - https://amnezia.org", "3.1.20260812", ("1.0", "3.1")),
        ("amneziawg-tools v3.1.20260812 - https://amnezia.org", "-", None),
        ("wireguard-tools v1.0.20210914 - https://git.zx2c4.com/wireguard-tools/", "-", None),
        ("something else", "3.1.20260812", None),
    ],
)
def test_versions_give_advice_only_where_one_is_of_the_first_generation(
    tool: str, module: str, apart: tuple[str, str] | None
) -> None:
    assert obfuscation.far_apart(tool, module) == apart


def test_text_taken_for_numbers_is_misread_if_all_headers_look_like_it() -> None:
    texts = {"H1": b"1755", "H2": b"2049", "H3": b"3310", "H4": b"9999"}
    misread = {name: str(int.from_bytes(text, "little")) for name, text in texts.items()}
    with pytest.raises(ParametersError) as caught:
        obfuscation.check({**SOUND_1_0, **misread})
    assert len(caught.value.faults) == 1
    for language in ("en", "ru"):
        assert "apt install --only-upgrade" in sentences(caught.value, language)[0]
    obfuscation.check({**SOUND_1_0, **misread, "H4": "2147483000"})


def test_no_sentence_quotes_a_key() -> None:
    with pytest.raises(ParametersError) as caught:
        obfuscation.check({**SOUND_1_0, "HeaderProtectionKey": KEY})
    assert not [line for line in [str(caught.value), *sentences(caught.value)] if KEY in line]


def test_an_unset_header_may_not_be_covered_by_anothers_range() -> None:
    obfuscation.check({"H1": "5-10"})
    with pytest.raises(ParametersError, match="fault_header H1"):
        obfuscation.check({"H1": "2-10"})


WIDE = {
    **SOUND_3_1, "H1": "5-400000000", "H2": "400000001-800000000", "H3": "800000001", "H4": "4000000000",
}  # fmt: skip


def test_random_trailers_beside_wide_headers_are_refused_by_what_they_would_lose() -> None:
    with pytest.raises(ParametersError) as refused:
        obfuscation.check(WIDE)
    assert str(refused.value) == "fault_trailers 18.6"
    assert "18.6 %" in plain("en", "fault_trailers", loss="18.6")
    with pytest.raises(ParametersError, match=r"fault_trailers 0\.2"):
        obfuscation.check({**WIDE, "H1": "5-8600000", "H2": "8600001"})


@pytest.mark.parametrize(
    "change",
    [{"RandomTrailers": "off"}, {"H1": "5", "H2": "6"}, {"H1": "1000-2000", "H2": "3000-4000"},
     {"S1": "12", "S2": "12", "S3": "12", "S4": "12"}, {"H1": "5", "H2": "6", "H4": "900000000-4000000000"}],
)  # fmt: skip
def test_random_trailers_are_fine_where_nothing_is_mistaken(change: dict[str, str]) -> None:
    sound = {**WIDE, **change}
    obfuscation.check(sound)
    assert obfuscation.version(sound) == "3.1"


def test_what_old_apps_misread_is_left_out() -> None:
    sent = obfuscation.for_client(SOUND_3_1, {})
    assert "DisableCookies" not in sent
    assert sent["RandomTrailers"] == "on"
    assert "DisableCookies" not in obfuscation.for_client(SOUND_3_1, {"DisableCookies": "on"})
    assert "RandomTrailers" not in obfuscation.for_client(SOUND_3_1, {"RandomTrailers": "off"})


def test_a_client_gets_every_line_that_makes_amneziavpn_see_amneziawg() -> None:
    needed = ["Jc", "Jmin", "Jmax", "S1", "S2", "H1", "H2", "H3", "H4"]
    whole = obfuscation.complete({"H1": "77", "S1": "30"})
    assert list(whole) == needed
    assert whole == {
        "Jc": "4", "Jmin": "10", "Jmax": "50", "S1": "30", "S2": "0", "H1": "77", "H2": "2", "H3": "3", "H4": "4",
    }  # fmt: skip
    obfuscation.check(whole)


def test_what_the_server_has_is_never_changed_for_a_client() -> None:
    assert obfuscation.complete(SOUND_3_1) == SOUND_3_1
    assert obfuscation.complete({}) == {}
    assert obfuscation.complete({"Jmax": "60"})["Jmin"] == "0"


def test_a_set_is_written_in_the_confs_order_whatever_order_it_came_in() -> None:
    assert list(obfuscation.complete(dict(reversed(SOUND_3_1.items())))) == list(SOUND_3_1)


@given(st.dictionaries(st.sampled_from(obfuscation.KEYS), st.text(max_size=12) | st.integers().map(str)))
def test_any_set_is_sound_or_refused_in_words(parameters: dict[str, str]) -> None:
    try:
        obfuscation.check(parameters)
    except ParametersError as exc:
        assert str(exc)


@given(st.lists(st.tuples(st.integers(5, 2**32 - 1), st.integers(5, 2**32 - 1)), min_size=4, max_size=4))
def test_headers_pass_exactly_when_no_two_share_a_number(pairs: list[tuple[int, int]]) -> None:
    spans = [(min(pair), max(pair)) for pair in pairs]
    headers = {f"H{at}": f"{first}-{last}" for at, (first, last) in enumerate(spans, 1)}
    apart = all(one[1] < other[0] for one, other in zip(sorted(spans), sorted(spans)[1:], strict=False))
    try:
        obfuscation.check(headers)
    except ParametersError:
        assert not apart
    else:
        assert apart
