"use strict";
// The browser of chains. Every text reaches the page as a text node or an attribute set by name, never as markup.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const chains = JSON.parse(document.getElementById("chains-data").textContent);
  const byId = new Map(chains.map((chain) => [chain.chain_id, chain]));
  const [environment, tier, search, list, count, article] =
    ["environment", "tier", "search", "list", "count", "chain"].map((id) => document.getElementById(id));

  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  };
  const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const rate = (p) => (p === undefined ? "–" : p.toFixed(3));
  const isProblem = (round) => round.problem_id !== undefined;
  const tierKey = (name) => svg("svg", { class: "key", width: 10, height: 10, "aria-hidden": "true" },
    svg("rect", { class: `tier-${name}`, width: 10, height: 10, rx: 2 }));

  const haystack = (chain) => [chain.chain_id, chain.seed.seed_id, chain.seed.origin, chain.seed.text,
    ...chain.rounds.flatMap((round) => [round.problem_id, round.statement, round.code, round.hint, round.reason, round.detail])]
    .filter(Boolean).join("\n").toLowerCase();

  // The list: one link a chain, with its pass rates in small.
  const spark = (chain) => {
    const rounds = chain.rounds.filter(isProblem);
    const x = (place) => 6 + place * 13;
    return svg("svg", { width: 12 + 13 * Math.max(0, rounds.length - 1), height: 24, "aria-hidden": "true" },
      rounds.map((round, place) => svg("circle",
        { class: `tier-${round.tier}`, cx: x(place), cy: 20 - 16 * (round.pass_rate ?? 0), r: 4 })));
  };
  const entries = chains.map((chain) => ({
    chain,
    text: haystack(chain),
    tiers: new Set(chain.rounds.map((round) => round.tier)),
    link: el("a", { href: `#chain=${encodeURIComponent(chain.chain_id)}` },
      el("span", {}, chain.environment, " ", el("span", { class: "span" }, chain.span === null ? "" : `span ${rate(chain.span)}`)),
      spark(chain), el("span", { class: "origin" }, chain.seed.origin || chain.chain_id)),
  }));
  const options = (select, names) => select.append(...names.map((name) => el("option", { value: name }, name)));
  options(environment, [...new Set(chains.map((chain) => chain.environment))].sort());
  options(tier, ["hard", "medium", "easy", "unsolved", "trivial", "ungraded"]
    .filter((name) => entries.some((entry) => entry.tiers.has(name))));

  const wanted = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return entries.filter((entry) => (!environment.value || entry.chain.environment === environment.value)
      && (!tier.value || entry.tiers.has(tier.value)) && words.every((word) => entry.text.includes(word)));
  };
  const renew = () => {
    const found = wanted();
    count.textContent = found.length === entries.length ? `${found.length} chains` : `${found.length} of ${entries.length} chains`;
    list.replaceChildren(...found.map((entry) => entry.link));
    list.hidden = found.length === 0;
    return found;
  };

  // One chain: its steps as a plot, its seed, and a card a round.
  const steps = (chain) => {
    const width = Math.max(300, Math.min(640, article.clientWidth)), height = 190, left = 54, right = 14, top = 12, bottom = 44;
    const x = (place) => left + 24 + place * ((width - left - right - 48) / Math.max(1, chain.rounds.length - 1));
    const y = (p) => top + (1 - p) * (height - top - bottom);
    const text = (at, below, anchor, said) => svg("text", { class: "tick", x: at, y: below, "text-anchor": anchor }, said);
    const graded = chain.rounds.map((round, place) => ({ round, place })).filter((each) => each.round.pass_rate !== undefined);
    return svg("svg", { class: "steps", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "pass rate of each round" },
      [0, 0.25, 0.5, 0.75, 1].flatMap((p) => [svg("line", { class: "grid", x1: left, x2: width - right, y1: y(p), y2: y(p) }),
        text(left - 8, y(p) + 4, "end", String(p))]),
      svg("polyline", { class: "path", points: graded.map((each) => `${x(each.place)},${y(each.round.pass_rate)}`).join(" ") }),
      graded.flatMap(({ round, place }) => [
        svg("line", { class: "whisker", x1: x(place), x2: x(place), y1: y(round.pass_rate_low), y2: y(round.pass_rate_high) }),
        svg("circle", { class: `stone tier-${round.tier}`, cx: x(place), cy: y(round.pass_rate), r: 6.5 },
          svg("title", {}, `round ${round.round}: p = ${rate(round.pass_rate)}, ${round.tier}`))]),
      chain.rounds.flatMap((round, place) => [
        isProblem(round) ? null : svg("path",
          { class: "lost", d: `M${x(place) - 5} ${y(0) - 5}l10 10m0 -10l-10 10` }, svg("title", {}, round.reason)),
        text(x(place), height - bottom + 20, "middle", String(round.round)),
        text(x(place), height - bottom + 36, "middle", round.steer)]),
      svg("text", { class: "axis", transform: `translate(11 ${y(0.5)}) rotate(-90)`, "text-anchor": "middle" }, "p"),
      text(left - 8, height - bottom + 20, "end", "round"));
  };
  const folded = (summary, ...content) => el("details", {}, el("summary", {}, summary), ...content);
  const shown = (title, text) => text === undefined ? [] : [el("h5", {}, title), el("pre", {}, text)];
  const table = (name, heads, rows) => el("div", { class: "scroll" }, el("table", { class: name },
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)))))));

  const inputs = (round) => {
    if (!round.inputs) return null;
    const outputs = round.outputs ?? [];
    const heads = outputs.length ? ["Input", "Output"] : ["Input"];
    const rows = round.inputs.map((input, place) =>
      [el("code", {}, input), ...(outputs.length ? [el("code", {}, outputs[place] ?? "")] : [])]);
    const more = round.input_count - round.inputs.length;
    const told = [table("", heads, rows), more > 0 ? el("p", { class: "note" }, `and ${more} more`) : null];
    const title = outputs.length ? "Inputs and outputs" : "Inputs";
    return rows.length > 3 ? folded(`${title} (${round.input_count})`, ...told.filter(Boolean)) : [el("h5", {}, title), ...told];
  };
  const verdicts = (attempts) => [...new Map(attempts.map((each) => [each.verdict, each.alike]))]
    .sort((one, other) => other[1] - one[1]).map(([verdict, number]) => `${number} ${verdict.replaceAll("_", " ")}`).join(", ");
  const attempts = (round) => {
    if (!round.attempts?.length) return el("p", { class: "muted" }, "No attempt is stored.");
    const rows = round.attempts.map((each) => [String(each.attempt + 1),
      el("span", { class: each.verdict === "solved" ? "good" : "bad" },
        `${each.verdict === "solved" ? "✓" : "✗"} ${each.verdict.replaceAll("_", " ")}`),
      [each.answer === undefined ? el("span", { class: "muted" }, "no answer") : el("pre", {}, each.answer),
        each.detail === undefined ? null : el("div", { class: "muted" }, each.detail),
        each.completion === undefined ? null : folded("completion", el("pre", {}, each.completion))]]);
    return folded(`Attempts: ${verdicts(round.attempts)}; ${rows.length} of ${round.attempt_count} shown`,
      table("attempts", ["#", "Verdict", "Answer"], rows));
  };
  const student = (round) => `${round.student_model}, temperature ${round.student_temperature}`
    + (round.student_reasoning_effort ? `, ${round.student_reasoning_effort} effort` : "");
  const measured = (round) => round.pass_rate === undefined ? [el("strong", {}, "not graded")] : [
    el("strong", {}, `p = ${rate(round.pass_rate)}`), ` · ${round.pass_count} of ${round.graded_count} · 95%: `,
    `${rate(round.pass_rate_low)} to ${rate(round.pass_rate_high)}`];
  const head = (round, ...right) => el("header", {}, el("h4", {}, `Round ${round.round}`),
    el("span", { class: "asked" }, round.steer === "first" ? "first" : `asked for: ${round.steer}`), ...right);

  const problem = (round) => el("section", { class: "round" },
    head(round, el("span", { class: "pill" }, tierKey(round.tier), round.tier),
      round.straddles ? el("span", { class: "muted", title: "the interval reaches into another tier" }, "straddling") : null,
      el("span", { class: "p", title: student(round) }, measured(round))),
    shown(round.code_in_statement ? "Code" : "Code, which the student does not see", round.code),
    folded("Statement, as the student saw it", el("pre", {}, round.statement)),
    inputs(round), shown("Hint", round.hint), round.tests === undefined ? null : folded("Tests", el("pre", {}, round.tests)),
    attempts(round),
    round.summary === undefined ? null : folded("Summary, as the next round's teacher saw it", el("pre", {}, round.summary)),
    el("p", { class: "note" }, "Problem ", el("code", {}, round.problem_id), " · student ", student(round)));
  const partner = (round) => round.partner_id === undefined ? null : el("p", {}, "Partner: ", el("code", {}, round.partner_id),
    round.partner_version === undefined ? "" : ` of version ${round.partner_version}`);
  const rejection = (round) => el("section", { class: "round lost" },
    head(round, el("span", { class: "p" }, el("strong", { class: "bad" }, round.reason.replaceAll("_", " ")), ` · at ${round.stage}`)),
    round.detail === undefined ? null : el("p", {}, round.detail), partner(round),
    round.reply === undefined ? null : folded("The teacher's reply", el("pre", {}, round.reply)));

  const unfold = () => {
    const button = el("button", { type: "button" }, "Unfold all");
    button.addEventListener("click", () => {
      const open = button.textContent === "Unfold all";
      for (const details of article.querySelectorAll("details")) details.open = open;
      button.textContent = open ? "Fold all" : "Unfold all";
    });
    return button;
  };
  // The list scrolls, and the page stays.
  const reveal = (link) => {
    const hidden = link.offsetTop < list.scrollTop || link.offsetTop + link.offsetHeight > list.scrollTop + list.clientHeight;
    if (hidden) list.scrollTop = link.offsetTop - list.clientHeight / 3;
  };
  const show = (chain) => {
    const seed = chain.seed;
    article.replaceChildren(
      el("div", { class: "chain-head" }, el("h3", {}, `${chain.environment} chain`), el("code", {}, chain.chain_id), unfold()),
      ...(chain.rounds.length > 1 && chain.rounds.some((round) => round.pass_rate !== undefined) ? [steps(chain)] : []),
      el("section", { class: "round" },
        el("header", {}, el("h4", {}, "Seed"), el("span", { class: "asked" },
          [seed.kind, seed.origin, seed.license].filter(Boolean).join(" · "))),
        seed.text === undefined ? el("p", { class: "muted" }, "Not in this version.") : folded("Its text", el("pre", {}, seed.text))),
      ...chain.rounds.map((round) => (isProblem(round) ? problem : rejection)(round)));
    for (const { link, chain: own } of entries) {
      if (own === chain) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (own === chain && link.isConnected) reveal(link);
    }
  };
  const asked = () => {
    const match = /^#chain=(.*)$/.exec(location.hash);
    if (!match) return null;
    try { return decodeURIComponent(match[1]); } catch { return match[1]; }
  };
  const follow = () => {
    const id = asked();
    if (id === null) return;
    if (byId.has(id)) show(byId.get(id));
    else article.replaceChildren(el("p", { class: "none" }, `Chain ${id} is not among the chains of this page.`));
    article.scrollIntoView({ block: "start" });
    article.focus({ preventScroll: true });
  };

  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const next = step && document.activeElement[step];
    if (next) { event.preventDefault(); next.focus(); }
  });
  for (const control of [environment, tier, search]) control.addEventListener("input", () => {
    const found = renew();
    if (found.length && !found.some((entry) => entry.link.hasAttribute("aria-current"))) show(found[0].chain);
  });
  document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);

  document.getElementById("controls").hidden = false;
  document.getElementById("browser").hidden = false;
  renew();
  if (chains.length) show(chains[0]);
  else article.replaceChildren(el("p", { class: "none" }, "This version holds no chains."));
  follow();
})();
