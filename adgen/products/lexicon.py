"""Words of colour, material, audience and the like, each with the class that the parser knows.

English, as shops write it. A class is one letter, so that a title's words make a string on which
patterns of phrases are plain regular expressions.
"""

from __future__ import annotations

from collections.abc import Mapping

COLOUR = "C"  # black
SHADE = "c"  # dark, rose, navy: makes a colour with a colour behind it
WEAK_COLOUR = "k"  # olive, natural: a colour where nothing else stands beside it
MATERIAL = "T"  # leather
TEXTURE = "t"  # genuine, stainless: makes a material with a material behind it
ALLOY = "K"  # 14k, sterling: makes a material of a colour behind it, gold
COATING = "p"  # plated: what precedes it is what something is covered with
AUDIENCE = "A"  # women's
RELATION = "R"  # dogs, mother: an audience behind "for"
AUDIENCE_BEFORE = "a"  # little, adult: belongs to an audience behind it
SIZE = "S"  # XL, small
SIDE = "D"  # length, diameter: says what a measure is of
EXTENT = "d"  # long, thick: the same, where no word follows
FEATURE = "f"  # waterproof: a fact in one word
LABEL = "l"  # colour: belongs to a colour beside it
DEVICE = "V"  # iPhone: what things are made for

_WORDS = {
    COLOUR: """
    beige black blue bronze brown burgundy charcoal cyan fuchsia gold golden gray green grey
    gunmetal indigo ivory khaki lavender magenta maroon mauve multi multi-color multi-colored
    multi-coloured multicolor multicolored multicolour multicoloured multicolors navy orange pink
    purple red rosegold silver tan taupe teal turquoise violet white yellow camo camouflage rainbow
    lilac burgandy fuschia aqua off-white offwhite two-tone rgb
    """,
    SHADE: """
    antique army assorted baby brick bright brilliant burnt classic cobalt cool dark deep dusty
    electric faded fluorescent forest glossy gloss heather hot hunter kelly light lt dk matt
    matte medium metallic midnight mint mixed navy neon ocean off olive pale pastel pearl pure rose
    royal ruby sapphire satin sky slate soft solid space steel transparent vivid warm wine jet shiny
    brushed polished oil-rubbed mossy sea mushroom peacock desert thunder team jungle dusk arctic
    """,
    WEAK_COLOUR: """
    amber apricot ash azure berry blush bordeaux brass camel caramel champagne cherry chocolate
    chrome clear cobalt coffee cognac coral cream crimson denim ebony ecru emerald espresso
    graphite jade lemon lime mahogany mint mocha mustard natural nickel nude oak olive onyx peach
    pewter platinum plum rose royal ruby rust sage salmon sand sapphire scarlet sky slate
    transparent vanilla walnut wine assorted multicam heather stone oatmeal melange marl mulberry
    aubergine
    """,
    MATERIAL: """
    abs acrylic alloy aluminium aluminum bamboo basswood brass canvas cardboard cashmere cedar
    ceramic chenille chiffon copper corduroy cork cotton cowhide cubic-zirconia denim eva fabric
    faux-leather felt flannel fleece fur glass gold hemp iron jute kevlar lace latex leather
    leatherette linen lycra mahogany marble melamine mesh metal microfiber mohair modal mdf
    neoprene nylon oak pewter pine pla plastic plush plywood polycarbonate polyester polypropylene
    polyurethane porcelain pu pvc rattan rayon resin rhodium rosewood rubber satin sateen sequin
    sheepskin silicone silk silver snakeskin spandex steel stoneware suede teak terracotta terry
    titanium tpe tpu tulle tungsten tweed twill velour velvet vinyl viscose walnut wicker wood
    wooden wool zinc zirconia pearl polyresin tritan rubberized nubuck crystal polymer enamel
    fiberglass
    """,
    TEXTURE: """
    100% 18/8 18/10 304 316 316l 420 430 440c anodized brushed carbon cast cold-rolled combed cubic
    faux fine food-grade full-grain galvanized genuine grade hardened high-carbon italian merino
    nappa organic oxidized patent polished pu pure real ripstop solid split stainless surgical
    synthetic tempered top-grain vegan vegetable-tanned zinc tungsten titanium aluminum freshwater
    waxed egyptian borosilicate marine-grade
    """,
    ALLOY: """
    s925 925 .925 950 999 sterling karat 9k 10k 14k 18k 22k 24k 9ct 10kt 14kt 18kt 24kt silver-tone
    gold-tone
    """,
    COATING: "plated coated filled tone toned plating finish finished vermeil overlay dipped clad",
    AUDIENCE: """
    women women's womens woman woman's womans men men's mens man's mans ladies lady ladies' lady's
    girl girls girl's girls' boy boys boy's boys' kid kids kid's kids' child children children's
    childrens unisex adult adults toddler toddlers toddler's toddlers' infant infants newborn
    newborns baby babies junior junior's juniors juniors' teen teens youth teenagers teenager
    preschoolers youths misses wmns womens' mens'
    """,
    RELATION: """
    dog dogs cat cats puppy puppies kitten kittens pets pet horses horse birds bird rabbits
    hamsters gentlemen gents females female males male bridesmaid bridesmaids groomsmen seniors
    elderly beginners mother mom dad father husband wife son daughter grandma grandpa couples
    girlfriend boyfriend friends students nurses teachers her him everyone
    """,
    AUDIENCE_BEFORE: "little big young small medium large plus-size senior older teen adult baby",
    SIZE: """
    xs s m l xl xxl xxxl xxxxl 2xl 3xl 4xl 5xl 6xl xx-large x-large xxx-large x-small xx-small 2x
    3x 4x 5x small medium large one-size onesize 2x-large 3x-large 4x-large 5x-large 2t 3t 4t 5t 6t
    6x
    """,
    SIDE: """
    length width depth height thickness diameter dia diam overall od id capacity weight inseam bore
    pitch
    """,
    EXTENT: "long wide deep thick high tall",
    FEATURE: """
    adjustable anti-slip antibacterial assorted automatic biodegradable bpa-free breathable
    collapsible cordless customizable decorative detachable dimmable disposable durable
    eco-friendly elastic ergonomic expandable extendable flexible foldable folding freestanding
    handcrafted handmade heavy-duty hypoallergenic inflatable insulated interchangeable lead-free
    leakproof lightweight magnetic multi-function multi-functional multi-purpose multifunction
    multifunctional multipurpose non-gmo non-slip nonslip non-stick nonstick odorless oversized
    personalized polarized portable quick-dry rechargeable refillable removable retractable
    reusable reversible rotatable rust-proof rustproof scratch-resistant seamless self-adhesive
    shatterproof shockproof slim soft soundproof stackable sturdy telescopic ultralight ultra-light
    unbreakable universal unscented uv400 vegan vegetarian vintage washable water-resistant
    waterproof weatherproof windproof wireless gluten-free sugar-free ip65 ip66 ip67 ip68
    machine-washable photochromic caffeinated decaf
    """,
    LABEL: "color colors colour colours",
    DEVICE: """
    iphone ipad ipod imac macbook airpods iwatch galaxy kindle xbox ps3 ps4 ps5 playstation
    nintendo wii chromebook thinkpad pixel gopro cricut keurig nespresso f150 f-150 silverado civic
    corolla camry mustang wrangler tacoma tundra sierra android laptop laptops smartphone
    smartphones tablet tablets pc mac notebook camera cameras phones
    """,
}
# Where a word is of several classes the first counts that stands here.
_ORDER = (
    COLOUR, SIZE, AUDIENCE, MATERIAL, COATING, FEATURE, ALLOY, TEXTURE, SHADE, WEAK_COLOUR, SIDE,
    EXTENT, LABEL, DEVICE, RELATION, AUDIENCE_BEFORE,
)  # fmt: skip
CLASSES: Mapping[str, str] = {
    word: name for name in reversed(_ORDER) for word in _WORDS[name].split()
}
