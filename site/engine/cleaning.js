// Repairs the technical dirt in a prompt; the same as adgen/corpus/cleaning.py, where the reasons
// stand. Tables come from Python by site/build.py.

import { SPACE, words } from "./characters.js";

const MAX_PROMPT_CHARS = 2000;
const LAST_RESORT = "\ufffd";
const CLOSING = new Set("”’»™®©…–—‘“");
const C1_AS_CP1252 = new Set("‘’“”–—•™…");
const ENTITY = /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,7});|&(?:quot|amp)(?![A-Za-z0-9;=])/g;
const COMMON_ENTITY = /^(?:amp|copy|deg|[lr][ds]quo|[mn]dash|nbsp|quot|reg|times|trade)$/i;
const FULL_WIDTH = /[\uff01-\uff5e]+/g;
const BLANK = /[\u180e\u2800\u3164]/g;
const LOST_NO_BREAK = /(?<=[!-~])Â(?= )/g;
const INVISIBLE = new RegExp(
  "\\x1b\\[[0-?]*[ -\\/]*[@-~]|\\x1b\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)"
  + "|[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e"
  + "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]"
  + `|(?<![^\\x00-\\x7f${SPACE}])[\\u200c\\u200d]|[\\u200c\\u200d](?![^\\x00-\\x7f${SPACE}])`,
  "gu",
);

// A prompt of which no ads are written; its message says why.
export class RefusedPrompt extends Error {}

export class Cleaner {
  constructor({ cp1252, mac_roman: macRoman, entities, references }, characters) {
    this.entities = entities;
    this.references = references;
    this.characters = characters;
    this.tables = { cp1252: Array.from(cp1252), mac_roman: Array.from(macRoman) };
    this.bytes = Object.fromEntries(Object.entries(this.tables).map(
      ([name, table]) => [name, new Map(table.map((character, byte) => [character, byte]))],
    ));
    this.mojibake = new RegExp(
      ["cp1252", "mac_roman"].map((name) => `(?<${name}>${sequences(this.tables[name])})`)
        .concat(["cp1252", "mac_roman"].map(
          (name) => `(?<${name}_pair>${pairs(this.tables[name])})`,
        )).join("|"),
      "gu",
    );
  }

  // Returns the prompt as adgen reads it; throws an Error where it would refuse it.
  tidyPrompt(given) {
    const length = Array.from(given).length;
    if (length > MAX_PROMPT_CHARS) {
      throw new RefusedPrompt(`A prompt has ${length} characters; at most ${MAX_PROMPT_CHARS} can be read.`);
    }
    if (/\p{Surrogate}/u.test(given)) {
      throw new RefusedPrompt("A prompt holds half a character (a lone surrogate).");
    }
    return this.clean(given);
  }

  clean(text) {
    let before = null;
    let now = text;
    while (now !== before) {
      before = now;
      now = now.replace(ENTITY, (entity) => this.decoded(entity));
      now = this.repaired(now);
      now = now.replace(FULL_WIDTH, (run) => run.normalize("NFKC"));
      now = now.normalize("NFC").replace(INVISIBLE, "");
      now = words(now.replace(BLANK, " ")).join(" ");
    }
    return now;
  }

  decoded(entity) {
    let name = entity.replace(/^[&;]+|[&;]+$/g, "");
    if (COMMON_ENTITY.test(name)) name = name.toLowerCase();
    if (!name.startsWith("#")) return Object.hasOwn(this.entities, name) ? this.entities[name] : entity;
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    const character = this.reference(code);
    return character === "" || character === LAST_RESORT ? entity : character;
  }

  reference(code) {
    if (Object.hasOwn(this.references, code)) return this.references[code];
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return LAST_RESORT;
    return String.fromCodePoint(code);
  }

  repaired(text) {
    return text.replace(this.mojibake, (...found) => {
      const groups = found.at(-1);
      const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
      return this.readAgain(found[0], kind, text, found.at(-3));
    }).replace(LOST_NO_BREAK, "");
  }

  // Reads a suspicious run as the UTF-8 it was; leaves it where the result is not plausible.
  readAgain(run, kind, text, start) {
    const encoding = kind.replace(/_pair$/, "");
    const bytes = Uint8Array.from(run, (character) => this.bytes[encoding].get(character));
    let read;
    try {
      read = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return run;
    }
    if (encoding === kind) {
      const isPlausible = Array.from(read).every((one) => one !== LAST_RESORT
        && !this.characters.isUnassigned(one) && !this.characters.isPrivate(one));
      return isPlausible ? read : run;
    }
    const before = Array.from(text.slice(0, start)).at(-1) ?? "";
    const after = Array.from(text.slice(start + run.length))[0] ?? "";
    return this.pair(run, read, encoding, before, after);
  }

  pair(run, character, encoding, before, after) {
    const isLetter = (one) => one !== "" && this.characters.isAlpha(one);
    const [first, second] = Array.from(run);
    if (encoding === "mac_roman") {
      const isWithinWord = isLetter(before) || isLetter(after);
      return first === "¬" || character === "×" || isWithinWord ? character : run;
    }
    const isAfterCapital = before !== "" && this.characters.isUpper(before);
    if (CLOSING.has(second) && isAfterCapital && !isLetter(after)) return run;
    if (/^[\xa0-\xff]/.test(character)) return character;
    return C1_AS_CP1252.has(second) ? second : run;
  }
}

function escaped(character) {
  return `\\u{${character.codePointAt(0).toString(16)}}`;
}

function span(table, first, last) {
  return `[${table.slice(first, last + 1).map(escaped).join("")}]`;
}

// UTF-8 sequences of 3 and 4 bytes, as a table of single bytes shows them.
function sequences(table) {
  const rest = span(table, 0x80, 0xbf);
  const emoji = escaped(table[0xf0]) + escaped(table[0x9f]) + rest + rest;
  const kana = escaped(table[0xe3]) + span(table, 0x80, 0x83) + rest;
  const forms = escaped(table[0xef]) + span(table, 0xb8, 0xbf) + rest;
  const ideographs = `(?:${span(table, 0xe4, 0xe9)}${rest}${rest}){2,}`;
  return [emoji, escaped(table[0xe2]) + rest + rest, kana, forms, ideographs].join("|");
}

function pairs(table) {
  return span(table, 0xc2, 0xc3) + span(table, 0x80, 0xbf);
}
