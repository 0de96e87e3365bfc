"""Words of the region's languages in English: Russian, Azerbaijani, Kazakh and Armenian.

A reader's question may be in them; what the briefings know by such a name has it as an alias, and
passes through here as well. An ending of the language's own does not hide a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

_FOREIGN = """
    что=what кто=who где=where когда=when почему=why зачем=why как=how сколько=how+many какой=what
    какая=what какие=what какое=what какую=what куда=where откуда=where это=this такое=this ли=is
    на=on в=in во=in с=with со=with из=from от=from до=to по=on за=for для=for о=about об=about
    про=about через=through между=between и=and или=or не=not нет=no да=yes был=was была=was
    было=was были=were есть=is будет=will году=year год=year года=year лет=years к=to у=at а=and
    но=but же=the бы=would его=his её=her их=their сейчас=now уже=already ещё=still чем=with при=at
    после=after под=under над=over сегодня=today последний=latest новости=news новый=new
    президент=president премьер=premier министр=minister страна=country война=war мир=peace
    дорога=road дорог=roads путь=route маршрут=route порт=port граница=border таможня=customs
    кабель=cable соглашение=agreement договор=agreement срок=time доставка=delivery цель=goal
    рост=growth прогноз=forecast визит=visit переговоры=talks итоги=outcome итог=outcome
    реакция=answer ответ=answer торговля=trade нефть=oil газ=gas объём=volume объем=volume
    перевозки=freight перевозок=freight груз=freight груза=freight контейнер=container
    контейнеры=containers заём=loan кредит=loan кредита=loan грант=grant банк=bank деньги=money
    миллион=million миллиард=billion тонн=tons доллар=dollar евро=euro день=day дней=days дни=days
    коридор=corridor ограничения=restrictions запрет=ban снятие=lifting снят=lifted снятии=lifting
    снял=lifted сняли=lifted отмена=lifting транзит=transit транзита=transit совет=council
    дворец=palace саммит=summit тюркский=turkic организация=organization блокада=blockade
    операция=operation вторая=second второй=second первая=first энергетика=energy
    возобновляемый=renewable сотрудничество=cooperation партнёрство=partnership союзник=ally
    əliyev=aliyev paşinyan=pashinyan
    пошлина=tariff цена=cost стоимость=cost длина=length оптоволокно=fiber волоконно=fiber
    оптический=optic интернет=internet цифровой=digital связь=links связи=links паром=ferry
    узкие=bottlenecks проблемы=problems море=sea каспийское=caspian каспий=caspian кавказ=caucasus
    китай=china россия=russia грузия=georgia армения=armenia армению=armenia армении=armenia
    азербайджан=azerbaijan казахстан=kazakhstan европа=europe украина=ukraine алиев=aliyev
    токаев=tokayev пашинян=pashinyan карабах=karabakh карабахская=karabakh карабахской=karabakh
    баку=baku астана=astana ереван=yerevan актау=aktau габала=gabala акорда=akorda
    вторжение=invasion подписан=signed подписали=signed товарооборот=turnover оборот=turnover
    срединный=middle грузооборот=volume реформы=reforms конфликт=war нейтралитет=neutrality
    инвестиции=investment время=time заявил=said сказал=said заявление=announcement обвиняет=accuses
    жалоба=complaint условия=conditions nədir=what kimdir=who kim=who nə=what necə=how neçə=how
    harada=where niyə=why haqqında=about üçün=for ilə=with və=and hansı=what vaxt=time ne=what
    nə=what qədər=much var=is il=year ildə=year gün=days ölkə=country prezidenti=president
    prezident=president baş=prime nazir=minister müharibə=war müharibəsi=war sülh=peace yol=route
    limanı=port liman=port sərhəd=border gömrük=customs kredit=loan krediti=loan hədəf=goal
    ticarət=trade dövriyyəsi=turnover dövriyyə=turnover yük=freight yüklər=freight yükdaşıma=freight
    daşıma=freight həcmi=volume dəhliz=corridor dəhlizi=corridor orta=middle tranzit=transit
    qadağa=ban qadağası=ban məhdudiyyət=restrictions cavab=answer cavabı=answer şurası=council
    şura=council sammit=summit sammiti=summit zirvə=summit səfər=visit səfəri=visit danışıqlar=talks
    enerji=energy neft=oil qaz=gas kabel=cable kabeli=cable rəqəmsal=digital bərə=ferry
    xəzər=caspian çin=china rusiya=russia gürcüstan=georgia ermənistan=armenia azərbaycan=azerbaijan
    qazaxıstan=kazakhstan avropa=europe qarabağ=karabakh bakı=baku irəvan=yerevan proqnoz=forecast
    saziş=agreement müqavilə=agreement nəticə=outcome nəticələri=outcome tarix=date қандай=what
    қашан=when кім=who қанша=how неше=how қайда=where туралы=about және=and мен=and не=what деген=is
    президенті=president порты=port несие=loan несиесі=loan сауда=trade айналымы=turnover
    айналым=turnover жүк=freight дәліз=corridor дәлізі=corridor орта=middle сапар=visit сапары=visit
    келіссөз=talks келісім=agreement кеңес=council кеңесі=council мұнай=oil қазақстан=kazakhstan
    әзербайжан=azerbaijan қытай=china ресей=russia грузия=georgia ақтау=aktau ақорда=akorda
    каспий=caspian тоқаев=tokayev әлиев=aliyev соғыс=war болжам=forecast мақсат=goal көлемі=volume
    ինչ=what ով=who երբ=when որտեղ=where ինչու=why որքան=how քանի=how մասին=about և=and է=is են=are
    պատերազմ=war պատերազմը=war խաղաղություն=peace տարանցում=transit տարանցիկ=transit արգելք=ban
    ճանապարհ=road ճանապարհներ=roads շրջափակում=blockade շրջափակումը=blockade պատասխան=answer
    վարչապետ=minister նախագահ=president նախագահը=president միջանցք=corridor միջանցքը=corridor
    առևտուր=trade բեռ=freight հայաստան=armenia հայաստանի=armenia հայաստանը=armenia
    ադրբեջան=azerbaijan ադրբեջանի=azerbaijan ադրբեջանը=azerbaijan ղազախստան=kazakhstan
    ղարաբաղ=karabakh ղարաբաղի=karabakh արցախ=karabakh երևան=yerevan բաքու=baku փաշինյան=pashinyan
    ալիև=aliyev տոկաև=tokayev ռուսաստան=russia չինաստան=china վրաստան=georgia կովկաս=caucasus
    պայմանագիր=agreement համաձայնագիր=agreement վարկ=loan սահմանափակում=restrictions
    """
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = {
    word: meaning.replace("+", " ")
    for word, _, meaning in (pair.partition("=") for pair in _FOREIGN.split())
}
_ROOT, _ENDING, _LOST = 4, 4, 2
"""Letters that a word shares with a known one at least, that it may add, and that it may lack."""
_BY_ROOT: defaultdict[str, list[str]] = defaultdict(list)
for _word in sorted(_ENGLISH):
    if len(_word) >= _ROOT:
        _BY_ROOT[_word[:_ROOT]].append(_word)


def in_english(text: str) -> str:
    """The text, in lower case, with the words that are known in English.

    "Kim" is "who" only beside a word that English has no letters for.
    """
    is_foreign = any(char.isalpha() and not char.isascii() for char in text)
    return _WORD.sub(lambda match: _meaning(match.group()), text) if is_foreign else text


@lru_cache(maxsize=4096)
def _meaning(word: str) -> str:
    if word in _ENGLISH:
        return _ENGLISH[word]
    if word.isascii():
        return word
    best, longest = "", 0
    for known in _BY_ROOT.get(word[:_ROOT], ()):
        shared = next(
            (at for at, (one, other) in enumerate(zip(word, known, strict=False)) if one != other),
            min(len(word), len(known)),
        )
        fits = shared >= max(_ROOT, len(known) - _LOST) and len(word) - shared <= _ENDING
        if fits and shared > longest:
            best, longest = _ENGLISH[known], shared
    return best or word
