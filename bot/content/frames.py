"""English words that ask rather than say what about, and what kind of answer they ask for.

They cost a question nothing where an answer lacks them. Each set is of folded words.
"""

from __future__ import annotations

from bot.content.spelling import stem


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


GRAMMAR = _set("""
    a an the this that these those it its they them their there he she his her him we us our you
    your i me my mine one ones some any all both each every either other others another such same
    and or but nor if than then so as at by for from in into of off on onto out over to toward
    towards under up upon via with within without about across after before between during since
    through throughout till until along around against among per behind beyond near is are was were
    be been being am isnt arent wasnt werent has have had having hasnt havent do does did done
    doing doesnt didnt dont can could cannot cant will would wont shall should may might must not
    no yes ever never still yet already just only also too very more most much many few less least
    lot lots well even quite rather really now today currently current s t re ll ve d m
""")
ASKING = _set("""
    what whats which who whos whom whose when where why how tell told show give gives given find
    know knows known explain describe summarise summarize want wants like please kindly help need
    needs mean means meant meaning define definition say says said saying speak speaks spoke ask
    asked answer me info information detail details overview summary fact facts question name names
    named briefing briefings report reports reported reporting let lets look see hear heard read
    think thought feel felt feels believe believed view views understand ok okay hi hey hello
    thanks thank bye pls anything something everything nothing thing things stuff new news kind
    sort type exactly roughly approximately about around possible possibly supposed list lists
    listed dossier topic true really actual actually likely maybe perhaps strongly sharply clearly
    mainly mostly largely simply together recently soon quickly already issue issues case wrote
    write writes written
""")
ACTING = _set("""
    go goes going gone went come comes came coming get gets got getting make makes made making take
    takes took taken taking put puts use used uses using happen happens happened happening carry
    carries carried carrying move moves moved moving pass passes passed passing run runs ran
    running ship ships shipped shipping send sends sent sending haul hauls hauled travel travels
    travelled traveled flow flows flowed cross crosses crossed handle handles handled reach reaches
    reached reaching stand stands stood stay keep keeps kept bring brings brought begin begins
    began begun start starts started work works set sets become becomes became turn turns turned
    seem seems seemed appear appears involve involved include includes included concern concerning
    regard regarding relate related lie lies stays leave leaves left leaving trip trips journey
    last lasts lasted follow follows followed plan plans planned expect expects expected apply
    applies applied finish finished complete completed remain remains remained occur occurs
    occurred pay pays paid try tries tried wait waits waited continue continues continued provide
    provides provided offer offers offered cause causes caused consist consists belong belongs
    gotten intend intends intended want wanted
""")
MEASURING = _set("""
    busy busier heavy high number numbers figure figures amount amounts data datum size sizes total
    totals sum sums quantity long big large small low far fast quick quickly soon often year years
    yearly annual annually month months monthly week weeks time times date dates period latest
    newest recent recently lately fresh update updates updated status overall altogether roughly
    estimate estimated
""")
COMPARING = _set("""
    compare compares compared comparing comparison versus vs against difference differences differ
    change changes changed changing grow grows grew grown growing growth increase increases
    increased increasing rise rises rose risen rising fall falls fell fallen falling decrease
    decreased decline declined drop dropped jump jumped up down more less higher lower percent
    percentage percentages cent per year on
""")

FRAMES = GRAMMAR | ASKING | ACTING | MEASURING | COMPARING
SOFT = frozenset(stem(word) for word in FRAMES)
"""Stems that cost nothing where they are not found."""

SILENT = frozenset(stem(word) for word in GRAMMAR)
"""Stems that a name can do without."""

QUANTITY = _set("much many amount number size volume value total sum big large figure figures")
PLAIN_COMPARING = _set("compare compared comparison versus vs against difference")
GROWING = _set("""
    change changes changed grow grows grew grown growth increase increased rise rises rose risen
    fall fell fallen decrease decreased decline declined drop dropped jump jumped percent
    percentage percentages up higher lower busier
""")

WHETHER = _set("""
    is are was were am has have had did does do can could will would should isnt arent wasnt hasnt
    havent didnt doesnt dont cant
""")
COMING = _set("""
    will would going expect expects expected predict predicts predicted forecast forecasts plan
    plans planned target targets goal goals aim aims want wants wanted wish hope hopes dream dreams
    future eventually intend intends projected outlook next become potential ahead set
""")
HAPPEN = _set("happen happens happened event events going occur occurred took place news announced")
MEASURES = _set("time times number numbers date long cost price")
MEANING = _set("mean means meaning define definition term whats")
SAYING = _set("say says said saying speak speaks spoke tell told announce announced")
ACTS = (ACTING | GROWING) - GRAMMAR
