"""The words around numbers, by language: small tables, one meaning for each phrase.

Words are compared in lower case and without accents. Digits, separators and most scales come from
CLDR (babel), cardinal numbers in words from text2num; these tables hold what neither has.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from text_to_num import text2num

Phrase = tuple[str, ...]
Phrases = Mapping[str, tuple[tuple[Phrase, str], ...]]
"""Phrases and their meanings by first word, the longest first."""

# A key of two qualifiers: usage differs, and both are readings. “unclear” cannot be read, “”
# blocks: “some of” is not “some”.
QUALIFIERS: dict[str, dict[str, str]] = {
    "en": {
        "over": "more than, over, above, upwards of, upward of, in excess of, exceeded, exceeds,"
        " exceeding, exceed, topped, tops, topping, surpassed, surpasses, surpassing, surpass,"
        " greater than, higher than, larger than, beyond, well over, well above, north of,"
        " just over, slightly over, a little over, slightly more than, just above, just more than,"
        " a little more than, a bit more than, far more than, many more than, well in excess of,"
        " much more than, considerably more than, better than, a good",
        "at_least": "at least, no fewer than, no less than, not less than, not fewer than,"
        " a minimum of, minimum of, at the very least, at a minimum, not under, not below,"
        " nothing less than, at the least, minimum",
        "under": "less than, fewer than, under, below, lower than, smaller than, well under,"
        " well below, far fewer than, far less than, south of, much less than, no longer over",
        "under nearly": "just under, just below, slightly less than, slightly fewer than,"
        " slightly under, slightly below, a little under, a little less than, shy of,"
        " just shy of, short of, just short of, a little short of, a bit less than,"
        " a little fewer than, a shade under, not quite",
        "nearly": "nearly, almost, close to, close on, approaching, approached, approaches,"
        " nearing, virtually, very nearly, getting on for, verging on, bordering on, just about,"
        " practically",
        "at_most": "at most, at the most, up to, no more than, not more than, a maximum of,"
        " maximum of, as many as, as much as, not exceeding, not over, not above, no greater than,"
        " does not exceed, did not exceed, do not exceed, not exceed, no higher than,"
        " capped at, never exceeded, maximum",
        "about": "about, around, approximately, approx, roughly, some, circa, ca, c, an estimated,"
        " estimated, estimated at, estimated to be, estimates of, an estimate of, in the region of,"
        " on the order of, of the order of, in the order of, in the vicinity of, or so,"
        " in the neighborhood of, in the neighbourhood of, something like, give or take,"
        " somewhere around, somewhere near, somewhere in the region of, more or less, near,"
        " or around, the best part of, an approximate, a rough",
        "about none_stated": "perhaps, maybe, possibly, probably",
        "unclear": "as few as, as little as, as low as, as high as, barely, hardly, scarcely,"
        " not",
        "": "some of, over the, about the, under the, above the, below the, one of",
    },
    "fr": {
        "over": "plus de, au dela de, superieur a, superieure a, superieurs a, superieures a,"
        " depasse, depassent, depassait, a depasse, ont depasse, depassant, bien plus de,"
        " un peu plus de, legerement plus de, plus que",
        "at_least": "au moins, pas moins de, au minimum, un minimum de, minimum, a tout le moins,"
        " non moins de",
        "under": "moins de, inferieur a, inferieure a, inferieurs a, inferieures a, sous les,"
        " bien moins de, en dessous de, au dessous de",
        "under nearly": "un peu moins de, a peine moins de, legerement moins de, juste sous",
        "nearly": "presque, quasiment, quasi, pratiquement, approche, approchant, approchent,"
        " avoisinant, frole, frolent, frolant, pas tout a fait",
        "nearly about": "pres de, proche de, proches de, avoisine, avoisinent",
        "at_most": "au plus, au maximum, un maximum de, jusqu a, jusqu au, jusqu aux, pas plus de,"
        " tout au plus, maximum, ne depasse pas, ne depassant pas, ne depassent pas",
        "about": "environ, quelque, quelques, autour de, aux alentours de, aux environs de, vers,"
        " a peu pres, approximativement, de l ordre de, dans les, estime a, estimes a,"
        " estimee a, estimees a, grosso modo, circa, une estimation de, plus ou moins",
        "unclear": "a peine",
        "": "moins de la, aucun de, aucune de",
    },
    "es": {
        "over": "mas de, por encima de, superior a, superiores a, supera, superan, supero,"
        " superaron, superaba, superando, rebasa, rebaso, rebasan, excede, excedio, exceden,"
        " excedieron, mayor a, mayor de, mas que, sobrepasa, sobrepaso, poco mas de,"
        " un poco mas de, algo mas de, bastante mas de, mucho mas de",
        "at_least": "al menos, por lo menos, no menos de, como minimo, un minimo de, minimo, minimo"
        " de, cuando menos",
        "under": "menos de, por debajo de, inferior a, inferiores a, menor a, menor de",
        "under nearly": "poco menos de, un poco menos de, algo menos de",
        "nearly": "casi, practicamente, a punto de alcanzar, rozando, roza, rozan, rozo",
        "nearly about": "cerca de, cercano a, cercana a, cercanos a, cercanas a",
        "at_most": "como maximo, hasta, no mas de, a lo sumo, un maximo de, maximo, maximo de,"
        " a lo mas, no supera, no superan, no supero, no excede, tantos como, tantas como",
        "about": "alrededor de, aproximadamente, unos, unas, en torno a, sobre, aproximado a,"
        " estimado en, estimada en, estimados en, estimadas en, del orden de, mas o menos, circa,"
        " a eso de, cosa de",
        "unclear": "apenas, tan solo unos, tan pocos como",
    },
    "de": {
        "over": "mehr als, uber, gut, knapp uber, oberhalb von, ubersteigt, uberstieg, ubersteigen,"
        " uberstiegen, ubertraf, ubertrifft, etwas mehr als, deutlich mehr als, weit mehr als,"
        " weit uber, gut und gern, gut und gerne, etwas uber, deutlich uber, reichlich, leicht uber",
        "at_least": "mindestens, wenigstens, zumindest, nicht weniger als, ein minimum von,"
        " minimal, nicht unter",
        "under": "weniger als, unter, unterhalb von, deutlich weniger als, deutlich unter,"
        " weit weniger als, weit unter",
        "under nearly": "knapp unter, etwas weniger als, etwas unter, kurz unter, leicht unter",
        "nearly": "fast, beinahe, knapp, nahezu, annahernd, nicht ganz, bald",
        "at_most": "hochstens, bis zu, maximal, nicht mehr als, allenfalls, ein maximum von,"
        " nicht uber, bis maximal",
        "about": "etwa, rund, ungefahr, circa, zirka, ca, schatzungsweise, um die, an die, gegen,"
        " in etwa, geschatzt, geschatzte, geschatzten, in der grossenordnung von, so um die,"
        " geschatzt auf, grob",
        "unclear": "kaum",
    },
    "pt": {
        "over": "mais de, acima de, superior a, superiores a, supera, superam, superou, superaram,"
        " ultrapassa, ultrapassou, ultrapassam, ultrapassaram, excede, excedeu, excedem, mais que,"
        " mais do que, maior que, maior do que, passou de, pouco mais de, um pouco mais de,"
        " bem mais de, muito mais de, para la de, passa de",
        "at_least": "pelo menos, ao menos, no minimo, um minimo de, minimo, minimo de,"
        " nao menos de, nao menos que, nada menos que, nada menos de, nao menos do que",
        "under": "menos de, abaixo de, inferior a, inferiores a, menos que, menos do que,"
        " menor que, menor do que",
        "under nearly": "pouco menos de, um pouco menos de",
        "nearly": "quase, praticamente, perto de, proximo de, proximo a, proxima de, proximos de,"
        " beirando, beira, beiram",
        "at_most": "no maximo, ate, nao mais de, nao mais que, nao mais do que, quando muito,"
        " um maximo de, maximo, maximo de, nao supera, nao excede, nao ultrapassa, a no maximo",
        "about": "cerca de, aproximadamente, em torno de, por volta de, uns, umas, a volta de,"
        " estimado em, estimada em, estimados em, estimadas em, na ordem de, da ordem de,"
        " mais ou menos, na casa de, algo como, circa",
        "unclear": "apenas uns, mal",
    },
    "ar": {
        "over": "اكثر من, ما يزيد على, ما يزيد عن, يزيد على, يزيد عن, تزيد على, تزيد عن, يتجاوز,"
        " تتجاوز, تجاوز, تجاوزت, ما يتجاوز, يفوق, تفوق, فاق, ما يفوق, فوق, ازيد من, يناهز ويزيد,"
        " بما يزيد على, بما يزيد عن, يتخطى, تخطى, تخطت",
        "at_least": "ما لا يقل عن, لا يقل عن, لا تقل عن, على الاقل, بحد ادنى, كحد ادنى,"
        " حد ادنى قدره, ليس اقل من",
        "under": "اقل من, دون, ما يقل عن, تحت, يقل عن, تقل عن, ادنى من",
        "nearly": "تقريبا من, ما يكاد يبلغ",
        "nearly about": "قرابه, ما يقرب من, يقارب, ما يقارب, تقارب, يقرب من, يناهز, تناهز, ما يناهز,"
        " قريبا من",
        "at_most": "ما لا يزيد على, ما لا يزيد عن, لا يزيد على, لا يزيد عن, لا تزيد على,"
        " لا تزيد عن, على الاكثر, بحد اقصى, كحد اقصى, حد اقصى قدره, ما يصل الى, لا يتجاوز,"
        " لا تتجاوز, ما لا يتجاوز, حتى, ليس اكثر من",
        "about": "نحو, حوالي, زهاء, تقريبا, يقدر ب, تقدر ب, بحدود, في حدود, ما يعادل تقريبا,"
        " يقدر بنحو, تقدر بنحو, قدر ب, قدرت ب",
        "unclear": "بالكاد, لا",
    },
}
SYMBOLS = {
    ">": "over", "<": "under", "≥": "at_least", "≤": "at_most", ">=": "at_least", "<=": "at_most",
    "~": "about", "≈": "about", "∼": "about", "⩾": "at_least", "⩽": "at_most",
}  # fmt: skip
AFTERWARDS: dict[str, dict[str, str]] = {
    "en": {
        "at_least": "or more, plus, and up, and above, and over, or above, or over, at least,"
        " or higher, or greater, at a minimum, at the very least, and more, at the least,"
        " minimum, upwards, or better",
        "at_most": "or fewer, or less, at most, or below, or under, at the most, maximum,"
        " at maximum, and under, and below, or lower",
        "about": "or so, odd, ish, or thereabouts, approximately, roughly, give or take,"
        " more or less, or about, some odd, something",
    },
    "fr": {
        "at_least": "ou plus, au moins, au minimum, et plus, minimum",
        "at_most": "ou moins, au plus, au maximum, tout au plus, maximum",
        "about": "environ, a peu pres, approximativement, plus ou moins",
    },
    "es": {
        "at_least": "o mas, al menos, como minimo, por lo menos, y mas, minimo",
        "at_most": "o menos, como maximo, a lo sumo, maximo, cuando mucho",
        "about": "aproximadamente, mas o menos, y pico, y tantos, y tantas, aproximados",
    },
    "de": {
        "at_least": "oder mehr, und mehr, mindestens, plus, aufwarts",
        "at_most": "oder weniger, hochstens, maximal",
        "about": "etwa, ungefahr, circa, ca, oder so",
    },
    "pt": {
        "at_least": "ou mais, pelo menos, no minimo, e mais, ao menos",
        "at_most": "ou menos, no maximo, quando muito",
        "about": "aproximadamente, mais ou menos, e poucos, e poucas, e tantos, e tantas",
    },
    "ar": {
        "at_least": "او اكثر, على الاقل, فاكثر, كحد ادنى, بحد ادنى, فما فوق",
        "at_most": "او اقل, على الاكثر, كحد اقصى, بحد اقصى, فاقل",
        "about": "تقريبا",
    },
}
UNQUANTIFIED = {
    "en": "several, many, few, a few, quite a few, numerous, countless, various, multiple, dozens,"
    " scores, tens, hundreds, thousands, millions, billions, trillions, a couple, a handful,"
    " a number, a group, a large number, large numbers, a small number, couple of, handful of,"
    " a couple of, a handful of, a number of, a group of, a large number of, a few dozen,"
    " an unknown number of, a great many, a good many, an undisclosed number of, an unspecified"
    " number of, lakhs, crores, a couple more, a crowd of, a majority, a minority, untold",
    "fr": "plusieurs, quelques, quelque, nombreux, nombreuses, de nombreux, de nombreuses,"
    " dizaines, douzaines, vingtaines, centaines, milliers, millions, milliards, une poignee,"
    " une poignee de, un grand nombre, un grand nombre de, un certain nombre de, bon nombre de,"
    " beaucoup de, divers, diverses, un groupe de, d innombrables, un petit nombre de,"
    " un nombre indetermine de",
    "es": "varios, varias, muchos, muchas, algunos, algunas, numerosos, numerosas, unos cuantos,"
    " unas cuantas, decenas, docenas, cientos, centenares, miles, millares, millones, billones,"
    " un punado, un punado de, un grupo de, multiples, diversos, diversas, pocos, pocas,"
    " unos pocos, unas pocas, un gran numero de, incontables, veintenas, un par de",
    "de": "mehrere, viele, einige, zahlreiche, dutzende, hunderte, tausende, zehntausende,"
    " hunderttausende, millionen, milliarden, billionen, eine handvoll, handvoll, wenige,"
    " unzahlige, etliche, ein paar, diverse, eine reihe von, eine gruppe von, eine vielzahl von,"
    " mehreren, vielen, einigen, zahlreichen, dutzenden, hunderten, tausenden, ein paar",
    "pt": "varios, varias, muitos, muitas, alguns, algumas, numerosos, numerosas, inumeros,"
    " inumeras, diversos, diversas, dezenas, duzias, centenas, milhares, milhoes, bilhoes,"
    " trilhoes, bilioes, um punhado, um punhado de, poucos, poucas, uns poucos, um grupo de,"
    " um grande numero de, incontaveis",
    "ar": "عشرات, العشرات, مئات, المئات, الاف, الالاف, ملايين, الملايين, مليارات, المليارات, عده,"
    " بضع, بضعه, العديد من, العديد, كثير من, الكثير من, عدد من, عدد كبير من, مجموعه من, ميات,"
    " عشرات الالاف, مئات الالاف, عشرات الملايين",
}
# Groups of a known size and other scales that CLDR has not. “:” gives the factor.
SCALES = {
    "en": "hundred:100 dozen:12 dozens:12 score:20 lakh:100000 lakhs:100000 crore:10000000"
    " crores:10000000 k:1000 mn:1000000 mln:1000000 mio:1000000 bn:1000000000 bln:1000000000"
    " b:1000000000 tn:1000000000000 trn:1000000000000 t:1000000000000 m:1000000 grand:1000"
    " quadrillion:1000000000000000 gross:144",
    "fr": "cent:100 cents:100 mille:1000 milliers:1000 millier:1000 mds:1000000000 md:1000000000"
    " mrd:1000000000 mrds:1000000000 mio:1000000 douzaine:12 douzaines:12 m:1000000 k:1000"
    " mln:1000000 centaines:100 dizaines:10",
    "es": "cien:100 mil:1000 miles:1000 docena:12 docenas:12 m:1000000 mm:1000000 mill:1000000"
    " mdd:1000000000 millardo:1000000000 centenares:100 decenas:10 k:1000 mdp:1000000",
    "de": "hundert:100 tausend:1000 tsd:1000 dutzend:12 mio:1000000 mill:1000000 mrd:1000000000"
    " mia:1000000000 bio:1000000000000 schock:60",
    "pt": "cem:100 mil:1000 duzia:12 duzias:12 milhao:1000000 milhoes:1000000 bilhao:1000000000"
    " bilhoes:1000000000 biliao:1000000000000 bilioes:1000000000000 mi:1000000 bi:1000000000"
    " m:1000000 trilhao:1000000000000 trilhoes:1000000000000 mm:1000000 k:1000 centenas:100"
    " dezenas:10 milhares:1000",
    "ar": "مئه:100 مائه:100 ميه:100 الف:1000 الفا:1000 الاف:1000 مليون:1000000 مليونا:1000000"
    " ملايين:1000000 مليار:1000000000 مليارا:1000000000 مليارات:1000000000 بليون:1000000000"
    " تريليون:1000000000000 ترليون:1000000000000 تريليونا:1000000000000 تريليونات:1000000000000",
}
# Words for a group that stand with an article: the value, and whether it is exact (or either).
COLLECTIVES = {
    "en": "pair of:2:none_stated brace of:2:none_stated trio of:3:none_stated",
    "fr": "paire de:2:none_stated huitaine:8:about dizaine:10:about douzaine:12:about+none_stated"
    " quinzaine:15:about vingtaine:20:about trentaine:30:about quarantaine:40:about"
    " cinquantaine:50:about soixantaine:60:about centaine:100:about millier:1000:about",
    "es": "pareja de:2:none_stated decena:10:about+none_stated quincena:15:about+none_stated"
    " veintena:20:about+none_stated treintena:30:about+none_stated"
    " cuarentena:40:about+none_stated cincuentena:50:about+none_stated"
    " centenar:100:about+none_stated millar:1000:about+none_stated",
    "de": "paar:2:none_stated",
    "pt": "par de:2:none_stated dezena:10:about+none_stated vintena:20:about+none_stated"
    " centena:100:about+none_stated milhar:1000:about+none_stated",
}
FRACTIONS = {
    "en": "half:2 halves:2 third:3 thirds:3 quarter:4 quarters:4 fourth:4 fourths:4 fifth:5"
    " fifths:5 sixth:6 sixths:6 seventh:7 sevenths:7 eighth:8 eighths:8 ninth:9 ninths:9 tenth:10"
    " tenths:10 twelfth:12 twelfths:12 twentieth:20 twentieths:20 hundredth:100 hundredths:100",
    "fr": "moitie:2 demi:2 demie:2 tiers:3 quart:4 quarts:4 cinquieme:5 cinquiemes:5 sixieme:6"
    " sixiemes:6 septieme:7 septiemes:7 huitieme:8 huitiemes:8 neuvieme:9 neuviemes:9 dixieme:10"
    " dixiemes:10 vingtieme:20 centieme:100",
    "es": "mitad:2 medio:2 media:2 tercio:3 tercios:3 cuarto:4 cuartos:4 quinto:5 quintos:5"
    " sexto:6 sextos:6 septimo:7 septimos:7 octavo:8 octavos:8 noveno:9 decimo:10 decimos:10"
    " tercera parte:3 cuarta parte:4 quinta parte:5 sexta parte:6 octava parte:8 decima parte:10"
    " terceras partes:3 cuartas partes:4 quintas partes:5 decimas partes:10",
    "de": "halfte:2 halbe:2 halben:2 halber:2 halbes:2 halb:2 drittel:3 dritteln:3 viertel:4"
    " vierteln:4 funftel:5 funfteln:5 sechstel:6 siebtel:7 achtel:8 neuntel:9 zehntel:10"
    " zwanzigstel:20 hundertstel:100",
    "pt": "metade:2 meio:2 meia:2 terco:3 tercos:3 quarto:4 quartos:4 quinto:5 quintos:5 sexto:6"
    " sextos:6 setimo:7 setimos:7 oitavo:8 oitavos:8 decimo:10 decimos:10 terca parte:3"
    " quarta parte:4 quinta parte:5 decima parte:10",
    "ar": "نصف:2 النصف:2 ثلث:3 الثلث:3 ربع:4 الربع:4 خمس:5 الخمس:5 سدس:6 سبع:7 ثمن:8 تسع:9 عشر:10",
}
# Whole words that hold more than a cardinal number.
AMOUNTS = {
    "de": "anderthalb:1.5 eineinhalb:1.5 einundeinhalb:1.5 zweieinhalb:2.5 dreieinhalb:3.5"
    " viereinhalb:4.5 funfeinhalb:5.5 sechseinhalb:6.5 siebeneinhalb:7.5 achteinhalb:8.5"
    " neuneinhalb:9.5 zehneinhalb:10.5 dreiviertel:0.75 viertelmillion:250000"
    " dreiviertelmillion:750000 dreiviertelmillionen:750000",
        "ar": "مئتان:200 مئتين:200 مائتان:200 مائتين:200 الفان:2000 الفين:2000 مليونان:2000000"
    " مليونين:2000000 ملياران:2000000000 مليارين:2000000000 صفر:0",
}
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "zero": "no, none, zero, nil, not a single, not one, nobody, no one",
        "articles": "a, an, one, the",
        "one": "a, an",
        "of": "of a, of an, of one, of, a, an",
        "and": "and",
        "range": "to, through, till, until",
        "or": "or",
        "from": "from",
        "between": "between, anywhere between, somewhere between, anything between",
        "ratio": "in, out of, in every, out of every, of every, for every",
        "per": "per, for every, for each",
        "minus": "minus, negative",
        "years": "in, since, until, year, during, early, late, mid",
        "change": "ros, rise, grew, grow, climb, fell, fall, drop, jump, increas, decreas,"
        " declin, rais, lower, revis, chang, mov, went, cut, up, down, shrank,"
        " shrink, slip, soar, surg, plung, expand, narrow, widen, adjust, correct,"
        " upgrad, downgrad, reduc, slid, edg, swell, improv, worsen, bring,"
        " brought, take, took",
        "down": "fell, fall, drop, declin, decreas, lower, down, lost, shrank, shrink,"
        " slid, slip, minus, cut, loss, losses, fewer, less, reduc",
        "another": "another, an additional, additional, a total of, a further, a combined,"
        " further, an extra, extra, other, a record, a whopping, a staggering",
        "time": "days, day, hours, hour, minutes, weeks, week, months, month, years,"
        " year, seconds",
    },
    "fr": {
        "zero": "aucun, aucune, zero, nul, nulle, pas un seul, pas une seule",
        "articles": "un, une, le, la, les, l, des, du",
        "one": "un, une",
        "of": "de, d, du, d un, de la",
        "and": "et",
        "range": "a, et a, jusqu a",
        "or": "ou",
        "from": "de, entre, des",
        "between": "entre",
        "ratio": "sur, sur les, pour",
        "per": "pour, par, sur, pour chaque",
        "minus": "moins",
        "years": "en, depuis, avant, annee, fin, debut",
        "change": "pass, recul, augment, baiss, hauss, progress, chut, grimp, mont, tomb,"
        " rel, revis, diminu, bondi, ramen, abaiss, port, accru",
        "down": "recul, baiss, chut, tomb, diminu, perdu, perte, repli",
        "another": "un total de, quelque, les, des, autres, un",
        "time": "jours, jour, heures, heure, minutes, semaines, mois, ans, annees",
    },
    "es": {
        "zero": "ningun, ninguna, ninguno, cero, ni un solo, ni una sola, nadie",
        "articles": "un, una, el, la, los, las",
        "one": "un, una",
        "of": "de, de un, de una",
        "and": "y, e",
        "range": "a, y",
        "or": "o, u",
        "from": "de, desde",
        "between": "entre",
        "ratio": "de cada, de",
        "per": "por cada, por, cada, de cada",
        "minus": "menos",
        "years": "en, desde, ano, hasta, durante",
        "change": "pas, subi, baj, aument, cay, crec, descend, ascend, reduj, reduc,"
        " redujo, elev, disminu, recort, revis",
        "down": "baj, cay, descend, reduj, disminu, perd, recort",
        "another": "un total de, otros, otras, los, las, el, la, un, una, unos, unas",
        "time": "dias, dia, horas, hora, minutos, semanas, meses, anos",
    },
    "de": {
        "zero": "kein, keine, keinen, keiner, keinem, null, niemand",
        "articles": "ein, eine, einen, einem, einer, eines, der, die, das, den, dem, des",
        "one": "ein, eine, einen, einem, einer, eines",
        "of": "",
        "and": "und",
        "range": "bis, bis zu",
        "or": "oder",
        "from": "von",
        "between": "zwischen",
        "ratio": "von, aus, von je",
        "per": "pro, je, auf, auf je",
        "minus": "minus",
        "years": "jahr, jahre, seit, jahres, ende, anfang",
        "change": "stieg, steig, gestieg, fiel, fall, gefall, sank, sink, gesunk, wuchs,"
        " wachs, erhoh, reduzi, senk, verring, korrigier, ging, kletter",
        "down": "fiel, gefall, sank, gesunk, senk, verring, ruckgang, weniger, minus,"
        " verlor",
        "another": "insgesamt, weitere, weiteren, die, der, den, das",
        "time": "tagen, tage, tag, stunden, minuten, wochen, monaten, monate, jahren,"
        " jahre",
    },
    "pt": {
        "zero": "nenhum, nenhuma, zero, nem um so, nem uma so, ninguem",
        "articles": "um, uma, o, a, os, as",
        "one": "um, uma",
        "of": "de, de um, de uma",
        "and": "e",
        "range": "a, ate, e",
        "or": "ou",
        "from": "de, desde",
        "between": "entre",
        "ratio": "em cada, de cada, a cada, em",
        "per": "por cada, por, a cada, em cada, para cada",
        "minus": "menos",
        "years": "em, desde, ano, durante",
        "change": "passou, passar, subi, ca, aument, cresc, reduz, reduc, elev, diminui,"
        " baix, recu, revis",
        "down": "caiu, cair, ca, reduz, diminui, baix, recu, perd",
        "another": "um total de, outros, outras, os, as, o, a, um, uma, mais",
        "time": "dias, dia, horas, hora, minutos, semanas, meses, anos",
    },
    "ar": {
        "zero": "صفر",
        "articles": "",
        "one": "",
        "of": "",
        "and": "و",
        "range": "الى",
        "or": "او",
        "from": "من",
        "between": "بين, ما بين",
        "ratio": "من كل, من اصل كل",
        "per": "لكل, من كل",
        "minus": "ناقص, سالب",
        "years": "عام, سنه, العام, منذ, في",
        "change": "ارتفع, ارتفعت, انخفض, انخفضت, تراجع, تراجعت, زاد, زادت, نما, هبط",
        "down": "انخفض, تراجع, هبط, خسر",
        "another": "",
        "time": "",
    },
}
# Arabic numbers in words decline with what is counted; they are recognised, not read.
UNREADABLE = {
    "ar": "واحد واحده اثنان اثنين اثنتان اثنتين ثلاث ثلاثه اربع اربعه خمسه ست سته سبعه ثماني ثمانيه"
    " ثمان تسعه عشره عشرون عشرين ثلاثون ثلاثين اربعون اربعين خمسون خمسين ستون ستين سبعون سبعين"
    " ثمانون ثمانين تسعون تسعين مئه مائه الف مليون مليار ثلاثمئه اربعمئه خمسمئه ستمئه سبعمئه"
    " ثمانمئه تسعمئه ثلاثمائه اربعمائه خمسمائه ستمائه سبعمائه ثمانمائه تسعمائه ارباع اخماس"
    " اثلاث نصف ثلث ربع",
    "en": "myriad threescore mil",
    "*": "mld mrd mio tsd",
}
SPOKEN = frozenset({"en", "fr", "es", "de", "pt", "it", "nl", "da"})
"""The languages whose cardinal numbers text2num reads."""
_SPELLINGS = {"veintiún": "veintiuno", "veintiun": "veintiuno"}
_CONTRACTIONS = {
    "fr": {"d": "de", "du": "de", "des": "de", "au": "a", "aux": "a"},
    "es": {"del": "de", "al": "a"},
    "pt": {"do": "de", "da": "de", "dos": "de", "das": "de", "ao": "a", "aos": "a"},
}


@dataclass(frozen=True)
class Language:
    """What the grammar of numbers needs to know of a language."""

    code: str
    separators: tuple[str, str]
    """The signs that group digits and that stand before decimals, as CLDR has them."""
    others_differ: bool
    """Whether other countries of the language group digits in another way."""
    before: Phrases
    after: Phrases
    unquantified: Phrases
    collectives: Phrases
    fractions: Phrases
    scales: Mapping[str, Decimal]
    amounts: Mapping[str, Decimal]
    months: frozenset[str]
    unreadable: frozenset[str]
    words: Mapping[str, Phrases]

    @property
    def reads_qualifiers(self) -> bool:
        return self.code in QUALIFIERS

    @property
    def reads_words(self) -> bool:
        return self.code in SPOKEN

    def key(self, word: str) -> str:
        """Return the form in which words are compared."""
        plain = without_accents(word)
        return _CONTRACTIONS.get(self.code, {}).get(plain, plain)

    def cardinal(self, words: Iterable[str]) -> Decimal | None:
        """Return the value of a cardinal number in words, None if it is none."""
        if not self.reads_words:
            return None
        try:
            phrase = " ".join(_SPELLINGS.get(word, word) for word in words)
            return Decimal(text2num(phrase, self.code))
        except ValueError:
            return None


def without_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower()).replace("ة", "ه").replace("ى", "ي")
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c != "ـ")


@lru_cache(maxsize=64)
def language(tag: str) -> Language:
    """Return the tables of a language. One without tables of ours has what CLDR knows of it."""
    locale = _locale(tag)
    code = tag.split("-")[0].lower()
    contractions = _CONTRACTIONS.get(code, {})

    def phrases(meanings: Iterable[tuple[str, str]]) -> Phrases:
        by_first: dict[str, list[tuple[Phrase, str]]] = {}
        for text, meaning in meanings:
            words = tuple(contractions.get(word, word) for word in without_accents(text).split())
            by_first.setdefault(words[0], []).append((words, meaning))
        return {
            first: tuple(sorted(group, key=lambda item: -len(item[0])))
            for first, group in by_first.items()
        }

    scales = _scales(locale) | {
        without_accents(word): Decimal(factor) for word, factor in _pairs(SCALES.get(code, ""))
    }
    months = {name for width in ("wide", "abbreviated") for name in locale.months["format"][width].values()}
    return Language(
        code=code,
        separators=_separators(locale),
        others_differ=code in ("es", "ar"),
        before=phrases(_by_meaning(QUALIFIERS.get(code, {}))),
        after=phrases(_by_meaning(AFTERWARDS.get(code, {}))),
        unquantified=phrases(_by_meaning({"": UNQUANTIFIED.get(code, "")})),
        collectives=phrases(_pairs(COLLECTIVES.get(code, ""))),
        fractions=phrases(_pairs(FRACTIONS.get(code, ""))),
        scales=scales,
        amounts={without_accents(word): Decimal(value) for word, value in _pairs(AMOUNTS.get(code, ""))},
        months=frozenset(without_accents(name).strip(".") for name in months),
        unreadable=frozenset(map(without_accents, f"{UNREADABLE.get(code, '')} {UNREADABLE['*']}".split())),
        words={
            name: phrases(_by_meaning({name: text})) for name, text in WORDS.get(code, {}).items()
        },
    )


def _locale(tag: str) -> Locale:
    for candidate in (tag, tag.split("-")[0], "en"):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _by_meaning(table: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return [
        (phrase.strip(), meaning)
        for meaning, text in table.items()
        for phrase in text.split(",")
        if phrase.strip()
    ]


def _pairs(text: str) -> list[tuple[str, str]]:
    return re.findall(r"\s*([^:]+):(\S+)", text)


def _separators(locale: Locale) -> tuple[str, str]:
    symbols = locale.number_symbols["latn"]
    return str(symbols["group"]), str(symbols["decimal"])


def _scales(locale: Locale) -> dict[str, Decimal]:
    """Return the scale words of CLDR's compact formats: “0 Millionen” for 1,000,000."""
    scales = {}
    for width in ("long", "short"):
        for forms in locale.compact_decimal_formats[width].values():
            for number, pattern in forms.items():
                text = pattern.pattern.replace("'", "").replace(".", "")
                word, zeros = without_accents(text.strip("0").strip()), text.count("0")
                if word.isalpha() and zeros:
                    scales[word] = Decimal(number) / 10 ** (zeros - 1)
    return scales
