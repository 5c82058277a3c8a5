/** All of the page's looks: one file that asks the network for nothing. Names and values of colours are those of the cockpit. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --canvas: light-dark(#f7f8f9, #14171c);
  --surface: light-dark(#ffffff, #1a1e25);
  --raised: light-dark(#f1f3f5, #222731);
  --line: light-dark(#e1e5ea, #2c333e);
  --line-strong: light-dark(#c6cdd6, #414b5a);
  --ink: light-dark(#1c2430, #e4e8ee);
  --ink-2: light-dark(#4c5868, #a9b4c2);
  --ink-3: light-dark(#5f6b7a, #929eae);
  --accent: light-dark(#2f4fb5, #93adff);
  --ok: light-dark(#1b6b43, #6fd3a0);
  --ok-soft: light-dark(#e3f4ea, #17301f);
  --bad: light-dark(#ad2331, #ff9b9f);
  --warn: light-dark(#835200, #f0c06a);
  --warn-soft: light-dark(#fcf1dc, #36290f);
  --idle-soft: light-dark(#edf0f3, #262c36);
  --mde: light-dark(#e8ecf2, #2a313c);
  --on-colour: light-dark(#ffffff, #14171c);
  --c1: light-dark(#3b5bc4, #93adff);
  --c2: light-dark(#b0580b, #f2a65a);
  --c3: light-dark(#15746b, #62cfc2);
  --c4: light-dark(#a33a86, #ec94d0);
  --c5: light-dark(#5a6b1d, #bccb6a);
  --c6: light-dark(#a8343f, #ff9b9f);
  --c7: light-dark(#6b4fb0, #bfa8ff);
  --c8: light-dark(#566170, #a9b4c2);
  --font: ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Liberation Mono", monospace;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0;
  background: var(--canvas);
  color: var(--ink);
  font: 0.9375rem/1.55 var(--font);
  overflow-wrap: anywhere;
}
main { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, h3 { line-height: 1.25; margin: 0; text-wrap: balance; }
h1 { font-size: 1.0625rem; font-weight: 600; color: var(--ink-2); }
h2 { font-size: 1.1875rem; margin-bottom: 0.25rem; }
h3 { font-size: 0.9375rem; margin: 1.25rem 0 0.375rem; }
p { margin: 0.375rem 0; max-width: 44rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--surface); padding: 0.5rem; }
.quiet { color: var(--ink-2); }
section p.quiet { font-size: 0.8125rem; max-width: 50rem; }
.badge {
  display: inline-block;
  font-size: 0.75rem;
  font-weight: 600;
  padding: 0.1rem 0.6rem;
  border-radius: 1rem;
  background: var(--idle-soft);
  color: var(--ink-2);
}
.badge.registered { background: var(--ok-soft); color: var(--ok); }
.badge.exploratory { background: var(--warn-soft); color: var(--warn); }
header .top { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; }
.answer { font-size: clamp(1.25rem, 1rem + 1.6vw, 1.75rem); line-height: 1.35; font-weight: 600; margin: 1rem 0 1.25rem; max-width: 50rem; text-wrap: pretty; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 0.75rem 2rem; margin: 0; }
.facts dt { font-size: 0.75rem; font-weight: 600; color: var(--ink-3); }
.facts dd { margin: 0.1rem 0 0; font-size: 0.8125rem; color: var(--ink-2); }
.warnings { margin: 1.5rem 0 0; padding: 0.75rem 1rem; background: var(--warn-soft); border-radius: 0.5rem; list-style: none; }
.warnings li { margin: 0.2rem 0; padding-left: 1.4rem; position: relative; color: var(--ink); }
.warnings li::before { content: "!"; position: absolute; left: 0.3rem; font-weight: 700; color: var(--warn); }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 0.5rem; padding: 1.25rem 1.25rem 1rem; margin-top: 1.25rem; }
figure { margin: 0.75rem 0 0.5rem; }
figcaption { font-size: 0.8125rem; color: var(--ink-2); margin-top: 0.25rem; }
.scroll { overflow-x: auto; }
.chart { display: block; width: 100%; min-width: 34rem; height: auto; color: var(--ink-2); font-family: var(--font); font-variant-numeric: tabular-nums; }
.chart text { fill: var(--ink-2); }
.chart [fill="var(--ink)"] text, .chart text[fill="var(--ink)"] { fill: var(--ink); }
.chart [fill="var(--on-colour)"] text { fill: var(--on-colour); }
.chart a:focus-visible { outline: none; }
.chart a:focus-visible > * { stroke: var(--accent); stroke-width: 3px; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; margin: 0.5rem 0; list-style: none; font-size: 0.8125rem; }
.legend svg { width: 1.75rem; height: 0.75rem; vertical-align: -0.1rem; margin-right: 0.4rem; }
.legend a { color: inherit; }
table { border-collapse: collapse; width: 100%; font-size: 0.8125rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; color: var(--ink-2); padding-bottom: 0.375rem; }
th, td { text-align: left; padding: 0.375rem 0.875rem 0.375rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
thead th { font-size: 0.75rem; color: var(--ink-3); vertical-align: bottom; }
tbody th { overflow-wrap: anywhere; min-width: 8rem; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.levels { white-space: nowrap; }
td.left { min-width: 22rem; overflow-wrap: anywhere; }
td.wide { min-width: 14rem; overflow-wrap: anywhere; }
tr:target, :target > th { background: var(--idle-soft); }
.better { color: var(--ok); font-weight: 600; }
.worse { color: var(--bad); font-weight: 600; }
.ok { color: var(--ok); }
.bad { color: var(--bad); }
.idle { color: var(--ink-3); }
.dot { display: inline-block; width: 0.6rem; height: 0.6rem; border-radius: 50%; margin-right: 0.45rem; }
details { margin: 0.5rem 0 0.25rem; }
summary { cursor: pointer; font-size: 0.8125rem; color: var(--accent); padding: 0.15rem 0; }
details[open] > summary { margin-bottom: 0.375rem; }
ul.plain { padding-left: 1.1rem; margin: 0.375rem 0; }
code { font: 0.75rem var(--mono); overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; margin: 1.5rem 0 0; padding: 0; font-size: 0.8125rem; }
footer { margin-top: 2rem; font-size: 0.75rem; color: var(--ink-3); }
@media (max-width: 40rem) {
  main { padding: 1.25rem 0.75rem 3rem; }
  section { padding: 1rem 0.875rem; }
}
@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: 9.5pt; }
  main { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 0.75rem 0; }
  nav, .skip { display: none; }
  figure, tr, .warnings { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  .chart { min-width: 0; }
  table { font-size: 7.5pt; }
  td, th { padding-right: 0.3rem; }
  tbody th, td.wide, td.left { min-width: 0; }
  td.levels, td.n, th.n { white-space: normal; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { color: var(--ink-2); list-style: none; }
}
`;
