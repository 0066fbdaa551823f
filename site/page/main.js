// The page: forms, the worker that writes, and where its ads go.

import { copy } from "./elements.js";
import { Settings } from "./settings.js";
import { decoded, products } from "./table.js";
import { AdList, AdTable } from "./views.js";

const MOST_FILE_BYTES = 5e6;
const find = (id) => document.getElementById(id);
const worker = openWorker();
const settings = new Settings(find("settings"));
const list = new AdList(find("ads"));
const table = new AdTable(find("rows"));
let view = null; // where the ads of the run go; null while nothing is written
let numWanted = 0;
let numDone = 0;
let numRefused = 0;
let isLoaded = false;

// A worker of a file has the policy that its file was sent with, which is none; one of a blob has
// the page's, so that it too can ask its own server alone.
function openWorker() {
  const source = `import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`;
  const blob = new Blob([source], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob), { type: "module" });
}

function say(text, isBad = false) {
  const status = find("status");
  status.textContent = text;
  status.classList.toggle("bad", isBad);
}

function setRunning(form) {
  for (const button of document.querySelectorAll("[data-needs-model]")) button.disabled = form !== null;
  for (const button of document.querySelectorAll("[data-stop]")) {
    button.hidden = button.form !== form;
  }
  // A file or copy of half a run would look like one of the whole.
  for (const id of ["download", "copy-all"]) find(id).disabled = form !== null;
}

function run(form, target, jobs) {
  const { settings: chosen, numAds } = settings.read();
  view = target;
  numWanted = jobs.length * numAds;
  numDone = 0;
  numRefused = 0;
  setRunning(form);
  say(`Writing ad 1 of ${numWanted} …`);
  worker.postMessage({ type: "write", jobs, numAds, settings: chosen });
}

function endRun({ isWhole }) {
  if (!isWhole) view.stop();
  view = null;
  setRunning(null);
}

function finish({ isStopped }) {
  endRun({ isWhole: !isStopped });
  say(isStopped ? `Stopped; ${numDone} of ${numWanted} ads are complete.` : ended());
}

function ended() {
  const ads = numDone === 1 ? "1 ad" : `${numDone} ads`;
  if (numRefused === 0) return `Wrote ${ads}.`;
  const refused = numRefused === 1 ? "1 prompt was" : `${numRefused} prompts were`;
  return `Wrote ${ads}; ${refused} refused.`;
}

function count() {
  numDone += 1;
  if (numDone < numWanted) say(`Writing ad ${numDone + 1} of ${numWanted} …`);
}

const ANSWERS = {
  loaded: ({ defaults, version, modelSha256 }) => {
    isLoaded = true;
    settings.reset(defaults);
    setRunning(null);
    find("versions").textContent = `adgen ${version}; model.safetensors, SHA-256 ${modelSha256}`;
    say("Ready.");
    keepOffline();
  },
  failed: ({ message }) => say(`The model could not be loaded (${message}). Load the page again.`, true),
  text: (message) => view.show(message),
  ad: (message) => {
    view.end(message);
    count();
  },
  refused: (message) => {
    view.refuse(message);
    numRefused += 1;
    if (view === list) find("same").hidden = true;
  },
  done: finish,
  broken: ({ message }) => {
    endRun({ isWhole: false });
    say(`The model stopped with an error (${message}). Load the page again.`, true);
  },
};
worker.onmessage = ({ data }) => ANSWERS[data.type](data);
worker.onerror = () => say(isLoaded
  ? "The model stopped with an error. Load the page again."
  : "The model could not be started; is this browser too old? Use a current one, or load the page "
    + "again.", true);

// Keeps the page for times without a network, once the model is here.
async function keepOffline() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("sw.js", { updateViaCache: "none" });
    await navigator.serviceWorker.ready;
    find("offline").hidden = false;
  } catch {
    // Private windows may forbid it; the page works all the same, with a network.
  }
}

find("prompt-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!settings.isValid() || view !== null) return;
  const prompt = find("prompt").value;
  list.clear();
  find("command").textContent = settings.command(prompt);
  find("same").hidden = false;
  run(event.target, list, [{ prompt }]);
});

find("table-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!settings.isValid() || view !== null) return;
  try {
    const found = products(find("table").value);
    table.begin(found);
    find("results").hidden = false;
    run(event.target, table, found);
  } catch (error) {
    say(error.message, true);
  }
});

find("settings").addEventListener("submit", (event) => event.preventDefault());
find("reset").addEventListener("click", () => settings.reset());
find("new-seed").addEventListener("click", () => {
  find("seed").value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
});
for (const button of document.querySelectorAll("[data-stop]")) {
  button.addEventListener("click", () => worker.postMessage({ type: "stop" }));
}
find("copy-command").addEventListener("click", (event) => {
  copy(find("command").textContent, event.target);
});
find("copy-all").addEventListener("click", (event) => copy(table.texts().join("\n"), event.target));
find("download").addEventListener("click", () => {
  const link = document.createElement("a");
  // The mark in front tells spreadsheets that the file is UTF-8.
  link.href = URL.createObjectURL(new Blob(["\ufeff", table.csv()], { type: "text/csv" }));
  link.download = "ads.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});
find("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file === undefined) return;
  if (file.size > MOST_FILE_BYTES) {
    say(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB; the page takes up to 5. Cut it.`, true);
    return;
  }
  try {
    find("table").value = decoded(await file.arrayBuffer());
  } catch (error) {
    say(`${file.name} could not be read. ${error.message}`, true);
  }
});
