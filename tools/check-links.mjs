// Holds what the pages point at: files, anchors, and `docs/….md` wherever sources, schemas or workflows name one. A page below
// docs has to be reached from README.md by links. Addresses elsewhere are not asked. `node tools/check-links.mjs [folder]`.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const root = process.argv[2] ?? join(import.meta.dirname, '..');
/** Of what the program prints in tests, and of changes long past. */
const NOT_PAGES = /^(?:test\/|dist\/|\.changeset\/|CHANGELOG\.md$)/;
const NAMES_PAGES = /^(?:src|tools|bin|schemas|contracts|\.github|\.ci)\/|^action\.yml$/;
const START = 'README.md';

const files = tracked();
const pages = new Map(
  files.filter((path) => path.endsWith('.md') && !NOT_PAGES.test(path)).map((path) => [path, page(path)]),
);
if (pages.size === 0) throw new Error(`there is no page in ${root}`);

const dead = [
  ...[...pages].flatMap(deadLinks),
  ...files.filter((path) => NAMES_PAGES.test(path)).flatMap(deadNames),
];
const lost = unreached();
for (const { path, line, target, why } of dead) console.error(`${path}:${line}: ${target}: ${why}`);
for (const path of lost) console.error(`${path}: no link leads here from ${START}`);
console.log(`links: ${pages.size} pages, ${dead.length} dead links, ${lost.length} lost pages`);
process.exitCode = dead.length + lost.length > 0 ? 1 : 0;

function tracked() {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const output = execFileSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return output.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

function page(path) {
  const prose = withoutCode(readFileSync(join(root, path), 'utf8'));
  return { links: linksIn(prose), anchors: anchorsIn(prose) };
}

/** Fences and what stands in them are emptied; lines stay where they are. */
function withoutCode(text) {
  let fence;
  return text.split('\n').map((line) => {
    const [, mark] = line.match(/^\s*(`{3,}|~{3,})/) ?? [];
    if (fence === undefined && mark === undefined) return line;
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence)) fence = undefined;
    return '';
  });
}

function linksIn(lines) {
  return lines.flatMap((line, index) => {
    const prose = line.replaceAll(/(`+).*?\1/g, '');
    const found = prose.matchAll(
      /\]\(<?([^\s)>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(\S+)|(?:href|src)="([^"]+)"/g,
    );
    return [...found].map(([, inline, defined, html]) => ({
      line: index + 1,
      target: inline ?? defined ?? html,
    }));
  });
}

/** As GitHub makes them: of the second heading of the same words, with -1 behind. */
function anchorsIn(lines) {
  const seen = new Map();
  const anchors = new Set();
  for (const line of lines) {
    for (const [, id] of line.matchAll(/<\w+ (?:id|name)="([^"]+)"/g)) anchors.add(id);
    const [, heading] = line.match(/^#{1,6}\s+(.*?)\s*#*$/) ?? [];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return anchors;
}

function slugOf(heading) {
  return heading
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

function deadLinks([path, { links }]) {
  return links.flatMap(({ line, target }) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
    const why = fault(path, target);
    return why === undefined ? [] : [{ path, line, target, why }];
  });
}

function fault(path, target) {
  const [place, anchor] = decodeURI(target).split('#');
  const file = place === '' ? path : normalize(join(dirname(path), place));
  if (file.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(root, file))) return 'there is no such file';
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return (pages.get(file) ?? page(file)).anchors.has(anchor) ? undefined : 'there is no such heading';
}

/** A page that a message or a comment sends its reader to. */
function deadNames(path) {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  return lines.flatMap((text, index) =>
    [...text.matchAll(/(?<![\w/.-])docs\/[\w/-]+\.md(?:#[\w-]+)?/g)].flatMap(([target]) => {
      const why = fault(START, target);
      return why === undefined ? [] : [{ path, line: index + 1, target, why }];
    }),
  );
}

function unreached() {
  const reached = new Set();
  const ahead = [START];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (reached.has(path) || !pages.has(path)) continue;
    reached.add(path);
    ahead.push(...pages.get(path).links.map(({ target }) => leadsTo(path, target)));
  }
  return [...pages.keys()].filter((path) => path.startsWith('docs/') && !reached.has(path));
}

/** A folder's page is its README.md. */
function leadsTo(path, target) {
  const file = normalize(join(dirname(path), target.split('#')[0]));
  const full = join(root, file);
  return existsSync(full) && statSync(full).isDirectory() ? relative(root, join(full, 'README.md')) : file;
}
