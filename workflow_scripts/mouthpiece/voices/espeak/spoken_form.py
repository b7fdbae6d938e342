"""What espeak-ng reads letter by letter, or in another order, in the words that are said.

It reads numbers, dates and most signs itself.
"""

import re

_TITLES = {
    "pt": {"Sr": "senhor", "Sra": "senhora", "Srta": "senhorita", "Prof": "professor"},
    "fr": {"M": "monsieur"},
    "it": {"Sig": "signor", "Dott": "dottor", "Prof": "professor"},
    "es": {"Srta": "señorita", "Prof": "profesor"},
    "en": {"Prof": "professor"},
}
"""Titles before a name, by language."""

_MONEY = {
    "en": {"$": "dollars", "€": "euros", "£": "pounds", "R$": "reais"},
    "pt": {"$": "dólares", "€": "euros", "£": "libras", "R$": "reais"},
    "es": {"$": "dólares", "€": "euros", "£": "libras", "R$": "reales"},
    "fr": {"$": "dollars", "€": "euros", "£": "livres", "R$": "réals"},
    "it": {"$": "dollari", "€": "euro", "£": "sterline", "R$": "real"},
    "hi": {"$": "डॉलर", "€": "यूरो", "£": "पाउंड", "R$": "रियल"},
    "de": {"$": "Dollar", "€": "Euro", "£": "Pfund", "R$": "Real"},
}
"""The names of currencies, by language; they are said after the number."""

_AMOUNT = re.compile(r"(R\$|US\$|[$€£])\s?(\d(?:[\d.,]*\d)?)|(\d(?:[\d.,]*\d)?)\s?([€£$])")

_ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|Dra|Sr|Sra|Mme|Mlle)\.(?=\s)")
"""Abbreviations that espeak-ng knows. Their point ends no sentence."""


def spoken_form(text: str, language: str) -> str:
    """Write out titles and sums of money, and leave out the points of abbreviations.

    Args:
        text: The text.
        language: A language of espeak-ng, such as "pt-br".

    Returns:
        The text as it is said.
    """
    primary = language.partition("-")[0]
    for title, word in _TITLES.get(primary, {}).items():
        text = re.sub(rf"\b{title}\.(?=\s+\w)", word, text)
    names = _MONEY.get(primary, {})
    text = _AMOUNT.sub(lambda found: _amount(found, names), text)
    return _ABBREVIATION.sub(r"\1", text)


def _amount(found: re.Match[str], names: dict[str, str]) -> str:
    sign, number = (found[1], found[2]) if found[1] else (found[4], found[3])
    name = names.get("$" if sign == "US$" else sign)
    return f"{number} {name}" if name else found[0]
