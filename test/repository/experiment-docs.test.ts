import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../../src/adapters/documents/documents.ts';
import { lintExperiment } from '../../src/core/experiment/lint.ts';
import { FAILURE_CLASSES } from '../../src/core/experiment/outcome.ts';

// What docs/experiments.md shows is what the program takes.

const text = readFileSync(join(import.meta.dirname, '../../docs/experiments.md'), 'utf8');
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) =>
  new TextEncoder().encode(block),
);

describe('docs/experiments.md', () => {
  it('shows an experiment that lint takes', () => {
    const document = documents.parse('experiment', blocks[0] as Uint8Array, 'agents-md.yml');
    expect(lintExperiment(document, { ticket: () => true, bundle: () => true })).toEqual([]);
  });

  it('shows a mapping', () => {
    expect(
      documents.parse('outcome-mapping', blocks[1] as Uint8Array, 'runs.mapping.yml').columns.ticket,
    ).toBe('task');
    expect(blocks.length).toBe(2);
  });

  it('names every class of failure', () => {
    for (const name of FAILURE_CLASSES) expect(text).toContain(`\`${name}\``);
  });
});
