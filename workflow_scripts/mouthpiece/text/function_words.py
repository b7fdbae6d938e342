"""Small words at which lines of subtitles break well or badly, by language.

The guides: break before conjunctions and prepositions; never part an article, a possessive, a
pronoun, an auxiliary or a negation from what follows.
"""

from functools import cache

LINKS = {
    "en": "and but or nor so because although though if when while where that which who than as"
    " about after against at before between by during for from in into like of off on over"
    " since through to under until with without",
    "pt": "e mas ou nem porque embora se quando enquanto onde que quem como pois para por pelo"
    " pela com sem de do da dos das em no na nos nas entre sobre sob até desde após antes"
    " durante",
    "es": "y e pero o u ni porque aunque si cuando mientras donde que quien como pues para por"
    " con sin de del en entre sobre bajo hasta desde tras antes durante a al",
    "fr": "et mais ou ni car parce quoique si quand lorsque pendant où que qui comme pour par"
    " avec sans de du des en dans entre sur sous jusque depuis après avant à au aux chez"
    " vers",
    "it": "e ed ma o né perché sebbene se quando mentre dove che chi come per con senza di del"
    " della dei delle in nel nella tra fra su sul sulla fino da dal dalla dopo prima"
    " durante a al alla",
    "de": "und aber oder denn weil obwohl wenn als während wo dass welche der die das um für"
    " mit ohne von vom zu zum zur in im ins zwischen über unter bis seit nach vor durch"
    " gegen bei auf",
    "nl": "en maar of want omdat hoewel als toen terwijl waar dat die om voor met zonder van te"
    " in tussen over onder tot sinds na door tegen bij op",
}
"""Conjunctions and prepositions: a line may well begin with one, and should not end with it."""

BINDING = {
    "en": "a an the my your his her its our their this these those some any no not i you he she"
    " it we they is are was were be been am has have had do does did will would can could"
    " shall should may might must mr. mrs. ms. dr. st. i'm you're he's she's it's we're"
    " they're don't can't won't didn't isn't very",
    "pt": "o a os as um uma uns umas meu minha seu sua nosso nossa este esta esse essa aquele"
    " aquela não eu tu você ele ela nós vocês eles elas é são foi foram está estão tem têm"
    " ser estar ter vai vão pode deve me te se lhe nos sr. sra. dr. dra. muito",
    "es": "el la los las un una unos unas mi tu su nuestro nuestra este esta ese esa aquel"
    " aquella no yo tú él ella nosotros ellos ellas es son fue fueron está están ha han he"
    " ser estar haber me te se le lo nos sr. sra. dr. dra. muy",
    "fr": "le la les l' un une mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs"
    " ce cet cette ces ne pas je tu il elle on nous vous ils elles est sont a ont ai as"
    " être avoir me te se m. mme dr très",
    "it": "il lo la i gli le un uno una mio mia tuo tua suo sua nostro nostra questo questa"
    " quello quella non io tu lui lei noi voi loro è sono ha hanno ho era essere avere mi"
    " ti si ci vi sig. sig.ra dott. molto",
    "de": "der die das den dem des ein eine einen einem einer mein meine dein deine sein seine"
    " ihr ihre unser unsere dieser diese dieses kein keine nicht ich du er sie es wir ihr"
    " ist sind war waren hat haben habe wird werden kann muss herr frau dr. sehr",
    "nl": "de het een mijn jouw zijn haar ons onze hun deze dit die dat geen niet ik jij hij"
    " zij wij jullie is zijn was waren heeft hebben zal kan moet dhr. mevr. dr. zeer",
}
"""Articles, possessives, pronouns, auxiliaries, negations, titles: no line should end with one."""


def begins_well(word: str, language: str) -> bool:
    """Tell whether a line may well begin with a word.

    Args:
        word: The word, as it is written.
        language: Its ISO 639 code.

    Returns:
        Whether it is a conjunction or a preposition.
    """
    return _plain(word) in _words(language)[0]


def ends_badly(word: str, language: str) -> bool:
    """Tell whether a word should not be parted from the next.

    Args:
        word: The word, as it is written.
        language: Its ISO 639 code.

    Returns:
        Whether it is a small word that belongs to what follows.
    """
    return any(_plain(word) in words for words in _words(language))


@cache
def _words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a language in `LINKS`, and those in `BINDING`."""
    links, binding = (frozenset(words.get(language, "").split()) for words in (LINKS, BINDING))
    return links, binding


def _plain(word: str) -> str:
    return word.strip().strip("\"'“”‘«»¿¡([-").lower().replace("’", "'")
