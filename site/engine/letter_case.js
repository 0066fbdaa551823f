// Capitals that a prompt lacks: "sony tv" becomes "Sony TV". The same as
// adgen/decoding/letter_case.py, where the reasons stand.

import { stripped } from "./characters.js";
import { logNormaliser } from "./sampling.js";
import { EOS_ID } from "./tokenizer.js";

const LOG_OF_LEAST_RATIO = 1.6094379124341003; // log(5)
const MOST_WORDS = 12;
const MOST_SPELLINGS = 4;

export class CaseMatcher {
  constructor(lstm, tokenizer, characters) {
    this.lstm = lstm;
    this.tokenizer = tokenizer;
    this.characters = characters;
    this.ofVocabulary = null;
  }

  match(prompt) {
    if (prompt !== prompt.toLowerCase()) return prompt;
    let words = prompt.split(" ");
    const states = new Map();
    for (let place = 0; place < Math.min(MOST_WORDS, words.length); place += 1) {
      const texts = this.spellings(words[place]).map(
        (one) => [...words.slice(0, place), one].join(" "),
      );
      if (texts.length > 1) {
        const scores = this.scores(texts, states);
        const best = scores.indexOf(Math.max(...scores));
        if (scores[best] > scores[0] + LOG_OF_LEAST_RATIO) {
          words = [...texts[best].split(" "), ...words.slice(place + 1)];
        }
      }
    }
    return words.join(" ");
  }

  spellings(word) {
    const characters = Array.from(word);
    const first = characters.findIndex((one) => this.characters.isAlnum(one));
    const end = characters.findLastIndex((one) => this.characters.isAlnum(one)) + 1;
    const core = characters.slice(first, end).join("");
    if (first < 0 || !this.characters.isLowerText(core)) return [word];
    const before = characters.slice(0, first).join("");
    const after = characters.slice(end).join("");
    const folded = this.characters.casefold(core);
    return [...new Set([core, ...this.withCapitals(core)])]
      .filter((way) => Array.from(way).length === end - first
        && this.characters.casefold(way) === folded)
      .map((way) => before + way + after);
  }

  withCapitals(word) {
    const known = this.vocabulary().get(this.characters.casefold(word)) ?? [];
    const characters = Array.from(word);
    const firstLarge = characters.map((one, place) => {
      const before = place > 0 ? characters[place - 1] : " ";
      const isFirst = this.characters.isAlnum(one) && !this.characters.isDecimal(one)
        && !this.characters.isAlnum(before) && before !== "'" && before !== "’";
      return isFirst ? one.toUpperCase() : one;
    }).join("");
    return [...known.slice(0, MOST_SPELLINGS), firstLarge, word.toUpperCase()];
  }

  // The tokens that hold a capital, the most frequent first, by what they are without.
  vocabulary() {
    if (this.ofVocabulary) return this.ofVocabulary;
    this.ofVocabulary = new Map();
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    for (const bytes of this.tokenizer.tokenBytes) {
      const text = stripped(decoder.decode(bytes).replaceAll("\ufffd", ""));
      const isWord = text !== "" && Array.from(text).every((one) => this.characters.isAlnum(one));
      if (isWord && text !== text.toLowerCase()) {
        const key = this.characters.casefold(text);
        const known = this.ofVocabulary.get(key) ?? [];
        if (!known.includes(text)) this.ofVocabulary.set(key, [...known, text]);
      }
    }
    return this.ofVocabulary;
  }

  // Log-probabilities of texts, from where they differ, up to a sum.
  scores(texts, states) {
    const ids = texts.map((text) => this.tokenizer.encode(text));
    const shortest = Math.min(...ids.map((own) => own.length));
    let same = 0;
    while (same < shortest && ids.every((own) => own[same] === ids[0][same])) same += 1;
    return ids.map((own) => {
      let score = 0;
      for (let place = same; place < own.length; place += 1) {
        const { logits, normaliser } = this.after(own.slice(0, place), states);
        score += logits[own[place]] - normaliser;
      }
      return score;
    });
  }

  // What may follow the beginning of an ad; remembered, since many texts begin alike.
  after(ids, states) {
    const key = ids.join(" ");
    if (!states.has(key)) {
      const state = ids.length === 0 ? this.lstm.read([EOS_ID])
        : this.lstm.step(ids.at(-1), this.stateAfter(ids.slice(0, -1), states));
      states.set(key, { state, logits: null, normaliser: 0 });
    }
    const found = states.get(key);
    if (found.logits === null) {
      found.logits = this.lstm.logits(found.state);
      found.normaliser = logNormaliser(found.logits);
    }
    return found;
  }

  stateAfter(ids, states) {
    return states.get(ids.join(" "))?.state ?? this.lstm.read([EOS_ID, ...ids]);
  }
}
