"""Countries and places of the world, as readers write them.

A question that names one is not answered by what does not speak of it: trade with China is no
trade with Azerbaijan.
"""

from __future__ import annotations

from bot.content.spelling import stem

_LANDS = """
    afghanistan afghan kabul
    africa african
    albania albanian tirana
    america american americas usa washington
    arab arabia saudi riyadh
    argentina
    armenia armenian armenians yerevan
    asia asian
    atlantic
    australia australian
    austria austrian vienna
    azerbaijan azerbaijani azerbaijanis azeri azeris baku
    balkan balkans
    baltic
    bangladesh
    belarus belarusian minsk
    belgium belgian
    berlin germany german germans
    bosnia
    brazil brazilian
    britain british uk england english london scotland
    brussels eu europe european
    bulgaria bulgarian sofia
    canada canadian ottawa
    caspian
    caucasus
    chechnya dagestan
    chile
    china chinese beijing xinjiang urumqi shanghai
    croatia croatian
    cuba cuban
    cyprus
    czech prague
    denmark danish
    dubai emirates uae
    egypt egyptian cairo suez
    estonia estonian
    ethiopia
    finland finnish helsinki
    france french paris
    gaza palestine palestinian
    georgia georgian georgians tbilisi batumi poti anaklia
    greece greek athens
    gyumri meghri
    hormuz gulf
    hungary hungarian budapest
    iceland
    india indian delhi
    indonesia
    iran iranian iranians tehran
    iraq iraqi baghdad
    ireland irish
    israel israeli jerusalem
    italy italian rome
    japan japanese tokyo
    jordan
    karabakh khankendi stepanakert
    kazakh kazakhs kazakhstan astana
    kenya
    korea korean seoul
    kosovo
    kuwait
    kyrgyz kyrgyzstan bishkek
    latvia latvian
    lebanon beirut
    libya
    lithuania lithuanian vilnius
    malaysia
    malta
    mediterranean
    mexico mexican
    moldova
    mongolia mongolian
    morocco
    nakhchivan nakhichevan zangezur
    netherlands dutch rotterdam
    nigeria
    norway norwegian oslo
    oman
    pakistan pakistani islamabad
    panama
    peru
    philippines
    poland polish warsaw
    portugal portuguese lisbon
    qatar doha
    romania romanian bucharest constanta
    russia russian russians moscow kremlin
    serbia serbian belgrade
    singapore
    slovakia slovenia
    somalia
    spain spanish madrid
    sudan
    sweden swedish stockholm
    switzerland swiss geneva zurich
    syria syrian damascus
    taiwan
    tajik tajikistan dushanbe
    thailand
    tibet
    tunisia
    turkey turkish turkiye ankara istanbul trabzon
    turkmen turkmenistan ashgabat
    ukraine ukrainian ukrainians kyiv kiev odesa odessa
    uzbek uzbekistan tashkent samarkand
    vatican
    venezuela
    vietnam vietnamese hanoi
    yemen
    """

LANDS = {
    stem(word): frozenset(map(stem, line.split()))
    for line in _LANDS.strip().splitlines()
    for word in line.split()
}
"""Stems of their names, and of what is called after them, to all stems that are of the same."""
_PLACES = """
    africa arab asia atlantic balkan baltic caspian caucasus gaza gyumri hormuz karabakh
    mediterranean nakhchivan tibet
"""
COUNTRIES = {
    stem(word): stem(line.split()[0])
    for line in _LANDS.strip().splitlines()
    if line.split()[0] not in _PLACES.split()
    for word in line.split()
}
"""Stems of what is of one country, or of the European Union, each to the one that stands for it."""
