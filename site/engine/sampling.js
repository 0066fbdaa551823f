// The next token, from whole weights whose sums are exact; the same as adgen/decoding/exact.py.

import { exp, log } from "./exact_functions.js";

const UNIT = 2 ** 36;

// Returns a token id. `sampling` has temperature, topK, topP, repetitionPenalty and greedy; `soFar`
// the ids that the penalty falls on; the numbers of `logits` are changed.
export function choose(logits, sampling, uniform, soFar, banned) {
  const penalty = sampling.repetitionPenalty;
  if (penalty !== 1) {
    for (const id of new Set(soFar)) {
      logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
    }
  }
  for (const id of banned) logits[id] = -Infinity;
  if (sampling.greedy) return logits.indexOf(highest(logits));
  const kept = sampling.topK > 0 && sampling.topK < logits.length
    ? largest(logits, sampling.topK) : null;
  const given = kept ? Float64Array.from(kept, (id) => logits[id]) : logits;
  const weights = wholeWeights(given, sampling.temperature);
  const place = drawn(sampling.topP < 1 ? nucleus(weights, sampling.topP) : weights, uniform);
  return kept ? kept[place] : place;
}

export function logNormaliser(logits) {
  return highest(logits) + log(total(wholeWeights(logits, 1)) / UNIT);
}

export function wholeWeights(logits, temperature) {
  const most = highest(logits);
  return logits.map((logit) => Math.floor(exp((logit - most) / temperature) * UNIT + 0.5));
}

function highest(values) {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}

function total(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

// The places of the `count` largest values, rising; of equal ones at the edge the first stay.
function largest(values, count) {
  const edge = values.slice().sort()[values.length - count];
  let numEqual = count;
  for (const value of values) if (value > edge) numEqual -= 1;
  const places = [];
  values.forEach((value, place) => {
    if (value > edge || (value === edge && numEqual > 0)) {
      places.push(place);
      if (value === edge) numEqual -= 1;
    }
  });
  return places;
}

// The weights of the fewest largest whose share reaches `topP`, zeros in place of the others.
function nucleus(weights, topP) {
  const falling = weights.slice().sort().reverse();
  const share = topP * total(weights);
  let count = 0;
  for (let mass = 0; count === 0 || mass < share; count += 1) mass += falling[count];
  const inside = new Float64Array(weights.length);
  for (const place of largest(weights, count)) inside[place] = weights[place];
  return inside;
}

// The first place where the sum of the weights rises past the uniform's share of it.
function drawn(weights, uniform) {
  const mark = uniform * total(weights);
  let last = 0;
  for (let place = 0, mass = 0; place < weights.length; place += 1) {
    if (weights[place] > 0) last = place;
    mass += weights[place];
    if (mass > mark) return place;
  }
  return last; // where rounding carried the mark up to the sum
}
