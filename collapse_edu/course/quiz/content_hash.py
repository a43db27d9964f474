"""What tells a question from any other, and from what it was before: a hash of all that decides what is right.

An answer is kept together with this hash. One with another hash answered another question; it is never judged by the
present one.
"""

import hashlib
import json
from collections.abc import Mapping

__all__ = ["FIRST", "content_hash", "is_kept_for", "prompt_hash"]


def content_hash(content: Mapping[str, object]) -> str:
    """Return the hash of what a learner is asked.

    Empty values and functions are left out: a new field that is empty by default changes no hash, and what a function
    computes is known by the question's ``version`` alone.

    Parameters
    ----------
    content : mapping
        Name → texts, numbers, collections of them, or objects with an attribute ``decides`` of such.

    Returns
    -------
    str
        16 hexadecimal digits.

    Examples
    --------
    >>> content_hash({"prompt": "Why?", "allowed": (0, 1)})
    '07ca9ecf31b3945c'
    >>> content_hash({"allowed": [0, 1], "prompt": "Why?", "unit": "", "key": len})
    '07ca9ecf31b3945c'
    """
    kept = sorted((name, value) for name, value in content.items() if value and not callable(value))
    return _digits(json.dumps(kept, default=_as_json))


def is_kept_for(now: str, kept: Mapping[str, object]) -> bool:
    """Return whether a choice was made between what is offered now: in a prediction, or in the concept inventory.

    Parameters
    ----------
    now : str
        The hash of what is offered now.
    kept : mapping
        What was kept with the choice: ``hash``, or none in what older versions wrote.

    Examples
    --------
    >>> is_kept_for("5d8a995a6fa7cf7c", {"hash": "5d8a995a6fa7cf7c"}), is_kept_for("5d8a995a6fa7cf7c", {"answer": 3})
    (True, False)
    """
    return kept["hash"] == now if kept.get("hash") is not None else now in FIRST


def prompt_hash(prompt: str) -> str:
    """Return what answers were kept with at first: a hash of the prompt alone, 16 hexadecimal digits.

    Examples
    --------
    >>> prompt_hash("Why?")
    '5d8a995a6fa7cf7c'
    """
    return _digits(prompt)


def _digits(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _as_json(value):
    return value.decides if hasattr(value, "decides") else list(value)


# What the course asked when answers were kept with the prompt's hash, and predictions and items of the inventory with
# none. Such an answer belongs to what is in this table, and to nothing else. Nothing is ever added.
_FIRST = """
01d6b180882fb91f 03982b3b41a35508 078cab12d5371115 084b6cc5da9a25a5 0c44b9c39a9c4abc 0cab4ddd76688f38
0d0dce59fb20fef7 0e31ae19fc3126a8 10935fe7a348ffa0 145d50548653e741 1566fd19ec763c26 15747da42f3a9f61
1bf7689b93e05147 1d208e3d950bc1e9 224e9f42425c0f90 266b8ddd336ab9a8 26dfcae6b3681677 27fadd6852167465
288cafe0be183f6a 289bebe21b4e6aef 2c10c298ab28ab8b 2c588c4f93dbf1e0 2c5dc471b4726e5b 2d86415747901823
2d868ccd4b821082 2eec71db06a53ce8 2f39b166a791f630 30157eb0d8d4c6bd 30e30bb4ca7ef900 32b5165c85287c26
33c2ecc5a1df4841 33f15f3de0910eb6 36399301a78d8cc6 3a70811f4228d10f 3d998fa789ba49f2 3dded2e4372a8bbd
3f4ec96fcff27fc5 40a72f03f691f3c5 4155631f15bc3faf 44d13bb33b1698ce 45aedcd1029e9185 465859f77b4babb6
46c073462418b727 46d169c3cfec1cc0 47330d64fd9b184e 493a83f79a1e5328 497983fd9e7258e3 4a13e5e07259c8c3
4c4e179425a8166a 4d03bcf264570666 4d0594c9f13311fb 4e295d01bc072bae 4e7fd8d8b19ffe53 4f4d2a70655518f2
4fa332946cc8ec69 516a9c8cdf2b164f 51c22588d442e414 53408865c878a9dc 5365c6037fdd74bf 561ed0b795b5b788
56aa7c317600bf3f 591ce71aabb3c272 598262970b37e455 59de3d834e3df741 59e2d20b13d5fe22 5ad708dbb0c99e8a
5d3b09effea538d8 61f75fd4b67b702d 61f9f5b7c0774360 61faf79dcab58f7b 62e12283e6d73139 661111b095995b00
67d436b5df94782c 6ab315df200b84d3 6b48843863fe463e 6e77a7401ed696df 6eb2c54a9f845e5d 6f020675e4f72d85
6f830fb070a6c40f 709eb991cb89b4c3 71d4ab6c338a634f 74d5c74dfa0c197a 7516cc6116a41c8e 75522a334d1fb845
75726ab73e5f60fc 7704d8573d256b8b 77100997e9b3c6df 7844580df6317ea8 7d5aeb5ceec5186f 820967827552fcf8
8390f6c079162d77 84cbf79706d85f93 8503953e83a01323 86d620dbc6323900 8708c01c751358db 87eb759b9907eb3f
88da0823376fe117 8a7a0bbb621ad55f 8acffe2cea11616b 8b8c52474392a41c 8e05a366d9f6b9ab 8ebe1dfe4779b876
90b22b3a98fa5a5b 92f67e1a4deefc2f 98f88065587fce21 9a321f70d240bc06 9a505951e706f76e 9aa0656157eac462
9d54a6c57efad2c8 9e2ab3be71933214 a1281d354c8b6568 a3e7f8988710b770 a41b70581c63759a a51957a5ffb80d65
a6e9d9c7b7997bec a70d893937f0bfcd a9489fc3ef25ca1f ac88771169b1581c ad91d7e183ed8fcd b2aa5e3608d18051
b3e5b450280cbf83 b4be4ed332ffd58d b576c1d25676283a b6db8f856c4ce965 b6de4f20ca1e7cf2 b8efe340d1fae247
b92dfae3033112ef bbe08c76652acc74 bd7ccc85816b2f68 be9ee238555f6cac c0d55fecc91da91d c140538b90511b29
c415c6a4febdcef2 c41790ec251b76c4 c511f03a992f46e0 c5dfb451d844b3bc cadb23ccfe0b46e7 caf484c0874387c4
cc694dbf03e0c0e8 d07b6f90c8fafad7 d340c02d33702756 d502963499ddc999 d6a77e907a96e961 d6b021fc3a5c4452
d77aea9011bccee4 d781138370e602a3 d871fa531f91d3fb d8ef4cc2a91f0747 db56818ce2bcd56f db6c592dca1fb182
df74ae5997bbc1cf e06b5156d4975cf2 e0b00e34daf04bc9 e2f7a9fb393e909f e3be02138a9efd7b e75214199c88c4f8
e7ae33ce14d0e8d6 e81238c4001893c9 e83d32dc6469d509 e84a7a08148bddbf ed16adb80f57fc49 ed308dd3d0423bcf
edc64191bb7e8a58 ee020a568d79fc8b f1c3c021f6452612 f2188175b93e2a1c f5db7c16da055f32 f60500732d6b924e
f68bcf0a11ee7b69 f867cd5937fd86d5 faa9b138d38acbdb fd0af1e5e64d5875 fe6a0d00e3ddad41
"""
FIRST = frozenset(_FIRST.split())
