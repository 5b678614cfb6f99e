(() => {
  "use strict";
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const theme = byId("theme");
  const store = {
    get: () => { try { return localStorage.getItem("contentpack-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("contentpack-theme", value); } catch { /* private windows keep nothing */ } },
  };
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches);
  const nameTheme = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  const kept = store.get();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  theme.hidden = false;
  nameTheme();
  systemDark.addEventListener("change", nameTheme);
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    store.set(root.dataset.theme);
    nameTheme();
  });

  const cards = [...document.querySelectorAll("details.card")];
  const filter = byId("filter");
  const outcomes = [...document.querySelectorAll('input[name="outcome"]')];
  const unseen = byId("unseen");
  const notRun = document.querySelector(".skipped-tests");
  const notRunRows = notRun ? [...notRun.querySelectorAll("tr[data-text]")] : [];
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(outcomes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const card of cards) {
      const fits = words.every((word) => card.dataset.text.includes(word))
        && card.dataset.outcomes.split(" ").some((outcome) => wanted.has(outcome))
        && (!unseen || !unseen.checked || card.dataset.unseen !== "0");
      card.hidden = !fits;
      if (!fits) continue;
      count += 1;
      for (const test of card.querySelectorAll("section.test")) test.hidden = !wanted.has(test.dataset.outcome);
    }
    let listed = 0;
    for (const row of notRunRows) {
      row.hidden = !words.every((word) => row.dataset.text.includes(word));
      if (!row.hidden) listed += 1;
    }
    if (notRun) {
      notRun.hidden = !wanted.has("skipped") || (listed === 0 && notRunRows.length > 0) || Boolean(unseen && unseen.checked);
      for (const part of notRun.querySelectorAll("details")) {
        part.hidden = ![...part.querySelectorAll("tr[data-text]")].some((row) => !row.hidden);
      }
    }
    byId("shown").textContent = count === cards.length ? "" : `${count} of ${cards.length} detections shown`;
    byId("nothing").hidden = count > 0 || cards.length === 0 || Boolean(notRun && !notRun.hidden);
  };
  if (cards.length || notRun) byId("controls").hidden = false;
  filter.addEventListener("input", apply);
  for (const box of outcomes) box.addEventListener("change", apply);
  if (unseen) unseen.addEventListener("change", apply);
  const fold = (open) => { for (const card of cards) if (!card.hidden) card.open = open; };
  byId("open-all").addEventListener("click", () => fold(true));
  byId("close-all").addEventListener("click", () => fold(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      filter.focus();
    } else if (event.key === "Escape" && event.target === filter && filter.value) {
      filter.value = "";
      apply();
    }
  });
  apply();
})();
