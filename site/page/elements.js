// Small pieces of the page. Texts only ever become text, whatever signs they hold.

export function element(tag, { className = "", text = "" } = {}) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function copyButton(getText, name) {
  const button = element("button", { className: "small", text: "Copy" });
  button.type = "button";
  button.setAttribute("aria-label", `Copy ${name}`);
  button.addEventListener("click", () => copy(getText(), button));
  return button;
}

// Copies a text, and says on the button for two seconds whether it worked.
export async function copy(text, button) {
  const before = button.dataset.label ?? button.textContent;
  button.dataset.label = before;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => { button.textContent = before; }, 2000);
}

// An ad while it is written: the beginning that was asked for, then what the model wrote.
export class AdText {
  constructor(parent, name) {
    this.text = "";
    this.parent = parent;
    this.body = element("div");
    this.given = element("span", { className: "given" });
    this.written = element("span", { className: "text" });
    this.note = element("span", { className: "note" });
    this.body.append(this.given, this.written, this.note);
    this.button = copyButton(() => this.text, name);
    this.button.hidden = true;
    parent.classList.add("writing");
  }

  show(beginning, text) {
    this.text = text;
    this.given.textContent = beginning;
    this.written.textContent = text.slice(beginning.length);
  }

  end(note = "", isBad = false) {
    this.parent.classList.remove("writing");
    this.note.textContent = note;
    this.note.classList.toggle("bad", isBad);
    this.button.hidden = this.text === "";
  }
}
