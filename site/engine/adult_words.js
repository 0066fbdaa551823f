// Finds words of adult products in a text, and says which tokens may complete one; the same as
// adgen/support/adult_words.py, from which site/build.py takes the words.

export class AdultWords {
  constructor({ always, together, kinds_of_sex: kindsOfSex, listed }, characters) {
    this.characters = characters;
    this.always = new RegExp(always, "g");
    this.together = together.map((pair) => pair.map((one) => new RegExp(one)));
    this.kindsOfSex = kindsOfSex;
    this.wholes = new Set();
    this.tails = new Set();
    this.wordTails = new Set();
    for (const words of listed) {
      const whole = words.join("");
      this.wholes.add(whole);
      for (let start = 0; start < whole.length; start += 1) this.tails.add(whole.slice(start));
      words.forEach((_, start) => this.wordTails.add(words.slice(start).join("")));
    }
  }

  // Returns words that mark an adult product; null where there are none.
  find(text) {
    const folded = this.folded(text);
    for (const match of folded.matchAll(this.always)) {
      const before = folded.slice(0, match.index);
      const isKindOfSex = this.kindsOfSex.some((kind) => before.endsWith(kind));
      if (!(match[0].startsWith("sex", 1) && isKindOfSex)) return match[0].slice(1);
    }
    for (const [first, second] of this.together) {
      const one = first.exec(folded);
      const other = one && second.exec(folded);
      if (one && other) return `${one[0].slice(1)}, ${other[0].slice(1)}`;
    }
    return null;
  }

  mayComplete(ending) {
    if (ending.includes("\ufffd")) return true;
    const letters = this.folded(ending).replace(/[ 0]/g, "");
    const isAscii = /^[\x00-\x7f]*$/.test(ending);
    const possible = isAscii && !/^[A-Za-z]/.test(ending) ? this.wordTails : this.tails;
    for (let length = 1; length <= letters.length; length += 1) {
      if (possible.has(letters.slice(0, length))) return true;
    }
    return [...this.wholes].some((whole) => letters.includes(whole));
  }

  // A text's words in small letters without accents, a space before each, 0 for digits.
  folded(text) {
    const kept = Array.from(text.normalize("NFKD")).filter(
      (one) => !this.characters.isDropped(one),
    );
    const plain = Array.from(this.characters.casefold(kept.join("")), (one) => {
      if (this.characters.isDecimal(one)) return "0";
      return this.characters.isAlnum(one) ? one : " ";
    }).join("");
    return plain.split(" ").filter((word) => word !== "").map((word) => ` ${word}`).join("");
  }
}
