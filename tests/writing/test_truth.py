"""No form of a fact says what the fact does not: parts, limits, denials, looks, what it is for."""

import re

import pytest

from adgen.products.product import Product
from adgen.writing.casing import Casing
from adgen.writing.parts import together
from adgen.writing.pieces import pieces_of
from adgen.writing.whole_names import without_colour

CASING = Casing({"led": "LED", "usb": "USB"})


def forms_of(name, *facts):
    pieces = together(pieces_of(Product(name=name, facts=facts), CASING))
    return [form for piece in pieces if not piece.is_name for form in piece.forms]


@pytest.mark.parametrize(
    ("name", "facts", "untrue"),
    [
        # A denial lost with the words that the name says too.
        ("remote car (batteries not included)", ["charger not included"], "Charger"),
        ("table lamp, bulb not included", ["plug not included"], "Plug"),
        ("shampoo, sulfate free", ["dye sulfate free"], "Dye"),
        ("gloves (powder free)", ["latex and powder free"], "Latex and"),
        ("water bottle, dishwasher safe", ["lid not dishwasher safe"], "Lid Not"),
        ("backpack for air travel", ["not approved for air travel"], "Not Approved"),
        ("car battery 12V 7Ah", ["charger 12V 7Ah"], "Charger"),
        ("kitchen knife stainless steel", ["handle in stainless steel"], "Handle in"),
        # Free of it, and not for nothing.
        ("oats", ["Contains Gluten: Free"], "Contains Gluten Free"),
        ("mouthwash", ["Contains Alcohol: 0%"], "0% Contains Alcohol"),
        ("dog food", ["Chicken: Free"], "Free Chicken"),
        ("curtain rod", ["Drill: Free"], "Free Drill"),
        # A part's, and not the whole's.
        ("jacket", ["Material (lining): silk"], "Silk"),
        ("knife", ["Length (blade): 20 cm"], "20cm Long"),
        ("bottle", ["Color (lid): red"], "Red"),
        ("fridge", ["Capacity (freezer): 90 L"], "90 L"),
        ("coat", ["lining.material: silk"], "Silk"),
        ("table lamp", ["Shade: linen"], "Linen"),
        ("refrigerator", ["Screen Size: 21 in"], '21"'),
        ("tv mount", ["Screen Size: 55 in"], '55"'),
        ("cabinet", ["Knob Type: glass"], "Glass"),
        ("doll", ["Hair Length: long"], "Long"),
        ("wallet", ["Handle: hand-sewn leather"], "Hand-Sewn Leather"),
        ("vest", ["Leather (imitation): Yes"], "Leather"),
        ("lamp", ["Bulb (sold separately): Yes"], "Bulb"),
        ("shirt", ["Color(s): Black", "Size(s): M"], ".* S| ?S .*"),
        ("fan", ["Height (max): 50 in"], "50.*(?:High|Tall)"),
        ("chain", ["Metal Type: Gold Plated", "Metal Stamp: 14K"], "14K.*"),
        ("locket", ["Shape: Heart"], "Heart"),
        # What it is for or bears, and not what it is.
        ("child bike", ["Recommended Height: 100-120 cm"], "100-120cm Tall"),
        ("car seat", ["Recommended Max Weight: 40 kg"], "40 kg"),
        ("chain saw", ["Item Max Height: 20 in"], '20" Tall'),
        ("dryer", ["Max Use: 2 hours"], "2 Hours"),
        ("vase", ["Package Height: 12 in"], '12" Tall'),
        ("honey", ["Package Material: glass"], "Glass"),
        ("graphics card", ["Recommended Wattage: 650W"], "650W"),
        ("pendant lamp", ["Recommended Bulb: LED"], "LED Bulb"),
        ("vacuum filter", ["Applicable Brand: Dyson"], "Dyson"),
        ("seat cover", ["Vehicle: Honda Civic"], "Honda Civic Vehicle"),
        ("sandpaper", ["Applicable Material: metal"], "Metal"),
        ("stain remover", ["Stain Type: wine, coffee"], "Wine, Coffee"),
        ("wig", ["Hair Type: human"], "for Human Hair"),
        ("headboard", ["Bed Sizes: twin, full"], "Twin and Full Beds"),
        ("sneakers", ["Gender: female", "Age Group: kids"], ".*Wom[ae]n.*"),
        ("smartphone", ["Phone Model: Galaxy S23"], "for .*"),
        ("diecast car", ["Vehicle Make: Ferrari"], "for .*"),
        ("gaming chair", ["Recommended Weight: 300 lb"], "for Weight 300.*"),
        ("wood stain", ["Stain Type: Oil-Based"], "for .*"),
        ("diaper bag", ["Gender: Female", "Age Group: Infant"], "Girls.*|.*Women.*"),
        ("dog food", ["Age: Adult"], "for Adults"),
        ("cooling pad for laptop", ["Screen Size: 15.6 in"], '15.6"'),
        ("seat cover", ["Vehicle: Universal"], "for .*"),
        ("serum", ["Recommended By: Dermatologists"], ".*by Recommended"),
        # A look, and not what it is of.
        ("wedding band", ["Color: Gold"], "Gold"),
        ("body wash", ["Item Color: Orange"], "Orange"),
        ("bookcase", ["Color: marble, white"], "Marble, White"),
        ("earrings", ["Shape: pearl"], "Pearl"),
        ("ring", ["Theme: diamond"], "Diamond"),
        ("bracelet", ["Charm Shape: pearl"], "Pearl Charm"),
        ("sofa", ["Leg Color: oak"], "Oak Legs?"),
        ("desk", ["Top Color: marble"], "Marble Top"),
        ("coffee table", ["Finish: marble"], "Marble"),
        ("handbag", ["Pattern: crocodile"], "Crocodile"),
        ("candle", ["Color: orange"], "Orange"),
        ("ring", ["Color: Silver"], "Silver"),
        ("bracelet", ["Metal: Gold", "Metal Stamp: 925"], "925 Gold"),
        # Codes, units, limits.
        ("saw", ["Model Number: 150FT"], "150 (?:Feet|ft)"),
        ("box", ["Dimensions (cm): 30 x 20 x 10"], "30 ?x ?20 ?x ?10"),
        ("desk", ["Height (in): 28-45"], "28-45 Tall"),
        ("mug", ["Microwave Safe: without lid"], "[Ww]ithout Lid"),
        ("drill", ["Weight: 1.5 kg without battery"], "1.5 kg [Ww]ithout Battery"),
        ("pot with handles", ["single handle"], "Single Handles"),
        ("course", ["teacher led lessons"], "Teacher LED Lessons"),
        ("supplement", ["Certification: pending"], "Pending"),
        ("bath toy", ["Batteries: excluded"], "Excluded Batteries"),
        ("bath mat for bathroom", ["Use: kitchen and bathroom"], "for Kitchen and"),
        # A thing's own, and not a person's, a version's, an appliance's.
        ("XLR connector", ["Gender: Female"], ".*Wom[ae]n.*"),
        ("jack plug", ["Gender: Male"], ".*[Mm]en.*"),
        ("air hose coupler", ["Gender: female"], ".*Wom[ae]n.*"),
        ("BNC adapter", ["Gender: Female (socket)"], ".*Wom[ae]n.*"),
        ("jack plug", ["Gender: M/F"], "for .*"),
        ("union jack t-shirt", ["Gender: Male"], "Male"),
        ("polo tee", ["Gender: Female"], "Female"),
        ("saucepan set", ["Dishwasher: yes"], "Dishwasher"),
        ("mug", ["Microwave: safe"], "Safe Microwave"),
        ("rug", ["Vacuum: yes"], "Vacuum"),
        ("glass dish", ["Freezer: yes", "Oven: yes"], "Freezer|Oven|Freezer, Oven"),
        ("QLED TV", ["HDMI: 3"], "H(?:DMI|dmi) 3"),
        ("router", ["USB: 2"], "USB 2"),
        ("elm bonsai", ["Age: 8 years"], "(?:for )?Age.*"),
        ("cheddar cheese", ["Age: 24 months"], "(?:for )?Age.*"),
        ("toy whisky bottle", ["Age: 8 years"], "8 Years Old"),
        # A key without which its value is another measure, or none.
        ("fender", ["Buoyancy: 19 kg"], "19 ?kg"),
        ("tent", ["Pack size: 66 x 20 x 20 cm"], ".*cm"),
        ("snaffle bit", ["Ring size: 70 mm"], "70 ?mm"),
        ("driver bit", ["Drive size: PZ2"], "PZ2"),
        ("telescope", ["Highest useful mag: 480x"], "480x"),
        ("barlow lens", ["Max useful power: 200x"], "200x"),
        ("recurve bow", ['Draw length: up to 29"'], "Up to 29[^D]*"),
        ("speaker", ["BT: v5.1"], "v5.1"),
        ("model kit", ["Skill level: 4"], "4 Level"),
        ("model kit", ["Length of finished model: 241 mm"], ".*of Finished"),
        ("baby car seat", ["Weight: 4-35 lb", "Seat weight: 7 lb"], "4-35.*"),
        ("baby carrier", ["Height: 45-75 cm"], ".*Tall"),
        ("diamond wheel", ["Wet use: recommended"], "Recommended"),
        # A condition lost, by which the value is so.
        ("climbing rope", ["UIAA falls (single): 5-6"], "5-6 UIAA Falls"),
        ("rope clamp", ["Strength (open gate): 7 kN"], "7 kN"),
        ("headlamp", ["Runtime (eco): 120 h"], "120 h Runtime"),
        ("headlamp", ["Brightness (turbo): 900 lm"], "900(?:lm| Lumens?)"),
        ("cordless saw", ["Weight (excl. battery): 2.1 kg"], "2.1 ?kg"),
        ("running shoe", ["Weight (single shoe): 560 g"], "560 ?g"),
        ("kayak", ["Capacity (sheltered water): 180 kg"], "180 ?kg"),
        ("flask", ["Dishwasher safe (lid only): yes"], "Dishwasher Safe"),
        ("block printing ink", ["Surface: paper, not fabric"], ".*Surface.*"),
        ("curette", ["Blade: rigid no"], ".*Blade"),
        ("chisel", ["Tip: replaceable yes"], ".*Tip"),
        ("glaze", ["Dinnerware safe: No (when layered)"], "Dinnerware Safe"),
        # What a number is of, and capitals that mean another unit.
        ("pipette", ["Waiting time: 5 s"], ".*5 S .*"),
        ("meter", ["Range: 0-20 mS/cm"], ".*ms/cm.*"),
        ("fitting", ["Wt: 9 g"], ".*W[Tt]"),
        ("CO2 diffuser", ["For tanks: 60-160 L"], ".*for Tanks"),
        ("scooter", ["Folds: yes"], "with Folds"),
        ("glaze", ["Application: brush, 3 coats"], "for .*"),
        ("memory card", ["Class: U3, V30, A2"], "U3 Class.*"),
        ("pottery wheel", ["Splash pan: 2 piece incl."], ".*Incl.*Pan"),
        ("locomotive", ["Article no: 37949"], ".*37949"),
    ],
)
def test_no_form_says_more_than_the_fact(name, facts, untrue):
    assert not [form for form in forms_of(name, *facts) if re.fullmatch(untrue, form)]


@pytest.mark.parametrize(
    ("name", "fact", "said"),
    [
        ("jacket", "Material (lining): silk", "Silk Lining"),
        ("child bike", "Recommended Height: 100-120 cm", "for Height 100-120 cm"),
        ("car seat", "Recommended Max Weight: 40 kg", "for Weight Up to 40 kg"),
        ("smartphone", "Phone Model: Galaxy S23", "Galaxy S23"),
        ("candle", "Color: white", "White"),
        ("gold necklace", "Length: 18 in", '18" Long'),
        ("quilt", "Season: All", "All Season"),
        ("stroller", "Recommended Weight: 50 lb", "Recommended Weight 50 lbs"),
        ("dog food", "Age: Adult", "for Adult Dogs"),
        ("wig", "Hair Type: Synthetic Hair", "Synthetic Hair"),
        ("toy", "Country of Origin: Imported", "Imported"),
        ("bag", "Color (inside): Red", "Red Inside"),
        ("ring", "Stone Shape: Square", "Square-Shaped Stone"),
        ("jacket", "Lining: Unlined", "Unlined"),
        ("lights", "Number of Batteries Included: 2", "2 Batteries Included"),
        ("desk", "Assembly: Required", "Assembly Required"),
        ("lantern", "teacher led workbook", "Teacher Led Workbook"),
        ("serum", "Recommended Skin Type: Oily", "for Oily Skin"),
        ("rug", "Care Recommendation: Spot clean", "Spot Clean"),
        ("supplement vegan", "Diet Type: Vegan, Gluten Free", "Gluten Free"),
        ("faucet", "Number of Holes: 1 or 3", "1 or 3 Holes"),
        ("dumbbell", "Increments: 15 settings", "15 Settings"),
        ("coffee", "Blend: 70% Arabica, 30% Robusta", "70% Arabica, 30% Robusta Blend"),
        ("markers", "Ink Color: 80 assorted", "80 Assorted Ink Colors"),
        ("hose", "Nozzle: 10 spray patterns", "10 Spray Pattern Nozzle"),
        ("wallet", "ID Window: 2", "2 ID Windows"),
        ("hub", "Ports: SD 2.0, 3x USB-A", "SD 2.0 and 3x USB-A"),
        ("mats", "Vehicle Fitment: Toyota RAV4 2019, 2020", "for Toyota RAV4 2019, 2020"),
        ("graphics card", "Recommended Wattage: 650W", "650W Wattage Recommended"),
        ("vacuum filter", "Applicable Brand: Dyson", "for Dyson"),
        ("tv mount", "Screen Size: 55 in", "for 55 Inch Screens"),
        ("coffee table", "Finish: marble", "Marble Finish"),
        ("candle", "Color: orange", "Orange Color"),
        ("saw", "Model Number: 150FT", "150FT"),
        ("mug", "Microwave Safe: without lid", "Microwave Safe Without Lid"),
        ("bath toy", "Batteries: excluded", "Batteries Excluded"),
        ("backpack", "No. of Pockets: 3", "3 Pockets"),
        ("bath mat", "Non Slip: Yes", "Non Slip"),
        ("juice", "No Added Sugar: Yes", "No Added Sugar"),
        ("lotion", "Made Without: parabens", "Made Without Parabens"),
        ("cookies gluten free", "sugar free", "Sugar Free"),
        ("milk chocolate bar gluten free", "milk free", "Milk Free"),
        ("wood knife with handle", "Handle: wood", "Wood Handle"),
        ("jacket with faux fur collar, leather", "Collar: leather", "Leather Collar"),
        ("5 year journal", "Warranty: 5 years", "5-Year Warranty"),
        ("24-hour timer", "Battery Life: 24 hours", "24-Hour Battery Life"),
        ("tool bag 16 inch", "Laptop Size: 16 in", "for 16-Inch Laptops"),
        ("4 tier cart with wheels", "Number of Wheels: 4", "4 Wheels"),
        ("diary for kids 5 year", "Age Range: 8-12 years", "for Ages 8-12 Years"),
        ("battery charger with LCD", "Battery Included: Yes", "Battery Included"),
        ("shoes", "Heel Drop: 0", "Heel Drop 0"),
        ("razor", "Batteries Included: Yes", "Batteries Included"),
        ("dutch oven", "Oven Safe: 500 F", "Oven Safe to 500 F"),
        ("shoe rack", "Shoe Type: sneakers", "for Sneakers"),
        ("bottle opener", "Bottle Type: wine", "for Wine Bottles"),
        ("ring", "18ct", "18 Karat"),
        ("XLR connector", "Gender: Female", "Female"),
        ("BNC adapter", "Gender: Female (socket)", "Female (Socket)"),
        ("jack plug", "Gender: M/F", "Male/Female"),
        ("cable knit sweater", "Gender: Female", "Women's"),
        ("brass pipe tee", "Gender: Female", "Female"),
        ("saucepan set", "Dishwasher: yes", "Dishwasher Safe"),
        ("saucepan set", "Hob: all incl. induction", "for All Hobs Incl. Induction"),
        ("saucepan set", "Oven: up to 250°C", "Oven Safe Up to 250°C"),
        ("dutch oven", "Oven: yes", "Oven Safe"),
        ("cooker", "Oven: yes", "Oven"),
        ("rug", "Tumble Dryer: yes", "Tumble Dryer Safe"),
        ("QLED TV", "USB: 2", "2 x USB"),
        ("dock", "USB-A: 3", "3 x USB-A"),
        ("flash drive", "USB: 3", "USB 3"),
        ("elm bonsai", "Age: 8 years", "8 Years Old"),
        ("malt whisky", "Age: 12 years", "12 Years Old"),
        ("board game", "Age: 8 years", "for Age 8 Years"),
        ("fender", "Buoyancy: 19 kg", "19 kg Buoyancy"),
        ("sleeping bag", "Pack size: 38 x 20 cm", "38 x 20 cm Packed Size"),
        ("snaffle bit", "Ring size: 70 mm", "Ring Size 70 mm"),
        ("ring", "Ring size: 7", "Size 7"),
        ("telescope", "Highest useful mag: 480x", "480x Highest Useful Magnification"),
        ("recurve bow", 'Draw length: up to 29"', 'Up to 29" Draw Length'),
        ("speaker", "BT: v5.1", "Bluetooth v5.1"),
        ("speaker", "BT: yes", "Bluetooth"),
        ("model kit", "Skill level: 4", "Skill Level 4"),
        ("baby car seat", "Weight: 4-35 lb", "for Weight 4-35 lb"),
        ("diamond wheel", "Wet use: recommended", "Wet Use Recommended"),
        ("climbing rope", "UIAA falls (single): 5-6", "5-6 UIAA Falls (Single)"),
        ("rope clamp", "Strength (open gate): 7 kN", "7 kN Strength (Open Gate)"),
        ("headlamp", "Runtime (eco): 120 h", "120 h Runtime (Eco)"),
        ("cordless saw", "Weight (excl. battery): 2.1 kg", "2.1 kg (Excl. Battery)"),
        ("electric bike", "Weight (without battery): 12 kg", "12 kg (Without Battery)"),
        ("running shoe", "Weight (single shoe): 560 g", "560 g (Single Shoe)"),
        ("bottle", "Dishwasher safe (lid only): yes", "Dishwasher Safe (Lid Only)"),
        ("tent", "Length (folded): 30 cm", "30 cm Long Folded"),
        ("table", "Weight (kg): 2", "2 kg"),
        ("block printing ink", "Surface: paper, not fabric", "for Paper, Not Fabric"),
        ("glaze", "Dinnerware safe: No (when layered)", "Not Dinnerware Safe When Layered"),
        ("wood screw", "Pre-drilling: not required", "No Pre-Drilling Required"),
        ("drill", "No load speed: 0-400 rpm", "0-400 RPM No Load Speed"),
        ("electrodes", "Approx. no. of rods: 240", "Approx. 240 Rods"),
        ("die set", "Mfg no: 90513", "90513"),
        ("mouse", "Works w/: Windows, macOS", "for Windows and macOS"),
        ("CO2 diffuser", "For tanks: 60-160 L", "for 60-160 L Tanks"),
        ("dog food", "For breed: medium/large", "for Medium/Large Breeds"),
        ("sewing needle", "For fabric: jersey", "for Jersey Fabric"),
        ("phone mount", "For iPhone: 12 Pro", "for iPhone 12 Pro"),
        ("seat cover", "Suits: small cars", "Suits Small Cars"),
        ("scooter", "Folds: yes", "Foldable"),
        ("ballpoint", "Writes: 3 km", "Writes 3 km"),
        ("chair", "Folds: flat", "Folds Flat"),
        ("cream", "For skin: dry, oily", "for Dry and Oily Skin"),
        ("glaze", "Application: brush, 3 coats", "Brush Application, 3 Coats"),
        ("memory card", "Class: U3, V30, A2, C10", "U3, V30, A2, C10 Class"),
        ("pottery wheel", "Splash pan: 2 piece incl.", "2-Piece Splash Pan Included"),
        ("lamp", "Base: incl", "Base Included"),
        ("bulb", "Kelvin: 2700", "2700K"),
        ("bulb", "Watt: 8.5 (=60)", "8.5W (=60)"),
        ("locomotive", "Era: III", "Era III"),
        ("movement", "Accuracy: -20/+40 s/day", "-20/+40 s/day Accuracy"),
        ("bearing", "Limiting speed: 10000 r/min", "10000 r/min Limiting Speed"),
        ("bearing", "Clearance: CN", "CN Clearance"),
        ("meter", "Range: 0-20 mS/cm", "0-20 mS/cm Range"),
        ("linen tester", "Scale: mm/inch", "mm/inch Scale"),
        ("wine", "Volume: 70 cl", "70 cl"),
        ("plate", "Area: 9.22 sq in", "9.22 sq in Area"),
        ("fitting", "Wt: 9 g", "9 g"),
        ("ladder", "EN131: yes", "EN131"),
        ("tyre", "3PMSF: yes", "3PMSF"),
        ("tyre", "TÜV: yes", "TÜV"),
        ("water test", "pH range: 4-9", "pH Range 4-9"),
    ],
)
def test_what_a_buyer_asks_for_is_said(name, fact, said):
    found = forms_of(name, fact)
    assert said in found, found


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("vitamin", ("Net content: 500", "Item form: Chewable Tablets"), ["500 Chewable Tablets"]),
        ("sunscreen", ("Net content: 3", "Item form: Lotion"), ["Lotion"]),
        ("cereal", ("Net content: 14.5oz", "Container: Box"), ["14.5oz Box"]),
        ("raisin bran", ("Container: Box", "Flavor: Original"), ["Original"]),
        (
            "tea",
            ("Net content: 20 Count", "Item form: Bags", "Pack size: 6"),
            ["20 Bags (Pack of 6)"],
        ),
        ("desk", ("Length: 120cm", "Width: 60 cm"), ["120cm Long", "60cm Wide"]),
        ("desk", ("Height: 121.9", "Weight: 1.7", "Color: red"), ["Red"]),
        ("jeans", ("Waist: 34", "Length: 30"), ["Waist 34", "Length 30"]),
        ("face mask", ("Net content: 50 pcs",), ["Pack of 50"]),
        ("shirt", ("Model Number: A",), ["Model A"]),
        ("shelf", ("W: 77cm", "H: 147 cm", "D: 39cm"), ["77cm W x 39cm D x 147 cm H"]),
        ("screws", ("D x L: 4 x 40mm", "VPE: 500"), ["4 x 40mm"]),
        ("detergent", ("Specific uses: Versatile Stain Remover",), ["Versatile Stain Remover"]),
        ("shirt", ("Occasion: casual",), ["Casual"]),
        ("sneakers", ("Size: 8.5 M",), ["Size 8.5 M"]),
        ("cleanser", ("Health benefit: Antioxidant Protection*",), ["Antioxidant Protection"]),
        ("nuts", ("Net content: 18 Count (Pack of 6",), ["18 Count (Pack of 6)"]),
    ],
)
def test_amounts_are_told_with_what_they_are_of(name, facts, said):
    pieces = together(pieces_of(Product(name=name, facts=facts), CASING))
    found = [piece.forms for piece in pieces if not piece.is_name]
    assert len(found) == len(said)
    assert all(one in forms for one, forms in zip(said, found, strict=True)), found


@pytest.mark.parametrize(
    ("name", "facts", "longer"),
    [
        ("vitamin", ("Supplement type: Vitamin C", "Dosage: 500 mg"), "Vitamin C 500 mg"),
        ("breakfast cereal", ("Sub brand: Oat Breakfast Cereal",), "Oat Breakfast Cereal"),
        ("guitar", ("Model Number: Electric Bass Guitar",), "Electric Bass Guitar"),
        ("cap", ("Compatible with: bottle cap",), "Cap"),
        ("vitamin", ("Supplement type: Vitamin Case",), "Vitamin"),
    ],
)
def test_a_longer_name_takes_the_place_of_the_name(name, facts, longer):
    (piece,) = (p for p in pieces_of(Product(name=name, facts=facts), CASING) if p.is_name)
    assert piece.forms[0] == longer


def test_what_gold_it_is_stands_before_it():
    assert forms_of("necklace", "18ct", "white gold") == ["18K White Gold"]


@pytest.mark.parametrize("name", ["Model Color Flat Red", "Glaze Moss Green", "Ink Oxford Blue"])
def test_a_shade_of_two_words_stays_in_the_name(name):
    assert without_colour(Product(name=name)).name == name
