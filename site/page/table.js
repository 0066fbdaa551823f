// Tables of products and of ads: CSV to prompts, ads to CSV. It knows no page and no model.

const BRAND = ["brand", "manufacturer", "vendor"];
const PRODUCT = ["product", "title", "name", "product name", "product title"];
const DELIMITERS = [",", "\t", ";", "|"];
const MOST_PRODUCTS = 1000;
// A spreadsheet takes such cells for formulas; an apostrophe before them makes them texts.
const FORMULA = /^'*[=+\-@\t\r]/;

const BLANK_LINES = /^(?:[^\S\n]*\n)+/;
// The first line that Excel reads its delimiter from.
const SEPARATOR = /^((?:[^\S\n]*\n)*)"?sep=([^"\n])"?[^\S\n]*(?=\n|$)/i;

// Returns the text of a file's bytes (ArrayBuffer); throws an Error where they are no text.
export function decoded(bytes) {
  const [first, second] = new Uint8Array(bytes);
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = isUtf16 ? `utf-16${first === 0xff ? "le" : "be"}` : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error("The file is no text in UTF-8 or UTF-16. Save it as UTF-8.");
  }
}

// Returns the rows of a CSV as lists of cells; quotes as in RFC 4180, blank lines left out.
export function parseTable(text) {
  const whole = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const source = whole.replace(SEPARATOR, "$1"); // its line stays, for numbers of lines
  const delimiter = SEPARATOR.exec(whole)?.[2] ?? delimiterOf(source.replace(BLANK_LINES, ""));
  return cut(source, delimiter).filter((row) => row.some((cell) => cell.trim() !== ""));
}

// Returns [{ line, brand, product, prompt }]; throws an Error that says what is missing.
export function products(text) {
  const [header, ...rows] = parseTable(text);
  if (header === undefined) throw new Error("The table is empty. Paste a header and a row or more.");
  const names = header.map((cell) => cell.trim().toLowerCase().replace(/_/g, " "));
  const brandAt = names.findIndex((name) => BRAND.includes(name));
  const productAt = firstOf(names, PRODUCT);
  if (productAt < 0) {
    throw new Error(
      `The columns are ${header.map((cell) => `"${cell.trim()}"`).join(", ")}; expected one named `
      + "product, title or name, and one named brand if there is one. Give the first row such names.",
    );
  }
  if (rows.length > MOST_PRODUCTS) {
    throw new Error(`The table has ${rows.length} products; the page takes up to `
      + `${MOST_PRODUCTS}. Cut it.`);
  }
  if (rows.length === 0) throw new Error("The table has a header and no product. Add a row.");
  return rows.map((row, index) => {
    const brand = (row[brandAt] ?? "").trim();
    const product = (row[productAt] ?? "").trim();
    return { line: index + 1, brand, product, prompt: promptOf(brand, product) };
  });
}

// Returns the rows as CSV, its cells safe to open with a spreadsheet.
export function toCsv(rows) {
  return rows.map((row) => row.map(quoted).join(",")).join("\r\n").concat("\r\n");
}

export function promptOf(brand, product) {
  const hasBrand = `${product} `.toLowerCase().startsWith(`${brand} `.toLowerCase());
  return hasBrand || brand === "" ? product : `${brand} ${product}`;
}

function quoted(cell) {
  const text = FORMULA.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function firstOf(names, wanted) {
  const found = wanted.find((name) => names.includes(name));
  return found === undefined ? -1 : names.indexOf(found);
}

// The delimiter that cuts the first row into most cells; a comma where none does.
function delimiterOf(source) {
  const counts = DELIMITERS.map((delimiter) => (cut(source, delimiter, 1)[0] ?? []).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

// Returns up to so many rows; throws an Error where a quote of all rows is not closed.
function cut(source, delimiter, mostRows = Infinity) {
  const rows = [];
  let row = [];
  let cell = "";
  let isQuoted = false;
  let openedAt = 0;
  for (let i = 0; i < source.length && rows.length < mostRows; i += 1) {
    const sign = source[i];
    if (isQuoted && sign === '"' && source[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (sign === '"' && (isQuoted || cell === "")) {
      isQuoted = !isQuoted;
      if (isQuoted) openedAt = i;
    } else if (!isQuoted && sign === delimiter) {
      row.push(cell);
      cell = "";
    } else if (!isQuoted && sign === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else {
      cell += sign;
    }
  }
  if (isQuoted && mostRows === Infinity) {
    const line = source.slice(0, openedAt).split("\n").length;
    throw new Error(`A quote that opens in line ${line} is not closed. Close it, or leave it out.`);
  }
  if (rows.length < mostRows && (cell !== "" || row.length > 0)) rows.push([...row, cell]);
  return rows;
}
