// BLAKE2b without a key (RFC 7693), with BigInt: for texts as short as prompts.

const MASK = (1n << 64n) - 1n;
const BLOCK = 128; // bytes
const INITIAL = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];
// Table 2.7 of the RFC, a row a round in hexadecimal; two more rounds use the first two again.
const ORDERS = [
  "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8",
  "905724afe1bc683d", "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a",
  "6fe9b308c2d714a5", "a2847615fb9e3cd0", "0123456789abcdef", "ea489fd61c02b753",
].map((row) => Array.from(row, (digit) => parseInt(digit, 16)));
// Which four of the sixteen numbers are mixed: columns, then diagonals.
const QUARTERS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];

// Returns a Uint8Array of `size` bytes, 1 to 64.
export function blake2b(bytes, size) {
  const state = [...INITIAL];
  state[0] ^= BigInt(0x01010000 ^ size);
  const numBlocks = Math.max(1, Math.ceil(bytes.length / BLOCK));
  for (let block = 0; block < numBlocks; block += 1) {
    const padded = new Uint8Array(BLOCK);
    padded.set(bytes.subarray(block * BLOCK, (block + 1) * BLOCK));
    const isLast = block === numBlocks - 1;
    compress(state, padded, isLast ? bytes.length : (block + 1) * BLOCK, isLast);
  }
  return new Uint8Array(new BigUint64Array(state).buffer).slice(0, size);
}

function compress(state, block, numBytes, isLast) {
  const view = new DataView(block.buffer);
  const words = Array.from({ length: 16 }, (_, i) => view.getBigUint64(8 * i, true));
  const v = [...state, ...INITIAL];
  v[12] ^= BigInt(numBytes);
  if (isLast) v[14] ^= MASK;
  for (const order of ORDERS) {
    QUARTERS.forEach((quarter, i) => {
      mix(v, quarter, words[order[2 * i]], words[order[2 * i + 1]]);
    });
  }
  for (let i = 0; i < 8; i += 1) state[i] ^= v[i] ^ v[i + 8];
}

function mix(v, [a, b, c, d], x, y) {
  v[a] = (v[a] + v[b] + x) & MASK;
  v[d] = turned(v[d] ^ v[a], 32n);
  v[c] = (v[c] + v[d]) & MASK;
  v[b] = turned(v[b] ^ v[c], 24n);
  v[a] = (v[a] + v[b] + y) & MASK;
  v[d] = turned(v[d] ^ v[a], 16n);
  v[c] = (v[c] + v[d]) & MASK;
  v[b] = turned(v[b] ^ v[c], 63n);
}

function turned(value, bits) {
  return (value >> bits) | ((value << (64n - bits)) & MASK);
}
