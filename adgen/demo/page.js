// Copies an ad when its button is pressed, by mouse or keyboard, and says so; tells screen readers
// what a group of choices is about, which Gradio shows and does not say.
() => {
  // The button's name for screen readers is another than its letters, so a status tells them.
  const status = document.createElement("div");
  status.className = "ag-hidden";
  status.id = "copy-status";
  status.setAttribute("role", "status");
  document.body.append(status);
  const timers = new WeakMap();
  const say = (button, text) => {
    clearTimeout(timers.get(button));
    button.textContent = text;
    status.textContent = text;
    timers.set(button, setTimeout(() => {
      button.textContent = "Copy";
      status.textContent = "";
    }, 1500));
  };
  const selectAndCopy = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  document.documentElement.lang = "en";
  const nameGroups = () => {
    for (const group of document.querySelectorAll("fieldset:not([aria-label])")) {
      const title = group.querySelector('[data-testid="block-info"]');
      if (title) group.setAttribute("aria-label", title.textContent.trim());
    }
  };
  nameGroups();
  new MutationObserver(nameGroups).observe(document.body, { childList: true, subtree: true });
  // Gradio measures its tabs once, maybe before they have their letters, and hides what it takes
  // for too much.
  for (const wait of [300, 1500]) setTimeout(() => window.dispatchEvent(new Event("resize")), wait);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".ag-copy");
    if (!button) return;
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      say(button, "Copied");
    } catch {
      say(button, selectAndCopy(text) ? "Copied" : "Select and copy by hand");
    }
  });
}
