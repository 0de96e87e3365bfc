"""General English words that say the same.

They add no facts: a reader's "hurry up" finds what the briefings call "work faster". Words that
only some dossier uses in one sense stand in its `synonyms`, which count for more.
"""

from __future__ import annotations

from collections.abc import Iterator

_GROUPS = """
    begin, start, commence, kick off, launch, get going, begun
    arrive, arrival, land, visit, welcome
    trip, visit
    instruct, instruction, order, command, tell, task, direct
    faster, speed up, accelerate, hasten, quicken, hurry, rush, push
    slow, slowdown, hold up, held up, hinder, hamper, impede, obstruct, delay, bottleneck, choke
    cost, price, expensive, expense, budget, sum, money, spend, worth
    length, long, km, kilometre, kilometer, mile, distance
    fund, finance, funding, financing, financial, investment, invest, investor
    loan, credit, lend, borrow, lender, borrower, debt, lending
    support, back, endorse, stand behind, favour, backing
    avoid, bypass, skip, circumvent, sidestep, around, without, go round, steer clear
    stasis, standstill, stagnation, deadlock, stalemate, freeze, status quo, stuck
    country, nation, state
    divide, split, breakdown, break down, consist, composition, made up
    export, sell, sale, sold
    import, buy, bought, purchase
    growth, growth rate, driver, drive, engine, boost, source, fuel
    why, reason, cause, motive, rationale, explain
    agreement, paper, document, treaty, deal, accord, pact, contract, memorandum, mou
    sign, signed, sealed, inked, put on paper, written, concluded
    confidence, trust
    answer, respond, response, reply, react, reaction, comment back
    outcome, result, achieve, achievement, come of, conclude, conclusion, deliverable, yield
    meaning, mean, significance, significant, importance, important, matter, interpretation, reading
    decisive, crucial, decide, decided, critical, pivotal, key, vital
    watch, monitor, follow, keep an eye, look out, track, observe, eye on
    next, future, ahead, upcoming, coming, forward, what comes
    gap, gaps, unknown, unclear, unsaid, blind spot, omit, left out, leave out, silent, missing
    report, article, document, author, paper, text
    council, body, committee, organ
    chair, preside, head, lead
    presentation, present, show, unveil, display, demonstrate, shown, briefing
    fast, quick, speed, rapid, swift
    goods, cargo, freight, merchandise, product, commodity, shipment, load, consignment
    shipment, truck, lorry, lorries, consignment, delivery, delivered
    container, box, boxes, teu, containerised
    forecast, predict, prediction, project, projection, expect, estimate, anticipate, prognosis
    expect, foresee, hope, anticipate, predict
    deadline, ready, completion, finish, complete, done by, due
    triple, treble, threefold, three times, tripling, x3
    brotherly, fraternal, brother, friendly, friend, kin, sibling
    praise, laud, commend, applaud, compliment, admire, hail
    speech, address, remark, statement, words, talk
    welcome, ceremony, reception, protocol, greet, greeting, receive, received
    honour guard, guard of honour, guard of honor, honor guard, guard
    thaw, peace, normalization, normalize, reconciliation, detente, rapprochement, settlement
    war, conflict, fighting, battle, hostilities, clash, clashes
    operation, offensive, takeover, seizure
    integrate, integrated, absorb, annex, reintegrated, incorporated
    accuse, accusation, blame, complain, complaint, allege, allegation, charge, criticise, grievance
    blockade, block, siege, isolate, isolation, closure, sealed off
    road, highway, motorway
    quote, quotation, words, cite
    tense, tension, strain, strained, fragile, unstable, instability
    culture, cultural, heritage, tradition
    history, background, past, historical
    neutral, neutrality, balanced, balance, impartial, nonaligned, non aligned, multi-vector
    Russia, Moscow, Kremlin, Russian
    China, Beijing, Chinese
    U.S., USA, America, American, Washington, United States
    EU, Brussels
    Turkey, Turkish, Ankara, Türkiye
    oil, petroleum, crude
    renewable, solar, wind, green
    firm, company, corporation, enterprise, business
    government, cabinet, authorities, officials
    president, head of state, presidency
    port, harbour, harbor, seaport, terminal, dock
    railway, rail, train, railroad
    border, frontier, crossing
    ferry, ship, vessel, boat
    schedule, timetable, sailing
    grant, subsidy, aid, donation, non repayable
    goal, target, aim, objective, ambition, aspire, aiming
    near future, soon, shortly
    internet, web, online, broadband, connectivity
    cable, line, wire
    fiber, fibre, optic, optical, glass
    undersea, sea bed, bottom of the sea, underwater, subsea, submarine, seabed, under the sea
    build, construct, lay, laid, built, construction
    summit, gathering, congress
    meeting, meet, met, session, sitting, gather
    talks, negotiation, negotiate, discussion, discuss, dialogue, conversation
    summary, overview, in brief, in short, nutshell, recap, gist, primer, basics, introduction
    region, area, neighbourhood, regional
    effect, force, valid, apply, applicable, effective, operative
    lift, remove, scrap, cancel, abolish, drop, end, revoke, withdraw, waive, gone, repeal
    ban, embargo, prohibition, restriction, curb, limit, sanction, barrier, restrict
    announce, announcement, declare, declaration, proclaim, say, said, state, claim
    condition, conditional, precondition, terms, string, strings attached, caveat, requirement
    signal, message, hint, sign, cue
    gesture, step, move, measure
    priority, key goal, main goal, focus
    reform, modernization, modernize, modernise, overhaul, change
    industry, industrial, manufacturing, factory
    partner, partnership, ally, allied, alliance, relationship, relation, tie, ties, bond
    cooperation, cooperate, collaborate, collaboration, joint, jointly, work together, together
    widen, expand, expansion, enlarge, extend, broaden, increase
    upgrade, improve, improvement, better, ease, relief, relieve, renovate, fix
    efficient, efficiency, effective
    competitive, competitiveness, compete
    capacity, room, space, limit, throughput
    standard, rule, regulation, norm
    fragmented, patchwork, uneven, inconsistent, differing, incompatible, harmonise
    unpredictable, unreliable, irregular, unforeseen, cannot be foreseen
    friction, trouble, problem, difficulty, obstacle, hurdle, challenge, issue, weakness
    assessment, study, analysis, evaluation, expert, review
    statistics, statistic, data, number
    divert, shift, moved away, switch, lose, lost, losing
    northern, north
    traditional, established, usual, old
    territory, soil, land
    network, system, chain
    logistics, logistic, transport, transportation, shipping, supply chain
    gateway, door, hub, bridge, gate
    palace, residence
    programme, program, agenda, itinerary, order of events
    contradiction, contradict, inconsistency, discrepancy, mismatch, conflicting
    wording, phrasing, formulation, phrase
    unsettled, unresolved, open question, pending, outstanding, undecided, still open, open point
    formal, written, official, legal, binding, legally
    first use, first shipment, first cargo, first truck, first train, first delivery
    third country, third countries, other countries, foreign goods
    timing, why now, moment
    setting, venue, place, location, where
    likely, probable, likelihood, probability, odds, chance
    momentum, movement, progress, advance
    scenario, option, course, possibility
    dollar, usd, bucks, $
    euro, eur, €
    year on year, yoy, annual growth, y/y
    turnover, trade volume, volume of trade
    share, portion, percentage, proportion, part, fraction
    wealth fund, sovereign fund, state fund, national fund
    upstream, exploration, drilling, extraction
    petrochemical, chemicals, plastics
    resource, rich, produce, producer, production
    name, names, called, title
    rival, competitor
    leader, ruler, rule, boss, in charge, run by
    """
_CAPITALS = """
    Baku, Azerbaijan
    Yerevan, Armenia
    Astana, Kazakhstan
    Tbilisi, Georgia
    """


def groups() -> Iterator[tuple[str, ...]]:
    """Each group's words and phrases, as they are written."""
    for line in _GROUPS.strip().splitlines():
        yield tuple(word.strip() for word in line.split(","))


def capitals() -> Iterator[tuple[str, ...]]:
    """Each capital with the country that it stands for in politics, and only there."""
    for line in _CAPITALS.strip().splitlines():
        yield tuple(word.strip() for word in line.split(","))
