"""The HTML parse mode: text, entities, and the real parser's error messages."""

from __future__ import annotations

import pytest

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.formatting import cut_units, find_commands, parse_html, parse_text, utf16_length
from tests.api_models import model_of

PREFIX = "🏟 🏟&lt;"  # 13 bytes in UTF-8, which the offsets below include


def test_it_works():
    text, entities = parse_html('<b>Hi</b> &lt;you&gt; <a href="https://example.org/?a=1&amp;b=2">there</a>')
    assert text == "Hi <you> there"
    assert entities == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 9, "length": 5, "url": "https://example.org/?a=1&b=2"},
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<abacaba", "Unclosed start tag at byte offset 13"),
        ("<abac>", 'Unsupported start tag "abac" at byte offset 13'),
        ("<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        ("</", "Unexpected end tag at byte offset 13"),
        ("<b></b></", "Unexpected end tag at byte offset 20"),
        ("<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<i>a", 'Can\'t find end tag corresponding to start tag "i"'),
        ("< b>", 'Unsupported start tag "" at byte offset 13'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 13'),
        ('<tg-time unix="5" format="x">1</tg-time>', "Invalid date format used"),
        ('<tg-time unix="5" format="rd">1</tg-time>', "Invalid date format used"),
        ('<tg-time unix="5" format="td">1</tg-time>', "Invalid date format used"),
        ('<tg-time unix="5" format="dD">1</tg-time>', "Invalid date format used"),
        ('<tg-time unix="5">1</time>', 'Unmatched end tag at byte offset 32, expected "</tg-time>", found "</time>"'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 13'),
    ],
)
def test_errors_have_the_messages_of_the_real_telegram(source: str, message: str):
    with pytest.raises(ApiError) as caught:
        parse_html(PREFIX + source)
    assert (caught.value.code, caught.value.description) == (400, f"Bad Request: can't parse entities: {message}")


def test_offsets_count_utf16_units():
    assert parse_html("🏟 <i>➡️🏟</i>!") == ("🏟 ➡️🏟!", [{"type": "italic", "offset": 3, "length": 4}])


def test_nested_tags_come_outermost_first():
    _, entities = parse_html("<b>a<i>b</i></b>")
    assert [(e["type"], e["offset"], e["length"]) for e in entities] == [("bold", 0, 2), ("italic", 1, 1)]


def test_an_empty_end_tag_closes_the_last_one():
    assert parse_html("<b>a</>")[1] == [{"type": "bold", "offset": 0, "length": 1}]


def test_unknown_character_references_are_kept_as_text():
    assert parse_html("&laquo;&nbsp;&#65;&#x42;& &amp") == ("&laquo;&nbsp;AB& &", [])


def test_half_a_surrogate_pair_is_rejected():
    with pytest.raises(ApiError, match="UTF-8"):
        parse_html("&#xD800;")


def test_surrounding_white_space_is_stripped_and_entities_shift():
    assert parse_html("\n <b> x </b> ") == ("x", [{"type": "bold", "offset": 0, "length": 1}])


@pytest.mark.parametrize("form", ["", "r", "w", "d", "D", "t", "T", "dt", "wDT"])
def test_a_moment_keeps_its_text_and_has_its_time_and_format(form: str):
    text, entities = parse_html(f'until <tg-time unix="1647531900" format="{form}">17 Mar 22:45</tg-time>')
    assert text == "until 17 Mar 22:45"
    moment = {"type": "date_time", "offset": 6, "length": 12, "unix_time": 1647531900, "date_time_format": form}
    assert entities == [moment]
    assert model_of("MessageEntity")(**moment).model_extra in (None, {})


def test_a_moment_without_a_format_has_an_empty_one():
    (entity,) = parse_html('<tg-time unix="7">x</tg-time>')[1]
    assert (entity["unix_time"], entity["date_time_format"]) == (7, "")


@pytest.mark.parametrize("unix", ["", "0", "-5", "soon", "2147483648"])
def test_a_moment_that_is_none_is_plain_text(unix: str):
    assert parse_html(f'<tg-time unix="{unix}" format="d">x</tg-time>') == ("x", [])


def test_code_inside_pre_sets_the_language():
    _, entities = parse_html('<pre><code class="language-ini">[Peer]</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 6, "language": "ini"}]


def test_a_link_with_a_forbidden_scheme_is_plain_text():
    assert parse_html('<a href="javascript:alert(1)">x</a>') == ("x", [])


def test_commands_are_recognized_as_telegram_does():
    text = "🏟 /start and/no /stats@some_bot"
    found = find_commands(text)
    assert [cut_units(text, e["offset"], e["length"]) for e in found] == ["/start", "/stats@some_bot"]


def test_characters_outside_the_basic_plane_count_twice():
    assert (utf16_length("а"), utf16_length("🏟")) == (1, 2)


def test_a_text_without_a_parse_mode_is_only_stripped():
    assert parse_text("<b>x ", "", None) == ("<b>x", [])
    assert parse_text("<b>x</b> ", "html", None) == ("x", [{"type": "bold", "offset": 0, "length": 1}])


def test_an_unknown_parse_mode_is_rejected():
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        parse_text("x", "BBCode", None)


def test_commands_inside_code_are_not_commands():
    assert [e["type"] for e in parse_text("<code>/start</code> /stop", "HTML", None)[1]] == ["code", "bot_command"]
