// Writes ads beside the page, which stays alive meanwhile.
// In: { type: "write", jobs: [{ prompt, product }], numAds, settings }, a product for rows of tables, { type: "stop" }.
// Out: "loaded", "failed", then for every run "text" after each token, "ad", "refused",
// then "done" or "broken".

import { RefusedPrompt } from "../engine/cleaning.js";
import { AdWriter } from "../engine/writer.js";

let writer = null;
let isStopped = false;

async function fetched(name) {
  const response = await fetch(new URL(`../model/${name}`, import.meta.url));
  if (!response.ok) throw new Error(`${name}: the server answered ${response.status}`);
  return response;
}

async function load() {
  try {
    const [weights, tokenizer, tables] = await Promise.all([
      fetched("model.safetensors").then((response) => response.arrayBuffer()),
      fetched("tokenizer.json").then((response) => response.json()),
      fetched("tables.json").then((response) => response.json()),
    ]);
    writer = new AdWriter({ weights, tokenizer, tables });
    const { defaults, version, model_sha256: modelSha256 } = tables;
    postMessage({ type: "loaded", defaults, version, modelSha256 });
  } catch (error) {
    postMessage({ type: "failed", message: error.message });
  }
}

// Lets messages in; a timer would wait for 4 ms.
function pause() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(null);
  });
}

async function writeJob(job, { prompt, product }, numAds, settings) {
  let beginning;
  try {
    beginning = writer.begun(prompt);
    if (product !== undefined && writer.cleaner.clean(product) === "") {
      throw new RefusedPrompt("The row has no product.");
    }
  } catch (error) {
    if (!(error instanceof RefusedPrompt)) throw error;
    postMessage({ type: "refused", job, message: error.message });
    return;
  }
  for (let number = 0; number < numAds; number += 1) {
    let ad = null;
    for (ad of writer.write(beginning, number, settings)) {
      postMessage({ type: "text", job, number, beginning, text: ad.text });
      await pause();
      if (isStopped) return;
    }
    postMessage({ type: "ad", job, number, beginning, text: ad.text, isFinished: ad.isFinished });
  }
}

async function write({ jobs, numAds, settings }) {
  isStopped = false;
  try {
    for (let job = 0; job < jobs.length && !isStopped; job += 1) {
      await writeJob(job, jobs[job], numAds, settings);
      await pause();
    }
    postMessage({ type: "done", isStopped });
  } catch (error) {
    postMessage({ type: "broken", message: error.message });
  }
}

self.onmessage = ({ data }) => {
  if (data.type === "stop") isStopped = true;
  else write(data);
};

load();
