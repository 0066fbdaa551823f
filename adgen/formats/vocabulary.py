"""Words that the rules know: acronyms, words that shout in capitals, words that join others.

English, as ads write it. The module holds lists and judges nothing.
"""

from __future__ import annotations

# Written in capitals by everybody, though titles hold them as often as ordinary words.
_ACRONYMS = """
    AAA AAAA ABC ABEC ABS ACL ACU ADA AHD AMD AMOLED ANC ANL ANSI APP ARGB ASA ASAP ASL ASMR
    ASTM ATC ATM ATV ATX AWD AWG BBCOR BBQ BCD BDSM BFF BIOS BJJ BLDC BMX BNC BPA BPM BTS BTU
    CARB CBD CCD CCFL CCTV CFL CFM CMOS CMYK CNC COB CPAP CPR CPU CPVC CRI CRT CVBS CVT DAB
    DAC DECT DHA DIY DJ DLP DNA DPI DSLR DSP DTS DVD DVI DVR ECG EDC EDP EDT EEG EKG EMF EMS
    EMT EPA EPDM EPS ESD ESP ETL EVA FAQ FBI FCC FDA FHD FPV FSC GFCI GHZ GMO GOTS GPD GPM GPS
    GPU GSM HDD HDMI HDPE HDR HDTV HEPA HID HIIT HVAC IDE IEC IEEE IPA IPL IPS IPTV IRL ISBN
    ISO JBL JPEG JST KFC KVM LAN LCD LDPE LED LEDS LGBT LGBTQ LTE MCT MDF MERV MIDI MIG MIPS
    MLB MMA MOLLE MPPT MSG MTB NAS NASA NASCAR NATO NBA NCAA NEMA NES NFC NFL NHL NIB NIOSH
    NMN NPT NRR NSF NTSC NVME NYC NYPD OBD OEM OLED OSHA OTC OTG PABA PCB PCI PCIE PET PETG
    PEVA PEX PFAS PFD PFOA PHEV PIN PIR PLA PLC PMMA POE POS POV PPE PPM PPSH PSA PSI PSP PSU
    PTFE PTO PTZ PUBG PVC PVD PWM QLED RAID RAM RCA RDA RFID RGB RGBW RJ RMS ROHS ROM ROTC RPG
    RPM RSVP RV SAE SATA SCBA SCSI SCUBA SD SDHC SDRAM SDS SDXC SIM SKU SLA SLR SMA SMD SNES
    SNMP SNRI SODIMM SOS SPF SPL SSD STD STEM STEAM SUP SUV SWAT TENS TFT TIG TKL TPE TPMS TPR
    TPU TSA TWS UFC UFO UHD UHF UHMWPE ULED UNC UNF UPC UPF UPS USA USB USDA USMC UTV UV UVA
    UVB VCR VDC VESA VGA VHF VHS VIN VIP VOC VPN WLAN WPA WWI WWII XHD XLR XML XPG YKK YMCA
    ZIP FOB MSRP FIFA UEFA ESPN CNN BBC HBO PBS NPR CEO AKC ASPCA DIMM ECC OZ LB LBS FT IN PCS
    PC PK CT MM CM KG MG ML QT GAL INCH XS XL XXL XXXL XXXXL XXS OSFA OSFM
    ADAS BEV CANBUS CPSC CPSIA DOT DPF DRL ECE ECU EGR FMVSS FWD GLONASS GNSS HEV ISOFIX LATCH MAF
    RWD TCS UNECE AAC ADC ALAC APTX AVRCP CIPA DAW EARC EVF EXIF FLAC HEIF HEVC HIFI HLG IBIS LDAC
    MEMS MHL NVR OIS OLPF ONVIF SNR SPDIF THD TRRS TTL VST WDR ADSL AGP BGA CUDA CUDIMM DDR DHCP
    DLSS DNS EATX EMMC FTTH GDDR GPIO GPON HTPC ITX JBOD JTAG LGA LPDDR MATX MIMO MODBUS NAND NUMA
    OSD PGA QHD QLC QSFP QVGA RDIMM RGBCW RGBIC RGBWW SBC SCADA SFP SFX SSHD SVGA TDP TLC TPM UART
    UASP UDIMM UEFI UMTS UWQHD VDSL VLAN VRM VRR WQHD WUXGA WXGA XGA XMP AFCI AGM AISI BMS BSP BSPT
    CCA DIN EDM ELCB FCAW GMAW GTAW HRC HSS IGBT JIS LIFEPO LIPO MCB MOSFET NICD NIMH NPTF NTC PID
    PTC RCBO RCCB SEER SMAW TCT UNEF VFD VRLA CFRP DWR EPE EPP ETFE FRP GFRP GRS LLDPE MDPE PBT PEEK
    PPSU PUL PVA PVDF RPET TPEE TPO XPS AHA BCAA BHA BHT CADR CFU CGMP EAA EDTA EWG FIPS GABA GMP
    HACCP HMB HPMC INCI MSM PEG PHA SLES SLS TUV TVOC UKCA ULPA UVC WEEE
"""
ACRONYMS = frozenset(_ACRONYMS.split())
MIXED = frozenset(("HiFi", "LoFi", "SciFi", "WiFi"))
# Of three letters: words that only shout when they are in capitals, where others are acronyms.
_SHORT_WORDS = """
    add age air all and any are art bad bag bar bed bee big bow box boy bug bus but buy can
    cap car cat cow cup cut dad day die dog dot dry dye ear eat egg end eye fan fat few fit
    fix fly for fun fur gel get gum gym hat her him his hit hot how ice ink its jar job joy
    key kid kit law leg let lid lip lot low man map mat may men mix mom mug new nor not now
    nut off oil old one our out own pad pan pay pen pie pig pot put red rug run saw say sea
    see set sex she six ski sky son sun tap tea ten the tie tin toe top toy try two use van
    wax way web wet who why win yes yet you
"""
SHORT_WORDS = frozenset(_SHORT_WORDS.upper().split())
# Of more letters: words of ads, in case no list of titles has them as ordinary ones.
_AD_WORDS = """
    best cheap click deal deals discount exclusive fast flash free gift great guarantee
    guaranteed hurry limited love offer offers only order premium price prices quality sale
    save selling shipping shop special stock super today ultimate wholesale wow amazing
    clearance flowers fresh latest must
"""
AD_WORDS = frozenset(_AD_WORDS.upper().split())
# Articles, prepositions, conjunctions, pronouns: they may stand as often as they like.
_FUNCTION_WORDS = """
    a an the and or nor but so yet for of in on at to by from with without as per via off up
    out over under into onto upon within between through during after before above below
    around against along across behind beside near since than that w plus & s t it its i my
    you your we our they this that de la le el et und der die das mit für von pour avec et con
    para y
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
# Words that may stand twice in a row, since that is how a thing or a place is called.
_DOUBLES = """
    aye baden bam beri blah boo bora bye can cha choo chop chow ding dik dong duran fifty go
    ha ho hula jelly jo knock ko lulu mahi mau nom paw pinky pom poo puff tap tata ting tom
    tsk tutti tuk tum walla wee win woo yada yo yum ylang zsa half one two so very
"""
DOUBLES = frozenset(_DOUBLES.split())
# Names that hold what ads may not hold otherwise.
_NAMES = """
    AC/DC;Yahoo!;Chips Ahoy!;Jeopardy!;Yahtzee!;Mamma Mia!;Wham!;Guess?;Ke$ha;A$AP;P!nk;
    Toys"R"Us;M*A*S*H;E*TRADE;Kahoot!;Oh Snap!;Uh-Oh!
"""
NAMES = tuple(name.strip() for name in _NAMES.split(";"))
# Makers that the list of brands lacks, or has as ordinary words; written so, they are names.
_MAKERS = """
    New Balance;The North Face;Under Armour;Calvin Klein;Tommy Hilfiger;Michael Kors;
    Kate Spade;Ralph Lauren;True Religion;Victoria's Secret;Hello Kitty;Harley-Davidson;
    Louis Vuitton;Hydro Flask;Oral-B;Oral B;Rolex;Dyson;Canon;Weber;Disney;LEGO;
    Lego;Pokémon;Pokemon;Barbie;Hot Wheels;Ray-Ban;Levi's;Cartier;Tiffany & Co.;
    Prada;Hermès;Hermes;Chanel;Dior;Burberry;Versace;Fendi;Balenciaga;Dr. Martens;
    Dr Martens;Birkenstock;UGG;Lululemon;Timberland;Crocs;Epson;Xerox;Kodak;Fujifilm;
    Bosch;DeWalt;DEWALT;Black+Decker;Black & Decker;KitchenAid;Nespresso;Keurig;
    Le Creuset;Tupperware;Pyrex;Thermomix;Roomba;iRobot;Fisher-Price;Energizer;
    Duracell;Goodyear;Michelin;Bridgestone;Pirelli;Castrol;WD-40;Scotch-Brite;Post-it;
    Sharpie;Crayola;Philips;Siemens;Miele;Electrolux;Breitling;Swarovski;Casio;Seiko;
    Garmin;Fitbit;GoPro
"""
MAKERS = tuple(name.strip() for name in _MAKERS.split(";"))
# A noun behind or before one of these is another thing: faux leather, a dog toy.
_CHANGING = """
    aftermarket artificial broken counterfeit damaged decaf decaffeinated decorative defective
    diet dummy empty expired fake faux generic imitation inflatable knockoff lab-created lab-grown
    meatless mock open-box plant-based pre-owned preowned pretend prop pseudo reconditioned
    recycled refurbished remanufactured renewed replacement replica secondhand second-hand
    simulated spare synthetic third-party toy unofficial used vegan vegetarian veggie virtual zero
"""
CHANGING = frozenset(_CHANGING.split())
# Words that say by their ending that something is absent.
_LACKING = """
    backless bladeless boneless collarless crustless eggless flourless handleless heelless hoodless
    leadless lidless odorless odourless pocketless saltless scentless seedless skinless
    sleeveless strapless sugarless tasteless toeless tubeless
"""
LACKING = frozenset(_LACKING.split())
# What changes the word before it alone: gold plated, water resistant, rose scented.
_OF_THE_WORD_BEFORE = """
    proof resistant repellent plated tone toned look effect style like scented flavored flavoured
"""
OF_THE_WORD_BEFORE = frozenset(_OF_THE_WORD_BEFORE.split())
