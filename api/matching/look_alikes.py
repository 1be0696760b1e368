"""Holds English words that differ by a letter or two from a word of the findings. A table only.

They are spelled right, so they are never taken for a typing error: "shirt" is not "short". They were picked from a list
of the 50,000 commonest English words; the content's own words need not stand here.
"""

from typing import Final

LOOK_ALIKES: Final = frozenset(
    """
acrid allays alter antic apter arena attach awoken babier babiest backhands backwoods badder ballroom bandy barley
batch batter battle beard beast beasts beater befriend bellow berth besought bettor birch bitter bland blander
bleating bleats blend blending blight blindest blink blockhead blond bloom blotch blown bluer blurted booth botch
bough boughs braized braizes brake branching brand brawn breach breached breaches breaching breadth breadths breather
breathers brighten brighter broker brood broth brunt bubbling bugger bully bumper bumpy butter cagey cancel canker
canter catchy celibacy certainty chain champ champing champs chanced chancing chanted chanting charge charged charging
chased cheat checker cheep cheeping cheeps cheer chemistry chess chewiest chiles chili chilis chillest chilli chilly
chink chore chronicle chucked clamp clamping clamps clanged clanging clasp clasps classy clause clauses climber clime
climes cloister cloisters clone closer closet clout clove clumsier clutter clutters coffer colon concession constancy
constituted constitution constraint contract contracts contrast couch couched couching county court cradling craning
crashing crass crating craze crazing crease creased creeds creek creeks creepier creepy crepes crest crouch crustier
crusting crutch curdling curtail dagger daisy dancer danker darken decay decree delicious deliriums depraved derive
derived deriving diner displease distrust distrusting distrusts ditty diver dolly doubly doubted dreamier
dreamy drier drivel droll dross drove drowse drowsiest easel edger ejection election electron extremest facet fainter
faintest feast feint feinted feinting feints fidget fidgets fiver flasher flashest flashier flashiest flashy flask
flatter flattering flatters flattery fleet flesh fleshes flicked flighty flint flints flood flour flown flush flushes
flushest fluster flustering flusters forewarn foreword forgo fraction freed frequency friction fright frighting
gambled gargled genera genial glassy glazed gloss graced graces grades grain grand granting grapes grass grated grates
gravel gravels graven gravest gripe groan groping gross groves growl growling growls handy hardy harem headlong heady
heartache heartbreak heartfelt hearth heartiest heartily hearty heath heaviest herein heroic heron herring hoard
hoarse homeless hurtling incense indent infantry infect infer insignia insured intend intensest inter interact
interacts intercept intercepts interject interjects interment interments internet intersect intersects intestinal
invent irony jackknives jerky jitters knack kneed kneel kneeled knocker latex lever liken liker limbo linger linker
listless liven locker locket lodger logger loosen loser losers machinery machinist magic maker makers mania maniac
marker market meddle meddled mediation meditations menial metal minuet minuets minus minuses minutest mistaken misused
misusing mixer momentum momma monument monuments mourning mover movers mucous muddied multiplied multiplies multiply
narrowest narrowly naval nearby needy newsy nightmarish notching otter otters overboard overcoat overdoes overdone
overhead overlaid overland overlong overlook overthrew overturned palace paler parch party patchy paunch periphery
physicist pickling pinch pinched pinching pitcher plaice plane planing plank planking plant planting plate plump
pluses poignancy poignant pouncing pricklier prison property prostrate prostrated prostrates psychoses puffer pulley
punchline punctual punctuate purpler purplest quack quieting quilt quilting rabid racer ransom rebated reckless
recklessness redress refuges refutes regal relayed rental repealed repented repression reset risky rotund sadden
sallow sanction satin scaled scales scarcest scarfed scarfs scariest scarves scattered scent scored
scorer scores scoring scout scouting scrapped semen settler severest shade shades shading shady shaft shafts shakiest
shallow shame shames shaming shaping shared shares sharking shave shaven shaver shaves shaving sheen sheep shelf shell
shelled shelling shells shifty shine shingle shiny shirt shirts shock shone shoon shoot shooting shore shoring shorn
shrieking shriller shuck shunt shuttered skein skimping skimps skulls slake slaked slakes slaking slaving sleek
sleeking sleeks sleepier sleepiest sleet sleeting sleets sleeveless slick slicking slide slides slight slinging sliver
sloped smallest smart smarted smarting smarts smellier smelly smelt smiting smocking smoker smoky smote snake snaked
snakes snaking snare snared snares snaring sneak sneaking sneaks snide sniff snitch snorting snout snuck socialist
sodden sorer soundest spade spare spared spares sparing spate spattered spear spearing spears speck specking specks
spent spice spike spill spills spilt spite spiting splattered splinting spoiled spoiling spook spool spools spoon
spore spout spouting spouts spreed stabler stablest stack stacking stain stains stake staked stakes staking stale
stales staling stall staple stark starkest starlight starter startled startling starved starves starving stated static
stating station stations stave staves staving steak steaks steep steeped steeping steeps stickier stiffest stinging
stinking stint stitch stock stocking stoke stoking stole stomp stomped stomping stomps stoney stony stoop stooped
stooping stoops stopper store storing stout stove straggling straighter stranger strangers strangest strangle stray
straying strays streaming streams strengthen strews strike string strode strove struck stuff stunk stunt sturdy
suction surveyor swear swearing swears sweep sweeping sweeps sweet sweller swellest swept swift swifts swill
swilled swilling swills switcher swoon swore taker takers talker tangle tangles tangling tardy tempi tempo tempt
tenser thanking thinker thinnest thirsts thirty threat threaten threes thresh thresher threshers threshes threshing
tightest timer timers tinder tinkle tinkles tinkling tinny tiredest tireless toddle toddled toddles token tonic torch
torsi touchy tough track trailing trash trashes trashing traumata treble trebles trebling treed trendier trick
trickster tripe tripling truce trumping twine twister udder unbeatable understood unison unset usable vaginal wafer
wager waiter waterway waver weariest weaver weedy weighs weighty weirdo whine whisk whiskey whisks whiten whiter widen
withdrawn wordiest wordy worlds woven wreak wreaks wright wring writing wrung yearn yearns
""".split()  # noqa: SIM905 -- a table is read more easily than 800 quoted strings
)
