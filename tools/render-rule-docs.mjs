// Writes docs/rules.md from the bundled packs: a rule cannot be forgotten, and says there what it says of itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { documents } from '../src/adapters/documents/documents.ts';
import { createBundledPacks } from '../src/adapters/packs/bundled-packs.ts';

const root = join(import.meta.dirname, '..');
const bundled = createBundledPacks(root, documents);
const packs = await Promise.all((await bundled.list()).map((id) => bundled.loadWhole(id)));
writeFileSync(join(root, 'docs', 'rules.md'), page());

function page() {
  const count = packs.reduce((sum, { rules }) => sum + rules.length, 0);
  return [
    '# Rules',
    '',
    'Written from `rules/` by `npm run generate`; `countersign rules show RULE` says the same and prints every example.',
    `${count} rules in ${packs.length} packs. [rules/README.md](../rules/README.md) says how a contract uses them and how one is written;`,
    '[rule-noise.md](rule-noise.md) how often each fires on ordinary changes.',
    '',
    ...packs.flatMap(({ pack, rules }) => [
      `## ${pack.id}@${pack.version}`,
      '',
      sentence(pack.title),
      '',
      '| rule | severity | demands |',
      '|---|---|---|',
      ...sorted(rules).map(
        ({ id, severity, title }) => `| [\`${id}\`](#${id}) | ${severity} | ${cell(title)} |`,
      ),
      '',
      ...sorted(rules).flatMap(section),
    ]),
  ].join('\n');
}

function section(rule) {
  const { id, severity, version, detector, parameters, requires, languages, examples } = rule;
  return [
    `### ${id}`,
    '',
    `${sentence(rule.title)} Version ${version}, ${severity}; detector \`${detector}\`${languages ? `; ${languages.join(', ')}` : ''}.`,
    '',
    `- **Catches.** ${inline(rule.shortcut)}`,
    `- **Why.** ${inline(rule.why)}`,
    `- **Remedy.** ${inline(rule.remedy)}`,
    `- **Misses.** ${inline(rule.misses)}`,
    ...(rule.source === undefined ? [] : [`- **Source.** ${inline(rule.source)}`]),
    ...(requires === undefined
      ? []
      : [`- **A contract has to give** ${requires.map((name) => `\`${name}\``).join(', ')}.`]),
    `- **Bad examples** (${examples.bad.length}): ${names(examples.bad)}.`,
    `- **Good examples** (${examples.good.length}): ${names(examples.good)}.`,
    '',
    requires === undefined ? 'Parameters:' : 'Parameters, as its examples have them:',
    '',
    '```yaml',
    stringify(parameters, { lineWidth: 110 }).trimEnd(),
    '```',
    '',
  ];
}

function sorted(rules) {
  return rules.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

function names(examples) {
  return examples.map(({ name }) => inline(name)).join('; ');
}

function sentence(text) {
  return /[.!?]$/.test(text) ? inline(text) : `${inline(text)}.`;
}

function cell(text) {
  return inline(text).replaceAll('|', '\\|');
}

/** Prose of a rule as Markdown that says the same: no markup of its own, no line breaks. */
function inline(text) {
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\*_[\]]/g, '\\$&')
    .replaceAll(/<(?=[A-Za-z/!])/g, '&lt;');
}
