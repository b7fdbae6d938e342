"""What the synthetic voices say: nonsense for training, real sentences for measuring."""

import random

LANGUAGES = (
    "en-us",
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "tr",
    "fi",
    "id",
    "cs",
    "hu",
    "ro",
)
"""Voices that training hears; other languages in `SENTENCES` are new to the network."""

VARIANTS = ("", "+m1", "+m2", "+m4", "+m5", "+m7", "+f1", "+f2", "+f4", "+croak")
"""espeak-ng's timbres that training hears."""

NEW_VARIANTS = ("+m3", "+f3", "+f5")
"""Timbres kept for measuring."""

ONSETS = (
    *("p", "b", "m", "f", "v", "w", "t", "d", "n", "l", "s", "z", "k", "g", "r", "sh", "ch", "j"),
    *("h", "y", "tr", "pl", "br", "kl", "st", "sp", "m", "b", "p", ""),
)

NUCLEI = (
    "a",
    "e",
    "i",
    "o",
    "u",
    "a",
    "e",
    "i",
    "o",
    "u",
    "ai",
    "au",
    "oo",
    "ou",
    "ei",
    "oi",
    "ie",
)

CODAS = ("", "", "", "", "n", "m", "l", "s", "t", "p", "k", "r", "b", "f")

SENTENCES = {
    "en-us": (
        "My brother bought a map of the open sea before the storm.",
        "Please put the apples on the table, and wash your hands.",
        "Nobody remembers who painted the bathroom yellow.",
        "When the moon comes up, the farm becomes very calm.",
        "Five happy people walked along the beach for an hour.",
        "I cannot believe how much paper we use every month.",
    ),
    "de": (
        "Meine Mutter backt am Abend Brot mit Butter und Apfelmus.",
        "Bitte komm morgen um sieben Uhr zum Bahnhof.",
        "Der Baum vor dem Haus hat im Sommer viele gelbe Blumen.",
        "Papa fragt immer, ob wir genug Obst gegessen haben.",
        "Wir sprachen lange darüber, aber niemand wusste die Antwort.",
        "Im Park spielen die Kinder, bis es dunkel wird.",
    ),
    "fr": (
        "Ma mère prépare la soupe pendant que papa lit le journal.",
        "Nous avons beaucoup marché, puis la pluie est tombée.",
        "Le petit bateau blanc part demain matin pour Marseille.",
        "Est-ce que vous pouvez me montrer la bonne route ?",
        "Les enfants jouent aux billes devant la maison.",
        "Il faut parler plus lentement, mon ami.",
    ),
    "es": (
        "Mi madre compra pan, manzanas y un poco de queso.",
        "Por favor, abre la ventana antes de empezar.",
        "Mañana vamos a la playa con nuestros amigos.",
        "El hombre viejo miraba pasar los barcos desde el puerto.",
        "No sabemos por qué el tren llegó tan tarde.",
        "Me gusta bailar cuando suena buena música.",
    ),
    "it": (
        "La mamma prepara la pasta con il pomodoro e il basilico.",
        "Domani mattina partiamo presto per il mare.",
        "Il bambino gioca con la palla in mezzo al prato.",
        "Potresti aprire la porta, per piacere?",
        "Non ricordo dove abbiamo messo le chiavi.",
        "Molte persone passano di qui ogni giorno.",
    ),
    "sv": (
        "Min mamma bakar bröd varje lördag morgon.",
        "Vi promenerade hem längs den mörka vägen.",
        "Barnen leker med bollen bakom huset.",
        "Kan du hjälpa mig att öppna fönstret?",
    ),
    "ru": (
        "Моя мама купила много яблок и белый хлеб.",
        "Мы пойдём домой, когда кончится дождь.",
        "Папа работает на большом заводе у моря.",
        "Открой, пожалуйста, окно, мне жарко.",
    ),
}
"""Sentences by espeak-ng's voice, used for measuring only."""

SHAPE_SENTENCES = {
    "da": (
        "Min bror flyver hjem til byen i morgen.",
        "Vi køber to store brød og lidt frugt.",
        "Kan du se fuglen over huset?",
    ),
    "nb": (
        "Mor vil gjerne bo ved den blå fjorden.",
        "Fem unge venner syklet ut til øya.",
        "Du må skru av lyset før du sover.",
    ),
    "et": (
        "Vana mees istus üksi mere ääres.",
        "Öösel tuul puhus üle suure järve.",
        "Minu ema ostis poest värsket leiba.",
    ),
    "el": (
        "Η μητέρα μου φέρνει φρέσκο ψωμί κάθε μέρα.",
        "Το βουνό είναι πολύ ψηλό.",
        "Θέλω να φύγω πριν βρέξει.",
    ),
    "uk": (
        "Моя сестра живе в новому будинку біля річки.",
        "Влітку ми їздимо до моря потягом.",
        "Учора ввечері був сильний вітер.",
    ),
    "hr": (
        "Moja sestra uvijek kupuje svježe voće.",
        "U novoj kući ima puno svjetla.",
        "Ivan i Vid putuju vlakom u Zagreb.",
    ),
    "sw": (
        "Mtoto wangu anapenda kula wali na samaki.",
        "Tutakwenda mjini kesho asubuhi.",
        "Fundi alifika nyumbani kwetu jioni.",
    ),
    "ca": (
        "La meva filla viu en un poble petit.",
        "Vull un cafè i una mica de fruita.",
        "Avui fa molt de vent al port.",
    ),
}
"""Sentences in more languages that training never heard, in which lips are rounded, spread and at
the teeth; used for measuring shapes only."""


def nonsense(random_: random.Random) -> str:
    """Make up a sentence, with a comma now and then.

    Args:
        random_: The source of chance.

    Returns:
        Invented words.
    """
    words = [_word(random_) for _ in range(random_.randint(3, 7))]
    pause = random_.randrange(1, len(words)) if random_.random() < 0.5 else len(words)
    return " ".join([*words[: pause - 1], words[pause - 1] + ",", *words[pause:]]) + "."


def _word(random_: random.Random) -> str:
    syllables = random_.choice((1, 2, 2, 3))
    parts = (ONSETS, NUCLEI, CODAS)
    return "".join(random_.choice(part) for _ in range(syllables) for part in parts) or "a"
