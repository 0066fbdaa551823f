// The trained LSTM, from int8 weights, with the same bits as adgen/lstm/exact_lstm.py: what is
// multiplied is rounded to multiples of 1 / GRID, so that every sum of products is exact.
// Shapes are those that site/build.py lets through: one layer, tied, widths that are multiples of 4.

import { sigmoid, tanh } from "./exact_functions.js";

const GRID = 2 ** 28;

class ExactProduct {
  // matrix: { numbers, scale } of shape (n, m), or its transpose where isTransposed.
  constructor({ numbers, scale }, isTransposed = false) {
    const [height, width] = numbers.shape;
    [this.n, this.m] = isTransposed ? [width, height] : [height, width];
    this.numbers = isTransposed ? numbers.values : transposed(numbers.values, height, width);
    const isByRow = isTransposed ? scale.shape[1] > 1 : scale.shape[0] > 1;
    const most = Math.max(...(isByRow ? scale.values : [1]));
    this.rowScale = isByRow ? Float64Array.from(scale.values, (one) => one / most) : null;
    this.scale = isByRow ? new Float64Array(this.m).fill(most) : Float64Array.from(scale.values);
    this.whole = new Float64Array(this.n);
  }

  // Returns the product (m,) of a row (n,).
  of(row) {
    const { n, m, numbers, whole, rowScale, scale } = this;
    for (let i = 0; i < n; i += 1) {
      const value = rowScale ? row[i] * rowScale[i] : row[i];
      whole[i] = Math.floor(value * GRID + 0.5);
    }
    const products = new Float64Array(m);
    // Four columns at once, since their sums do not wait for one another.
    for (let column = 0; column < m; column += 4) {
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      for (let i = 0, place = column * n; i < n; i += 1, place += 1) {
        sum0 += whole[i] * numbers[place];
        sum1 += whole[i] * numbers[place + n];
        sum2 += whole[i] * numbers[place + 2 * n];
        sum3 += whole[i] * numbers[place + 3 * n];
      }
      products[column] = sum0 / GRID * scale[column];
      products[column + 1] = sum1 / GRID * scale[column + 1];
      products[column + 2] = sum2 / GRID * scale[column + 2];
      products[column + 3] = sum3 / GRID * scale[column + 3];
    }
    return products;
  }
}

export class LSTM {
  // arrays: of a model.safetensors, by name; see safetensors.js.
  constructor(arrays) {
    const matrix = (name) => ({ numbers: arrays[name], scale: arrays[`${name}.scale`] });
    this.embedding = matrix("embedding");
    this.inputs = new ExactProduct(matrix("lstm.kernel"));
    this.recurrent = new ExactProduct(matrix("lstm.recurrent_kernel"));
    this.projection = new ExactProduct(matrix("projection.kernel"));
    this.output = new ExactProduct(this.embedding, true);
    this.bias = arrays["lstm.bias"].values;
    this.outputBias = arrays["output.bias"].values;
    this.units = this.recurrent.n;
  }

  initialState() {
    return { hidden: new Float64Array(this.units), cell: new Float64Array(this.units) };
  }

  // Returns the state after a token; the old one is untouched.
  step(id, { hidden, cell }) {
    const { units, bias } = this;
    const inputs = this.inputs.of(this.embedded(id));
    const gates = this.recurrent.of(hidden);
    for (let i = 0; i < gates.length; i += 1) gates[i] += inputs[i] + bias[i];
    const next = this.initialState();
    for (let i = 0; i < units; i += 1) {
      // Gates in Keras's order: input, forget, candidate, output.
      next.cell[i] = sigmoid(gates[units + i]) * cell[i]
        + sigmoid(gates[i]) * tanh(gates[2 * units + i]);
      next.hidden[i] = sigmoid(gates[3 * units + i]) * tanh(next.cell[i]);
    }
    return next;
  }

  read(ids, state = this.initialState()) {
    return ids.reduce((before, id) => this.step(id, before), state);
  }

  // Returns the logits (vocab,) of the next token.
  logits(state) {
    const logits = this.output.of(this.projection.of(state.hidden));
    for (let id = 0; id < logits.length; id += 1) logits[id] += this.outputBias[id];
    return logits;
  }

  embedded(id) {
    const { numbers, scale } = this.embedding;
    const width = numbers.shape[1];
    const isByRow = scale.shape[0] > 1;
    return Float32Array.from({ length: width }, (_, i) => (
      numbers.values[id * width + i] * scale.values[isByRow ? id : i]
    ));
  }
}

function transposed(values, height, width) {
  const turned = new Int8Array(values.length);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      turned[column * height + row] = values[row * width + column];
    }
  }
  return turned;
}
