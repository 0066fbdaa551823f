// Whole words: which tokens may not follow a prompt directly, so that "Dog" is no "Doghouse". The
// same as adgen/decoding/borders.py, where the reasons stand.

const LONGEST_CHARACTER = 4; // bytes
const MOST_SAMPLES = 1024;
const LEAST = [0, 0, 0x80, 0x800, 0x10000]; // codes below have a shorter form

export class WordBorders {
  constructor(tokenBytes, characters) {
    this.tokenBytes = tokenBytes;
    this.characters = characters;
    this.found = new Map();
  }

  // Returns the ids of the tokens that may not come next, after `ids` were written.
  glued(prompt, ids) {
    const last = ids.length >= LONGEST_CHARACTER ? "" : this.characters.lastLetter(prompt);
    if (last === "") return [];
    const begun = ids.flatMap((id) => Array.from(this.tokenBytes[id]));
    if (ids.length > 0 && !isUnfinished(begun)) return [];
    const isAfterSpaceless = this.characters.isWithoutSpaces(last);
    const key = `${isAfterSpaceless} ${begun}`;
    if (!this.found.has(key)) this.found.set(key, this.lookUp(isAfterSpaceless, begun));
    return this.found.get(key);
  }

  lookUp(isAfterSpaceless, begun) {
    const judged = new Map();
    const glued = [];
    this.tokenBytes.forEach((added, id) => {
      if (added.length === 0) return;
      let first = [...begun, ...added.subarray(0, LONGEST_CHARACTER)].slice(0, LONGEST_CHARACTER);
      if (first[0] < 0x80) first = first.slice(0, 1);
      const key = first.join(" ");
      if (!judged.has(key)) judged.set(key, this.isGlued(first, isAfterSpaceless));
      if (judged.get(key)) glued.push(id);
    });
    return glued;
  }

  isGlued(first, isAfterSpaceless) {
    const span = spanOf(first);
    if (span === null) return true;
    const [low, high] = span;
    if (high - low === 1) return this.makesLonger(String.fromCodePoint(low), isAfterSpaceless);
    const step = Math.max(1, Math.floor((high - low) / MOST_SAMPLES));
    let numAssigned = 0;
    let numLonger = 0;
    for (let code = low; code < high; code += step) {
      const one = String.fromCodePoint(code);
      if (!this.characters.isNoText(one)) {
        numAssigned += 1;
        numLonger += this.makesLonger(one, isAfterSpaceless) ? 1 : 0;
      }
    }
    return 2 * numLonger >= numAssigned;
  }

  makesLonger(character, isAfterSpaceless) {
    if (this.characters.isMark(character) || this.characters.isUnassigned(character)) return true;
    return this.characters.isAlnum(character) && !isAfterSpaceless
      && !this.characters.isWithoutSpaces(character);
  }
}

function isUnfinished(begun) {
  return spanOf(begun) !== null && begun.length < lengthOf(begun[0]);
}

// The first code, and the one behind the last, of the characters that may begin with these bytes.
function spanOf(first) {
  const length = first.length > 0 ? lengthOf(first[0]) : 0;
  const given = first.slice(1, length);
  if (length === 0 || given.some((byte) => (byte & 0xc0) !== 0x80)) return null;
  let code = length === 1 ? first[0] : first[0] & (0xff >> (length + 1));
  for (const byte of given) code = code * 64 + (byte & 0x3f);
  const free = 64 ** (length - 1 - given.length);
  const low = Math.max(code * free, LEAST[length]);
  const high = Math.min((code + 1) * free, 0x110000);
  return low < high ? [low, high] : null;
}

function lengthOf(lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}
