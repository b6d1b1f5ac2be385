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
