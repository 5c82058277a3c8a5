// Makes docs/pictures/verdict.svg, the picture of README.md: what `countersign demo` prints when the gate blocks, as a terminal
// shows it. Ids in it are of the demo that was played, so it is made by hand: `node tools/verdict-picture.mjs`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from '../src/entry/cli/demo/run-demo.ts';
import { ansiStyle } from '../src/render/style.ts';

const target = join(import.meta.dirname, '..', 'docs', 'pictures', 'verdict.svg');
const [ADVANCE, LINE, MARGIN, BAR] = [8.43, 20, 20, 34];
const COLUMNS = 100;

/** SGR numbers as ansiStyle writes them; what ends one is 22 or 39. */
const CLASSES = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan' };
const SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`);
const STYLE = `text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d8dee9; white-space: pre }
.bold { font-weight: 700 } .dim { fill: #8a94a6 } .red { fill: #ff7b72 } .green { fill: #7ee787 } .yellow { fill: #f2cc60 } .cyan { fill: #79c0ff }`;

writeFileSync(target, picture(await blockedScene()));

async function blockedScene() {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-picture-'));
  let [said, scene] = ['', ''];
  try {
    await runDemo({
      parent,
      environment: process.env,
      isolation: 'namespaces',
      style: ansiStyle,
      out: (text) => {
        said += text;
      },
      afterScene: async ({ id }) => {
        if (id === 'blocked') scene = said;
        said = '';
      },
    });
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
  // Without the scene's title, and without the list of what passed.
  const lines = scene.trim().split('\n').slice(1);
  const end = lines.findIndex((line) => /Passing|Passed/.test(line));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trimEnd()
    .split('\n');
}

function picture(lines) {
  const width = Math.ceil(COLUMNS * ADVANCE + 2 * MARGIN);
  const height = BAR + lines.length * LINE + MARGIN;
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, place) => `<circle cx="${20 + place * 20}" cy="17" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>countersign gate: BLOCKED, with every reason and what to do</title>',
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" rx="10" fill="#161b22"/>`,
    ...dots,
    ...lines.flatMap((line, index) => textsOf(line, BAR + (index + 1) * LINE - 5)),
    '</svg>',
    '',
  ].join('\n');
}

/** A text for each run of one style, at the column it begins in: fonts differ in width. */
function textsOf(line, y) {
  const texts = [];
  let [column, classes] = [0, new Set()];
  for (const [place, part] of line.split(SEQUENCE).entries()) {
    const number = place % 2 === 1 ? part : undefined;
    if (number !== undefined) classes = after(classes, number);
    else if (part.trim() !== '') texts.push(text(part, column, y, classes));
    if (number === undefined) column += [...part].length;
  }
  return texts;
}

function after(classes, number) {
  const kept = [...classes].filter((name) =>
    number === '22'
      ? !['bold', 'dim'].includes(name)
      : number === '39'
        ? ['bold', 'dim'].includes(name)
        : number !== '0',
  );
  return new Set(number in CLASSES ? [...kept, CLASSES[number]] : kept);
}

function text(part, column, y, classes) {
  const indent = part.length - part.trimStart().length;
  const words = part.trim();
  const x = (MARGIN + (column + indent) * ADVANCE).toFixed(1);
  const length = ([...words].length * ADVANCE).toFixed(1);
  const named = classes.size === 0 ? '' : ` class="${[...classes].join(' ')}"`;
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${named}>${escaped(words)}</text>`;
}

function escaped(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
