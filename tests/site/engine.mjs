// Answers calls of the page's engine, for tests in Python: {"site": folder, "calls": [[name, ...]]}
// on standard input, a list of answers on standard output.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { site, calls } = JSON.parse(readFileSync(0, "utf-8"));
const load = (name) => import(pathToFileURL(`${site}/${name}`).href);
const json = (name) => JSON.parse(readFileSync(`${site}/model/${name}`, "utf-8"));

const { AdWriter } = await load("engine/writer.js");
const { blake2b } = await load("engine/blake2b.js");
const { EOS_ID } = await load("engine/tokenizer.js");
const { philox, seedState, sequenceGenerator } = await load("engine/random.js");
const functions = await load("engine/exact_functions.js");
const sampling = await load("engine/sampling.js");
const table = await load("page/table.js");

const file = readFileSync(`${site}/model/model.safetensors`);
const weights = file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
const tables = json("tables.json");
const writer = new AdWriter({ weights, tokenizer: json("tokenizer.json"), tables });

const bits = (numbers) => Array.from(new BigUint64Array(Float64Array.from(numbers).buffer), String);
const numbers = (texts) => Array.from(new Float64Array(BigUint64Array.from(texts, BigInt).buffer));
const draws = (random, count) => Array.from({ length: count }, () => random());

const ANSWERS = {
  functions: (name, values) => bits(numbers(values).map(functions[name])),
  blake2b: (bytes, size) => Array.from(blake2b(Uint8Array.from(bytes), size)),
  seedState: (seed, spawnKey, count) => seedState(seed, spawnKey, count),
  philox: (key, count) => draws(philox(key), count),
  stream: (seed, prompt, number, count) => draws(sequenceGenerator(seed, prompt, number), count),
  encode: (text) => writer.tokenizer.encode(text),
  decode: (ids) => writer.tokenizer.decode(ids),
  clean: (text) => writer.cleaner.clean(text),
  flags: (start, end) => Array.from({ length: end - start }, (_, i) => (
    writer.characters.flagsOf(start + i)
  )),
  adult: (text) => [writer.adultWords.find(text), writer.adultWords.mayComplete(text)],
  glued: (prompt, ids) => writer.borders.glued(prompt, ids),
  vocabulary: () => Object.fromEntries(writer.cases.vocabulary()),
  match: (prompt) => writer.cases.match(prompt),
  logits: (ids) => bits(writer.lstm.logits(writer.lstm.read([EOS_ID, ...ids]))),
  choose: (logits, settings, uniform, soFar, banned) => sampling.choose(
    Float64Array.from(numbers(logits)), settings, uniform, soFar, banned,
  ),
  decoded: (bytes) => {
    try {
      return table.decoded(Uint8Array.from(bytes).buffer);
    } catch (error) {
      return { refused: error.message };
    }
  },
  unreadable: (text) => {
    try {
      return table.parseTable(text) && null;
    } catch (error) {
      return error.message;
    }
  },
  refusal: (prompt) => {
    try {
      return writer.begun(prompt) && null;
    } catch (error) {
      return error.message;
    }
  },
  ads: (prompt, numAds, settings) => {
    const beginning = writer.begun(prompt);
    return Array.from({ length: numAds }, (_, number) => (
      [...writer.write(beginning, number, settings)].at(-1)
    ));
  },
  milliseconds: (prompt, settings) => {
    const beginning = writer.begun(prompt);
    const start = performance.now();
    const steps = [...writer.write(beginning, 0, settings)];
    return (performance.now() - start) / steps.length;
  },
  parse: (text) => table.parseTable(text),
  products: (text) => table.products(text),
  csv: (rows) => table.toCsv(rows),
};

console.log(JSON.stringify(calls.map(([name, ...args]) => ANSWERS[name](...args))));
