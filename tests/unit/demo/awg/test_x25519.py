"""X25519 against the test vectors of RFC 7748."""

from __future__ import annotations

import base64

import pytest

from lib.demo.awg import x25519


def test_it_works() -> None:
    key = x25519.clamp(bytes(range(32)))
    assert x25519.decode(x25519.encode(key)) == key


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 42 + "B=", base64.b64encode(bytes(33)).decode()])
def test_anything_but_the_canonical_form_of_32_bytes_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        x25519.decode(text)


@pytest.mark.parametrize(
    ("scalar", "point", "product"),
    [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ),
    ],
)
def test_multiplication_agrees_with_rfc_7748(scalar: str, point: str, product: str) -> None:
    assert x25519.multiply(bytes.fromhex(scalar), bytes.fromhex(point)).hex() == product


def test_repeated_multiplication_agrees_with_rfc_7748() -> None:
    k = u = bytes([9, *[0] * 31])
    for _ in range(1000):
        k, u = x25519.multiply(k, u), k
    assert k.hex() == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"


def test_a_shared_secret_agrees_with_rfc_7748() -> None:
    alices_public = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    bob = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    assert x25519.multiply(bob).hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    assert x25519.multiply(bob, alices_public).hex() == shared
