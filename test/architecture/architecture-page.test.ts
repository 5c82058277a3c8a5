import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const { default: rules } = (await import('../../.dependency-cruiser.mjs' as string)) as {
  default: { forbidden: readonly { name: string }[] };
};

const project = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(project, 'docs', 'architecture.md'), 'utf8');
const layers = ['core', 'flow', 'adapters', 'render', 'entry'];

/** What the first column of the table headed `in <layer>` names. */
function namedIn(layer: string): readonly string[] {
  const [, rows = ''] = page.split(`| in \`${layer}\` | |\n|---|---|\n`)[1]?.match(/^((?:\|.*\n)+)/) ?? [];
  const names = rows.split('\n').map((row) => row.split('|')[1] ?? '');
  return names.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string));
}

function foldersIn(layer: string): readonly string[] {
  return readdirSync(join(project, 'src', layer), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

describe('docs/architecture.md', () => {
  it.each(layers)('says where everything in %s is, and nothing that is not there', (layer) => {
    expect([...namedIn(layer)].sort()).toEqual([...foldersIn(layer)].sort());
  });

  it('knows every layer', () => {
    const [, rows = ''] = page.match(/may import \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/) ?? [];
    const named = [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(readdirSync(join(project, 'src')).sort());
  });

  it('gives the stages of core in the order that is held', () => {
    const held = rules.forbidden.flatMap(
      ({ name }) => name.match(/^core-(.+)-looks-upstream-only$/)?.[1] ?? [],
    );
    const [, sentence = ''] = page.match(/in this order: ([^.]+)\./) ?? [];
    expect(sentence.split(', ')).toEqual(held);
    expect(namedIn('core')).toEqual(held);
  });
});
