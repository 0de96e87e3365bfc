"""Everyday English words that colour a question and do not say what it is about.

Where an answer lacks one of them it may be right all the same: "who lays the cable" is about the
cable. A word that is neither here, nor among the asking ones, nor in the briefings is a topic of
its own, and an answer that lacks it is none. Verbs that tell another event ("resign", "marry") and
nouns for a property ("salary", "length") are therefore left out.
"""

from __future__ import annotations

from bot.content.spelling import stem

_VERBS = """
    accept accomplish achieve act add address adopt advance affect agree aim allow alter amount
    answer anticipate approach argue arise arrange arrive aspire assess assume assure attach attempt
    attend await avoid base bear behave benefit bet boil boost bother bound break brief broaden
    build call calculate care cast catch cease chair characterise check choose circulate cite claim
    clarify clear climb close comment commit communicate comply comprise conclude conduct confirm
    connect consider constitute construct contain contribute convey cope count cover create cut deal
    debate decide declare deem deepen deliver depart depend depict derive deserve desire determine
    develop discover discuss display do double drag drive dwell ease elaborate embrace emerge
    emphasise enable encounter end endorse engage enhance enjoy ensure enter entail envisage
    establish evaluate evolve exceed exist expand experience explore expose express extend face fail
    favour feature feed figure fill fit fix focus forge form formulate foster further gain gather
    generate grant grasp guarantee guess guide hail halt hang happen hasten head hit hold hope host
    identify illustrate imagine impact implement imply impose impress improve inform initiate insist
    inspire intend interest introduce invite issue join judge justify kick label lack land last
    launch lay lead learn let lift link list live locate make manage mark matter mention mind miss
    monitor name note notice notify obtain open operate oppose organise originate outline overcome
    overtake owe own part perceive perform permit persuade phrase pick picture place point portray
    pose position possess praise prepare present press prevent proceed proclaim progress promise
    promote prompt propose prove provoke pull push quote raise rank react realise recap receive
    recognise recommend refer reflect reject remember remind remove render renew repeat replace
    represent require resolve respond rest result resume retain reveal review ring roll save scale
    scrap secure select separate serve settle shape share shift show shrink sit skip slip sort sound
    spell spend split spot spread stall state stem step stick stop stress stretch strengthen
    struggle succeed suffer suggest sum summon support surface surge surround suspect sustain switch
    tackle talk target team tend test thank tie time touch track trace translate transfer treat
    trigger trust underline undergo understand undertake unveil upset urge value vary verify wander
    warn watch weigh welcome widen wish witness wonder works worry yield understood undone threw
    thrown knew shown shook stuck struck felt fed forgot forgotten forget got hid hidden laid lain
    ran rung sat slept slid spread stole swung thought threw woke wore worn chose chosen drove
    driven broke broken caught cut dealt drew drawn fought flew flown froze frozen heard hung kept
    knew known led lent meant met overcame rode sought set shrank shrunk spun stood stuck swore
    taught tore torn underwent understood
    """
_QUALITIES = """
    able abroad absolute absolutely accordingly active actively additional additionally afterwards
    again ago ahead almost alone aloud alright altogether anyhow anyway apart apparent apparently
    appropriate away awesome back backwards bad badly bare barely basic basically beforehand behind
    believable besides best better big bigger biggest bit bold brand brief briefly bright broad
    broader broadly calm careful carefully central certain certainly cheap cheaply chief chiefly
    clear close closer closely common commonly complete completely complex concise concrete
    concretely connected considerable considerably consistent constant constantly convenient cool
    correct correctly critical crucial crucially curious current dear decent decisive definite
    definitely deliberate detailed different differently difficult direct directly distant double
    due eager early earlier earliest easily easy effective effectively efficient efficiently else
    elsewhere enough entire entirely equal equally especially essential essentially eventual
    eventually everywhere evident evidently exact expected explicit explicitly extra extreme
    extremely fair fairly familiar famous final finally firm firmly first firstly forever formal
    formally former formerly fortunate forward frank frankly free freely frequent frequently full
    fully fun further furthermore general generally gentle genuine genuinely glad good great greater
    greatest greatly guaranteed handy happily happy hard harder hardly helpful hence here high
    higher highest highly honest honestly hopeful hopefully huge ideal immediate immediately
    important importantly impossible impressive inside instead interested interesting internal
    involved joint jointly key large larger largely largest last late lately later least lengthy
    likely limited little locally long longer longest loose lucky lovely main major massive mere
    merely mid minor missing mixed moderate modern more moreover most much mutual narrow nearby
    nearly neat necessary necessarily needed never new newly next nice nicely nonetheless normal
    normally notable notably nowadays obvious obviously odd official officially often old once open
    openly opposite ordinary original originally otherwise outright outside overall own particular
    particularly partly past perfect perfectly permanent personally plain plainly please plus poor
    popular positive potential potentially practical practically precise precisely present
    presumably pretty previous previously primarily primary principal prior private probable
    probably proper properly prospective public publicly pure purely quick quickly quiet rapid
    rapidly rare rarely rather ready readily realistic realistically reasonable recent regardless
    regular regularly related relatively relevant remaining remarkable respective respectively rich
    right roughly round routine sad safe same scarce scarcely secondary secondly secret secretly
    seldom separate separately serious seriously several severe shared sharp short shortly similar
    similarly simple simply single slight slightly slow slower slowly small smaller smallest smart
    smooth smoothly sole solely solid sometime sometimes somewhat somewhere special specially
    specific specifically stable steady steadily straight strange strategic strict strictly strong
    stronger strongest substantial successful successfully such sudden suddenly sufficient suitable
    sure surely surprising surprised swift swiftly temporary terrible thin thirdly thorough
    thoroughly thus tight tiny together tomorrow tonight top total totally tough tougher typical
    typically ultimate ultimately unable unclear unexpected unfortunately unique unlikely unusual
    upcoming urgent useful useless usual usually utterly vague valid various vast virtual virtually
    visible vital vitally warm weak weaker well whatever whenever wherever whichever whole wholly
    wide widely wider willing wise wonderful worse worst worth worthwhile wrong yesterday yet
    """
_NOUNS = """
    ability action activity addition advance advantage aim angle answer area arrangement aspect
    attempt attention attitude base basics basis bit board body bottom brief bunch call care case
    chance change chapter character choice circumstance clarification clue combination comment
    concern conclusion connection consequence consideration content context contribution copy core
    corner country couple course deal decision degree description development digest direction
    discussion drawback driver edge effect effort element end essence event evidence example
    exception excerpt experience explanation expression extent extract eye face fact factor feature
    field file focus folks form format foundation framework fun gist goal grip ground group guess
    guidance guys hand happening headline heart help highlight hint history home hope hour idea
    impact implication importance impression inside insight instance intention interest intro
    introduction item job juice key kind knowledge lack landscape latter lesson level light line
    link list look lookup main manner matter meaning means mention message middle mind minute moment
    mood mystery nation nature necessity need notion nutshell object occasion opinion option order
    origin outline page pair paper paragraph part participant parties party past path pattern people
    person perspective phase phrase picture piece place places plan point points position
    possibility potential presence primer principle priority process progress promise proof purpose
    quarter quick quote range reality reason recap reference relation relations relationship
    relevance remainder remark respect rest result role room root rule rundown saying scene scope
    section sense sentence series shape share short side sides sign significance situation snapshot
    something source space spot stage stake stakes stance standing start statement step story
    strategy structure subject success synopsis takeaway takeaways talk task terms text theme theory
    thought ties title tldr today topic touch track trend trouble truth turn tweet understanding
    upshot use viewpoint virtue way ways week whole will wonder word wording words works world
    writeup somebody someone anybody anyone everybody everyone nobody folk guy bro mate friend sir
    madam man buddy pal bot assistant article author document documents text texts source sources
    basics faq cheers btw asap imo fyi plz pls thx ty u ur r hmm uh um wow lol gonna wanna gotta
    kinda sorta dunno lemme whos hows wheres whys theres heres
    """

_MORE_VERBS = """
    abandon abide abolish absorb accompany accord account accrue accustom acknowledge acquire adapt
    adhere adjust admire admit advertise advise advocate afford aid alert align alleviate allocate
    allude amaze amend analyse announce annoy appeal applaud appoint appreciate ascertain ask assert
    assign assist associate assemble attract author authorise average avert await back balance band
    bargain bash battle beat beg behold bend bite bite blame blend bless block blow bog bounce bow
    brace brag branch bridge browse brush budge bug bump burst busy buzz bypass calm capture carve
    chance chase chat cheer chew chip chop clash click climb cling clog coax collaborate collapse
    collect combine come command compel compete compile complain complicate conceal concede conceive
    concentrate condemn confess confide confront confuse congratulate conserve consolidate consult
    consume contact contend contest contradict contrast convene converge convert convince cooperate
    coordinate correct correspond cost counter craft crave credit creep criticise crowd cruise crush
    cry curb curse cushion cycle dare dash date dawn deadlock dedicate deem defend defer defy delay
    delegate delete delight demand demonstrate denote deny depart deploy deprive design designate
    detect deter devise devote dictate digest diminish dip disagree disappear disappoint disclose
    discount disregard dismiss dispatch displace dispute disrupt dissolve distinguish distribute
    disturb dive diverge divert divide dodge dominate donate doubt downplay draft dream dress drift
    dry dub duck dump duplicate earn eat echo edit educate elevate eliminate embark embed emphasize
    empower enclose encourage endure enforce enlarge enlighten enlist enrich enroll enquire entice
    entitle envision equip erase erode escape evade evoke exaggerate examine excel exchange exclude
    excuse execute exempt exert exhaust exhibit expand expedite explode exploit facilitate fade
    fancy fasten fear feature fetch fight file finalise finance flag flatten flee flip float
    flourish fluctuate fold fool foresee forgive fork formalise forward found frame freeze frighten
    frustrate fulfil function fund fuse gamble gauge gaze get gift glance glean glue govern grab
    grade greet grip groan grumble guard haggle hammer hamper handicap harbour harm harmonise
    harness hassle haul haunt heal heap heed heighten hesitate hide highlight hinder hinge hint
    hoist honour hop hover hug humble hurry hurt hush ignite ignore imitate immerse imperil
    implicate implore incite incline incorporate incur indicate induce indulge infer inflict
    influence inherit inhibit inject innovate inquire insert inspect install instruct integrate
    intensify interact interfere interpret interrupt intervene invent invoke isolate jam jeopardise
    joke jolt juggle jumpstart keep kick kneel knit knock lag lament lapse latch laugh launch lean
    leap lecture lessen level leverage lick lighten limp linger listen load lodge log loom loop
    loosen lower lunge lure maintain manifest manipulate march marginalise mask master materialise
    maximise measure meddle mediate melt mend merge merit minimise mirror mislead mix mobilise model
    moderate modify motivate mould mount muddle multiply murmur muse mute nail narrate narrow
    navigate nag negotiate neglect nod nominate normalise nudge number object oblige observe
    obstruct occupy offset omit opt orient oust outdo outgrow outlast outnumber outpace outperform
    output outweigh overcharge overhaul overlap overlook override oversee overshadow overwhelm owe
    pack paint park participate partner patch pause pave peak peddle peek penetrate perplex persist
    persuade pervade pinpoint pioneer pitch pivot plague plead pledge plot plunge ponder pop pour
    praise preach precede predict prefer premise prescribe preserve preside pretend prevail probe
    process procure profess project prolong prone pronounce prop propel prosper protect provision
    publicise publish pursue puzzle qualify question queue quicken quit quiz ramp rank rate ratify
    rationalise raze readjust reaffirm reap reappear rearrange reassure rebound rebuild recall
    recede reckon reclaim reconcile reconsider record recover recruit rectify redirect redo reduce
    refine refrain refresh refuse regain register regret regulate rehearse reign reinforce reiterate
    rejoice relax relay release relieve rely remedy reopen reorganise repair repay repel rephrase
    reply reproduce reroute rescue research resemble reshape reside resist resolve resort respect
    restate restore restrain restrict retreat retrieve reunite revert revise revisit revive revolve
    reward rewrite rip roam rotate rub ruin rumble rumour rush sample satisfy scale scan scare
    scatter schedule scold scoop scramble scrape scratch screen scrutinise seal search seat seek
    seize sense sentence sever shed shelter shield shine shorten shout shove shrug shuffle shut shy
    sidestep signify silence sink situate sketch skim slash slide slip slump smash smell smile
    smooth snap snatch soar soften solidify solve soothe span spare spearhead specify speculate
    spend spice spill spin splash spoil sponsor spring sprint spur squeeze stabilise stack stage
    stagger stain stake stamp stare startle state steer stimulate stir straighten strain strand
    streamline strip strive stroll structure study stumble submit subside substitute subtract
    succeed summarise supervise supplement suppress surpass surprise survive suspend swallow sway
    sweep swell swing symbolise sympathise tackle tailor tangle tap taste tease tempt tend terminate
    thrive throw thwart tick tighten tilt tip tire toggle tolerate topple toss tow toy trail train
    transcend transform trap treasure tremble trick trim trouble trumpet tuck tumble tune twist
    undermine underpin underscore undo unfold unify unite unlock unpack unravel uphold uplift urge
    utilise vanish venture veer view visualise voice volunteer vow wade wake walk wane ward warm
    wave weaken wear weave whisper wield wipe withdraw withhold withstand wonder worsen wrap wreck
    yell zoom grumbled bringing
    """
_MORE_QUALITIES = """
    abrupt absent abundant academic accessible accidental accurate adequate adjacent advanced
    adverse affordable aggressive ambiguous ambitious ample angry annoying anxious applicable
    arbitrary astonishing attractive authentic automatic available average aware awful awkward
    backward bearable beautiful beneficial bitter bizarre blank blind blunt bogus boring brave
    brilliant broken bumpy busy capable casual cautious challenging cheerful chronic circular civil
    classic clever clumsy coherent comfortable comparable compatible competent complicated
    comprehensive compulsory conceivable confident confidential confusing conscious consecutive
    conservative contemporary contrary controversial conventional convincing cosy costly crazy
    credible creative cruel cumulative cute daily damn dangerous dark delicate delicious dense
    desirable desperate determined difficult diplomatic dirty disappointed discreet distinct diverse
    doubtful dramatic drastic dry dubious dull dumb durable dynamic eager earnest elaborate elegant
    eligible embarrassing emotional empty encouraging endless energetic enormous enough enthusiastic
    equivalent essential eternal ethical everyday exceptional excellent excessive excited exciting
    exclusive exotic expensive experienced expert exposed faint faithful fake false fantastic
    fashionable favourable favourite fierce fixed flat flexible foolish forceful forthcoming
    fortunate fragile frail fresh frozen fruitful fuller fundamental funny gigantic global gloomy
    golden gradual grand grateful grave grim gross guilty halfway handsome harmful harmless harsh
    healthy heated heavily helpless hesitant hidden hollow holy hopeless horrible hostile humble
    hypothetical identical idle ignorant immense imminent impartial imperative implicit impressed
    improper inadequate incidental incredible independent indirect individual inevitable infamous
    inferior infinite influential informal inherent initial innocent innovative insecure
    insufficient intact integral intelligent intense intentional interim intermediate intimate
    intricate invisible irrelevant junior keen kindly known landlocked lasting lazy leading
    legitimate lesser liable liberal lifelong likelier likeliest linear literal lively local logical
    lone lonely long-term loud loyal mad magnificent mandatory manifest marginal marvellous mature
    maximum meaningful meaningless mean medium memorable mental messy mild minimal minimum miserable
    modest momentary monumental moral mysterious naive naked nasty native natural naughty needless
    negative nervous neutral nominal notorious novel numb numerous objective obscure obsolete
    occasional ongoing operational opponent opposed optimal optimistic optional oral orderly
    outdated outer outgoing outlying outspoken outstanding overdue painful painless pale parallel
    partial passive peaceful peculiar peripheral persistent pessimistic physical plausible pleasant
    pleased plentiful pointless polite political portable powerful preferable preferred preliminary
    prevalent probable productive professional profitable profound prominent promising prone proud
    provisional prudent puzzling questionable quieter radical random rational raw realistic
    reassuring reciprocal reckless redundant regrettable relaxed reliable reluctant remote repeated
    resilient respectable responsible responsive rewarding ridiculous rigid ripe risky robust rocky
    rough rounded rude rural ruthless sacred satisfied savvy scary sceptical scientific seamless
    seasonal secure selective sensible sensitive sheer shocked shut silent silly sincere skilled
    sleepy slim sloppy smoother snappy social soft sophisticated sore spare sparse spontaneous
    square stalled standard startling static stiff strained stressful striking stubborn stupid
    subjective subsequent subtle suitable superb superficial superior supportive supreme susceptible
    suspicious sustainable symbolic systematic tactical talented tangible technical tedious tempting
    tender tentative theoretical thoughtful tired tiresome tolerant touchy touristy traditional
    tragic transparent tremendous tricky trivial troubled troublesome trusted turbulent ugly
    unanimous uncertain uncomfortable unconditional undeniable undisclosed uneasy unfair unfinished
    unfortunate unhappy unified universal unknown unlimited unnamed unprecedented unpublished unreal
    unresolved unsafe unsettled unspecified unsuccessful untold unwilling upbeat upper upset urban
    usable vacant vibrant vicious vigorous violent vivid vocal voluntary vulnerable wary weary weird
    welcome wicked wild wishful witty wrongful younger halfways meanwhile nevertheless
    notwithstanding presumably purportedly reportedly supposedly allegedly seemingly overnight
    indoors onwards onward inward outward sideways underneath unlike whereas whether amid amidst
    aside beneath besides throughout thereby therefore thereof thereafter hereby whereby wherein
    onto whatsoever ahead afar anew anymore anytime midway nope yeah yep nah alas oops hurrah bravo
    honest truthfully frankly literally basically essentially
    """
_MORE_NOUNS = """
    abundance achievement adventure affair aftermath ages agony aid alarm alternative ambition
    amusement anchor apology appetite approach aspiration assumption atmosphere attraction authority
    awareness backbone backdrop ballpark barrier battle behaviour belief bench bid blessing blow
    bonus boom boon brain branch breakthrough breath bridge bulk bunch burden business buzz
    candidate category caution caveat centrepiece channel chaos charm cherry chunk claim climax
    collaboration column comfort command commentary comparison complication component compromise
    concept confirmation conflict confusion constraint controversy convenience conversation
    cornerstone courage craze crisis criterion criticism crossroads crowd crux culprit cure
    curiosity curse damage danger dawn debate decade delight detail dilemma dimension disadvantage
    disappointment discovery dispute distinction domain doubt downside drama drawback dream ease
    emphasis enemy enthusiasm entity entrance entry equivalent era error escape eve excuse exit
    expectation expert failure fame fan fate fault favour fear feeling fight finding flaw flavour
    flow flux follow footprint force fortune fragment freedom fruit frustration fuss gain gamble
    gateway gem gesture ghost giant glance glimpse glory grievance guarantee guideline habit halfway
    hassle headache heads heat heaven hell hero hiccup hint hit horizon hub humour hurdle hype
    hypothesis illusion imagination impulse incentive incident inclination indication indicator
    influence initiative innovation instinct institution invitation irony jargon joke joy keyword
    knot label landmark layer leap legacy leverage liability limelight limit link load logic lot
    lowdown luck magic magnitude majority mandate mark marvel maths measure mechanism medium merit
    mess method milestone mindset miracle misconception mission mistake misunderstanding mixture
    mode model momentum moral motive movement nightmare niche nod noise nonsense norm novelty nudge
    nuance obligation obstacle occurrence offer onlookers optimism ordeal outcome outlook outsider
    overhaul ownership pace pain panic paradox partner passage passion patience pause payoff peak
    peer percentage performance perk permission persons phenomenon pillar pinch pitfall plea
    pleasure pledge plight plot plus pond popularity portion pose positives potential power practice
    praise precedent preference prejudice premise preparation pressure pretext pride privilege
    probability procedure profile prominence promise proportion proposal prospect protection proverb
    pros cons provision puzzle pull push quality quest queue rationale reader readers recipient
    recognition recommendation regard regime regret rehearsal relevance reliance relief reluctance
    reminder repetition reputation requirement resemblance resistance resolution response
    responsibility restraint return revelation reward rhetoric rhythm riddle rigour rise risk rival
    romance round route rumour rush sake satisfaction scale scandal scenario scheme scoop secrecy
    secret segment selection sensation sequence setback severity shadow shame shift shock shortage
    shortcoming sight silence similarity slice slot smoke snag soul specialist speculation spell
    spin spirit splash spot spotlight spur stability standpoint staple stick stigma stimulus strain
    strand strength stress stretch string stroke struggle stuff style substance subtlety success
    suggestion summary surprise survival suspicion symbol sympathy symptom system tactic tale
    talking target taste technique temper temptation tendency tension tension test thesis thinking
    thirst thread threat threshold thrill timeframe timeline tip toll tone tool trace tradeoff
    transformation transition trap treasure trick trigger tune turnaround twist uncertainty
    undertaking unit unity update upside urge usage utility vacuum variation variety vein venture
    verdict version vibe vibes vicinity vision vista voice warning watershed wave weakness wealth
    weight whim willingness wisdom wish workaround workload worry wrap two three four five six seven
    eight nine ten dozen hundred thousand morning evening night afternoon th nd rd st noon
    kinda boss ambassador colleague colleagues client clients essay presentation meeting speech
    slide slides deck memo note notes chat screenshot
    """


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words.split())


_EVERYDAY = _stems(_VERBS) | _stems(_QUALITIES) | _stems(_NOUNS)
_MORE = _EVERYDAY | _stems(_MORE_VERBS) | _stems(_MORE_QUALITIES) | _stems(_MORE_NOUNS)

_PROPERTIES = """
    age altitude assets bandwidth barrels birthday born borrower budget capacity casualties ceo
    chairman citizens climate commander consumption contractor cost costs crew currency customers
    daughter deaths debt deficit density depth diameter director earnings elections emissions
    employees fare fares fee fees fleet gdp headcount headquarters height income inflation injured
    interest inventory investors killed kilometres km length licence losses manager map market mayor
    members miles nominal owner owners ownership passengers penalty pension phone population premium
    price prices producer production profit profits quota quotas rainfall ranking rate rates rating
    rent repay repayment maturity value reserves residents revenue revenues salaries salary schedule
    shareholders soldiers son spokesman staff stock stocks subsidies surplus tariff tariffs tax
    taxes temperature tickets troops turnout unemployment victims visa visas visitors voltage wage
    wages wagons weather wedding weight width wife winner workers zip architect boss colour color
    composer designer toll deep depths fuel hotel inventor marry married monarch nickname prize
    nuclear resign resigned resignation recipe religion secretary song spouse superior surface tall
    tide vehicle
    """
PROPERTIES = _stems(_PROPERTIES)
"""Stems of what a thing may have: what does not speak of the one asked for is no answer."""
EVERYDAY = _MORE - PROPERTIES
"""Stems that cost an answer little where it lacks them."""
WORDS = frozenset(
    word
    for words in (
        _VERBS,
        _QUALITIES,
        _NOUNS,
        _MORE_VERBS,
        _MORE_QUALITIES,
        _MORE_NOUNS,
        _PROPERTIES,
    )
    for word in words.split()
)
"""All of them as they are written."""
_WHOLE = """
    aboard addiction albert alive alley ally apples auction avenue awhile backyard beans beth billy
    birth boots bottle breach broker browse butter cape capitol ceiling chin clan clause cleaner
    closet cock congrats coral costa county cracking creation creepy curtain cure debut deceased
    descent device diet directory donor drank drinking eighth estate external farmer feet fellow
    fire fires flour flower game germany gods halls health hills holmes homeless honesty illegally
    imperial interior iphone journalism judgment killing knight lance lane larry lawyer logan lounge
    love lover massage median merger mighty mistaken mixed monkey mortal mother mothers movie movies
    music oscar parent particle patrol pierce pissed plane planes plants playoff police pool powder
    prince princess promise promises prosecution rally ranger rats realm recovery recreation
    reduction religious removed republican revolution romantic science screw sculpture seattle seed
    senators server shopping socks sport sports sporty statue steven stolen stranger stuart surgeon
    taylor terror throat thrust tissue tribes tribe treasury tourist tourists underwear victor
    walter whale worthy wright writer writers
    """
WHOLE = frozenset(_WHOLE.split())
"""Words that are near to some of ours and are no slips: who writes "sport" does not mean a port."""
