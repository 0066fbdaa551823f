// What Python says of characters. The table is made by site/build.py with the Python that is to
// write the same ads, so that a browser's own Unicode version does not matter.

const ALNUM = 1;
const MARK = 2;
const WITHOUT_SPACES = 4;
const UNASSIGNED = 8;
const NO_TEXT = 16; // categories C*: controls, formats, private use, unassigned
const DROPPED = 32; // accents and invisible formats, Mn and Cf
const DECIMAL = 64;
const LOWER = 128;
const UPPER = 256;
const TITLE = 512;
const ALPHA = 1024;
const PRIVATE = 2048;

// What str.split() and str.strip() of Python take for white space.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${SPACE}]+`, "u");
const SPACES_AROUND = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu");
const SPACES_BEFORE = new RegExp(`^[${SPACE}]+`, "u");

export { SPACE };

export function words(text) {
  return text.split(SPACES).filter((word) => word !== "");
}

export function stripped(text) {
  return text.replace(SPACES_AROUND, "");
}

export function strippedBefore(text) {
  return text.replace(SPACES_BEFORE, "");
}

export class Characters {
  // runs: [length, flags, length, flags, ...] over all code points; casefolds: those characters
  // whose casefold() is not their lower().
  constructor({ runs, casefolds }) {
    this.starts = new Uint32Array(runs.length / 2);
    this.flags = new Uint16Array(runs.length / 2);
    for (let run = 0, start = 0; run < this.starts.length; run += 1) {
      this.starts[run] = start;
      this.flags[run] = runs[2 * run + 1];
      start += runs[2 * run];
    }
    this.casefolds = new Map(Object.entries(casefolds));
  }

  has(character, flag) {
    return (this.flagsOf(character.codePointAt(0)) & flag) !== 0;
  }

  flagsOf(code) {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= code) low = middle;
      else high = middle - 1;
    }
    return this.flags[low];
  }

  isAlnum(character) { return this.has(character, ALNUM); }
  isAlpha(character) { return this.has(character, ALPHA); }
  isDecimal(character) { return this.has(character, DECIMAL); }
  isDropped(character) { return this.has(character, DROPPED); }
  isMark(character) { return this.has(character, MARK); }
  isUpper(character) { return this.has(character, UPPER); }
  isWithoutSpaces(character) { return this.has(character, WITHOUT_SPACES); }
  isUnassigned(character) { return this.has(character, UNASSIGNED); }
  isNoText(character) { return this.has(character, NO_TEXT); }
  isPrivate(character) { return this.has(character, PRIVATE); }

  // str.islower(): a small letter, and none that is large.
  isLowerText(text) {
    const characters = Array.from(text);
    return characters.some((one) => this.has(one, LOWER))
      && !characters.some((one) => this.has(one, UPPER | TITLE));
  }

  casefold(text) {
    return Array.from(text, (one) => this.casefolds.get(one) ?? one.toLowerCase()).join("");
  }

  // The letter or digit that a text ends in, without its marks; "" if it ends otherwise.
  lastLetter(text) {
    const last = Array.from(text).findLast((one) => !this.isMark(one)) ?? "";
    return last !== "" && this.isAlnum(last) ? last : "";
  }
}
