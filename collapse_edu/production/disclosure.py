"""What a ledger can say for two laws on training data; the rest is left to those who know it.

What the ledger knows is filled in, with counts and ranges. What it does not know is marked so, and never made up: give
answers of your own. This is no legal advice: read the official text, which may have changed.

References
----------
California Civil Code § 3111 (a) (1) to (12), added by AB 2013 (2024), in force from 1 January 2026. European
Commission, *Explanatory notice and template for the public summary of training content*, Article 53 (1) (d) of
Regulation (EU) 2024/1689, 24 July 2025; Communication C(2025) 8311 of 5 December 2025.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from collapse_edu.checks import choice
from collapse_edu.production.provenance import Ledger

__all__ = ["FIELDS", "KINDS", "NOT_KNOWN", "Field", "disclosure", "disclosure_json", "disclosure_markdown"]

NOT_KNOWN = "not known to the ledger"

# Law → key of a field → what it asks for, in our words.
FIELDS = MappingProxyType(
    {
        "california": {
            "a1": "sources or owners of the data sets",
            "a2": "how the data sets further the purpose of the system",
            "a3": "number of data points; ranges and estimates are allowed",
            "a4": "types of data points",
            "a5": "whether data are protected by copyright, trademark or patent, or all in the public domain",
            "a6": "whether data were bought or licensed",
            "a7": "whether they include personal information",
            "a8": "whether they include aggregate consumer information",
            "a9": "cleaning, processing or other changes, and what for",
            "a10": "period of collection, and whether it goes on",
            "a11": "dates on which the data sets were first used",
            "a12": "whether synthetic data generation was or is used",
        },
        "eu": {
            "1.provider": "provider",
            "1.model": "model, versions, and when it was placed on the market",
            "1.modalities": "modalities, sizes, and general characteristics",
            "2.public": "publicly available data sets",
            "2.licensed": "private data sets licensed from rightsholders or their representatives",
            "2.private": "other private data sets from third parties",
            "2.crawled": "data crawled and scraped from online sources",
            "2.user": "user data",
            "2.synthetic": "synthetic data",
            "2.other": "other sources",
            "3.rights": "reservation of rights from text and data mining",
            "3.illegal": "removal of illegal content",
            "3.other": "other information on processing",
        },
    }
)
# Kinds of sources in the template of the EU; who keeps a ledger says which source is of which kind.
KINDS = ("public", "licensed", "private", "crawled", "user", "synthetic", "other")
_TITLES = {
    "california": "Training data: California Civil Code § 3111 (AB 2013)",
    "eu": "Training content: template for Article 53 (1) (d), Regulation (EU) 2024/1689",
}
_CAUTION = "No legal advice. Our words, not those of the law: check the official text, which may have changed."


@dataclass(frozen=True)
class Field:
    """One field of a disclosure.

    Attributes
    ----------
    key, asks : str
    says : str
    by : {"ledger", "you", "nobody"}
        Who says it.
    """

    key: str
    asks: str
    says: str
    by: Literal["ledger", "you", "nobody"]


def disclosure(
    ledger: Ledger,
    law: Literal["california", "eu"],
    answers: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> list[Field]:
    """Return the fields that a law asks for, filled with what the ledger knows.

    Parameters
    ----------
    ledger : Ledger
    law : {"california", "eu"}
    answers : mapping, optional
        Key of a field → your own answer. It stands beside what the ledger says.
    kinds : mapping, optional
        Source → one of ``KINDS``, for the EU.

    Returns
    -------
    list of Field
        All of ``FIELDS[law]``, in order.

    Raises
    ------
    TypeError, ValueError
        If the ledger is empty, or a law, key, kind or source is none.

    Examples
    --------
    >>> ledger = Ledger()
    >>> _ = ledger.add("A whale.", source="web", date="2026-01-31", declared="real")
    >>> fields = disclosure(ledger, "california", {"a2": "It learns to write."})
    >>> [(field.key, field.by) for field in fields[:4]]
    [('a1', 'ledger'), ('a2', 'you'), ('a3', 'ledger'), ('a4', 'nobody')]
    >>> fields[2].says
    '1 documents'
    """
    law = choice("law", law, *FIELDS)
    answers, kinds = _known("answers", answers, FIELDS[law]), dict(kinds or {})
    by_source = ledger.share_by("source")
    for source, kind in kinds.items():
        choice(f"kind of {source}", kind, *KINDS)
        if source not in by_source.index:
            raise ValueError(f"kinds must name sources of the ledger; got {source!r}")
    known = _of_california(ledger) if law == "california" else _of_eu(ledger, kinds)
    fields = []
    for key, asks in FIELDS[law].items():
        said = [text for text in (known.get(key), answers.get(key)) if text]
        by: Literal["ledger", "you", "nobody"] = "ledger" if key in known else "you" if said else "nobody"
        fields.append(Field(key, asks, "; ".join(said) or NOT_KNOWN, by))
    return fields


def disclosure_markdown(fields: list[Field], law: Literal["california", "eu"]) -> str:
    """Return the fields as a page of Markdown.

    Examples
    --------
    >>> print(disclosure_markdown([Field("a4", "types", NOT_KNOWN, "nobody")], "california").splitlines()[-1])
    **a4** types: *not known to the ledger*
    """
    signs = {"ledger": " (by the ledger)", "you": " (your answer)"}
    lines = [f"# {_TITLES[choice('law', law, *FIELDS)]}", "", _CAUTION, ""]
    for field in fields:
        says = f"*{field.says}*" if field.by == "nobody" else field.says + signs[field.by]
        lines += [f"**{field.key}** {field.asks}: {says}", ""]
    return "\n".join(lines[:-1])


def disclosure_json(fields: list[Field], law: Literal["california", "eu"]) -> str:
    """Return the fields as JSON: title, caution, and for each key what is asked, what is said, and by whom.

    Examples
    --------
    >>> json.loads(disclosure_json([Field("a4", "types", NOT_KNOWN, "nobody")], "california"))["fields"]["a4"]["by"]
    'nobody'
    """
    told = {field.key: {"asks": field.asks, "says": field.says, "by": field.by} for field in fields}
    return json.dumps({"title": _TITLES[choice("law", law, *FIELDS)], "caution": _CAUTION, "fields": told}, indent=1)


def _of_california(ledger):
    """Return what the ledger knows of the twelve fields."""
    by_source = ledger.share_by("source")
    first, last = _period(ledger)
    return {
        "a1": ", ".join(f"{source} ({row.documents:,.0f})" for source, row in by_source.iterrows()),
        "a3": f"{len(ledger):,} documents",
        "a10": f"documents are dated {first} to {last}",
        "a12": _synthetic(ledger),
    }


def _of_eu(ledger, kinds):
    """Return what the ledger knows of the template: documents by kind of source, synthetic ones among them."""
    known = {"1.modalities": f"text: {len(ledger):,} documents"}
    for kind in KINDS:
        sources = sorted(source for source, of in kinds.items() if of == kind)
        if sources:
            counts = [sum(1 for _ in ledger.rows(source=source)) for source in sources]
            told = (f"{source} ({many:,})" for source, many in zip(sources, counts, strict=True))
            known[f"2.{kind}"] = f"{', '.join(told)}: occurrences of documents"
    known["2.synthetic"] = "; ".join(filter(None, [known.get("2.synthetic"), _synthetic(ledger)]))
    left = sorted(set(ledger.share_by("source").index) - set(kinds))
    if left:
        known["2.other"] = "; ".join(
            filter(None, [known.get("2.other"), f"of sources whose kind nobody has said: {', '.join(left)}"])
        )
    return known


def _synthetic(ledger):
    """Return in words what labels and audit say of synthetic documents."""
    declared = sum(1 for _ in ledger.rows(declared="synthetic"))
    found = sum(1 for _ in ledger.rows(verified="synthetic"))
    share = ledger.real_share()
    return (
        f"{declared:,} occurrences are declared synthetic, {found:,} were found so in the audit; of all documents, an "
        f"estimated {1 - share.share:.1%} ({1 - share.high:.1%} to {1 - share.low:.1%}) are synthetic"
    )


def _period(ledger):
    dates = [row.date for row in ledger.rows()]
    return min(dates), max(dates)


def _known(name, given, allowed):
    given = dict(given or {})
    for key, text in given.items():
        if key not in allowed:
            raise ValueError(f"{name} must have keys among {', '.join(allowed)}; got {key!r}")
        if not isinstance(text, str):
            raise TypeError(f"{name} must map keys to texts; got {text!r:.60} for {key}")
    return given
