// From a prompt to ads, token by token; the same as `adgen generate --exact`.

import { AdultWords } from "./adult_words.js";
import { WordBorders } from "./borders.js";
import { Characters, strippedBefore } from "./characters.js";
import { Cleaner, RefusedPrompt } from "./cleaning.js";
import { CaseMatcher } from "./letter_case.js";
import { LSTM } from "./lstm.js";
import { sequenceGenerator } from "./random.js";
import { readSafetensors } from "./safetensors.js";
import { choose } from "./sampling.js";
import { EOS_ID, SPECIAL_IDS, Tokenizer } from "./tokenizer.js";

const UNFINISHED = /[ \t\n\ufffd]+$/; // spaces, and the first bytes of a character

export class AdWriter {
  // weights: ArrayBuffer of model.safetensors; tokenizer, tables: of the model's JSON files.
  constructor({ weights, tokenizer, tables }) {
    this.tokenizer = new Tokenizer(tokenizer);
    this.characters = new Characters(tables.characters);
    this.cleaner = new Cleaner(tables.cleaning, this.characters);
    this.adultWords = new AdultWords(tables.adult_words, this.characters);
    this.lstm = new LSTM(readSafetensors(weights));
    this.borders = new WordBorders(this.tokenizer.tokenBytes, this.characters);
    this.cases = new CaseMatcher(this.lstm, this.tokenizer, this.characters);
    this.mayComplete = new Map();
  }

  // Returns the beginning of the ads that a prompt asks for; throws a RefusedPrompt where none is written.
  begun(prompt) {
    const beginning = this.cases.match(this.cleaner.tidyPrompt(prompt));
    const words = this.adultWords.find(beginning);
    if (words !== null) {
      throw new RefusedPrompt(
        `The prompt is of an adult product ("${words}"), for which no ads are written.`,
      );
    }
    return beginning;
  }

  // Yields an ad's { text, isFinished, ids } after each token. `settings` has seed, maxTokens and
  // those of sampling.js; `beginning` comes from `begun`, `number` counts a prompt's ads from 0.
  * write(beginning, number, settings) {
    const promptIds = this.tokenizer.encode(beginning);
    const random = sequenceGenerator(settings.seed, beginning, number);
    const ids = [];
    let state = this.lstm.read([EOS_ID, ...promptIds]);
    while (ids.length < settings.maxTokens && ids.at(-1) !== EOS_ID) {
      const id = this.next(state, { beginning, promptIds, ids, random, settings });
      ids.push(id);
      yield { text: this.text(beginning, ids), isFinished: id === EOS_ID, ids };
      if (id !== EOS_ID) state = this.lstm.step(id, state);
    }
  }

  next(state, { beginning, promptIds, ids, random, settings }) {
    const allowed = this.lstm.logits(state);
    for (const id of this.borders.glued(beginning, ids)) allowed[id] = -Infinity;
    const draw = () => choose(
      allowed.slice(), settings, random(), [...promptIds, ...ids], SPECIAL_IDS,
    );
    // Another one, where a token would complete words of an adult product.
    let id = draw();
    while (this.isAdultWith(id, beginning, ids)) {
      allowed[id] = -Infinity;
      id = draw();
    }
    return id;
  }

  isAdultWith(id, beginning, ids) {
    if (!this.mayComplete.has(id)) {
      this.mayComplete.set(id, this.adultWords.mayComplete(this.tokenizer.decode([id])));
    }
    return this.mayComplete.get(id)
      && this.adultWords.find(this.text(beginning, [...ids, id])) !== null;
  }

  text(beginning, ids) {
    const written = this.tokenizer.decode(ids);
    return beginning + (beginning === "" ? strippedBefore(written) : written).replace(UNFINISHED, "");
  }
}
