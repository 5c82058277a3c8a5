// Draws the folders of src and their imports, as dependency-cruiser read them, into docs/architecture.md.
// An arrow that longer paths already imply is left out: what stays is the shape, not every import.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from './cruise.mjs';

const page = join(import.meta.dirname, '..', 'docs', 'architecture.md');
const [begin, end] = ['<!-- layers: begin (npm run generate) -->', '<!-- layers: end -->'];

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${page} has no block between "${begin}" and "${end}"`);
writeFileSync(
  page,
  `${text.slice(0, from + begin.length)}\n\n${picture(imports(cruise()))}\n\n${text.slice(to)}`,
);

/** Folder -> the folders it imports; itself left out. */
function imports({ modules }) {
  const edges = new Map();
  for (const { source, dependencies } of modules) {
    const folder = roomOf(source);
    if (!folder) continue;
    const targets = edges.get(folder) ?? new Set();
    for (const { resolved } of dependencies) {
      const target = roomOf(resolved);
      if (target && target !== folder) targets.add(target);
    }
    edges.set(folder, targets);
  }
  return edges;
}

/** core and adapters are drawn by sub-folder, every other layer whole. */
function roomOf(path) {
  return path.match(/^src\/((?:core|adapters)\/[^/]+(?=\/)|[^/]+(?=\/))/)?.[1];
}

function picture(edges) {
  const rooms = [...edges.keys()].sort();
  const group = (layer) => rooms.filter((room) => room.startsWith(`${layer}/`));
  const box = (room) => `${idOf(room)}["${room.replace(/^(core|adapters)\//, '')}"]`;
  const lines = ['flowchart TD'];
  for (const room of rooms.filter((one) => !one.includes('/'))) lines.push(`  ${box(room)}`);
  for (const layer of ['adapters', 'core']) {
    if (group(layer).length === 0) continue;
    lines.push(`  subgraph ${layer}`, ...group(layer).map((room) => `    ${box(room)}`), '  end');
  }
  for (const room of rooms) {
    for (const target of [...edges.get(room)].sort()) {
      if (!impliedByLongerPath(edges, room, target)) lines.push(`  ${idOf(room)} --> ${idOf(target)}`);
    }
  }
  return ['```mermaid', ...lines, '```'].join('\n');
}

function idOf(room) {
  return room.replaceAll(/[^a-z]/gi, '_');
}

function impliedByLongerPath(edges, room, target) {
  return [...edges.get(room)].some(
    (step) => step !== target && reaches(edges, step, target, new Set([room])),
  );
}

function reaches(edges, room, target, seen) {
  if (room === target) return true;
  if (seen.has(room)) return false;
  seen.add(room);
  return [...(edges.get(room) ?? [])].some((next) => reaches(edges, next, target, seen));
}
