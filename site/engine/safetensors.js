// Arrays of a safetensors file: a JSON header, its length before it, then the numbers.

const TYPES = { I8: Int8Array, F32: Float32Array };

// Returns { name: { shape, values } }.
export function readSafetensors(buffer) {
  const headerBytes = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerBytes)));
  const arrays = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    if (name !== "__metadata__") {
      const [start, end] = offsets.map((offset) => 8 + headerBytes + offset);
      arrays[name] = { shape, values: new TYPES[dtype](buffer.slice(start, end)) };
    }
  }
  return arrays;
}
