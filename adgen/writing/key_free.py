"""What "free" says of a key: that a thing holds none of it, or that it costs nothing."""

from __future__ import annotations

# What "free" behind it denies.
_DENIED_TEXT = """
acetone acid acids additive additives alcohol allergen allergens aluminum aluminium ammonia
animal antibiotic antibiotics arsenic artificial asbestos barley bisphenol bleach bpa bps bug
cadmium caffeine calorie calories carb carbs carrageenan casein cfc chemical chemicals chlorine
cholesterol chrome chromium cobalt color colour colorant colors colours corn crease cruelty
dairy deet detergent drip dust dye dyes egg eggs enzyme ethanol fat fats fill filler fillers
fish flavor flavors flavour flicker fluoride foam formaldehyde fragrance fur gelatin glare
glue gluten gmo grain grains gum halogen hand hands hassle honey hormone hormones hydroquinone
jerk knot lactose latex lead leak leakage lice lint magnesium maintenance meat melamine mercury
metal mildew milk mold mould msg nickel nicotine nitrate nitrates nitrite nitrites noise nut
nuts odor odors odour oil oxybenzone palm paraben parabens peanut peanuts perfume pesticide
pesticides petroleum pfas pfoa phosphate phosphates phthalate phthalates plastic pollen pork
preservative preservatives ptfe pvc radiation residue resin rosin rust sal salt scent sesame
shellfish silicone silicones sls sles smell smoke soap sodium solvent soy soya spill stain
stains starch static steroid streak stress sugar sugars sulfate sulfates sulfite sulfites
sulphate sulphates sulphite sulphites sweetener sweeteners talc tangle tar tear tears thc tin
tobacco toxin toxins trans vibration vinyl voc wax weed weeds wheat whey wire wrinkle wrinkles
xylitol yeast zinc
"""
_DENIED = frozenset(_DENIED_TEXT.split())


def said_of_free(plain: str) -> str:
    """Returns how it is said that something is free; a key of no list is taken for a service.

    Args:
        plain: The key, from `plain_key`.

    Example:
        >>> said_of_free("sugar"), said_of_free("engraving")
        ('sugar free', 'free engraving')
    """
    return f"{plain} free" if plain.split()[-1] in _DENIED else f"free {plain}"
