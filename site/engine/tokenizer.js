// Byte-level byte pairs, as in adgen/tokens/subword_tokenizer.py: text to token ids and back.

export const EOS_ID = 2;
export const SPECIAL_IDS = [0, 1]; // <pad> and <unk>, which are never written
const PIECE = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const FACTOR = 2 ** 17; // a pair of ids is one number, first * FACTOR + second

// The character that stands for each byte in a vocabulary: visible ones of Latin-1 for themselves,
// the others, in order, by those from U+0100 on.
const CHARACTER_OF_BYTE = [];
for (let byte = 0, others = 0; byte < 256; byte += 1) {
  const isVisible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  CHARACTER_OF_BYTE.push(String.fromCharCode(isVisible ? byte : 0x100 + others));
  others += isVisible ? 0 : 1;
}
const BYTE_OF_CHARACTER = new Map(CHARACTER_OF_BYTE.map((character, byte) => [character, byte]));

export class Tokenizer {
  // file: the content of a model's tokenizer.json.
  constructor(file) {
    const { vocab, merges } = file.model;
    const tokens = Object.keys(vocab).sort((a, b) => vocab[a] - vocab[b]);
    this.vocabSize = tokens.length;
    this.tokenBytes = tokens.map((token, id) => (id <= EOS_ID ? new Uint8Array(0)
      : Uint8Array.from(token, (character) => BYTE_OF_CHARACTER.get(character))));
    this.idOfByte = CHARACTER_OF_BYTE.map((character) => vocab[character]);
    this.merges = new Map(merges.map(([first, second], rank) => [
      vocab[first] * FACTOR + vocab[second], { rank, id: vocab[first + second] },
    ]));
  }

  encode(text) {
    const encoder = new TextEncoder();
    const pieces = text.match(PIECE) ?? [];
    return pieces.flatMap((piece) => this.merged(Array.from(encoder.encode(piece))));
  }

  // The text of token ids, special ones left out; bytes that are no text become U+FFFD.
  decode(ids) {
    const bytes = ids.flatMap((id) => Array.from(this.tokenBytes[id]));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
  }

  // Joins the pair that was learned first, the leftmost of equal ones, until none is left.
  merged(bytes) {
    const ids = bytes.map((byte) => this.idOfByte[byte]);
    for (;;) {
      let best = null;
      let place = -1;
      for (let i = 0; i + 1 < ids.length; i += 1) {
        const merge = this.merges.get(ids[i] * FACTOR + ids[i + 1]);
        if (merge && (best === null || merge.rank < best.rank)) {
          best = merge;
          place = i;
        }
      }
      if (best === null) return ids;
      ids.splice(place, 2, best.id);
    }
  }
}
