"""Finds words of adult products in a text: sex toys, pornography, bondage gear, obscenities.

English words and phrases alone decide, compared without case, accents and punctuation. It knows no
ads, categories or models. Lingerie, condoms, personal lubricants, medicine, nude art and mild
swearing are not adult here; docs/data.md says how often the words err.

Words count from their beginning, wherever they end, and nothing behind them excuses them: a text
that holds one holds it however it goes on. So a text can be looked at while it is being written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby
from typing import Any

# Each marks an adult product wherever a word begins with it: "dildo" is found in "dildos". What
# begins innocent words too ("anal", "cock", "sex") stands in phrases alone.
_ALWAYS = """
dildo; masturb; m asturb; fleshlight; fleshjack; onahole; penis; clitor; clit vib; clit stim; clit
dil; clit suc; clit mas; clit and; spot clit; butt plug; buttplug; g spot; prostate massag; prostate
stim; prostate plug; prostate toy; prostate vib; prostate play; p spot massag; p spot vib; cock
ring; cockring; cock cage; cock sleeve; cock sheath; cock pump; cock extend; cock and ball; cock
strap; king cock; big black cock; realistic cock; vibrating cock; your cock; loves cock; love cock;
cocksucker; big dick; huge dick; suck my dick; dick sure is; erection; delay ring; anal plug; anal
butt; anal bead; anal sex; anal toy; anal lub; anal play; anal train; anal vib; anal stim; anal
probe; anal douche; anal expan; anal dilat; anal hook; anal massag; anal desens; anal pleasure; anal
prostate; anal masturb; anal fist; anal stroker; anal pussy; pussy anal; pussy ass; pussy mast;
pussy vag; pussy stroker; pussy pump; pussy lick; pocket pussy; tight pussy; wet pussy; fake pussy;
lifelike pussy; realistic pussy; false pussy; virgin pussy; eat pussy; vagina pussy; fake vagina;
lifelike vagina; realistic vagina; artificial vagina; virgin vagina; vagina and anus; vagina and
anal; vagina masturb; vagina toy; male stroker; vibrating egg; vibrating pant; vibrating bullet;
bullet vibrator; rabbit vibrator; sextoy; sexdoll; sexflesh; sex toy; s ex toy; six toys for wom;
six toys for men; adult six toy; sex doll; sex machine; sex swing; sex game; sex dice; sex position;
sex furniture; sex sofa; sex pillow; sex play; sex stim; sex thing; sex restraint; sex bondage; sex
shop; sex lub; sex whip; sex cup; sex pill; sex love; sex slave; sexy toy; sex massag; sex product;
sex vib; sex torso; sex chair; sex enhanc; oral sex; sexual enhanc; sexual perform; sexual stamina;
sexual pleasure; male sexual; male enhanc; male enlargement; love doll sex; adult toys for; adult
toys bullet; adullt toy; adult erotic; adult vibe; erotic toy; erotic sex; erotic and fetish; bdsm;
ddlg; ball gag; nipple vib; nipple tort; bondage restr; bondage tape; bondage rope; bondage kit;
bondage set; bondage toy; bondage gear; bondage sex; bondage fet; bondage gag; bondage cuff; bondage
bed; bondage play; bondage game; bondage slave; fetish fantasy; fetish sex; fetish bed; spanking;
flogger whip; whip flogger; leather flogger; suede flogger; chastity cage; chastity belt; chastity
device; chastity lock; chastity short; male chastity; chasti ty; urethral sound; urethral plug;
urethral stretch; strap on dil; strap on harness; strapless strap on; pecker straw; pecker cand;
pecker party; captain pecker; blowjob; blow job; handjob; deepthroat; cumshot; cum dump; cum slut;
cum rag; cumslut; bbc slut; daddys slut; daddy s slut; shared slut; creampie; gangbang; bukkake;
cuckold; hotwife; hentai; shemale; futanari; nympho; porn; fuck; cunt; doc johnson; california
exotic; calexotic; pipedream product; cyberskin; ultraskyn; titanmen; nasstoys; sportsheets;
hismith; lovense
"""
# Each of the first marks one where one of the second stands in the same text.
_TOGETHER = (
    (
        "vibrator",
        "women; woman; for her; couple; adult; wand; bullet; rabbit; personal massag",
    ),
    (
        "vibrator; vibrating; thrusting",
        "sex; couples play; clit; nipple stim; orgasm; prostate; vagina; panties; erotic; intimate",
    ),
    (
        "bondage; restraint; blindfold; whip; flogger; mouth gag",
        "fetish; for sex; couples; erotic; adult game; kinky; slave; sex role; sm toy",
    ),
)
# Before "sex" they make it a word for men and women.
_KINDS_OF_SEX = ("uni", "same", "opposite", "dual", "gender")
# For texts in ASCII: lower case, 0 for digits, a space for all other signs.
_PLAIN = bytes(
    ord(char.lower()) if char.isalpha() else ord("0" if char.isdigit() else " ")
    for char in map(chr, [*range(128), *range(128)])
)


def find_adult_words(text: str) -> str | None:
    """Returns words of a text that mark an adult product; None where there are none.

    Example:
        >>> find_adult_words("Unisex toy box"), find_adult_words("Silicone DILDOS, 2 pcs")
        (None, 'dildo')
    """
    plain = folded(text)
    always, together = _patterns()
    for match in always.finditer(plain):
        before = plain[: match.start()]
        if not (match[0].startswith("sex", 1) and before.endswith(_KINDS_OF_SEX)):
            return match[0][1:]
    for first, second in together:
        one = first.search(plain)
        other = second.search(plain) if one else None
        if one and other:
            return f"{one[0][1:]}, {other[0][1:]}"
    return None


def possible_words() -> str:
    """Returns a regular expression that finds something in every text with words of adult products.

    It is for texts as `folded` returns them, with more than one space between words or not, and
    finds something in a few more, too. Libraries without backtracking (RE2) take it.
    """
    listed = _listed("; ".join([_ALWAYS, *(first for first, _ in _TOGETHER)]))
    return f"(?:^|[ 0])(?:{'|'.join(one.replace(' ', ' +') for one in listed)})"


def may_complete_adult_words(ending: str) -> bool:
    """Tells whether a text may come to hold words of an adult product when this is appended to it.

    Args:
        ending: What is appended, a token's text for example, without what stands before it.

    Example:
        >>> may_complete_adult_words("ldo"), may_complete_adult_words(" table")
        (True, False)
    """
    if "\ufffd" in ending:  # a part of a character
        return True
    letters = folded(ending).replace(" ", "").replace("0", "")
    begins_a_word = ending.isascii() and not ending[:1].isalpha()
    wholes, tails, word_tails = _endings()
    possible = word_tails if begins_a_word else tails
    return any(letters[:length] in possible for length in range(1, len(letters) + 1)) or any(
        whole in letters for whole in wholes
    )


def as_tables() -> dict[str, Any]:
    """Returns the words as JSON can hold them, for programs in other languages.

    Returns:
        "always" and "together", regular expressions for texts as `folded` makes them; what
        "kinds_of_sex" are; and "listed", the words of every phrase that is looked for.
    """
    always, together = _patterns()
    return {
        "always": always.pattern,
        "together": [[first.pattern, second.pattern] for first, second in together],
        "kinds_of_sex": list(_KINDS_OF_SEX),
        "listed": [one.split() for one in _every_listed()],
    }


@cache
def _patterns() -> tuple[re.Pattern[str], list[tuple[re.Pattern[str], re.Pattern[str]]]]:
    pairs = [(_pattern(first), _pattern(second)) for first, second in _TOGETHER]
    return _pattern(_ALWAYS), pairs


@cache
def _endings() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Returns all that is looked for without its spaces, all its tails, and those of whole words.

    Where a piece of text ends says nothing of the spaces before it.
    """
    words_of = [one.split() for one in _every_listed()]
    wholes = frozenset("".join(words) for words in words_of)
    tails = frozenset(whole[start:] for whole in wholes for start in range(len(whole)))
    word_tails = frozenset(
        "".join(words[start:]) for words in words_of for start in range(len(words))
    )
    return wholes, tails, word_tails


def _every_listed() -> list[str]:
    every = [_ALWAYS, *(words for pair in _TOGETHER for words in pair)]
    return [one for words in every for one in _listed(words)]


def _listed(words: str) -> list[str]:
    return [" ".join(one.split()) for one in words.split(";")]


def _pattern(words: str) -> re.Pattern[str]:
    """Compiles the words, those of one letter together, which is three times as fast."""
    groups = groupby(sorted(_listed(words)), key=lambda one: one[0])
    branches = [f"{letter}(?:{'|'.join(one[1:] for one in group)})" for letter, group in groups]
    return re.compile(f"[ 0](?:{'|'.join(branches)})")


def folded(text: str) -> str:
    """Returns a text's words in lower case without accents, a space before each, 0 for digits.

    Example:
        >>> folded("Crème-brûlée, 6 Sets")
        ' creme brulee 0 sets'
    """
    if text.isascii():
        plain = text.encode("ascii").translate(_PLAIN).decode("ascii")
    else:
        decomposed = unicodedata.normalize("NFKD", text)
        kept = (c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))
        plain = re.sub(r"\d", "0", re.sub(r"[\W_]", " ", "".join(kept).casefold()))
    words = plain.split()
    return " " + " ".join(words) if words else ""
