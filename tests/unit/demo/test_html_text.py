from __future__ import annotations

import pytest

from lib.demo.html_text import cut_units, find_commands, parse_html, utf16_length
from lib.demo.refusal import Refused

BEFORE = "🏟 🏟&lt;"  # 13 bytes of source: the place of every error below


def test_it_works():
    text, entities = parse_html('<b>Hi</b> &lt;you&gt; <a href="https://example.org/?a=1&amp;b=2">there</a>')
    assert text == "Hi <you> there"
    assert entities == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 9, "length": 5, "url": "https://example.org/?a=1&b=2"},
    ]


@pytest.mark.parametrize(
    ("tail", "words"),
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
        ("<br/>", 'Unsupported start tag "br/" at byte offset 13'),
    ],
)
def test_errors_have_telegrams_own_words(tail: str, words: str):
    with pytest.raises(Refused) as caught:
        parse_html(BEFORE + tail)
    assert (caught.value.code, caught.value.description) == (400, f"Bad Request: can't parse entities: {words}")


def test_offsets_count_utf16_units():
    assert parse_html("🏟 <i>➡️🏟</i>!") == ("🏟 ➡️🏟!", [{"type": "italic", "offset": 3, "length": 4}])


def test_nested_tags_come_outermost_first():
    _, entities = parse_html("<b>a<i>b</i></b>")
    assert [(e["type"], e["offset"], e["length"]) for e in entities] == [("bold", 0, 2), ("italic", 1, 1)]


def test_an_empty_end_tag_closes_the_last_one():
    assert parse_html("<b>a</>")[1] == [{"type": "bold", "offset": 0, "length": 1}]


def test_unknown_references_stay_as_they_are():
    assert parse_html("&laquo;&nbsp;&#65;&#x42;& &amp") == ("&laquo;&nbsp;AB& &", [])


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(Refused, match="UTF-8"):
        parse_html("&#xD800;")


def test_white_space_around_is_cut_and_entities_move():
    assert parse_html("\n <b> x </b> ") == ("x", [{"type": "bold", "offset": 0, "length": 1}])


def test_code_in_pre_names_the_language():
    _, entities = parse_html('<pre><code class="language-ini">[Peer]</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 6, "language": "ini"}]


def test_a_link_to_nowhere_is_just_text():
    assert parse_html('<a href="javascript:alert(1)">x</a>') == ("x", [])


def test_commands_are_found_where_telegram_finds_them():
    text = "🏟 /start and/no /stats@stand_bot"
    found = find_commands(text)
    assert [cut_units(text, e["offset"], e["length"]) for e in found] == ["/start", "/stats@stand_bot"]


def test_characters_outside_the_basic_plane_count_twice():
    assert (utf16_length("а"), utf16_length("🏟")) == (1, 2)
