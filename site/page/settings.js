// The settings of the form, and the command that gives the same ads in Python.

// Each field: its id, its name in the engine, its option, its name in generation_config.json.
const FIELDS = [
  ["temperature", "temperature", "--temperature", "temperature"],
  ["top-k", "topK", "--top-k", "top_k"],
  ["top-p", "topP", "--top-p", "top_p"],
  ["repetition-penalty", "repetitionPenalty", "--repetition-penalty", "repetition_penalty"],
  ["max-tokens", "maxTokens", "--max-tokens", "max_tokens"],
];

export class Settings {
  constructor(form) {
    this.form = form;
    this.defaults = {};
  }

  // Fills in what the model writes with by default.
  reset(defaults = this.defaults) {
    this.defaults = defaults;
    for (const [id, , , name] of FIELDS) this.field(id).value = defaults[name];
  }

  isValid() {
    return this.form.reportValidity();
  }

  // What the engine takes, and how many ads a prompt gets: one where nothing is drawn.
  read() {
    const settings = { seed: this.number("seed"), greedy: false };
    for (const [id, name] of FIELDS) settings[name] = this.number(id);
    return { settings, numAds: settings.topK === 1 ? 1 : this.number("num-ads") };
  }

  // The command as a shell of Linux and macOS takes it.
  command(prompt) {
    const { settings, numAds } = this.read();
    const options = ["--exact", "--num-ads", numAds, "--seed", settings.seed];
    for (const [, name, option, configName] of FIELDS) {
      if (settings[name] !== this.defaults[configName]) options.push(option, settings[name]);
    }
    return ["adgen", "generate", ...options, "--", quoted(prompt)].join(" ");
  }

  field(id) {
    return this.form.elements[id];
  }

  number(id) {
    return this.field(id).valueAsNumber;
  }
}

function quoted(text) {
  // An equals sign in front is a path to zsh.
  return /^(?!=)[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
