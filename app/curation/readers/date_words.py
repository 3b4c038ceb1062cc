"""The words of date expressions, by language.

Names of months and weekdays, and the order of numeric dates, come from CLDR. The tables add what
CLDR does not have. In them, `|` separates words, and `x(a,b,)` stands for `xa`, `xb` and `x`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from babel import Locale, UnknownLocaleError

Lexeme = tuple[str, int | str | None]
"""A category of the grammar, and the value of the word."""

LANGUAGES = ("en", "fr", "es", "de", "pt", "ar")
"""Those whose relative dates are read. Of others, days with a named month and numeric dates are."""

TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+(?:[\u0300-\u036f\u064b-\u0652]+[^\W\d_]*)*)"
    r"|(?P<iso>(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
    r"(?: ?(?:Z\b|UTC|GMT|[+−-]\d\d:?\d\d))?)?(?!\d))"
    r"|(?P<compact>(?<![\d.,])(?:1[6-9]|20|21)\d{6}(?![\d.,]?\d))"
    r"|(?P<numeric>(?<![\d./])(?:\d{1,2}\u200f?([./-])\d{1,2}\u200f?\5(?:\d{4}|\d\d)|\d{4}/\d{1,2}/\d{1,2})"
    r"(?![\d/]|[.,]\d))"
    r"|(?P<clock>\b\d{1,2}[:h]\d\d(?::\d\d)?(?: ?(?:[ap]\.?m\b\.?))?"
    r"(?: ?(?P<zone>UTC|GMT|Z\b|[+−-]\d\d:?\d\d))?)"
    r"|(?P<span>(?<![\d.,/])\d{4}[-–/]\d\d(?![\d/]|[.,-]\d))"
    r"|(?P<daymonth>(?<![\d.,])\d{1,2}\.\d{1,2}\.(?!\d))"
    r"|(?P<grouped>\d+(?:[.,٬٫'’]\d+)+)"
    r"|(?P<number>\d+)"
    r"|(?P<mark>[^\s\u00ad\u200b-\u200f\u2060\ufeff])"
)
_SPELLINGS = str.maketrans("أإآىی’", "ااايي'")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")


def fold(word: str) -> str:
    """Return a word without case, and without the marks that Arabic leaves out at will."""
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFC", word).casefold().translate(_SPELLINGS)
    return _ARABIC_MARKS.sub("", folded)


_EN_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_AR_ORDINALS = (
    "اول|اولي ثاني|ثانية ثالث|ثالثة رابع|رابعة خامس|خامسة سادس|سادسة سابع|سابعة ثامن|ثامنة"
    " تاسع|تاسعة عاشر|عاشرة"
).split()

_HIJRI = {
    1: "Muharram|محرم|المحرم",
    2: "Safar|صفر",
    3: "Rabi al-Awwal|Rabi' al-Awwal|Rabi I|ربيع الأول",
    4: "Rabi al-Thani|Rabi' al-Thani|Rabi al-Akhir|Rabi II|ربيع الآخر|ربيع الثاني",
    5: "Jumada al-Awwal|Jumada al-Ula|Jumada I|جمادى الأولى",
    6: "Jumada al-Thani|Jumada al-Akhira|Jumada II|جمادى الآخرة|جمادى الثانية",
    7: "Rajab|رجب",
    8: "Sha'ban|Shaban|Shaaban|شعبان",
    9: "Ramadan|Ramadán|Ramadã|رمضان",
    10: "Shawwal|شوال",
    11: "Dhu al-Qadah|Dhu al-Qi'dah|Dhul Qadah|ذو القعدة|ذي القعدة",
    12: "Dhu al-Hijjah|Dhul Hijjah|Dhu al-Hijja|ذو الحجة|ذي الحجة",
}
_JALALI = {
    1: "Farvardin|فروردین",
    2: "Ordibehesht|Ordibehest|اردیبهشت",
    3: "Khordad|خرداد",
    4: "Tir|تیر",
    5: "Mordad|مرداد",
    6: "Shahrivar|شهریور",
    7: "Mehr|مهر",
    8: "Aban|آبان",
    9: "Azar|آذر",
    10: "Dey|دی",
    11: "Bahman|بهمن",
    12: "Esfand|اسفند",
}

_Table = Mapping[str, str | Mapping[int, str] | Mapping[str, str]]

_TABLES: Mapping[str, _Table] = {
    "en": {
        "OF": "of|of the",
        "THE": "the",
        "IN": "in|since|during|until|till|by|before|after|from|to|of|through|throughout|between"
        "|on|for|late|early|last|next|this|every|each|back in|as of|around|circa|about|and|or|per"
        "|mid",
        "TO": "to|through|until|till|-|–|—|up to",
        "TILL": "to|ending|ended|ending on|ended on|through|up to|until|ending in|ended in",
        "AND": "and|or",
        "FROM": "from|between",
        "ORDSUF": "st|nd|rd|th",
        "ONE": "a|an|one|the",
        "NUM": {
            2: "two|a couple of", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven",
            8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 14: "fourteen",
            18: "eighteen", 24: "twenty-four", 30: "thirty",
        },
        "FEW": "a few|several|some|many|a couple",
        "ORD": dict(enumerate(_EN_ORDINALS, start=1))
        | {20 + n: f"twenty-{word}" for n, word in enumerate(_EN_ORDINALS[:9], start=1)}
        | {30: "thirtieth", 31: "thirty-first"},
        "UNIT": {
            "hour": "hour(s,)", "day": "day(s,)", "week": "week(s,)", "month": "month(s,)",
            "year": "year(s,)", "quarter": "quarter(s,)", "fortnight": "fortnight(s,)",
            "decade": "decade(s,)",
        },
        "AGO": "ago|back",
        "AHEAD": "from now",
        "WITHIN": "in|within",
        "LAST": "last|previous",
        "PAST": "past",
        "NEXT": "next|coming|upcoming",
        "THIS": "this|current|the current",
        "EARLIER": "earlier|so far",
        "TODATE": "to date|so far",
        "LATER": "later",
        "EARLY": "early|early in|early on in|the start of|start of|the beginning of|beginning of"
        "|the start|the beginning",
        "MID": "mid|mid-|the middle of|middle of",
        "LATE": "late|late in|the end of|end of|toward the end of|by the end of",
        "ABOUT": "around|about|circa|c.|ca.|roughly|approximately",
        "YEARWORD": "the year|year|ad|ce|calendar year",
        "DAYREL": {
            -2: "the day before yesterday|day before yesterday", -1: "yesterday|last night",
            0: "today|tonight|this morning|this afternoon|this evening|earlier today",
            1: "tomorrow", 2: "the day after tomorrow|day after tomorrow",
        },
        "OVERNIGHT": "overnight",
        "WEEKEND": "weekend|the weekend",
        "QUARTER": "quarter|qtr",
        "HALF": "half",
        "CENTURY": "century",
        "DECS": "s|'s",
        "DECNAME": {
            2: "twenties", 3: "thirties", 4: "forties", 5: "fifties", 6: "sixties",
            7: "seventies", 8: "eighties", 9: "nineties",
        },
        "FISCAL": "fiscal year|financial year|fiscal|FY|tax year",
        "SEASON": {1: "spring", 2: "summer", 3: "autumn|fall", 4: "winter"},
        "NAMED": {
            "01-01": "New Year's Day", "02-14": "Valentine's Day", "05-01": "May Day",
            "12-24": "Christmas Eve", "12-25": "Christmas Day|Christmas", "12-26": "Boxing Day",
            "12-31": "New Year's Eve",
        },
        "FIXED": {"2001-09-11": "9/11"},
        "UNREAD": "Easter|Passover|Eid|Diwali|anniversary|the day after|the day before"
        "|the next day|the following day|the previous day|the following week|the previous week"
        "|the following month|the previous month|the following year|the previous year|decades ago"
        "|that day|that week|that month|that year|the same day|the same month|the same year"
        "|same day|same week|same month|same quarter|same half|same year|same period"
        "|recently|recent weeks|recent months|recent days|recent years",
        "AFTER": "later|earlier|after|before",
        "MIDNIGHT": "midnight|noon|midnight on|noon on|midday",
        "BC": "BC|BCE|B.C.",
        "AH": "AH|A.H.|SH|hijri",
        "ON": "on|at",
        "FOLLOW": "was|were|is|are|has|had|have|will|when|who|which|that|he|she|they|it|we|i|but"
        "|as|at|with|not|there|his|her|its|their|a|an|this|these|us|his|says|alone",
    },
    "fr": {
        "OF": "de|du|d'|de la|de l'|des",
        "THE": "le|la|l'|les",
        "IN": "en|depuis|de|du|d'|avant|après|dès|jusqu'en|jusqu'à|à|au|entre|et|pour|mi-|fin|début"
        "|courant|vers|dernier|prochain|ce",
        "TO": "à|au|jusqu'à|jusqu'au|jusqu'en|-|–|—",
        "TILL": "à|au|jusqu'à|jusqu'au|terminé en|terminés en|achevée en|clos le|terminée le",
        "AND": "et|ou",
        "FROM": "de|du|entre|entre le|à partir du",
        "ORDSUF": "er|re|e|ème|ère",
        "ONE": "un|une",
        "NUM": {
            2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit",
            9: "neuf", 10: "dix", 11: "onze", 12: "douze", 15: "quinze",
            24: "vingt-quatre", 48: "quarante-huit",
        },
        "FEW": "quelques|plusieurs",
        "ORD": {
            1: "premier|première", 2: "deuxième|second|seconde", 3: "troisième",
            4: "quatrième|dernier|dernière",
        },
        "UNIT": {
            "hour": "heure(s,)", "day": "jour(s,)|journée(s,)", "week": "semaine(s,)",
            "month": "mois", "year": "an(s,)|année(s,)", "quarter": "trimestre(s,)",
            "decade": "décennie(s,)",
        },
        "BEFORE": "il y a|voilà|voici|depuis",
        "AHEAD_BEFORE": "dans",
        "LAST": "dernier(s,)|dernière(s,)|passé(s,e,es,)|précédent(s,e,es,)",
        "PAST": "écoulé(s,e,es,)",
        "NEXT": "prochain(s,e,es,)|prochaine",
        "THIS": "ce|cet|cette|ces",
        "EARLIER": "plus tôt|depuis le début de",
        "LATER": "plus tard",
        "EARLY": "début|au début de|le début de|début de|au début du|début du|le début du",
        "MID": "mi-|mi|la mi-|à la mi-|au milieu de|au milieu du|le milieu de",
        "LATE": "fin|à la fin de|la fin de|fin de|à la fin du|la fin du|à la fin d'|la fin des",
        "ABOUT": "vers|autour de|aux environs de|environ|aux alentours de",
        "YEARWORD": "l'année|l'an|année|de l'année",
        "DAYREL": {
            -2: "avant-hier", -1: "hier|la veille au soir|la nuit dernière",
            0: "aujourd'hui|ce matin|ce soir|cet après-midi|cette nuit", 1: "demain",
            2: "après-demain",
        },
        "WEEKEND": "week-end|weekend|le week-end",
        "QUARTER": "trimestre",
        "HALF": "semestre|moitié",
        "CENTURY": "siècle",
        "DECADE": "les années|années|des années|la décennie|les années 19",
        "FISCAL": "exercice|l'exercice|exercice fiscal|année fiscale|l'année fiscale",
        "SEASON": {1: "printemps", 2: "été|l'été", 3: "automne|l'automne", 4: "hiver|l'hiver"},
        "NAMED": {
            "01-01": "jour de l'an|le jour de l'an", "12-24": "la veille de Noël",
            "12-25": "Noël", "12-31": "la Saint-Sylvestre",
        },
        "UNREAD": "Pâques|Aïd|anniversaire|le lendemain|la veille|récemment|ces derniers jours"
        "|ces dernières semaines|ces derniers mois|ces dernières années",
        "AFTER": "plus tard|plus tôt|après|avant|auparavant",
        "MIDNIGHT": "minuit|midi",
        "BC": "av. J.-C.|avant J.-C.",
        "AH": "de l'hégire|AH",
        "ON": "le|à",
        "FOLLOW": "a|ont|est|sont|était|étaient|avait|sera|qui|que|où|il|elle|ils|elles|on|mais"
        "|par|pour|dans|sur|avec|les|des|aux|ses|ces|nous|vous|sous|après|puis",
    },
    "es": {
        "OF": "de|del|de la|del año|de este",
        "THE": "el|la|los|las",
        "IN": "en|desde|de|del|hasta|antes de|después de|durante|entre|y|para|a|hacia|pasado"
        "|próximo|este|mediados de|finales de|principios de|fines de|comienzos de|desde el|por|o",
        "TO": "a|al|hasta|hasta el|-|–|—",
        "TILL": "a|al|hasta|hasta el|terminado en|terminados en|que terminó en|finalizado el",
        "AND": "y|o|e|y el",
        "FROM": "de|del|desde|desde el|entre|entre el",
        "ORDSUF": "º|ª|.º|.ª|.er|er|o|a",
        "ONE": "un|una|uno",
        "NUM": {
            2: "dos", 3: "tres", 4: "cuatro", 5: "cinco", 6: "seis", 7: "siete", 8: "ocho",
            9: "nueve", 10: "diez", 11: "once", 12: "doce", 15: "quince",
            24: "veinticuatro", 48: "cuarenta y ocho",
        },
        "FEW": "unos|unas|varios|varias|algunos|algunas|pocos|pocas|unos pocos|unas pocas",
        "ORD": {
            1: "primero|primer|primera", 2: "segundo|segunda", 3: "tercero|tercer|tercera",
            4: "cuarto|cuarta|último|última",
        },
        "UNIT": {
            "hour": "hora(s,)", "day": "día(s,)", "week": "semana(s,)", "month": "mes(es,)",
            "year": "año(s,)", "quarter": "trimestre(s,)", "decade": "década(s,)",
        },
        "BEFORE": "hace",
        "AGO": "atrás",
        "AHEAD_BEFORE": "dentro de",
        "LAST": "pasado(s,)|pasada(s,)|último(s,)|última(s,)|anterior(es,)",
        "PAST": "último|última",
        "NEXT": "próximo(s,)|próxima(s,)|que viene|siguiente|entrante",
        "THIS": "este|esta|estos|estas|el presente|en curso",
        "EARLIER": "en lo que va de|a principios de",
        "LATER": "más adelante|más tarde",
        "EARLY": "principios de|a principios de|comienzos de|a comienzos de|inicios de|a inicios de"
        "|principios del|comienzos del|el inicio de",
        "MID": "mediados de|a mediados de|mediados del|a mediados del",
        "LATE": "finales de|a finales de|fines de|a fines de|finales del|a finales del|el final de"
        "|fines del",
        "ABOUT": "hacia|alrededor de|cerca de|en torno a",
        "YEARWORD": "el año|año|del año",
        "DAYREL": {
            -2: "anteayer|antes de ayer|antier", -1: "ayer|anoche",
            0: "hoy|esta mañana|esta tarde|esta noche", 1: "mañana", 2: "pasado mañana",
        },
        "WEEKEND": "fin de semana|el fin de semana",
        "QUARTER": "trimestre",
        "HALF": "semestre|mitad",
        "CENTURY": "siglo",
        "DECADE": "década de|la década de|los años|años|década de los|la década de los|los",
        "FISCAL": "año fiscal|ejercicio|ejercicio fiscal",
        "SEASON": {1: "primavera", 2: "verano", 3: "otoño", 4: "invierno"},
        "NAMED": {
            "01-01": "Año Nuevo", "12-24": "Nochebuena", "12-25": "Navidad", "12-31": "Nochevieja",
        },
        "UNREAD": "Pascua|Semana Santa|aniversario|al día siguiente|el día anterior|recientemente"
        "|los últimos días|las últimas semanas|los últimos meses|los últimos años|la víspera",
        "AFTER": "después|antes|más tarde",
        "MIDNIGHT": "medianoche|mediodía",
        "BC": "a. C.|a.C.",
        "AH": "de la hégira|AH",
        "ON": "el|a|del",
        "FOLLOW": "fue|fueron|era|eran|ha|han|había|es|son|se|que|cuando|pero|por|con|los|las|sus"
        "|al|no|nos|les|tras|más|tres|dos|seis",
    },
    "de": {
        "OF": "des|der|von|im|des Jahres|von der",
        "THE": "der|die|das|dem|den|des",
        "IN": "im|seit|in|vom|bis|vor|nach|ab|von|zum|zur|um|ende|anfang|mitte|zwischen|und|des"
        "|letzten|nächsten|diesem|gegen|seit dem|bis zum|oder|für|jahr|jahre|am|dem|den",
        "TO": "bis|bis zum|bis zu|-|–|—",
        "TILL": "bis|bis zum|bis ende",
        "AND": "und|oder|und dem",
        "FROM": "vom|von|zwischen|zwischen dem|ab",
        "ORDSUF": ".",
        "ONE": "ein|eine|einem|einer|einen",
        "NUM": {
            2: "zwei", 3: "drei", 4: "vier", 5: "fünf", 6: "sechs", 7: "sieben", 8: "acht",
            9: "neun", 10: "zehn", 11: "elf", 12: "zwölf", 14: "vierzehn",
            24: "vierundzwanzig",
        },
        "FEW": "einige(n,)|wenige(n,)|mehrere(n,)|ein paar",
        "ORD": {
            1: "erst(e,en,er,es,em)", 2: "zweit(e,en,er,es,em)", 3: "dritt(e,en,er,es,em)",
            4: "viert(e,en,er,es,em)",
        },
        "UNIT": {
            "hour": "Stunde(n,)", "day": "Tag(e,en,es,s,)", "week": "Woche(n,)",
            "month": "Monat(e,en,s,es,)", "year": "Jahr(e,en,es,s,)", "quarter": "Quartal(e,en,s,)",
            "decade": "Jahrzehnt(e,en,)",
        },
        "BEFORE": "vor|seit",
        "LAST": "letzt(e,en,er,es,em)|vergangen(e,en,er,es,em)|vorig(e,en,er,es,em)",
        "PAST": "zurückliegend(e,en,er,es,em)",
        "NEXT": "nächst(e,en,er,es,em)|kommend(e,en,er,es,em)",
        "THIS": "dies(e,en,er,es,em)|laufend(e,en,er,es,em)",
        "EARLIER": "anfang|bisher",
        "LATER": "später",
        "EARLY": "Anfang|zu Beginn des|Beginn|Anfang des Jahres",
        "MID": "Mitte|Mitte des Jahres",
        "LATE": "Ende|gegen Ende|Ende des Jahres",
        "ABOUT": "um|etwa|ungefähr|gegen|circa|ca.|um das Jahr",
        "YEARWORD": "Jahr|im Jahr|im Jahre|Jahre|das Jahr|des Jahres|dem Jahr|Jahres",
        "DAYREL": {
            -2: "vorgestern", -1: "gestern", 0: "heute|heute Morgen|heute Nacht", 1: "morgen",
            2: "übermorgen",
        },
        "WEEKEND": "Wochenende|Wochenendes",
        "QUARTER": "Quartal(s,)|Vierteljahr(es,)",
        "HALF": "Halbjahr(es,)|Hälfte|Jahreshälfte",
        "CENTURY": "Jahrhundert(s,)",
        "DECS": "er|er Jahre|er Jahren|er-Jahre|er-Jahren",
        "FISCAL": "Geschäftsjahr(es,)|Haushaltsjahr(es,)|Fiskaljahr(es,)|Wirtschaftsjahr(es,)",
        "SEASON": {
            1: "Frühling(s,)|Frühjahr(s,)", 2: "Sommer(s,)", 3: "Herbst(es,)", 4: "Winter(s,)",
        },
        "NAMED": {
            "01-01": "Neujahr", "12-24": "Heiligabend|Heilig Abend", "12-31": "Silvester",
        },
        "UNREAD": "Ostern|Pfingsten|Weihnachten|Jahrestag|am nächsten Tag|am folgenden Tag"
        "|am Vortag"
        "|kürzlich|in den letzten Tagen|in den letzten Wochen|in den letzten Monaten"
        "|in den letzten Jahren|tags darauf",
        "AFTER": "später|zuvor|danach|nach|vor",
        "MIDNIGHT": "Mitternacht",
        "BC": "v. Chr.|v.Chr.",
        "AH": "AH|der Hidschra",
        "ON": "am|um|dem|den",
        "FOLLOW": "",
    },
    "pt": {
        "OF": "de|do|da|dos|das|deste|no|na|do ano de|do ano",
        "THE": "o|a|os|as",
        "IN": "em|desde|de|do|até|antes de|depois de|após|durante|entre|e|para|a|no|na|este|deste"
        "|início de|fim de|final de|meados de|passado|próximo|por|ou|desde o",
        "TO": "a|até|ao|até o|-|–|—",
        "TILL": "até|a|ao|terminados em|encerrado em|encerrados em|findo em|terminado em",
        "AND": "e|ou|e o",
        "FROM": "de|do|desde|desde o|entre|entre o|entre os dias",
        "ORDSUF": "º|ª|o|a|.º",
        "ONE": "um|uma",
        "NUM": {
            2: "dois|duas", 3: "três", 4: "quatro", 5: "cinco", 6: "seis", 7: "sete", 8: "oito",
            9: "nove", 10: "dez", 11: "onze", 12: "doze", 15: "quinze", 24: "vinte e quatro",
        },
        "FEW": "alguns|algumas|vários|várias|poucos|poucas",
        "ORD": {
            1: "primeiro|primeira", 2: "segundo|segunda", 3: "terceiro|terceira",
            4: "quarto|quarta|último|última",
        },
        "UNIT": {
            "hour": "hora(s,)", "day": "dia(s,)", "week": "semana(s,)", "month": "mês|meses",
            "year": "ano(s,)", "quarter": "trimestre(s,)", "decade": "década(s,)",
        },
        "BEFORE": "há|faz",
        "AGO": "atrás",
        "AHEAD_BEFORE": "daqui a|dentro de",
        "LAST": "passado(s,)|passada(s,)|último(s,)|última(s,)|anterior(es,)",
        "PAST": "último|última",
        "NEXT": "próximo(s,)|próxima(s,)|que vem|seguinte",
        "THIS": "este|esta|estes|estas|neste|nesta|deste|desta",
        "EARLIER": "no início|até agora",
        "LATER": "mais tarde",
        "EARLY": "início de|no início de|começo de|no começo de|início do|no início do"
        "|princípio de",
        "MID": "meados de|em meados de|meados do|em meados do",
        "LATE": "fim de|no fim de|final de|no final de|fim do|no fim do|final do|no final do"
        "|fins de|finais de",
        "ABOUT": "por volta de|cerca de|em torno de",
        "YEARWORD": "o ano de|ano de|o ano|no ano de|ano",
        "DAYREL": {
            -2: "anteontem", -1: "ontem", 0: "hoje|esta manhã|esta tarde|esta noite", 1: "amanhã",
            2: "depois de amanhã",
        },
        "WEEKEND": "fim de semana|final de semana",
        "QUARTER": "trimestre",
        "HALF": "semestre|metade",
        "CENTURY": "século",
        "DECADE": "década de|a década de|anos|os anos|nos anos",
        "FISCAL": "ano fiscal|exercício de|exercício",
        "SEASON": {1: "primavera", 2: "verão", 3: "outono", 4: "inverno"},
        "NAMED": {
            "01-01": "Ano Novo|Ano-Novo", "12-24": "véspera de Natal", "12-25": "Natal",
            "12-31": "véspera de Ano-Novo|véspera de Ano Novo",
        },
        "UNREAD": "Páscoa|Carnaval|aniversário|no dia seguinte|no dia anterior|recentemente"
        "|nos últimos dias|nas últimas semanas|nos últimos meses|nos últimos anos|na véspera",
        "AFTER": "depois|antes|mais tarde|após",
        "MIDNIGHT": "meia-noite|meio-dia",
        "BC": "a.C.|a. C.",
        "AH": "da Hégira|AH",
        "ON": "em|às|no dia|dia",
        "FOLLOW": "foi|foram|era|eram|tem|têm|havia|é|são|se|que|quando|mas|por|com|os|as|seus"
        "|suas|ao|não|mais|nos|nas|três|dos|das|após",
    },
    "ar": {
        "OF": "من|من عام|من العام|من سنة|لعام|لسنة|في",
        "THE": "ال",
        "IN": "في|منذ|من|حتى|خلال|بعد|قبل|إلى|بين|لشهر|شهر|مطلع|نهاية|منتصف|أوائل|أواخر|بداية|أو"
        "|شهري|بحلول|عام|سنة|لعام|منتصف شهر|وحتى|و",
        "TO": "إلى|الى|حتى|وحتى|-|–|—",
        "TILL": "حتى|إلى|المنتهية في|المنتهي في",
        "AND": "و|أو|/",
        "FROM": "من|بين|ما بين|منذ|الفترة من",
        "ONE": "",
        "NUM": {
            2: "اثنين|اثنان|اثنتين", 3: "ثلاثة|ثلاث|الثلاثة|الثلاث", 4: "أربعة|أربع|الأربعة|الأربع",
            5: "خمسة|خمس|الخمسة|الخمس", 6: "ستة|ست|الستة|الست", 7: "سبعة|سبع|السبعة|السبع",
            8: "ثمانية|ثماني|ثمان|الثمانية", 9: "تسعة|تسع|التسعة", 10: "عشرة|عشر|العشرة",
            12: "اثني عشر|الاثني عشر|اثنا عشر",
        },
        "FEW": "عدة|بضعة|بضع",
        "ORD": {n: "|".join(f"{w}|ال{w}" for w in words.split("|"))
                for n, words in enumerate(_AR_ORDINALS, start=1)}
        | {10 + n: f"ال{words.split('|')[0]} عشر" for n, words in enumerate(_AR_ORDINALS[:9], 1)}
        | {11: "الحادي عشر", 20: "العشرين|العشرون", 21: "الحادي والعشرين|الحادي والعشرون"},
        "UNIT": {
            "hour": "ساعة|ساعات|الساعات|الساعة", "day": "يوم|أيام|الأيام|يوما|اليوم",
            "week": "أسبوع|أسابيع|الأسبوع|الأسابيع|أسبوعا",
            "month": "شهر|أشهر|شهور|الشهر|الأشهر|شهرا",
            "year": "سنة|سنوات|عام|أعوام|السنة|العام|السنوات|الأعوام|عاما", "quarter": "الربع",
        },
        "DUAL": {
            "hour": "ساعتين|الساعتين", "day": "يومين|اليومين", "week": "أسبوعين|الأسبوعين",
            "month": "شهرين|الشهرين", "year": "سنتين|عامين|العامين|السنتين",
        },
        "BEFORE": "قبل|منذ",
        "AHEAD_BEFORE": "بعد",
        "LAST": "الماضي|الماضية|الماضيين|المنصرم|المنصرمة|الفائت|الفائتة|السابق",
        "PAST": "الأخير|الأخيرة",
        "NEXT": "المقبل|المقبلة|القادم|القادمة",
        "THIS": "هذا|هذه|الجاري|الجارية|الحالي|الحالية",
        "EARLIER": "في وقت سابق من|في وقت سابق",
        "LATER": "في وقت لاحق من|لاحقا",
        "EARLY": "أوائل|مطلع|بداية|أوائل شهر|مطلع شهر|بداية شهر|مستهل",
        "MID": "منتصف|أواسط|منتصف شهر",
        "LATE": "أواخر|نهاية|أواخر شهر|نهاية شهر|آخر",
        "ABOUT": "نحو|حوالي|قرابة",
        "YEARWORD": "عام|سنة|العام|السنة|لعام|لسنة|بعام",
        "DAYREL": {
            -2: "أول من أمس|أول أمس", -1: "أمس|البارحة|الليلة الماضية|يوم أمس",
            0: "اليوم|صباح اليوم|مساء اليوم|هذا الصباح|الليلة", 1: "غدا|يوم غد",
            2: "بعد غد|بعد غدا",
        },
        "WEEKEND": "عطلة نهاية الأسبوع|نهاية الأسبوع",
        "QUARTER": "الربع|ربع",
        "HALF": "النصف|نصف",
        "CENTURY": "القرن",
        "DECNAME": {
            2: "عشرينيات|العشرينيات|عشرينات", 3: "ثلاثينيات|الثلاثينيات|ثلاثينات",
            4: "أربعينيات|الأربعينيات|أربعينات", 5: "خمسينيات|الخمسينيات|خمسينات",
            6: "ستينيات|الستينيات|ستينات", 7: "سبعينيات|السبعينيات|سبعينات",
            8: "ثمانينيات|الثمانينيات|ثمانينات", 9: "تسعينيات|التسعينيات|تسعينات",
        },
        "FISCAL": "السنة المالية|العام المالي|للسنة المالية",
        "SEASON": {
            1: "ربيع|الربيع", 2: "صيف|الصيف", 3: "خريف|الخريف", 4: "شتاء|الشتاء",
        },
        "UNREAD": "عيد الفطر|عيد الأضحى|عيد الفصح|ذكرى|في اليوم التالي|مؤخرا|في اليوم السابق",
        "MIDNIGHT": "منتصف الليل",
        "BC": "ق.م|قبل الميلاد",
        "AH": "هـ|ه|هجري|هجرية|للهجرة",
        "ON": "يوم|في|مساء|صباح|فجر|ليلة|ظهر|نهار",
        "FOLLOW": "",
    },
}  # fmt: skip

_MIXED_CASE = {"en": True, "de": True}
"""Languages that write months and weekdays with a capital. Arabic has none; the others write small
letters."""
_NAMES_TOO = {
    "en": "march may april june august",
    "de": "august mai",
}
"""Months that are also names or verbs: they need a word of time before them."""


@dataclass(frozen=True)
class Words:
    """The lexicon of a language: lexemes by the tokens of a phrase."""

    language: str
    phrases: dict[tuple[str, ...], list[Lexeme]]
    longest: dict[str, int]
    """The number of tokens of the longest phrase that begins with a word."""
    day_first: tuple[bool, ...]
    """Whether 3/4 is the third of April; both where the language leaves it open."""
    months_need_capital: bool
    may_be_names: frozenset[str]

    @property
    def is_full(self) -> bool:
        return self.language in LANGUAGES


@cache
def words_of(language: str) -> Words:
    """Return the lexicon of a language by its tag, such as `pt` or `en-GB`."""
    base = language.partition("-")[0].lower()
    phrases: dict[tuple[str, ...], list[Lexeme]] = {}

    def add(category: str, value: int | str | None, alternatives: str) -> None:
        for phrase in filter(None, alternatives.split("|")):
            for spelling in _expand(phrase):
                key = tuple(fold(match.group()) for match in TOKEN.finditer(spelling))
                lexemes = phrases.setdefault(key, [])
                if (category, value) not in lexemes:
                    lexemes.append((category, value))

    for category, entry in _TABLES.get(base, {}).items():
        for value, alternatives in entry.items() if isinstance(entry, Mapping) else [(None, entry)]:
            add(category, value, alternatives)
    for number in range(1, 5):
        add("QN", number, f"Q{number}|{number}Q|T{number}|{number}T")
        if number < 3:
            add("HN", number, f"H{number}|{number}H|S{number}")
    for calendar, months in (("HIJRI", _HIJRI), ("JALALI", _JALALI)):
        for number, names in months.items():
            add(calendar, number, names)
    regions = ("", "_SY", "_MA", "_DZ") if base == "ar" else ("",)
    for region in regions:
        try:
            locale = Locale.parse(base + region)
        except (UnknownLocaleError, ValueError):
            break
        for width, category in (("wide", "MONTH"), ("abbreviated", "MON")):
            for number, name in _names(locale.months, width):
                for spelling in {name, name.rstrip(".")}:
                    add(category, number, spelling)
        for number, name in _names(locale.days, "wide"):
            add("WEEKDAY", number, name)
            if base == "pt":
                add("WEEKDAY", number, name.removesuffix("-feira"))
            if base == "de":
                add("WEEKDAY", number, f"{name}(abend,morgen,nacht,nachmittag,mittag,vormittag)")
            if base == "en":
                add("WEEKDAY", number, f"{name[:3]}.")
    if base == "en":
        add("MON", 9, "Sept")
    longest: dict[str, int] = {}
    for key in phrases:
        longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return Words(
        base,
        phrases,
        longest,
        _day_first(language, base),
        _MIXED_CASE.get(base, False),
        frozenset(_NAMES_TOO.get(base, "").split()),
    )


def _names(table: object, width: str) -> set[tuple[int, str]]:
    names: set[tuple[int, str]] = set()
    for context in ("format", "stand-alone"):
        names |= set(dict(table[context][width]).items())  # type: ignore[index]
    return names


def _day_first(language: str, base: str) -> tuple[bool, ...]:
    """Read from CLDR whether the day stands first; English is written both ways, unless the tag
    names a region.
    """
    try:
        pattern = Locale.parse(language, sep="-").date_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return (True, False)
    if language == "en" or pattern.startswith("y"):
        return (True, False) if base == "en" else (True,)
    return (pattern.index("d") < pattern.index("M"),)


def _expand(phrase: str) -> list[str]:
    """Expand `x(a,b,)` to `xa`, `xb` and `x`."""
    parts = re.split(r"\(([^)]*)\)", phrase)
    return [
        "".join(choice)
        for choice in product(*(p.split(",") if i % 2 else [p] for i, p in enumerate(parts)))
    ]
