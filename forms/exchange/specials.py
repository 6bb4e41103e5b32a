"""What the special answers are called in files for other programs and in codebooks."""

SPECIAL_TEXTS: dict[str, dict[str, str]] = {
    "vil_ikke_svare": {
        "nb": "Vil ikke svare", "nn": "Vil ikkje svare", "en": "Rather not say", "se": "In hálit vástidit",
        "pl": "Nie chcę odpowiadać", "ar": "لا أريد أن أجيب", "uk": "Не хочу відповідати",
        "so": "Ma rabo inaan ka jawaabo", "ti": "ክምልስ ኣይደልን",
    },
    "vet_ikke": {
        "nb": "Vet ikke", "nn": "Veit ikkje", "en": "Don't know", "se": "In dieđe", "pl": "Nie wiem",
        "ar": "لا أعرف", "uk": "Не знаю", "so": "Ma aqaan", "ti": "ኣይፈልጥን",
    },
    "ikke_aktuelt": {
        "nb": "Ikke aktuelt", "nn": "Ikkje aktuelt", "en": "Does not apply", "se": "Ii guoskka munnje",
        "pl": "Nie dotyczy mnie", "ar": "لا ينطبق عليّ", "uk": "Мене це не стосується",
        "so": "Ima khuseeyo", "ti": "ንዓይ ኣይምልከትን",
    },
}  # fmt: skip
