// Where ads appear: a list of the ads of one prompt, a table of the ads of many products.

import { AdText, element } from "./elements.js";
import { toCsv } from "./table.js";

const CUT = "Cut at the longest length.";
const STOPPED = "Stopped.";
const COLUMNS = ["row", "brand", "product", "prompt", "number", "ad", "finished", "error"];

class View {
  constructor(body) {
    this.body = body;
    this.ads = new Map();
  }

  clear() {
    this.body.replaceChildren();
    this.ads.clear();
  }

  show({ job, number, beginning, text }) {
    this.at(job, number).ad.show(beginning, text);
  }

  end({ job, number, beginning, text, isFinished }) {
    const row = this.at(job, number);
    row.ad.show(beginning, text);
    row.ad.end(isFinished ? "" : CUT);
    row.finished = isFinished;
  }

  refuse({ job, message }) {
    const row = this.at(job, 0);
    row.error = message;
    row.ad.end(message, true);
  }

  stop() {
    for (const row of this.ads.values()) {
      if (row.finished === null && row.error === "") {
        row.error = STOPPED;
        row.ad.end(STOPPED);
      }
    }
  }

  at(job, number) {
    const key = `${job} ${number}`;
    if (!this.ads.has(key)) {
      this.ads.set(key, { job, number, finished: null, error: "", ad: this.added(job, number) });
    }
    return this.ads.get(key);
  }
}

export class AdList extends View {
  added(job, number) {
    const item = element("li");
    const ad = new AdText(item, `ad ${number + 1}`);
    item.append(ad.body, ad.button);
    this.body.append(item);
    return ad;
  }
}

export class AdTable extends View {
  begin(products) {
    this.clear();
    this.products = products;
  }

  added(job, number) {
    const { line, prompt } = this.products[job];
    const row = element("tr");
    const cells = [String(line), prompt, "", ""].map((text) => element("td", { text }));
    const ad = new AdText(row, `ad ${number + 1} of row ${line}`);
    cells[2].append(ad.body);
    cells[3].append(ad.button);
    row.append(...cells);
    this.body.append(row);
    return ad;
  }

  // Notes products that the run did not reach, too: a row of the CSV each.
  stop() {
    super.stop();
    const begun = new Set([...this.ads.values()].map(({ job }) => job));
    for (const job of this.products.keys()) {
      if (!begun.has(job)) this.refuse({ job, message: STOPPED });
    }
  }

  texts() {
    return [...this.ads.values()].filter((row) => row.error === "").map((row) => row.ad.text);
  }

  csv() {
    const rows = [...this.ads.values()].map(({ job, number, finished, error, ad }) => {
      const { line, brand, product, prompt } = this.products[job];
      const text = error === "" ? ad.text : "";
      return [line, brand, product, prompt, number + 1, text, finished ? "yes" : "no", error];
    });
    return toCsv([COLUMNS, ...rows].map((row) => row.map(String)));
  }
}
