"""What an ad may say of a product, and in which forms."""

import pytest

from adgen.products.product import Fact, Product
from adgen.writing.casing import Casing, usual_capitals
from adgen.writing.forms import fact_forms
from adgen.writing.parts import together
from adgen.writing.pieces import pieces_of

CASING = Casing({"usb": "USB", "iphone": "iPhone"})


def forms(text):
    return fact_forms(Fact.of(text), CASING)


@pytest.mark.parametrize(
    ("fact", "form"),
    [
        ("40 hours battery", "40-Hour Battery"),
        ("thickness: 6 mm", "6mm Thick"),
        ("Color: black", "in Black"),
        ("gender: women", "Women's"),
        ("gender: women", "for Women"),
        ("gender: unisex", "Unisex"),
        ("ageGroup: adult", "for Adults"),
        ("Are Parts Dishwasher Safe?: Yes", "Dishwasher Safe"),
        ("Maximum Weight: 110 lb", "110 lb Weight Capacity"),
        ("Total USB Ports: 3", "3 USB Ports"),
        ("EU Shoe Size: 43", "EU Size 43"),
        ("Hand Orientation: ambidextrous", "Ambidextrous"),
        ("Arm Style: adjustable arms", "Adjustable Arms"),
        ("Recipient: him", "for Him"),
        ("Battery Capacity: 10000 milliamp hours", "10000mAh"),
        ("compatible with: iphone 12", "for iPhone 12"),
        ("quantity: 3", "Pack of 3"),
        ("size: 10", "Size 10"),
        ("size: XL", "Size XL"),
        ("XL", "Size XL"),
        ("Size/Weight: 5in", '5"'),
        ("size: 8 x 10 in", '8" x 10"'),
        ("closure: zipper", "Zipper Closure"),
        ("waterproof: yes", "Waterproof"),
        ("battery life: 40 hours", "40-Hour Battery Life"),
        ("use: camping", "for Camping"),
        ("usb charging port", "USB Charging Port"),
        ("HSA/FSA Eligible: Yes", "HSA/FSA Eligible"),
        ("weight capacity: 110 lbs", "110 lb Weight Capacity"),
        ("cord length: 6 ft", "6-Foot Cord"),
        ("number of pieces: 3", "3 Pieces"),
        ("Number of handles: 1", "1 Handle"),
        ("focal length: 25mm", "25mm Focal Length"),
        ("cover material: leather", "Leather Cover"),
        ("sleeve length: short", "Short Sleeve"),
        ("item shape: round", "Round"),
        ("special feature: foldable", "Foldable"),
        ("tank size: 40-55 gallons", "40-55 Gallon Tank"),
        ("age range: 2-5 years", "for Ages 2-5 Years"),
        ("age: 3+", "Ages 3+"),
        ("country of origin: USA", "Made in USA"),
        ("certification: UL", "UL Certified"),
        ("power source: battery", "Battery Powered"),
        ("included components: charger", "with Charger"),
        ("skin type: oily", "for Oily Skin"),
        ('24"x36" canvas', '24" x 36" Canvas'),
        ("weight: 3 pounds", "3 lbs"),
        ("operation mode: electric", "Electric"),
        ("protection level: SPF 50+", "SPF 50+"),
        ("net content: 36", "36 Count"),
        ("model number: 42", "Model 42"),
        ("gender: womens", "Women's"),
        ("kid's", "for Kids"),
        ("gender: women and girls", "for Women and Girls"),
        ("sub brand: granola", "Granola"),
        ("stock number: 9S8004", "9S8004"),
        ("mask type: suitable for home, school", "Suitable for Home, School"),
        ("kids 6 months and up", "Kids 6 Months and Up"),
        ("3\" x 30'", "3 Inches x 30 Feet"),
        ("802.11a", "802.11a"),
        ("net content: 1lb", "1 Pound"),
        ("processor core: 4", "4 Processor Cores"),
        ("060340-2950A", "060340-2950A"),
        ("a16041100ux", "a16041100ux"),
        ("machine type: Keurig Brewers", "for Keurig Brewers"),
        # Keys of Amazon, Shopify, eBay, WooCommerce and Merchant Center.
        ("Connectivity Technology: Bluetooth 5.3", "Bluetooth 5.3"),
        ("Package Information: resealable pouch", "Resealable Pouch"),
        ("Allergen Information: peanuts", "Contains Peanuts"),
        ("Free From: parabens, sulfates", "Free of Parabens and Sulfates"),
        ("Active Ingredients: shea butter", "with Shea Butter"),
        ("Sun Protection Factor: SPF 15", "SPF 15"),
        ("Item Dimensions LxWxH: 48 x 24 x 12 inches", "48 x 24 x 12 Inch"),
        ("Vehicle Fit: Toyota RAV4 2019-2024", "for Toyota RAV4 2019-2024"),
        ("Maximum Weight Recommendation: 50 pounds", "50 lb Weight Capacity"),
        ("Manufacturer Minimum Age: 36 months", "for Ages 36 Months and Up"),
        ("Item Height: 16 in", '16" Tall'),
        ("US Shoe Size: 8.5", "US Size 8.5"),
        ("Waist Size: 34", "Waist 34"),
        ("Heel Height: 2.5 in", '2.5" Heel'),
        ("Seating Capacity: 5", "Seats 5"),
        ("Occasion Type: yoga", "for Yoga"),
        ("Harness Type: 5-point", "5-Point Harness"),
        ("Display: LED", "LED Display"),
        ("Arm Style: adjustable", "Adjustable Arms"),
        ("Hand Orientation: right", "Right-Handed"),
        ("Total Carat Weight: 1.0 ct", "1 Carat"),
        ("Thread Count: 400", "400 Thread Count"),
        ("Sheet Count: 100", "100 Sheets"),
        ("Unit Count: 90", "90 Count"),
        ("multipack: 6", "Pack of 6"),
        ("Number of Items: 4.0", "4 Pack"),
        ("Voltage: 120", "120V"),
        ("Weight (kg): 2.5", "2.5 kg"),
        ("SPF: 30", "SPF 30"),
        ("Aspect Ratio: 16:9", "16:9 Aspect Ratio"),
        ("Fit Type: slim", "Slim Fit"),
        ("Fitment: 2015-2020 Ford F-150", "for 2015-2020 Ford F-150"),
        ("age_group: adult", "for Adults"),
        ("Gender: neutral", "Gender Neutral"),
        ("Hair Type: all", "for All Hair Types"),
        ("Is Dishwasher Safe: Yes", "Dishwasher Safe"),
        ("Pockets: yes", "with Pockets"),
        ("lead: free", "Lead Free"),
        ("Condition: refurbished", "Refurbished"),
        ("Size: 34W x 32L", "34W x 32L"),
        ("Hardness: 9H", "9H Hardness"),
        ("Size: 9'2\" x 12'6\"", "9'2\" x 12'6\""),
        ("500ml x 6", "500ml x 6"),
        ("Year: 2020", "2020"),
        ("Torque: 500 in-lbs", "500 in-lb Torque"),
        ("Drive Size: 1/4 in, 3/8 in", "1/4 in, 3/8 in"),
        ("Color Temperature: 6000K", "6000K"),
        ("Response Time: 1 ms", "1 ms Response Time"),
        ("Bottle Nipple Type: silicone", "Silicone Bottle Nipple"),
        ("Maximum Compatible TV Size: 65 in", 'for Up to 65" TV'),
        ("Energy Efficiency Class: F", "Energy Efficiency Class F"),
        ("Roast Level: medium", "Medium Roast"),
        ("Point Type: fine", "Fine Point"),
        ("Control Method: touch", "Touch Control"),
        ("RAM Size: 16 GB", "16 GB RAM"),
        ("SSD Capacity: 512 GB", "512 GB SSD"),
        ("Wattage Equivalent: 75 W", "75 W Equivalent"),
        ("Lumens: 1100", "1100 Lumens"),
        ("Days to Maturity: 78", "78 Days to Maturity"),
        ("custom.removable_cover: true", "Removable Cover"),
        ("size_type: Big & Tall", "Big & Tall"),
        ("Fitment Type: direct replacement", "Direct Replacement"),
        ("Read Speed: 1050 MB/s", "1050 MB/s Read Speed"),
        ("Burst Pressure: 22 bar", "22 Bar Burst Pressure"),
        ("Floor Area: 64 sq ft", "64 Sq Ft Floor Area"),
        ("Protein: 6 g per bar", "6 g Protein per Bar"),
        ("Filter replacement: every 4 weeks", "Filter Replacement Every 4 Weeks"),
        ("Runtime: up to 10 hours", "Up to 10-Hour Runtime"),
        ("Included nozzle adapters: 3", "3 Nozzle Adapters"),
        ("Maximum DPI: 2400", "2400 DPI"),
        ("Bluetooth Version: 5.3", "Bluetooth 5.3"),
        ("Output Wattage: 30W", "30W Output"),
        ("Max. Tank Capacity: 70 gal", "70-Gallon Tank Capacity"),
        ("Noise Level: 30 dB", "30 dB Noise Level"),
        ("WLL: 1,160 lb", "1160lb WLL"),
        ("FOV: 160° diagonal", "160° Diagonal FOV"),
        ("Sun: full", "Full Sun"),
        ("Cycle Life: 3,500+ to 80%", "Cycle Life 3,500+ to 80%"),
        ("Solar Input: 12-30V, 160W max", "12-30V Solar Input (160W Max)"),
        ("Ethernet: 3x Gigabit per unit", "3x Gigabit Ethernet per Unit"),
        ("keys: 2 per lock", "2 Keys per Lock"),
        ("Noise: 28 dB (lowest)", "28 dB Noise Level (Lowest)"),
        ("Modes: normal, natural, sleep", "Normal, Natural and Sleep Modes"),
        ("Wick: cotton, lead free", "Cotton Wick (Lead Free)"),
        ("seat material: foam, fabric", "Foam and Fabric Seat"),
        ("Battery: 4.0Ah Li-ion (included)", "4 Ah Li-Ion Battery (Included)"),
        ("Joysticks: hall effect", "Hall Effect Joysticks"),
        ("Servings Per Container: 60", "60 Servings per Container"),
        ("Ratchet Teeth: 72", "72 Ratchet Teeth"),
        ("Box Qty: 100", "100 Pieces"),
        ("Age: 3 years & up", "Ages 3 Years and Up"),
        ("size: 5-6Y", "Size 5-6Y"),
        ("Size: L (5-7 lb birds)", "Size L (5-7 lb Birds)"),
        ("Plating: 18K white gold", "18K White Gold Plated"),
        ("Replace every: 6-12 months", "Replace Every 6-12 Months"),
        ("Accuracy: ±4%", "±4% Accuracy"),
        ("Dimensions (inflated): 77 x 26 in", "77 x 26 in Inflated"),
        ("2-piece", "2-Piece"),
        ("Grade: exam (ASTM D6319)", "Exam Grade (ASTM D6319)"),
        ("Level: intermediate", "Intermediate Level"),
        ("Platform: PC, Android", "for PC and Android"),
        ("Colors: 8 (25 of each)", "8 Colors (25 of Each)"),
        ("UPF: 50+", "UPF 50+"),
        ("Gauge: 12-53", "Gauge 12-53"),
        ("Maximum Age: 12 years", "for Ages Up to 12 Years"),
        ("Min. Age: 3 years", "for Ages 3 Years and Up"),
        ("Not suitable for: helium", "Not Suitable for Helium"),
        ("Waterproof: yes (IPX7)", "Waterproof (IPX7)"),
        ("Dishwasher Safe: yes, top rack", "Dishwasher Safe (Top Rack)"),
        ("Width (interior): 10 in", "10-Inch Wide Interior"),
        ("Shade: 105", "Color 105"),
        ("Drawer Quantity: 3", "3 Drawers"),
        ("Max. Weight: 300 lb", "300 lb Weight Capacity"),
        ("Minimum Weight Recommendation: 4 pounds", "for 4 Pounds and Up"),
        ("Minimum Height: 24 in", '24" Minimum Height'),
        ("Wheels: alloy, 18", "Alloy Wheels (18)"),
        ("Lamp Base: metal", "Metal Lamp Base"),
        ("Hardiness Zone: 5", "Hardiness Zone 5"),
        ("Capacity: large", "Large Capacity"),
        ("Battery Type: 2 AA batteries", "2 AA Batteries"),
        ("Author: Tolkien, J.R.R.", "by Tolkien, J.R.R."),
        ("Fitment: Toyota Camry, LE", "for Toyota Camry, LE"),
        ("Compatible with: iPhone 12, not 12 Pro", "for iPhone 12, Not 12 Pro"),
        ("color safe", "Color Safe"),
        ("S: 36", "36 S"),
        ("Unit Count: ²", "²"),
        ("Handle: wood", "Wood Handle"),
        ("Length: 16 in + 2 in extender", "16 in + 2 in Extender Length"),
        ("Finish Type: natural", "Natural Finish"),
        ("Finish: brushed", "Brushed"),
        ("Mounting Type: clamp, grommet", "Clamp and Grommet Mounting"),
        ("VESA: 75x75, 100x100", "75x75 and 100x100 VESA"),
        ("Sleep Position: side, back", "for Side and Back Sleepers"),
        ("Country of Origin: United Kingdom", "Made in the United Kingdom"),
        ("Ink Base: water", "Water-Based Ink"),
        ("Replaces: CF258A", "Replaces CF258A"),
        ("tilts 360 degrees", "Tilts 360 Degrees"),
        ("Use for: knee, back", "for Knee and Back"),
        ("Maximum Compatible Wattage: 60 Watts", "Up to 60W"),
        ("Packed Size: 80 cm disc", "80 cm Disc Packed"),
        ("Bed Length: 5 ft 7 in", "5 ft 7 in Bed Length"),
        ("Sheet Size: 15 x 15 cm", "15 x 15 cm Sheet"),
        ("depth marks in cm and inches", "Depth Marks in cm and Inches"),
        (
            "Compatible Printer: Brother PT-D210, PT-H110",
            "for Brother PT-D210 and PT-H110 Printers",
        ),
        ("Frequency Range: 5 octaves", "5 Octave Frequency Range"),
        ("Serves: 3-4 people", "Serves 3-4 People"),
        ("Suitable Species: peregrine falcon", "for Peregrine Falcon"),
        ("Max Weight per Shelf: 33 lb", "33 lb Weight Capacity per Shelf"),
        ("Dishwasher Safe: top rack", "Top Rack Dishwasher Safe"),
        ("Speeds: 33 1/3, 45, 78 RPM", "33 1/3, 45 and 78 RPM Speeds"),
        ("Mounting Type: wall or pole", "Wall or Pole Mounting"),
        ("Allergen Information: contains rye, gluten", "Contains Rye and Gluten"),
        ("Rings: painted, 5", "Painted Rings (5)"),
        ("Diameter: 23.5 in", '23.5" Diameter'),
        ("Production Technique: giclee", "Giclee"),
        ("Colour: assorted", "Assorted Colors"),
        ("Quantity per Case: 12", "12 per Case"),
        ("Intended Use: stage stunts", "for Stage Stunts"),
        ("Age Grading: 14 years +", "Ages 14 Years+"),
        ("Reading Age: 6-10 years", "Ages 6-10 Years"),
        ("2-4 in tall", "2-4 Inches Tall"),
        ("Instrument: violin, viola", "for Violin and Viola"),
        ("Target Animal: horse", "for Horses"),
        ("Target Species: finch, robin", "for Finch and Robin"),
        ("Fits Models: WF-02, WF-03", "for WF-02 and WF-03"),
        ("Grit Type: 120", "120 Grit"),
        ("Inside Diameter: 1.5 in", '1.5" Inside Diameter'),
        ("Pupil Shape: slit", "Slit Pupil"),
        ("Sunlight Exposure: full sun", "Full Sun"),
        ("Closure: ribbon ties", "Ribbon Tie Closure"),
        ("Pitch Range: approx. 3 octaves", "Approx. 3 Octave Pitch Range"),
        ("Speeds: 6 variable", "6 Variable Speeds"),
        ("Lining Description: PEVA", "PEVA Lining"),
        ("Connector Gender: male-to-male", "Male-to-Male Connector"),
        ("Outer Material: polycarbonate", "Polycarbonate"),
        ("Surface Recommendation: paper", "for Paper"),
        ("Set of: 5 sizes (7/6/5 inch)", "Set of 5 Sizes (7/6/5 Inch)"),
        ("Recommended Temp: 65-80 F", "65-80 F Temperature Recommended"),
        ("Battery Cell Composition: lithium metal", "Lithium Metal Battery"),
        ("Dog Breed Size: medium, large", "for Medium and Large Breeds"),
        ("Breed Size: small and medium dogs", "for Small and Medium Dogs"),
        ("Lining: fleece lined", "Fleece Lined"),
        ("Stone: pearl", "Pearl"),
        ("Gemstone: cubic zirconia", "Cubic Zirconia"),
        ("Stone Type: blue", "Blue Stone"),
        ("Fire Rating: 30 minutes", "30-Minute Fire Rating"),
        ("Weave: hand-woven", "Hand-Woven"),
        ("Filter Life: 6 months or 200 gallons", "6 Months or 200 Gallons Filter Life"),
        ("Target Audience: toddlers 1-4 years", "for Toddlers 1-4 Years"),
        ("Maximum Pressure: 160 Pounds per Square Inch", "160 PSI Maximum Pressure"),
        ("Wavelength Range: 400-700 nm", "400-700 nm Wavelength Range"),
        ("Grating: 500 lines/mm", "500 Lines/mm Grating"),
        ("Battery Type: 3 AAA", "3 AAA Batteries"),
        ("Interchange Part Number: CF10285", "Interchange CF10285"),
        ("Connectivity Technology: wireless, wired", "Wireless and Wired"),
        ("Operating System: Windows, macOS", "for Windows and macOS"),
        ("Operating System: Windows 11 Pro", "Windows 11 Pro"),
        ("Nib Size: fine", "Fine Nib"),
        ("Key Ingredients: vit E", "with Vit E"),
        ("Serving Size: 3 caps", "Serving Size 3 Caps"),
        ("Pieces: 3 cutaway padlocks", "3 Cutaway Padlocks"),
        ("Yardage: 231 yds", "231 Yards"),
        ("Colorway: storm petrel", "Storm Petrel"),
        ("FOV: 305ft/1000yds", "305ft/1000yds FOV"),
        ("Scotch Hands: 1 pair, grooved one side", "1 Pair Scotch Hands (Grooved One Side)"),
        ("Use: sparring, heavy bag", "for Sparring and Heavy Bag"),
        ("Objective Lens Dia.: 42mm", "42mm Objective Lens"),
        ("Unit Count: 2.0", "2-Pack"),
        ("Unit Count: 12 count", "12 Count"),
        ("Switch Type: tactile", "Tactile Switch"),
        ("Cap Type: straw lid", "Straw Lid"),
        ("Compatible screen size: 4.7 to 6.9 inches", 'for 4.7-6.9" Screens'),
        ("Compatible sanding discs: hook and loop", "for Hook and Loop Sanding Discs"),
        ("Compatible Devices: laptops, tablets", "for Laptops and Tablets"),
        ("Compatible Model: for Samsung Galaxy S24", "for Samsung Galaxy S24"),
        ("Includes: case, 3 ear tips", "with Case and 3 Ear Tips"),
        ("Room Type: office, dorm", "for Office and Dorm"),
        ("skin type: dry, normal", "for Dry and Normal Skin"),
        ("Closure Type: push back", "Push Back Closure"),
        ("pattern: solid", "Solid Pattern"),
        ("Maximum Temperature: 450 Degrees Fahrenheit", "450 Degrees Fahrenheit Temperature"),
        ("Fitment: Honda Civic, 2012", "for Honda Civic, 2012"),
        ("Includes: charger, USB cable, bag", "with Charger, USB Cable and Bag"),
        ("Vehicle Type: cars, SUVs, trucks", "for Cars, SUVs and Trucks"),
        ("age group: child, toddler", "for Children and Toddlers"),
        ("Contains: almonds, peanuts", "Contains Almonds and Peanuts"),
        ("Author: Jane Austen", "by Jane Austen"),
        ("Size: 16.5 / 34-35", "Size 16.5 / 34-35"),
        ("pattern: leaves", "Leaves Pattern"),
        ("pattern: floral print", "Floral Print"),
        ("Number of Light Sources: 8", "8 Light Sources"),
        ("Type: eau de toilette", "Eau de Toilette"),
        ("Number of Items in Set: 6", "6 Pieces"),
        ("Color: no color", "No Color"),
        ("For Charm Bracelets", "for Charm Bracelets"),
        ("6 pockets and loops", "6 Pockets and Loops"),
        ("size: one size", "One Size"),
        # A load is a weight by its unit alone.
        ("Max load: 3680 W", "3680 W Max Load"),
        ("Max load: 5 kN", "5 kN Max Load"),
        ("Max capacity: 4 persons", "4 Persons"),
        ("Max load: 8 kg", "8 kg Weight Capacity"),
        ("Weight limit: 2 tons", "2 Tons Weight Capacity"),
        ("Max load: 150", "Max Load 150"),
        # The least and the most are said as such.
        ("Max wattage: 60 W", "60 W Max"),
        ("Min temperature: -5 °C", "-5°C Min Temperature"),
        ("Min. temp: -30", "Min Temperature -30"),
        ("Max. cutting diameter: 20 mm", "20mm Max Cutting Diameter"),
        ("Max speed: 12 km/h", "12 km/h Max Speed"),
        ("Min screen size: 17 in", '17" Min Screen Size'),
        ("Max players: 4", "Max 4 Players"),
        # What a product holds is not what it is.
        ("Laptop size: 15.6 inch", 'for 15.6" Laptops'),
        ("Tablet size: up to 11 in", 'for Up to 11" Tablets'),
        ("Finished size: 70 x 50 cm", "70 x 50cm Finished Size"),
        ("Filter size: 49 mm", "49mm Filter Size"),
        ("Pipe diameter: 22 mm", "22mm Pipe Diameter"),
        ("Chuck size: 13 mm", "13mm Chuck"),
        ("Season: 3", "3 Season"),
        ("Mode: 3", "3 Modes"),
        ("Edition: 2", "Edition 2"),
        ("Sleeps: 4", "Sleeps 4"),
        ("Covers: 10 sqm", "Covers 10 sqm"),
        ("Pillow Covers: 2", "2 Pillow Covers"),
        ("Teeth: 24T", "24T"),
        ("Runtime: 8-10 hours on low", "8-10 Hour Runtime on Low"),
        ("Age: 2", "for Age 2"),
        ("Age: 18 months", "Age 18 Months"),
        ("Aperture: f/1.8", "f/1.8"),
        ("Timer: 3/9/12 h", "3/9/12 h Timer"),
        ("May contain: nuts, soy", "May Contain Nuts and Soy"),
        ("Life stage: adult", "Adult"),
        # What does not come with it, and nothing of what is in it.
        ("Batteries: not included", "Batteries Not Included"),
        ("Batteries included: no", "Batteries Not Included"),
        ("Batteries included: false", "Batteries Not Included"),
        ("Adapter: sold separately", "Adapter Sold Separately"),
        ("Calories: 0", "0 Calories"),
        ("Sugar: 0", "0 Sugar"),
        ("Sugar: 0 g", "0 g Sugar"),
        ("Terminal layout: 0", "Terminal Layout 0"),
        ("Size: 0", "Size 0"),
        # Plurals.
        ("Deep pocket: up to 16 inches", "Up to 16-Inch Deep Pocket"),
        ("Reach: approx. 20 boxes", "Approx. 20 Box Reach"),
        ("Content: 3 boxes each", "3 Boxes Each"),
        ("2 bags included", "2 Bags Included"),
        ("Box count: 5", "5 Boxes"),
        ("Number of batteries: 1", "1 Battery"),
        ("5 color modes", "5 Color Modes"),
        ("Speed settings: 10", "10 Speed Settings"),
    ],
)
def test_facts_take_the_forms_that_people_write(fact, form):
    assert form in forms(fact)


@pytest.mark.parametrize(
    "fact",
    [
        "latex: no",
        "lining: n/a",
        "lens: -",
        "number of pockets: 0",
        "waterproof: 0",
        "waterproof: N",
        "condition: new",
        "size_type: regular",
        "ISBN-13: 9780141439518",
        "SKU: 4711",
        "Period After Opening (PAO): 12M",
        "Best Before: 2026-08",
        "Not suitable for ages: 0-3",
        "Does not include: charger",
        "Incompatible model: iPhone 12",
        "Accessories (not included): battery, charger",
        "Stone (simulated): diamond",
        "Waterproof: no (splash only)",
        "Package Weight: 3 lb",
        "Minimum Order Quantity: 10",
        "handle: blue-mug-2",
        "CPSIA Cautionary Statement: No Warning Applicable",
        "Item Condition: New",
        "Unit Count: 1.0 Count",
        "Main Stone: No Stone",
        "Waterproof: No - water permeable",
        ": choking hazard - small parts",
        "Storage: cool, dry place",
        "price: 12",
        "quantity: 1",
        "Color: ",
    ],
)
def test_what_is_not_there_or_no_matter_of_ads_is_not_said(fact):
    key, _, value = fact.partition(":")
    assert fact_forms(Fact(value.strip(), key), CASING) == ()


@pytest.mark.parametrize(("text", "is_said"), [("26", False), ("4.", False), ("2750", True)])
def test_a_short_number_that_nothing_explains_is_not_said(text, is_said):
    assert bool(forms(text)) == is_said


def test_no_form_holds_a_number_that_the_fact_lacks():
    for text in ("40 hours battery", "1,000 mAh", "8 x 10 in", "quantity: 12", "1/2 inch", "12V"):
        digits = [c for c in text if c.isdigit()]
        assert all([c for c in form if c.isdigit()] == digits for form in forms(text)), text


@pytest.mark.parametrize(
    ("fact", "misread"),
    [
        ("weight capacity: 110 lbs", "110 lb"),  # would be what it weighs
        ("neckline: V-neck", "V-Neck Neckline"),
        ("width: wide", "Wide Wide"),
        ("number of pieces: 3", "3 Number of Pieces"),
        ("focal length: 25mm", "25mm Focal"),
        ("cover material: leather", "Leather"),  # would be the whole product
        ("sleeve length: short", "Short"),
        ("item shape: round", "Round Item"),
        ("special feature: foldable", "Foldable Special"),
        ("tank size: 40-55 gallons", "40-55-Gallon Tank"),
        ("department name: adult", "Adult Department"),
        ("1/2 inch chuck", "1/2 Inches Chuck"),
        ("40 hours battery", "40 Hours Battery"),
        ('24"x36"', '24"X36'),
        ("net content: 36", "36 Net Content"),
        ("specific uses: stains", "Stains Specific"),
        ("roast type: unroasted", "Unroasted Roast"),
        ("caffeine content: decaffeinated", "Decaffeinated Caffeine"),
        ("skin type: for all skin types", "for for All Skin Types Skin"),
        ("generation: Pentium II", "Pentium II Generation"),
        ("kids 6 months and up", "Kids 6 Month and Up"),
        ("3\" x 30'", '3x30"'),
        ("100 kg", "100KG"),
        ("6 pockets and loops", "6-Pocket and Loops"),
        ("net content: 1lb", "1 Pounds"),
        ("size: one size", "Size One Size"),
        ("rotational speed: 7200", "7200 Rotational Speeds"),
        ("Age Range: 8-12", "8-12"),
        ("Age Range: 4-6 years", "for Ages 4-6 Year"),
        ("Gem Type: moissanite", "Moissanite Gem"),
        ("Free From: parabens", "Parabens"),  # would be what is in it
        ("Thread Count: 400", "Pack of 400"),
        ("Size: Queen", "Size Queen"),
        ("Minimum Age: 9 years", "Ages 9 Yr and Up"),
        ("Includes: 6 ft cable", "with 6-Feet Cable"),
        ("Number of Light Sources: 8", "8-Light Sources"),
        ("Thread Count: 400", "400-Thread Count"),
        ("Filter replacement: every 4 weeks", "Every 4 Weeks"),
        ("Series: 5", "5 Series"),
        ("Age Statement: 12 years", "for Ages 12 Years"),
        ("Compatible Wattage: 60 W", "Up to 60 W"),
        ("Hair Color: brown", "for Brown Hair"),
        ("Shade: 105", "105 Colors"),
        ("tilts 360 degrees", "Tilts 360 Degree"),
        ("Max Weight per Shelf: 33 lb", "33 lb Weight per Shelf"),  # would be the shelf's own
        ("skin type: oily, combination", "Oily, Combination Skin"),
        ("2-4 in tall", "2-4 Inch Tall"),
        ("Minimum Age: 8", "8 Age"),
        ("Age Grading: 14 years +", "Ages 14 Year+"),
        ("2-piece", "2 Pieces"),  # would be two of them
        ("Burn Time: 45-50 hrs", "45-50H Burn Time"),
        ("skin type: dry", "Dry Skin"),  # would be what it makes
        ("Plating: white gold", "White Gold"),  # would be what it is made of
        ("Max capacity: 1.7 l", "1.7 l Weight Capacity"),
        ("5 color modes", "5-Color Modes"),
        ("Speed settings: 10", "10-Speed Settings"),
        ("Content: 3 boxes each", "3-Box Each"),
        ("Age: 2", "Ages 2"),
    ],
)
def test_no_form_is_misread_or_ungrammatical(fact, misread):
    assert forms(fact)
    assert misread not in forms(fact)


def test_behind_the_name_a_span_of_time_is_no_attribute():
    (_, piece) = pieces_of(Product(name="toy", facts=("2-5 years",)), CASING)
    assert piece.before == ()
    assert {"2-5 Years", "2-5 Year"} & set(piece.behind) == {"2-5 Years"}


def test_before_the_name_stand_no_several_things():
    (_, piece) = pieces_of(Product(name="blanket", facts=("leaves",)), CASING)
    assert piece.before == ()


def test_only_directly_behind_the_name_a_colour_is_in():
    (_, piece) = pieces_of(Product(name="mat", facts=("Color: black",)), CASING)
    assert piece.joining == ("in Black",)
    assert piece.behind == ("Black",)


def test_a_key_does_not_repeat_the_name():
    product = Product(name="USB-C Cable", facts=("cable length: 6 ft", "connector type: angled"))
    _, length, connector = pieces_of(product, CASING)
    assert "6 ft Long" in length.forms
    assert connector.forms == ("Angled Connector",)


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("stove", ["Stove Type: gas stove", "Fuel: gas"], ["Gas Stove"]),
        ("trailer coupler", ["boat trailer coupler"], ["Boat Trailer Coupler"]),
        ("basket", ["bike front basket"], ["Basket", "Bike Front Basket"]),
        ("oven kit", ["Compatible Type: Acme oven kit"], ["Oven Kit"]),
        ("care wash", ["Specific uses: fabric care wash"], ["Care Wash", "for Fabric"]),
    ],
)
def test_a_name_that_a_fact_says_whole_is_said_once(name, facts, said):
    pieces = pieces_of(Product(brand="Acme", name=name, facts=facts), CASING)
    assert [piece.forms[0] for piece in pieces[1:]] == said


def test_a_name_that_a_fact_makes_too_long_is_said_without_it():
    product = Product(name="trailer coupler", facts=("boat trailer coupler",))
    (piece,) = pieces_of(product, CASING)
    assert [part.forms for part in piece.parts] == [("Trailer Coupler",)]


def test_a_name_that_begins_with_the_brand_says_it_once():
    pieces = pieces_of(Product(brand="Acme", name="Acme Mat", facts=("red",)), CASING)
    assert [piece.forms[0] for piece in pieces] == ["Acme Mat", "Red"]


def test_a_fact_that_the_name_says_is_not_said_again():
    product = Product(name="bluetooth headphones", facts=("Bluetooth", "red", "Color: Red"))
    assert [piece.forms[0] for piece in pieces_of(product, CASING)] == [
        "Bluetooth Headphones",
        "Red",
    ]


@pytest.mark.parametrize(
    ("name", "fact", "said"),
    [
        ("hand blender", "Includes: hand blender, whisk, user manual", ["with Whisk"]),
        ("wireless earbuds", "In the Box: 1 x earbuds, case", ["with Case"]),
        ("swaddle blankets", "Set Includes: 4 blankets", ["4 Blankets"]),
        ("wall charger", "Includes: charger, user manual", []),
    ],
)
def test_a_box_holds_what_is_not_the_product_itself(name, fact, said):
    pieces = pieces_of(Product(name=name, facts=(fact,)), CASING)
    assert [piece.forms[0] for piece in pieces[1:]] == said


def test_of_what_the_name_says_the_rest_is_said():
    product = Product(name="dog bed, large", facts=('Size: Large (36" x 27")',))
    assert '36" x 27"' in pieces_of(product, CASING)[1].forms


def test_what_is_said_of_one_part_stays_together():
    facts = ("Blade Material: steel", "8.3 oz", "bypass blade")
    pieces = together(pieces_of(Product(name="garden pruners", facts=facts), CASING))
    assert [piece.forms[0] for piece in pieces[1:]] == ["Steel Blade, Bypass Blade", "8.3 Ounce"]


def test_a_measure_of_what_the_name_ends_with_keeps_its_key():
    product = Product(name="ankle boots with block heel", facts=("Heel Height: 2.4 inches",))
    assert all("Heel" in form for form in pieces_of(product, CASING)[1].forms)


def test_the_number_of_parts_joins_what_they_are():
    facts = ("String Material: nylon", "Number of Strings: 4")
    pieces = together(pieces_of(Product(name="ukulele", facts=facts), CASING))
    assert [piece.forms for piece in pieces[1:]] == [("4 Nylon Strings",)]


def test_a_key_without_its_colon_is_a_key():
    assert pieces_of(Product(name="fan", facts=("color white",)), CASING)[1].forms[0] == "White"


def test_behind_the_name_a_theme_is_called_one():
    (_, piece) = pieces_of(Product(name="kit", facts=("Theme: baking",)), CASING)
    assert piece.behind == ("Baking Theme",)
    assert "Baking" in piece.before


def test_a_measure_of_a_part_joins_what_it_is():
    facts = ("Blade Length: 8 inches", "Blade Material: steel")
    pieces = together(pieces_of(Product(name="chef knife", facts=facts), CASING))
    assert [form for piece in pieces[1:] for form in piece.forms if form == '8" Steel Blade']


def test_all_that_is_said_of_one_part_is_one():
    facts = ("Blade color: black", "Blade length: 20 cm", "Blade material: ceramic")
    pieces = together(pieces_of(Product(name="kitchen knife", facts=facts), CASING))
    assert [piece.forms[0] for piece in pieces[1:]] == ["20cm Black Ceramic Blade"]


def test_two_materials_of_a_part_are_two():
    facts = ("Handle material: wood", "Handle material: rubber, steel")
    pieces = together(pieces_of(Product(name="hammer", facts=facts), CASING))
    assert pieces[1].forms[0] == "Wood Handle, Rubber and Steel Handle"


def test_a_title_comes_first():
    product = Product(
        brand="Larkin", name="cookbook", facts=("Author: Ana Bell", "Title: Quiet Suppers")
    )
    name, author = pieces_of(product, CASING)
    assert name.forms == ("Quiet Suppers: Larkin Cookbook",)
    assert author.forms == ("by Ana Bell",)
    (_, title) = pieces_of(Product(name="mug", facts=("Title: Quiet Suppers",)), CASING)
    assert title.forms == ("Quiet Suppers",)


def test_a_model_number_comes_last():
    _, model, _ = pieces_of(Product(name="set", facts=("MPN: GW-SK3846", "steel")), CASING)
    assert model.is_last


@pytest.mark.parametrize(
    ("name", "fact", "said"),
    [
        ("battery lantern", "Power: battery (not included)", "(Not Included)"),
        ("wood chair", "Leg Material: wood (oak)", "Wood Leg"),
        ("2-pack 4-port USB hub", "2 port", "2 Port"),
        ("set of 3 bowls with 4 lids", "4 bowls", "4 Bowl"),
        ("desk 48 x 24 inch", "Height: 24 in", "24"),
        ("knife 8 inch", "Handle Length: 8 in", "Handle"),
        ("wiper blade 26 in", "26 in / 18 in", "18"),
        ("battery charger", "Battery Included: yes", "Battery Included"),
        ("first aid kit", "pack of: 2", "Pack"),
        ("wooden chair", "Seat Material: wood", "Wood Seat"),
        ("golden pen", "Material: steel", "Steel"),
    ],
)
def test_what_the_name_does_not_say_is_said(name, fact, said):
    pieces = pieces_of(Product(name=name, facts=(fact,)), CASING)
    assert any(said in form for form in pieces[1].forms), pieces


@pytest.mark.parametrize(
    "facts",
    [
        ("Number of Wheels: 4", "Front Wheels: locking"),
        ("Camera: 12 MP", "front camera"),
        ("100% polyester", "recycled polyester"),
        ("Battery: 20V", "Remote Battery: AAA"),
    ],
)
def test_a_number_of_one_thing_does_not_join_another(facts):
    pieces = together(pieces_of(Product(name="thing", facts=facts), CASING))
    for form in (form for piece in pieces[1:] for form in piece.forms):
        assert ", " in form or len(pieces) > 2, form


@pytest.mark.parametrize(
    "facts",
    [
        ("Material: steel", "for cutting steel"),
        ("waterproof", "zipper not waterproof"),
        ("leather", "not leather"),
    ],
)
def test_what_another_fact_denies_or_is_for_is_said(facts):
    pieces = pieces_of(Product(name="saw", facts=facts), CASING)
    assert len(pieces) == 3


@pytest.mark.parametrize(
    "facts",
    [
        ("Vehicle Make: Honda", "Vehicle Make: Toyota", "Vehicle Model: Civic"),
        ("Vehicle Make: Honda, Toyota", "Vehicle Model: Civic, Corolla"),
        ("Vehicle Make: Honda", "Vehicle Model: n/a"),
    ],
)
def test_several_vehicles_are_not_one(facts):
    pieces = pieces_of(Product(name="brake pads", facts=facts), CASING)
    assert not any("Honda Civic" in form or "Toyota Civic" in form for form in pieces[1].forms)


def test_a_model_that_says_its_make_says_it_once():
    facts = ("Vehicle Make: Honda", "Vehicle Model: Honda Civic", "Vehicle Year: 2019")
    pieces = pieces_of(Product(name="brake pads", facts=facts), CASING)
    assert pieces[1].forms[0] == "for 2019 Honda Civic"


def test_what_a_packet_holds_is_said_whole():
    product = Product(name="tomato seeds", facts=("Seeds per Packet: 40",))
    assert pieces_of(product, CASING)[1].forms[0] == "40 Seeds per Packet"


def test_behind_the_name_a_weight_is_several():
    (_, piece) = pieces_of(Product(name="skillet", facts=("5.3 pounds",)), CASING)
    assert "5.3 Pounds" in piece.behind and "5.3 Pound" not in piece.behind


def test_a_set_of_several_is_one():
    pieces = pieces_of(Product(name="dumbbell set", facts=("Number of Items: 2",)), CASING)
    assert "2-Piece" in pieces[1].forms
    assert not any("Pack" in form for form in pieces[1].forms)


def test_a_key_that_begins_with_the_product_is_its_rest():
    product = Product(name="blackout curtains", facts=("Curtain Top Style: grommet",))
    assert pieces_of(product, CASING)[1].forms[0] == "Grommet Top"


@pytest.mark.parametrize(
    "fact",
    [
        "Item Weight: 6.8 lbs",
        "8 x 7 x 2 in",
        "oxford, mesh",
        "3000K-6500K",
        "Power Source: corded electric",
    ],
)
def test_before_the_name_stand_no_weights_lists_and_ranges(fact):
    _, piece = pieces_of(Product(name="suitcase", facts=(fact,)), CASING)
    assert piece.before == ()


def test_facts_in_one_are_told_apart():
    product = Product(name="dress", facts=("Shell: silk; Lining: cotton",))
    assert [piece.forms[0] for piece in pieces_of(product, CASING)[1:]] == [
        "Silk Shell",
        "Cotton Lining",
    ]


def test_before_the_name_stand_no_keys_that_no_list_has():
    _, sun, size = pieces_of(Product(name="seeds", facts=("Sun: full", "Size: large")), CASING)
    assert sun.before == ()
    assert size.before == ("Large",)


def test_year_make_and_model_of_a_vehicle_are_one():
    facts = ("Vehicle Model: Civic", "red", "Vehicle Make: Honda", "Vehicle Year: 2019")
    pieces = pieces_of(Product(name="brake pads", facts=facts), CASING)
    assert [piece.forms[0] for piece in pieces[1:]] == ["for 2019 Honda Civic", "Red"]


def test_what_ends_another_fact_is_not_said_apart():
    facts = ("Metal: sterling silver", "Base Metal: silver", "Color: black", "black dial")
    pieces = pieces_of(Product(name="watch", facts=facts), CASING)
    assert [piece.forms[0] for piece in pieces[1:]] == ["Sterling Silver", "Black", "Black Dial"]


@pytest.mark.parametrize("name", ["WH-CH720N headphones", "core 300 purifier", "wool cardigan"])
def test_before_a_model_and_before_its_own_words_no_fact_stands(name):
    product = Product(name=name, facts=("merino wool" if "wool" in name else "wireless", "men"))
    _, fact, whose = pieces_of(product, CASING)
    assert fact.before == ()
    assert whose.before == ("Men's",)


def test_a_use_that_the_name_says_is_not_said_again():
    assert len(pieces_of(Product(name="running shorts", facts=("sport: running",)), CASING)) == 1


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("electric kettle 0.9 L", "Capacity: 0.9 Liters"),
        ("bottle 32 oz", "Capacity: 32 fl oz"),
        ("2-person tent", "Occupancy: 2 Person"),
        ("4-slice toaster", "Number of Slices: 4"),
        ("over-ear headphones", "Ear Placement: Over Ear"),
        ('wiper blades 26" + 18"', "Blade Length: 26 in, 18 in"),
        ("meal boxes 5 pack", "Set of 5"),
        ("garden hose with brass connectors", "Connectors Included: yes"),
        ("pigments, 24 pearl colors", "24 colors"),
        ("crayons 200 ct", "Quantity: 200"),
        ("dock line, 1/2 in x 20 ft", "Length: 20ft"),
        ("solar lamp", "Power Source: solar powered"),
        ("socks for men and women", "unisex"),
        ("espresso 1kg", "Net Wt: 1 kg (35.3 oz)"),
        ("serum 30ml", "Net Content: 30 ml / 1.0 fl oz"),
        ("wooden puzzle", "Material: wood"),
        ("woollen socks", "Material: Wool"),
        ("faucet single handle", "Number of Handles: 1"),
        ("mats for Toyota RAV4 2019-2024", "Fitment: Toyota RAV4 2019, 2020, 2021"),
        ("tiles for kids 3+", "Manufacturer Minimum Age: 36 months"),
        ("blocks for kids 4-8 years old", "Manufacturer Minimum Age: 48 months"),
        ("cardamom pods whole", "Form: Whole pods"),
        ("notebook A5", "Brand: Unbranded"),
        ("earbuds active noise cancelling", "Noise Control: active noise cancellation"),
        ("folding walker", "foldable"),
    ],
)
def test_what_the_name_says_in_another_form_is_not_said_again(name, fact):
    assert len(pieces_of(Product(name=name, facts=(fact,)), CASING)) == 1


def test_a_part_s_measure_is_not_the_product_s():
    product = Product(name="block heel sandals", facts=("heel height: 2.5 in",))
    assert all("Heel" in form for form in pieces_of(product, CASING)[1].forms)


def test_adults_are_not_named_beside_men():
    product = Product(name="jacket", facts=("target_gender: male", "age_group: adult"))
    assert [piece.forms[0] for piece in pieces_of(product, CASING)] == ["Jacket", "Men's"]


def test_whose_it_is_is_said_once():
    product = Product(name="ring", facts=("women's", "for women and girls"))
    assert [piece.forms for piece in pieces_of(product, CASING)][1:] == [("for Women and Girls",)]


@pytest.mark.parametrize(
    ("name", "use"),
    [("ski helmet", "skiing"), ("running shorts", "run"), ("cycle glasses", "cycling")],
)
def test_a_use_that_the_name_half_says_is_not_said_again(name, use):
    assert len(pieces_of(Product(name=name, facts=(f"sport: {use}",)), CASING)) == 1


@pytest.mark.parametrize(
    ("brand", "name", "said"),
    [
        ("Bob's Red Mill", "Mill", ["Bob's Red Mill"]),
        ("Nivea Sun", "sun lotion", ["Nivea Sun", "Lotion"]),
        ("Acme", "acme mat", ["Acme Mat"]),
        ("Acme Mats", "yoga mat", ["Acme Mats", "Yoga Mat"]),
    ],
)
def test_what_brand_and_name_share_is_said_once(brand, name, said):
    pieces = pieces_of(Product(brand=brand, name=name), CASING)
    assert [piece.forms[0] for piece in pieces] == said
    assert pieces[0].leads or len(pieces) == 1


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("item form: deep conditioner", ["Deep"]),
        ("16 oz conditioner", ["16-Ounce"]),
        ("deep conditioner", ["Deep Conditioner"]),  # may be another name
        ("type: conditioner", []),
        ("form: conditioner", []),
        ("pack size: 3 conditioner", ["3 Conditioner"]),
    ],
)
def test_a_fact_does_not_repeat_what_the_product_is(fact, said):
    pieces = pieces_of(Product(name="hair conditioner", facts=(fact,)), CASING)
    assert [piece.forms[0] for piece in pieces[1:]] == said


def test_a_number_that_stands_in_the_name_is_said_of_something_else():
    product = Product(name="2 in 1 charger", facts=("quantity: 2",))
    assert "Pack of 2" in pieces_of(product, CASING)[1].forms


def test_kids_and_children_are_said_once():
    pieces = pieces_of(Product(name="mat", facts=("kids", "for children", "girls")), CASING)
    assert [piece.forms[0] for piece in pieces] == ["Mat", "for Kids and Girls"]


def test_keywords_are_said_unless_a_fact_says_them():
    product = Product(name="mat", facts=("non slip surface",))
    pieces = pieces_of(product, CASING, keywords=["non slip", "travel"])
    assert [piece.forms[0] for piece in pieces] == ["Mat", "Non Slip Surface", "Travel"]


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("knife", ("Blade Length: 20 cm", "Blade Material: full tang carbon steel"), "20cm Full"),
        (
            "pillow",
            ("Cover: cotton", "removable washable cover"),
            "Removable Washable Cotton Cover",
        ),
        ("straps with grommets", ("Grommet Material: brass",), "Brass Grommets"),
        ("baseball cap", ("mesh cap",), "Mesh"),
        ("bicycle basket", ("bike front basket",), "Bike Front Basket"),
        ("women's running shorts", ("lined running shorts",), "Lined"),
        ("pillow", ("Firmness: medium",), "Medium Firmness"),
        ("toothbrush", ("Firmness: soft",), "Soft"),
        ("toner", ("Page Yield: 3,000 pages",), "3,000-Page Yield"),
        ("toy", ("Subject: STEM and counting",), "STEM"),
        ("bottle", ("Keeps Hot: 12 hours",), "Keeps Hot 12 Hours"),
        ("powder", ("Caffeine Content: Low",), "Low Caffeine"),
        ("powder", ("Region: Kyoto, Japan",), "from Kyoto, Japan"),
        ("eraser", ("Use: cleans paddle faces",), "Cleans Paddle Faces"),
        ("sleeves", ("Binder Compatibility: 3-ring",), "for 3-Ring Binders"),
        ("fogger", ("Hose Length: 1.5 m extendable",), "1.5 m Extendable Hose"),
        (
            "saw",
            ("Blade Material: SK5 steel", "Replaceable Blade: Yes"),
            "Replaceable SK5 Steel Blade",
        ),
        ("garters", ("Hardware: antique brass clips",), "Antique Brass Clips"),
        ("stove", ("Fuel Type: wood, twigs",), "Wood and Twigs Fuel"),
        ("stove", ("Persons: 1-2",), "1-2 Persons"),
        ("ring", ("Metal: Sterling Silver", "Metal Purity: 925"), "925 Sterling Silver"),
        ("wax", ("Target Audience: Professional artists",), "for Professional Artists"),
        ("lemons", ("Ingredients: lemons, salt",), "Made with Lemons and Salt"),
        ("backs", ("Fits Post Diameter: 1.0-1.3 mm",), "Fits Post Diameter 1"),
        ("organizer", ("Assembly: Glue required, not included",), "Glue Required (Not Included)"),
        ("covers", ("Reusable: up to 30 wears",), "Reusable Up to 30 Wears"),
        ("mask", ("Level: CE Level 1, 350 N",), "CE Level 1"),
        ("shade", ("Width: 36 in, trim to fit",), "36 Inch Width, Trim to Fit"),
        ("hammock", ("Cover Care: Machine wash cold",), "Machine Wash Cold"),
        ("gloves powder free", ("latex free",), "Latex Free"),
        ("case", ("Compatible with MagSafe: Yes",), "Compatible with MagSafe"),
        ("gloves", ("Standards: EN 374, EN 455",), "EN 374, EN 455"),
        ("earbuds", ("Battery Life: 36 hours with case",), "36-Hour Battery Life with Case"),
        ("caliper", ("Units: mm, inch",), "mm and Inch Units"),
        ("curtain panels", ("Size: 52 x 84 in per panel",), '52" x 84" per Panel'),
        ("lights", ("Lumens: 10 lm each",), "10 lm Each"),
        ("novel", ("Print Length: 384 pages",), "384 Pages"),
        ("coffee", ("Caffeine Content: Regular",), "Regular Caffeine"),
        ("coffee", ("Origin: Guatemala, Sumatra",), "from Guatemala, Sumatra"),
        ("reel", ("Ball Bearings: 9+1",), "9+1 Ball Bearings"),
        ("cable", ("Data Rate: 480 Megabits Per Second",), "480 Megabits Per Second"),
        ("running shoes", ("Surface: road, trail",), "for Road and Trail"),
        ("paper", ("Surface: matte",), "Matte"),
        ("drill", ("Included Parts: charger, bag",), "with Charger and Bag"),
        ("shoe", ("EU Size: 39",), "EU Size 39"),
        ("kettle", ("Keep Warm: 60 min",), "Keeps Warm 60"),
        ("yarn", ("Yarn Weight: 6 Super Bulky",), "Super Bulky Weight (6)"),
        ("mat", ("Carry Strap: included",), "Carry Strap Included"),
        (
            "blades",
            ("Compatible Vehicles: Toyota RAV4, Nissan Rogue",),
            "for Toyota RAV4 and Nissan",
        ),
        ("basin waste", ("For Basins: With overflow",), "for Basins with Overflow"),
        ("drag chain", ("Operating Temperature: -40 to 130 °C",), "-40 to 130"),
        ("dutch oven", ("Oven Safe Temperature: 500 F",), "Oven Safe to 500 F"),
        ("yarn", ("Yarn Weight: 4 - Worsted",), "Worsted Weight (4)"),
        ("yarn", ("Recommended Needle: US 7",), "for US 7 Needles"),
        ("serum", ("Skin Type: All, including sensitive",), "for All Skin Types Including"),
        ("board", ("Skill Level: All levels",), "for All Levels"),
        ("board", ("Skill Level: beginner",), "Beginner Level"),
        ("telescope", ("Eyepieces: 25 mm, 10 mm",), "25 mm and 10 mm Eyepieces"),
        ("book", ("Publication Date: 2022-03-01",), "Published 2022"),
        ("book", ("Language: English",), "English Language"),
        ("fountain", ("Filters Included: 3",), "3 Filters Included"),
        ("fountain", ("Filters Included: 1",), "1 Filter Included"),
        ("seeds", ("Seed Count: approx. 30 per packet",), "Approx. 30 Seeds per Packet"),
        ("quilt set", ("Pieces: 1 quilt, 2 shams",), "1 Quilt and 2 Shams"),
        ("jump starter", ("Vehicle Battery: 12 V",), "for 12 V Vehicle Batteries"),
        ("jump starter", ("Engine Compatibility: up to 8 L",), "for Engines Up to 8"),
        ("earbuds", ("Ear Tip Sizes: S, M, L",), "S, M and L Ear Tips"),
        ("toner", ("Printer Compatibility: HL-L2350DW, HL-L2395DW",), "for HL-L2350DW and"),
        ("camera", ("Power Source: Solar, battery",), "Solar and Battery Powered"),
        ("ssd", ("Interface: PCIe 4.0 x4",), "PCIe 4.0 x4"),
        ("coffee beans", ("Item Form: whole bean",), "Whole Bean"),
        ("rollator", ("Wheel Size: 8 in",), "8-Inch Wheels"),
        ("dog bed for large dogs", ("Breed Size: Large (up to 90 lbs)",), "Up to 90"),
        ("kit for bridal shower", ("Occasion: Bridal Shower, Wedding",), "for Wedding"),
    ],
)
def test_facts_of_parts_and_of_kinds_are_said_in_full(name, facts, said):
    pieces = together(pieces_of(Product(name=name, facts=facts), CASING))
    assert any(form.startswith(said) for piece in pieces for form in piece.forms), pieces


def test_what_is_not_needed_is_not_said_to_be_missing():
    facts = ("Batteries Included: No", "Batteries Required: No")
    assert len(pieces_of(Product(name="marble run", facts=facts), CASING)) == 1
    assert len(pieces_of(Product(name="lamp", facts=facts[:1]), CASING)) == 2


def test_a_factor_does_not_stand_before_the_name():
    (_, strength) = pieces_of(Product(name="detergent", facts=("Strength: 2x",)), CASING)
    assert strength.before == ()


def test_nothing_stands_before_the_title_of_a_book():
    product = Product(name="The Salt Road", category="Books", facts=("paperback",))
    assert pieces_of(product, CASING)[1].before == ()


def test_who_made_it_has_room_before_others():
    facts = ("a fact of many words that takes the room", "Author: Ana Bell")
    _, author, _ = pieces_of(Product(name="novel", facts=facts), CASING)
    assert author.is_maker


def test_no_part_s_material_stands_before_the_name_nor_anything_before_a_long_one():
    (_, neck) = pieces_of(Product(name="ukulele", facts=("Neck Material: okoume",)), CASING)
    name = "quilt set king size lightweight reversible bedspread floral"
    (_, cotton) = pieces_of(Product(name=name, facts=("cotton",)), CASING)
    assert neck.before == cotton.before == ()


def test_no_colour_before_whose_it_is_nor_where_it_would_be_a_material():
    (_, red) = pieces_of(Product(name="women's pants", facts=("Color: red",)), CASING)
    (_, clay) = pieces_of(Product(name="pots", facts=("Color: terracotta",)), CASING)
    (_, blue) = pieces_of(Product(name="pots", facts=("Color: blue",)), CASING)
    assert (red.before, clay.before, blue.before) == ((), (), ("Blue",))


def test_what_begins_as_a_joint_does_may_be_none():
    (_, piece) = pieces_of(Product(name="plugs", facts=("in-ear",)), CASING)
    assert piece.behind == ("In-Ear",)
    assert not piece.joins


def test_possessives_stand_before_the_name_and_for_behind_it():
    (_, piece) = pieces_of(Product(name="boots", facts=("kids",)), CASING)
    assert piece.before == ("Kids'",)
    assert piece.behind == ("for Kids",)


@pytest.mark.parametrize("facts", [("men",), ("men", "Sport: running")])
def test_whose_the_product_is_stands_before_it(facts):
    owner = pieces_of(Product(name="boots", facts=facts), CASING)[1]
    assert owner.precedes
    assert owner.forms == ("Men's",)


def test_childrens_things_are_called_so_where_they_have_a_use_too():
    (_, owner, use) = pieces_of(Product(name="boots", facts=("kids", "for hiking")), CASING)
    assert owner.precedes
    assert not use.precedes


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("usb cable with plug", "USB Cable with Plug"),
        ("8 x 10 in frame", "8 x 10 in Frame"),
        ("iPhone case", "iPhone Case"),
        ("for women", "for Women"),
        ("the little book of mats", "The Little Book of Mats"),
        ("6 mm thick", "6 mm Thick"),
        ("socket U.fl", "Socket U.fl"),
        ("12 x 3 x mat", "12 x 3 x Mat"),
        ("mat w/ bag", "Mat w/ Bag"),
        ("STEEL mug in RED, ABS lid", "Steel Mug in Red, ABS Lid"),
        ("Nissan LEAF, WOMEN'S shoes", "Nissan LEAF, Women's Shoes"),
        ("2-tier shelf", "2-Tier Shelf"),
        ("12-cup coffee maker", "12-Cup Coffee Maker"),
        ("8-ply yarn", "8-Ply Yarn"),
        ("3 person tent", "3 Person Tent"),
        ("10-mm bolt, 110 lbs", "10-mm Bolt, 110 lbs"),
        ("x-large crate, 8-x-10 print", "X-Large Crate, 8-x-10 Print"),
        ("Usb hub with Led Light, Spf 20", "USB Hub with LED Light, SPF 20"),
        ("in-ear plugs, a-line, built-in", "In-Ear Plugs, A-Line, Built-in"),
        ("Led Zeppelin Poster, Mac Pouch", "Led Zeppelin Poster, Mac Pouch"),
    ],
)
def test_titles_have_the_capitals_of_ads(text, title):
    assert CASING.title(text) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("6-pack abs roller", "6-Pack Abs Roller"),
        ("abs plastic case", "ABS Plastic Case"),
        ("case of steel, abs", "Case of Steel, ABS"),
        ("ABS lid", "ABS Lid"),
    ],
)
def test_what_is_a_word_too_is_an_acronym_beside_materials(text, title):
    assert Casing({"abs": "ABS"}).title(text) == title


def test_a_material_s_acronym_is_one_as_the_value_of_its_key():
    casing = Casing({"abs": "ABS"})
    assert fact_forms(Fact("abs", "Lid Material"), casing) == ("ABS Lid",)
    assert fact_forms(Fact("abs", "Target"), casing)[0] == "Abs"


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("Engraving: free", "Free Engraving"),
        ("Assembly: free", "Free Assembly"),
        ("Added sugar: free", "Added Sugar Free"),
        ("Nickel: free", "Nickel Free"),
        ("Battery: 2 AA included", "2 AA Batteries Included"),
        ("Battery: 3 x AAA not included", "3 x AAA Batteries Not Included"),
        ("Battery: 1 CR2032 included", "1 CR2032 Battery Included"),
        ("Battery: lithium ion", "Lithium Ion Battery"),
        ("Charger: USB-C included", "USB-C Charger Included"),
        ("Remote: 1 included", "1 Remote Included"),
        ("Assembly: tools included", "Tools Included"),
        ("Placement: Indoor, Outdoor", "Indoor/Outdoor"),
        ("Usage: outdoor, indoor", "for Outdoor/Indoor Use"),
    ],
)
def test_a_value_that_says_what_is_free_included_or_of_both_kinds(fact, said):
    assert forms(fact)[0] == said


def test_what_costs_nothing_does_not_stand_behind_a_brand():
    (_, piece) = pieces_of(Product(name="cake topper", facts=("Engraving: free",)), CASING)
    assert piece.before == () and piece.behind == ("Free Engraving",)


@pytest.mark.parametrize(
    ("fact", "before", "behind"),
    [
        ("Season: winter", ("Winter",), ("for Winter",)),
        ("Occasion: wedding", (), ("for Wedding",)),
        ("winter", ("Winter",), ("Winter",)),
    ],
)
def test_a_use_behind_the_name_has_its_for(fact, before, behind):
    (_, piece) = pieces_of(Product(name="coat", facts=(fact,)), CASING)
    assert (piece.before, piece.behind) == (before, behind)


def test_usual_capitals_are_counted_in_titles_that_are_not_in_capitals():
    titles = ["USB Cable"] * 150 + ["Usb Cable"] * 20 + ["A LAMP CABLE"] * 500
    assert usual_capitals(titles) == {"usb": "USB"}


def test_how_far_a_product_ranges_is_no_colour_or_size_of_its_own():
    assert forms("Color options: 3") == ("Choice of 3 Colors", "in 3 Colors")
    assert forms("Sizes: S to XL") == ("Sizes S to XL", "in Sizes S to XL")
    assert forms("Sizes: all sizes from 6") == ("All Sizes from 6",)


def test_behind_the_name_boxes_are_several():
    (_, piece) = pieces_of(Product(name="gift set", facts=("3 boxes",)), CASING)
    assert "3 Boxes" in piece.behind and "3 Box" not in piece.behind


def test_a_product_of_the_kind_that_its_key_names_is_of_that_size():
    (_, piece) = pieces_of(Product(name="smart TV", facts=("TV size: 55 in",)), CASING)
    assert '55"' in piece.forms
