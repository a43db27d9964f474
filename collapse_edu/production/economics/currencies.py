"""Currencies, and the order of magnitude of their units: no exchange rates, and nothing is converted with them."""

from types import MappingProxyType

__all__ = ["CURRENCIES", "MAGNITUDES", "currency_label", "magnitude"]

CURRENCIES = (
    "AED", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD", "HUF", "IDR",
    "ILS", "INR", "JPY", "KES", "KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PHP", "PKR", "PLN", "RON", "SAR", "SEK",
    "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
)  # fmt: skip

# What a euro is worth in units of a currency, to the nearest power of ten, in 2025: it holds for years. 1 if not named.
MAGNITUDES = MappingProxyType(
    {
        code: times
        for times, codes in {
            10: "AED BRL CNY CZK DKK HKD ILS MXN MYR NOK PLN RON SAR SEK ZAR",
            100: "EGP INR JPY KES PHP THB TRY TWD UAH",
            1000: "CLP HUF KRW NGN PKR",
            10_000: "COP IDR VND",
        }.items()
        for code in codes.split()
    }
)


def magnitude(currency: str) -> int:
    """Return how many units are worth about a euro, as a power of ten.

    Only an order of magnitude, so that defaults and ranges make sense.

    Examples
    --------
    >>> magnitude("EUR"), magnitude("USD"), magnitude("SEK"), magnitude("JPY"), magnitude("IDR")
    (1, 1, 10, 100, 10000)
    """
    return MAGNITUDES.get(currency, 1)


def currency_label(value: object) -> str:
    """Return the label of a currency, in capitals.

    Raises
    ------
    ValueError
        If it is not in ``CURRENCIES``: one line with all that are.

    Examples
    --------
    >>> currency_label("jpy")
    'JPY'
    """
    label = value.upper() if isinstance(value, str) else value
    if label not in CURRENCIES:
        raise ValueError(f"currency must be one of {', '.join(CURRENCIES)}; got {value!r}")
    return label
