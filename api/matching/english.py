"""Holds the English words that matching reads as cues, and words of the same meaning. Tables only, no logic.

Every word stands as `api.content.wording.fold` writes it: small letters, no apostrophe, American spelling.
"""

from typing import Final

from api.matching.cues import Cues, grouped, with_roles
from api.matching.look_alikes import LOOK_ALIKES

_HAVING: Final = """
a an my our your some any i im ive we weve you he she it they hes shes its there theres is are am was were be been
have has had having got get gets getting
"""

_LIGHT: Final = (
    _HAVING
    + """
the this that these those there theres id youre yours his him her hers ours theyre their theirs them me mine us
itself being does do did doing done gotten will would shall should can could may might must ought
in on at of to for from with by as into onto about around through during until till within without
and or nor so but then than if because since while when where who whom whose which what how why also too though
tho although however unless cos coz cuz whether yet despite
very really quite rather pretty just even only ever already again now please all each either neither
else such same own much many more most lot lots bit little kind sort type actually basically literally simply
honestly apparently somehow somewhat anyway besides especially particularly obviously definitely
go goes went gone going turn turns turned turning become becomes became becoming come comes came coming
hi hello hey thanks thank ok okay yes yeah well oh um uh sorry dear
up down out over along away say says said saying tell tells told telling
theyve youve whats thats hows t s re ve d m ll thing things today tonight yesterday
no not never none nope dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt wont wouldnt cant cannot couldnt
maybe perhaps possibly probably
"""
)

_SAME: Final = """
myself: himself, herself, themselves, yourself, ourselves
suicide: suicidal, suicides
pain: painful, hurt, hurts, hurting, ache, aches, aching, achy, ached, painfully
swell: swollen, swelling, swelled, swells, puffy, puffed
sleep: sleeping, sleeps, slept, asleep
wake: wakes, waking, woke, woken, awoke, awaken, awakening, wakeup, waken, wakens
fall: falls, falling, fell, fallen
bite: bit, bitten, bites, biting
drink: drank, drunk, drinks, drinking
take: takes, taking, took, taken, use, using, uses
stop: stopped, stopping, stops, quit, quitting, ceased, cease
start: started, starting, starts, begin, begins, began, begun, beginning
lose: lost, losing, loses, loss
shake: shaking, shook, shaken, shakes, shaky, tremble, trembles, trembling, tremor, tremors, shiver
feel: felt, feels, feeling, feelings
keep: keeps, kept, keeping
see: saw, seen, sees, seeing
hear: heard, hears, hearing
speak: spoke, speaking, speaks, spoken, talk, talking, talks, talked, speech
die: died, dying, dead, dies
think: thought, thoughts, thinking, thinks
break: broke, broken
lie: lay, lying, laying, lain, lies
sit: sat, sitting, sits
stand: stood, standing, stands
hit: hits, hitting, bang, banged, bump, bumped, knock, knocked
freeze: froze, frozen, freezing
spread: spreading, spreads, creeping, creeps, climbing, climb, climbs, climbed
weak: weaker, weakest, weakened, weakening, weaken
bad: worst, terrible, awful, horrible, dreadful, horrendous, excruciating
worse: worsen, worsening, worsens, worsened
severe: severely, extreme, extremely, intense, unbearably
sudden: suddenly, abrupt, abruptly
new: newly
child: baby, infant, newborn, babies, bub, toddler, kid, kids, children, son, daughter
mum: mom, mummy, mommy
doctor: gp, physician, doc, consultant, neurologist, specialist
medicine: medicines, medication, medications, meds, med, drug, drugs
tablet: tablets, pill, pills
pee: peeing, peed, wee, weeing, weed, urine, urinate, urinating, urinated, urinary, piss, pissing
poo: poop, pooing, pooping, stool, stools, feces, turd, bm
belly: tummy, stomach, abdomen, abdominal, gut
vision: sight, eyesight, visual
strange: weird, odd, bizarre, funny, unusual
faint: fainted, fainting, faints
grey: gray
numb: numbness, numbed, numbing
tingle: tingling, tingly, tingles, prickling, prickly
vomit: vomiting, vomited, vomits, puke, puking, puked
breathless: breathlessness
breathe: breath, breathing, breathes, breaths
anxious: anxiety, anxieties
worry: worried, worries, worrying
tired: tiredness, exhausted, exhaustion, shattered, fatigued, fatigue, knackered
drowsy: drowsiness
sleepy: sleepiness
confused: confusion, confusing, disoriented, disorientated, muddled
seizure: seizures, convulsion, convulsions, convulsing, convulse, convulsed
genitals: genital, groin, crotch, vulva, vagina, penis, testicles
foot: feet
tooth: teeth
week: wk, wks
hr: hour, hrs, hours
min: minute, minutes, mins
antidepressant: antidepressants, ssri, ssris
temperature: temp
alcohol: booze, alcoholic
coffee: espresso
fast: racing, rapid, quick
pound: pounding, thumping
skip: skipping, missing
flutter: fluttering, flutters, flicker, flickering
surgery: operation, operated
sweat: sweaty
schizophrenia: schizophrenic
difficulty: difficult
"""

_EXPRESSIONS: Final = """
sudden: all of a sudden, out of nowhere, out of the blue, from one moment to the next
breathless: short of breath, shortness of breath, out of breath
tingle: pins and needles
toomuch: too many, too much
child: month old, months old, week old, weeks old, day old, days old, year old son, year old daughter, little one
vomit: throw up, throwing up, threw up, throws up, thrown up
wake: wake up, wakes up, woke up, waking up, woken up
faint: pass out, passed out, passing out, passes out, black out, blacked out, blacking out
everywhere: all over my body, all over the body, all over, whole body, all over body, in many places
genitals: private parts, privates, down below
pee: pass urine, passing urine, pass water, passing water
fallasleep: fall asleep, falling asleep, fell asleep, falls asleep, fallen asleep, going to sleep, go to sleep
fallasleep: drop off, dropping off, drift off, drifting off, doze off, dozing off, dozed off, nod off, nodding off
fallasleep: nodded off, get to sleep, getting to sleep, got to sleep
suicide: kill myself, killing myself, end my life, ending my life, end it all, take my life
suicide: take my own life, taking my own life
birth: gave birth, given birth, giving birth, give birth
pregnant: expecting a baby, having a baby, in the family way, with child
unbearable: cant stand, cannot stand, cant bear, cannot bear, cant take, cannot take, hard to bear
unable: not able, cant seem, isnt able, not possible
heartattack: heart attack, heart attacks
bloodpressure: blood pressure
flashinglight: flashing lights, flashing light, flashes of light
lie: lie down, lying down, lie flat, lying flat, lay down, laying down
goaway: go away, going away, goes away
wentaway: went away, gone away
injured: hurt my, hurt his, hurt her
take: im on, i am on, been on, was put on, been put on, prescribed
dont: do not
doesnt: does not
didnt: did not
isnt: is not
arent: are not
wasnt: was not
werent: were not
havent: have not
hasnt: has not
hadnt: had not
cannot: can not, could not
wont: will not
bedtime: bed time, before bed, before bedtime, before going to bed, before sleep
spread: moving up, going up, rising up, moves up
giveway: giving way, gave way, give way
: im fit, i am fit, fit enough, fit for, doesnt fit, dont fit, fit into, good fit, fit and well, fit and healthy
: fit and active, keep fit, keeping fit, get fit, kept fit, physically fit, very fit, fed up, nervous system
: sick and tired, sick to death, sick of, tired of, no doubt, no wonder, no idea, not only, not just, no matter
: dont only, doesnt only, dont just, doesnt just, didnt just, cant wait, cannot wait, dont get me wrong, no joke
: no kidding, not to mention, thank you, good morning, good evening, as well, at least, in general, of course
: by the way, would like, like to know, let me know, dont hesitate
"""

_ROLES: Final = with_roles(
    {
        "denies": """
            no, not, never, without, none, dont, doesnt, didnt, isnt, arent, wasnt, werent, havent, hasnt, hadnt,
            neither, nor, deny, denies, denied, denying, aint, negative for, free of,
            free from, absence of
        """,
        "cannot": "cant, cannot, couldnt, wont, wouldnt, unable, no longer",
        "answers_no": "no, none, nope, nah, negative, never, not",
        "answers_yes": "yes, yep, yeah, yup, definitely",
        "contrasts": """
            but, however, although, though, tho, except, except for, apart from, other than, whereas, instead
        """,
        "parts": """
            because, cos, coz, cuz, due to, since, as, when, while, whenever, after, despite, besides, unless, until,
            till, then, plus, from, which, who, where, yet
        """,
        "or": "or, nor, either",
        "and": "and",
        "owns": "my, our",
        "subject": "i, im, ive, he, she, hes, shes, they, theyre, theyve, we, weve, there, theres, it, its",
        "unsure": """
            maybe, perhaps, possibly, might, may be, may have, may well, could be, could have, not sure, unsure,
            i think, i guess, i suppose, i believe, probably, likely, not certain, uncertain, dont know, do not know,
            dunno, dont think, do not think, never said, never told, never been told, not been told, havent been told,
            it seems, seems like, seems to be, i suspect, suspect, suspected, looks like, sort of, kind of,
            hard to say, hard to tell, not clear, cant say i, cant say if, cannot say i, cannot say if, cant tell if,
            cant tell whether, cannot tell if
        """,
        "supposes": """
            if, what if, in case, in case of, whether, suppose, imagine, in the event of, would be,
            worried about, worry about, scared of, afraid of, frightened of, terrified of, fear of,
            risk of, at risk of, chance of, prevent, preventing, avoid, avoiding, can cause, could cause, may cause,
            might cause, causes of, side effect, side effects, signs of, symptoms of, read about, read that, heard of,
            heard about, heard that, googled, looked up, information about, information on, leaflet, watch out for,
            look out for, tested for, test for, checked for, rule out, ruled out, going to get, will get, could get,
            might get, would get
        """,
        "asks": """
            could it, could this, could that, could these, could they, can it, can this, can that, can they, can you,
            is it, is this, is that, is there, are these, are they, are there, do i, does it, does this, does that,
            should i, am i, have i, might it, might this, do they, will it, will this, would it, what is, what are,
            what causes, what about, which, do you, does anyone, has anyone, is my, are my, whats, how do, how does,
            how can, how common, what should, what can, what do, where can, who should, can i, could i, did i, was it,
            were these, isnt it, isnt this, wasnt it, shall i, what happens, how long, when should, does a, is a,
            can a, could a, does having, does my, do my, has my, have my, could my, can my, will my, should my
        """,
        "asks_why": """
            why do i, why does my, why do my, why am i, why is my, why are my, why have i, why has my, why cant i
        """,
        "past": """
            years ago, a long time ago, long ago, ages ago, decades ago, years back, as a child, as a kid,
            as a teenager, as a teen, when i was, when we were, at school, in the past, in my past, in my youth,
            in my childhood, in my teens, in my twenties, in my thirties, previously, formerly, used to, once had,
            had once, back in, back then, last year, history of, past history, didnt, wasnt, werent, hadnt
        """,
        "over": """
            is gone, are gone, was gone, its gone, all gone, gone now, wentaway, resolved, disappeared, better now,
            all better, no longer, no more, anymore, any more, any longer, not any more, cleared up, has passed,
            have passed, passed off, cured, recovered, is over, has settled, settled down, back to normal, not now,
            not at the moment, used to be, has eased, subsided, healed, vanished, has ended
        """,
        "since": "since, ever since, started, start, began, begun, still, unbearable",
        "self": "i, im, ive, id, me, my, myself",
        "they": "he, she, hes, shes, his, him, her, they, theyre, their, them, himself, herself, theyve, hed, shed",
        "child": """
            baby, child, toddler, infant, newborn, son, daughter, kid, little one, twins, grandson, granddaughter,
            little girl, little boy, bub, my boy, my girl, our boy, our girl, children, kids, babies
        """,
        "other": """
            husband, wife, partner, mother, father, mum, mom, dad, mam, brother, sister, friend, friends, boyfriend,
            girlfriend, fiance, fiancee, uncle, aunt, auntie, cousin, grandmother, grandfather, grandma, grandpa,
            gran, granny, nan, nana, grandad, granddad, neighbor, colleague, coworker, boss, flatmate, roommate,
            nephew, niece, parents, parent, spouse, someone, somebody, people, everyone, everybody, anyone, anybody,
            mate, patient, patients, family, stepmother, stepfather, mothers, fathers, hubby, missus, others, twin
        """,
        "person": "man, woman, guy, lady, girl, boy, male, female, person, adult, teenager, lad, gentleman, pensioner",
        "between": """
            feel, feels, feeling, felt, suffer, suffers, suffering, suffered, experience, experiencing, experienced,
            notice, noticed, noticing, sign, signs, symptom, symptoms, trace, episode, episodes, problem, problems,
            issue, issues, trouble, new, sudden, suddenly, recent, real, serious, significant, major, other, unusual,
            obvious, particular, further, history, diagnosed, called
        """,
        "compares": """
            except, except for, apart from, other than, unless, like this, like that, such, this bad, so bad, as bad,
            this badly, so badly, this much, so much, before, until, till, worse, better, as before
        """,
        "closes": """
            present, problem, problems, issue, issues, there, at all, whatsoever, either, in the slightest, thanks,
            too
        """,
    }
)

ENGLISH: Final = Cues(
    light=frozenset(_LIGHT.split()),
    having=frozenset(_HAVING.split()),
    same=grouped(_SAME),
    expressions=grouped(_EXPRESSIONS) | {f"{years} year old": "child" for years in range(1, 13)},
    roles=_ROLES,
    look_alikes=LOOK_ALIKES,
)
