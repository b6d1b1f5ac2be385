// Switching the language keeps the section: sections have the same ids in every language.
(() => {
  const offset = 120; // the header, and a little more

  function currentSection() {
    let current = "";
    for (const heading of document.querySelectorAll("article :is(h2, h3, h4)[id]")) {
      if (heading.getBoundingClientRect().top > offset) break;
      current = heading.id;
    }
    return current;
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element && event.target.closest(".md-select__link[hreflang]");
      if (link) link.hash = currentSection();
    },
    true,
  );
})();

// Search, where Material has its own: a button in the header, the keys of Material, and an index made by Pagefind.
(() => {
  const words = document.getElementById("__backprop");
  const header = document.querySelector(".md-header__inner");
  if (!words || !header) return;
  const texts = JSON.parse(words.textContent);
  const base = JSON.parse(document.getElementById("__config").textContent).base;
  const root = new URL(`${base}/`, location.href);
  const magnifier =
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12m5 11 6 6" /></svg>';

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const label = element("span", { textContent: texts.search });
  const button = element("button", { type: "button", className: "bp-search-button", innerHTML: magnifier }, label);
  button.setAttribute("aria-label", texts.search);
  button.setAttribute("aria-keyshortcuts", "/ S F");
  const input = element("input", { type: "search", placeholder: texts.search, autocomplete: "off", spellcheck: false });
  input.setAttribute("aria-label", texts.search);
  const close = element("button", { type: "button", className: "bp-search-close", textContent: "×" });
  close.setAttribute("aria-label", texts.search_close);
  const status = element("p", { className: "bp-search-status" });
  status.setAttribute("role", "status");
  const list = element("ol", { className: "bp-search-results" });
  const field = element("div", { className: "bp-search-field" }, input, close);
  const dialog = element("dialog", { className: "bp-search md-typeset" }, field, status, list);
  dialog.setAttribute("aria-label", texts.search);
  header.append(button);
  document.body.append(dialog);

  let engine;
  function load() {
    engine ??= import(new URL("pagefind/pagefind.js", root)).then(async (pagefind) => {
      await pagefind.options({ baseUrl: root.pathname, excerptLength: 24 });
      await pagefind.init();
      return pagefind;
    });
    return engine;
  }

  function entry(found, query) {
    const isName = (part) => part.title.split(".").pop() === query; // the entry of a reference that was asked for
    const parts = found.sub_results.filter((part) => part.title !== found.meta.title);
    const sections = [...parts.filter(isName), ...parts.filter((part) => !isName(part))].slice(0, 3);
    const excerpt = element("p", { innerHTML: found.excerpt }); // Pagefind escapes all but its <mark>
    const item = element("li", {}, element("a", { href: found.url, textContent: found.meta.title }), excerpt);
    const inner = sections.map((part) =>
      element(
        "li",
        {},
        element("a", { href: part.url, textContent: part.title }),
        element("p", { innerHTML: part.excerpt }),
      ),
    );
    if (inner.length) item.append(element("ol", {}, ...inner));
    return item;
  }

  async function search() {
    const query = input.value.trim();
    const pagefind = await load();
    const answer = query ? await pagefind.debouncedSearch(query, {}, 150) : { results: [] };
    if (!answer) return; // the reader typed on
    const found = await Promise.all(answer.results.slice(0, 8).map((result) => result.data()));
    if (query !== input.value.trim()) return;
    const count = answer.results.length;
    status.textContent = !query ? "" : count ? texts.search_some.replace("{count}", count) : texts.search_none;
    list.replaceChildren(...found.map((page) => entry(page, query)));
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    load();
  }

  function move(event) {
    const stops = [input, ...list.querySelectorAll("a")];
    const here = stops.indexOf(document.activeElement);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1 }[event.key];
    if (event.key === "Escape") dialog.close(); // at once: the field alone would only be emptied
    else if (event.key === "Enter" && document.activeElement === input) stops[1]?.click();
    else if (next !== undefined && stops[next]) stops[next].focus();
    else return;
    event.preventDefault();
  }

  button.addEventListener("click", open);
  close.addEventListener("click", () => dialog.close());
  input.addEventListener("input", search);
  dialog.addEventListener("keydown", move);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("a")) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!["/", "s", "f"].includes(event.key)) return;
    event.preventDefault();
    open();
  });
})();
