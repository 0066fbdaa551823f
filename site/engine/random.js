// The random numbers of one ad, as adgen/decoding/sampling.py draws them: NumPy's SeedSequence and
// its Philox generator (4 x 64 bits, 10 rounds; Salmon et al. 2011, "Parallel random numbers").

import { blake2b } from "./blake2b.js";

const POOL = 4;
const MASK = (1n << 64n) - 1n;
const MULTIPLIERS = [0xd2e7470ee14c6c93n, 0xca5a826395121157n];
const STEPS = [0x9e3779b97f4a7c15n, 0xbb67ae8584caa73bn];

// Returns a function that gives the next number in [0, 1).
export function sequenceGenerator(seed, prompt, number) {
  const digest = blake2b(new TextEncoder().encode(prompt), 16);
  const words = Array.from(new Uint32Array(digest.buffer));
  return philox(seedState(seed, [...words, number], 4));
}

// Returns `numWords` 32-bit words of SeedSequence(seed, spawn_key=spawnKey); all below 2 ** 32.
export function seedState(seed, spawnKey, numWords) {
  const pool = mixedPool([seed, ...new Array(POOL - 1).fill(0), ...spawnKey]);
  const hash = hasher(0x8b51f9dd, 0x58f38ded);
  return Array.from({ length: numWords }, (_, i) => hash(pool[i % POOL]));
}

// Four words of state become the key; the counter begins at 0 and is raised before it is used.
export function philox([low0, high0, low1, high1]) {
  const key = [joined(low0, high0), joined(low1, high1)];
  let counter = 0n;
  let ready = [];
  return () => {
    if (ready.length === 0) {
      counter += 1n;
      ready = block(counter, key);
    }
    return Number(ready.shift() >> 11n) / 2 ** 53;
  };
}

function mixedPool(entropy) {
  const hash = hasher(0x43b0d7e5, 0x931e8875);
  const pool = entropy.slice(0, POOL).map(hash);
  for (let source = 0; source < POOL; source += 1) {
    for (let target = 0; target < POOL; target += 1) {
      if (source !== target) pool[target] = mix(pool[target], hash(pool[source]));
    }
  }
  for (const word of entropy.slice(POOL)) {
    for (let target = 0; target < POOL; target += 1) pool[target] = mix(pool[target], hash(word));
  }
  return pool;
}

function hasher(first, multiplier) {
  let constant = first;
  return (word) => {
    let value = word ^ constant;
    constant = Math.imul(constant, multiplier);
    value = Math.imul(value, constant);
    return (value ^ (value >>> 16)) >>> 0;
  };
}

function mix(x, y) {
  const value = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
  return (value ^ (value >>> 16)) >>> 0;
}

function joined(low, high) {
  return (BigInt(high) << 32n) | BigInt(low);
}

function block(counter, key) {
  let words = [counter, 0n, 0n, 0n];
  let [key0, key1] = key;
  for (let round = 0; round < 10; round += 1) {
    const first = MULTIPLIERS[0] * words[0];
    const second = MULTIPLIERS[1] * words[2];
    words = [
      (second >> 64n) ^ words[1] ^ key0, second & MASK,
      (first >> 64n) ^ words[3] ^ key1, first & MASK,
    ];
    key0 = (key0 + STEPS[0]) & MASK;
    key1 = (key1 + STEPS[1]) & MASK;
  }
  return words;
}
