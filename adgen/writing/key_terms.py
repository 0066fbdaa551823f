"""The keys of shops' catalogues, by what is to be said of their values: lists for `keys`."""

from __future__ import annotations

from collections.abc import Mapping


def _terms(text: str) -> frozenset[str]:
    return frozenset(" ".join(term.split()) for term in text.split(","))


def set_of(text: str) -> frozenset[str]:
    """Returns the words of a text."""
    return frozenset(text.split())


# Keys whose values stand alone: "colour: black" is "Black".
ALONE = _terms(
    """type, style, variant, feature, features, care, care instructions,
    contact gender, metal, metal type, base metal, key features, special feature,
    special features, brand, flavor, flavour,
    scent, series, edition, version, title, item, form, material, materials,
    material type, fabric, fabric type, product type, item type, shoe type, model name, mode,
    operation mode, operating mode, protection level, sun protection, sun protection factor,
    manufacturer, country, description, function, animal, container type, package type, packaging,
    form factor, outer material, exterior material, sold, sold as, skill, processor,
    keyboard layout, dietary, fiber, fibre, fiber content,
    health benefit, health benefits, caffeine, caffeine content, bullet point, material composition,
    region of origin, origin, metal color, color family,
    dietary preferences, diet, diet type, package information, fitment type, metal purity, purity,
    metal stamp, life stage, region, standard, standards"""
)
OF_MATERIAL = set_of("material materials fabric fabrics composition")  # words of such keys
COLOURS = _terms("color, colour, colors, colours, shade, colorway, color name, colour name")
# Keys of an age, of these words alone: "Age Statement" is a whisky's.
OF_AGE = set_of(
    """age ages range grading reading child children user recommended manufacturer minimum min
    target suitable level group description months years for appropriate"""
)
NEGATIONS = set_of(
    """not no non never without cannot doesn't don't excluded excludes incompatible unsupported
    unsuitable avoid"""
)
# Last words of a key that denies which go on in its value: "Not Compatible with WF-01".
GOING_ON = set_of("with for contain fit on without no")
# Keys that deny, with what they go on with.
DENIALS: Mapping[str, str] = {
    "not compatible": "not compatible with", "incompatible": "not compatible with",
    "not suitable": "not suitable for", "unsuitable": "not suitable for",
}  # fmt: skip
SIZES = _terms("size, clothing size, ring size, size range")
ASSORTED = set_of("assorted mixed various random")  # colours
SHOE_SIZES = _terms("shoe size, us size, us shoe size")
# Those whose values do where they are more than a number.
MEASURED = _terms(
    """weight, net weight, net wt, net quantity, net content weight, capacity, volume, net content,
    memory, storage, memory storage, memory storage capacity, storage capacity, screen, screen size,
    display size, dimensions, dimension, power, wattage, voltage, amperage, horsepower, gauge,
    dosage, strength, layer, layers, color temperature, brightness, pressure, rotational speed,
    speed, refresh rate, size, size/weight, occupancy, output, yardage, battery capacity,
    digital storage capacity"""
)
# The unit of a number that the seller left out, as each of these has but one.
UNITS_OF_KEYS: Mapping[str, str] = {
    "voltage": "V", "wattage": "W", "amperage": " A", "horsepower": " HP", "gauge": " Gauge",
    "rotational speed": " RPM",
}  # fmt: skip
# Keys that no buyer reads.
HIDDEN = _terms(
    """sku, upc, ean, gtin, asin, isbn, id, article no, art no, item no, order no, stock no,
    product no, serial no, batch no, lot no, barcode, package weight, package dimensions,
    item package weight, item package dimensions, minimum order quantity, stock quantity,
    minimum quantity, min quantity, maximum quantity, max quantity, recommended quantity,
    model wears, model height, model size, model info, model measurements, model is wearing,
    other colors, other colours, available colors, available colours, other sizes, available sizes,
    available quantity, inventory quantity, price, msrp, currency, availability,
    stock, url, link, image, vendor, tags, status, shipping, item id, product id, seller sku,
    ship weight, shipweight, shipping weight, size system, item group id, unit pricing measure,
    unit pricing base measure, safety warning, warning, warnings, safety information,
    legal disclaimer, prop 65, period after opening, pao, storage instructions, best before,
    expiration date, expiry date, expires, expiry, use by, pu, vpe, moq, country,
    batteries required, is bundle,
    google product category, product category, best sellers rank, rating, reviews,
    custom label, custom label 0, custom label 1, target audience keyword, search terms, keywords"""
)
LOADS = _terms("maximum weight, max weight, weight limit, maximum load, max load, max capacity")
# First words of keys whose measure is the least or the most: "60 W Max".
LIMITS = set_of("max maximum min minimum")
CONDITION = "condition"
# Keys of work that things in their values are for: "Assembly: tools included".
WORK = set_of("assembly installation maintenance mounting setup")
RINGS = set_of("spring bearing bushing housing fitting")  # which end as work does and are none
WARNINGS = set_of("warning warnings cautionary hazard")  # in whatever key
FINISHES = _terms("finish, finish type")
CODES_OF_TRADE = _terms("upc, ean, sku, gtin, asin, isbn")  # in whatever key
MODELS = _terms("model, model number, model no, part number, mpn")  # "Model 42"
# Last words of keys that say nothing beside a value; of a part beside words: "Short Sleeve".
GENERIC = _terms(
    """type, types, material, form, variety, level, content, contents, uses, use, age, name,
    number, brand, specialty, benefit, benefits, feature, features, style, option, value, kind,
    category, classification, group, series, model, firmness, reusability, item, size, attribute,
    optical, method, technology, information, details, generation, status, system, measurement,
    format, code, objective, orientation, placement, position, location, grading, rating,
    compatibility, instrument, instruments, network, language,
    genre, platform, seasonality, unit, property, properties"""
)
GENERIC_OF_PARTS = GENERIC | _terms(
    """length, height, width, thickness, color, colour, shape, finish, pattern, design, range, care,
    description, gender, composition, cell, technique, subject, finding, species, recommendation,
    recommendations, instructions, safety, interface, interfaces, specification, met"""
)
# First words that say nothing either.
GENERIC_FIRST = _terms(
    """additional, applicable, certified, item, key, main, other, product, recommended, special,
    specific, sub, maximum, max, minimum, min, total, overall, manufacturer, target, average,
    attribute, pa, installed, assembled, package, included"""
)
# Of whole keys: "Liquid Volume", "Finish Type".
GENERIC_FIRST_OF_ALL = GENERIC_FIRST | {"liquid", "us"}
GENERIC_LAST_OF_ALL = frozenset(("type", "types", "style", "name", "description"))
# What a product has: "Wood Handle", "LED Display". A word of a key that is none of these and none
# of the next says nothing beside words: "Connectivity Technology", "Package Information".
PARTS = set_of(
    """
    handle handles frame sole outsole insole midsole upper blade dial strap band bezel sleeve collar
    neck neckline heel toe lens lenses cable cord chain lid base body shaft top seat arm leg back
    cover lining fill filling hood pocket cuff hem waist waistband door drawer shelf wheel tire
    motor engine battery screen display keyboard button zipper buckle clasp stone setting string
    fingerboard fretboard bow bridge bristle nozzle tank filter bulb socket plug connector antenna
    camera tip brush cap straw harness curtain rod pole canopy case shell cup tray barrel pad ear
    mask supplement tea roast coating surface closure headboard backrest armrest mount pickup trim
    warranty fuel tongue tread side feed pendant bead charm beam panel hinge upholstery shade grip
    flow ink arch nipple rise coverage edge point control soil resistance class roof switch layout
    crystal port jack area cushion rim spout grille rack ring visor hook needle liner insulation
    nib pin brake mounting saddle fork rail slat caster applicator backing wick brim drivetrain
    backlighting ply hose tine lock
    """
)
PLURAL_PARTS: Mapping[str, str] = {
    "arm": "arms", "leg": "legs", "string": "strings", "bristle": "bristles", "wheel": "wheels",
    "caster": "casters", "slat": "slats", "keycap": "keycaps", "tine": "tines",
}  # fmt: skip
# Words of a key that a value may have behind it, and does not need: "Ocean Theme".
OPTIONAL = _terms("theme, print, pattern, diet, fuel, action, container, pickup")
# What a number alone counts: "4 Ports".
COUNTED_THINGS = set_of(
    """
    port handle pocket gear key drawer shelf light blade channel core player burner
    compartment room door seat setting mode string position section layer bulb outlet tier pedal
    piece button slot wheel jet program page sheet bay lane step cup serving load tablet
    card line zone battery camera fan lumen window hole clip magnet hook
    """
)
# What stands behind its number though it is no thing: "650 Fill Power".
BEHIND_NUMBERS = _terms(
    """fill power, grit, thread count, zoom, optical zoom, digital zoom, aspect ratio, scale,
    resolution, dpi, gsm, btu, fps, cfm, denier, ppi, season"""
)
# Of which 0 is a value as others are: "0 Calories", "Size 0".
OF_ZERO = set_of(
    "calories kcal protein sugar sugars fat carbs sodium cholesterol caffeine nicotine alcohol "
    "size layout grade class gauge diopter power strength drop voc"
)
# What a serving holds: "20 g Protein", "6 g Protein per Bar".
NUTRIENTS = set_of("protein sugar fiber fibre fat carbs sodium caffeine calcium iron cbd collagen")
# What a product may hold and is not: "for 14 Inch Laptops" of a bag's laptop size.
HELD = set_of(
    "laptop notebook tablet phone smartphone tv television monitor photo picture mattress device"
)
# Parts of others as often as of the product: a lens' filter size.
OF_OTHERS = set_of("filter bulb")
# Whose measure is its size: "16 GB RAM", "15 x 15 cm Sheet".
SIZED = PARTS - OF_OTHERS | set_of("ram rom ssd hdd sheet chuck")
WITH_LENGTH = _terms(
    "cable, chain, cord, hose, lead, rope, strap, wire, heel, blade, shaft, inseam"
)  # "6 ft Cord"
ORIGIN = _terms(
    """country of origin, made in, country of manufacture, country/region of manufacture,
    country/region of origin"""
)
CERTIFICATES = _terms("certification, certifications, certificate")
SOURCES = _terms("power source, power supply, powered by, power type")
POWERS = _terms("ac, air, battery, dc, electric, gas, gasoline, hand, solar, usb")
CONTENTS = _terms(
    """included components, included parts, included items, included accessories, parts included,
    what's included, kit includes, included, includes, package contents, package includes,
    set includes, in the box, what's in the box, accessories included, active ingredients,
    active ingredient, key ingredients, accessories, incl, incl., comes with"""
)
# What stands before its value: "Replace Every 6 Months".
BEFORE_VALUES = set_of(
    "every in with to for at by on up from fits per of serves holds seats replaces contain"
)
# Keys that do, of this word alone: "Sleeps 4", but "2 Pillow Covers".
VERBS = set_of("sleeps covers measures weighs supports accommodates lasts feeds stores")
LONGEST_KEY = 2  # words of a key that no list has and that stands behind its value
LONGEST_VALUE = 5  # words of such a value
BODY_OF = set_of("shape color colour finish pattern material")  # "Slit Pupil" of a pupil shape
STATES = set_of(
    "inflated folded assembled packed closed open interior exterior inside outside"
)  # of a size, in brackets
BODIES = frozenset(("hair", "skin"))  # "for Oily Skin"
MAKERS = _terms("author, artist, composer")
VEHICLES = _terms("vehicle fit, vehicle make, vehicle model, fitment, vehicle fitment")
FITS = _terms(
    """compatible with, compatibility, compatible models, compatible devices, compatible brand,
    compatible phone models, compatible vehicle, compatible make, for model, fit, fits, for,
    suitable for, works with, use with,
    works on, fits models, instrument, instruments, machine type, platform, platforms"""
)
FIT_TYPES = _terms("fit, fit type")
FITS_OF_CLOTHES = _terms(
    """slim, regular, relaxed, loose, skinny, classic, athletic, tailored, oversized, straight,
    modern, fitted, standard, snug"""
)
AUDIENCE = _terms(
    """gender, audience, department, department name, target, target audience, target gender,
    pet type, applicable people, vehicle type, jewelry department, species"""
)
NAMED = GENERIC | set_of("vehicle vehicles car cars")
SPECIES = _terms("target species, suitable species, target animal")
AGES = _terms(
    """age, ages, age group, age range, suitable age, age range description, age months"""
)
WHOSE = AUDIENCE | AGES
SPORTS = _terms("sport, sports, sport type, activity")
# Uses that are adjectives, and those that do something themselves.
HOW_USED = set_of("casual formal ethnic festive traditional professional")
DOERS = set_of(
    "remover cleaner eliminator softener booster replacement substitute repellent whitener "
    "lifter fighter freshener brightener neutralizer"
)
USE = SPORTS | _terms(
    """use, use for, used for, uses, usage, occasion, room, application, season, ideal for,
    perfect for, uses for product, indoor/outdoor usage,
    intended use, recommended use, recommended uses for product, specific uses for product"""
)
QUALITIES = _terms(
    """diet, diet type, dietary preferences, features, special features, special feature, material,
    materials, finish, finish type, process, processing"""
)
STONES = _terms("stone, stones, stone type, gemstone, gemstones, gemstone type")
# Stones that nobody calls so behind their names: a pearl ring, no pearl stone one.
GEMS = set_of(
    """agate amber amethyst aquamarine citrine crystal crystals diamond diamonds emerald
    emeralds garnet jade moissanite moonstone onyx opal pearl pearls peridot quartz rhinestone
    rhinestones ruby sapphire sapphires topaz tourmaline turquoise zircon zirconia"""
)
# What a look may copy: a marble top, a crocodile strap.
STUFFS = GEMS | set_of(
    """gold silver platinum copper bronze brass chrome nickel walnut oak mahogany cherry ebony teak
    marble granite slate stone crocodile alligator snakeskin snake python ostrich lizard cowhide
    zebra tiger leopard croc"""
)
BATTERIES = _terms("battery, batteries")
BREEDS = _terms("breed size, dog breed size, breed recommendation")
CONNECTIONS = _terms("connectivity, connectivity technology, connection type, connections")
SYSTEMS = _terms("operating system, operating systems")
SETS = set_of("set kit bundle")  # of which a number of items are the pieces

CONTAINER_KEYS = _terms("container, container type, package type, packaging, packaging type")
CONTAINERS = set_of(
    "bag bottle box can canister carton envelope jar packet pouch sachet tin trigger tub tube"
)
COUNT = _terms(
    """quantity, qty, pack, pack size, pack of, package quantity, pack quantity,
    item package quantity, number of items, number of packs, units, multipack, set quantity,
    unit quantity, pack qty, package qty,
    lot size"""
)
UNITS_IN_PACK = _terms("unit count")
CONTENT = _terms("net content, net contents, content, contents, count, stitch count")
# What stands behind the value of a dimension.
ADJECTIVES: Mapping[str, tuple[str, ...]] = {
    "length": ("Long", "Length"),
    "width": ("Wide", "Width"),
    "height": ("High", "Tall"),
    "thickness": ("Thick", "Thickness"),
    "depth": ("Deep", "Depth"),
}
ABSENT = _terms(
    """, n/a, na, none, no, n, false, not applicable, unknown, -, null, nan, not, does not apply,
    unspecified, unbranded, pending, other, 0, optional, nein, non, aucun, keine"""
)
PRESENT = _terms("yes, true, included, y")
