// exp, log, tanh and the logistic function with the same bits on every machine.
// The same as adgen/support/exact_functions.py: sums, products, quotients and rounding of float64
// alone, in the same order. Math.exp and its like differ between browsers in their last bits.

const MOST = 700;
const LOG2_E = 1.44269504088896338700;
const LN2_HIGH = 6.93147180369123816490e-01;
const LN2_LOW = 1.90821492927058770002e-10;
const ROOT_OF_HALF = 0.70710678118654752440;

const EXP_TERMS = new Float64Array(14);
for (let n = 0, factorial = 1; n < 14; n += 1, factorial *= n) EXP_TERMS[n] = 1 / factorial;
const LOG_TERMS = Float64Array.from({ length: 11 }, (_, n) => 1 / (2 * n + 1));

// 2 ** k for k from -1022 to 1023, by doubling and halving, which are exact.
const LOWEST = -1022;
const POWERS = new Float64Array(2046);
POWERS[-LOWEST] = 1;
for (let k = 1; k <= 1023; k += 1) POWERS[k - LOWEST] = 2 * POWERS[k - 1 - LOWEST];
for (let k = -1; k >= LOWEST; k -= 1) POWERS[k - LOWEST] = POWERS[k + 1 - LOWEST] / 2;

export function exp(value) {
  const bounded = Math.min(Math.max(value, -MOST), MOST);
  const k = Math.floor(bounded * LOG2_E + 0.5);
  const rest = (bounded - k * LN2_HIGH) - k * LN2_LOW;
  return polynomial(EXP_TERMS, rest) * POWERS[k - LOWEST];
}

export function log(value) {
  let part = value;
  let k = 0;
  for (; part >= 1; k += 1) part /= 2;
  for (; part < 0.5; k -= 1) part *= 2;
  if (part < ROOT_OF_HALF) {
    part *= 2;
    k -= 1;
  }
  const ratio = (part - 1) / (part + 1);
  return k * LN2_HIGH + (2 * ratio * polynomial(LOG_TERMS, ratio * ratio) + k * LN2_LOW);
}

export function tanh(value) {
  const shrunk = exp(-2 * Math.abs(value));
  const size = (1 - shrunk) / (1 + shrunk);
  return value < 0 ? -size : size;
}

export function sigmoid(value) {
  return 1 / (1 + exp(-value));
}

function polynomial(terms, value) {
  let sum = terms[terms.length - 1];
  for (let n = terms.length - 2; n >= 0; n -= 1) sum = sum * value + terms[n];
  return sum;
}
