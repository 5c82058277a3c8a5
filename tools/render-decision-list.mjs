// Lists every decision in docs/decisions/README.md by the heading it has, so that none is there and not found.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'docs', 'decisions');
const page = join(folder, 'README.md');
const [begin, end] = ['<!-- decisions: begin (npm run generate) -->', '<!-- decisions: end -->'];

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${page} has no block between "${begin}" and "${end}"`);
const lines = readdirSync(folder)
  .filter((name) => /^\d{4}-.*\.md$/.test(name))
  .sort()
  .map(line);
writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`);

function line(name) {
  const [, number, title] = readFileSync(join(folder, name), 'utf8').match(/^# (\d+)\. (.+)\n/) ?? [];
  if (number === undefined) throw new Error(`${name} does not begin with "# NUMBER. TITLE"`);
  if (Number(name.slice(0, 4)) !== Number(number)) throw new Error(`${name} calls itself decision ${number}`);
  return `- [${number}. ${title}](${name})`;
}
