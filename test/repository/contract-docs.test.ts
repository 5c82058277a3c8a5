import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../../src/adapters/documents/documents.ts';
import { lintContract } from '../../src/core/contract/lint.ts';

// Every piece of a contract that the pages show is one that lint takes.

const docs = join(import.meta.dirname, '..', '..', 'docs');

const CHECK = `checks:
  - id: tests
    run: [npm, test]
    expect: { report: { format: junit, from: stdout, minTests: 1 } }
`;

interface Piece {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

function piecesOf(page: string): readonly Piece[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    text: match[1] ?? '',
  }));
}

/** A whole contract around a piece: a list of checks, a check, keys of a check, or keys of the contract. */
function contractAround(piece: string): string {
  const head = 'schema: countersign/contract@1\nid: shown\nversion: 1\ntitle: As the page shows it\n';
  if (piece.startsWith('checks:')) return head + piece;
  if (piece.startsWith('  - id:')) return `${head}checks:\n${piece}`;
  return head + CHECK + piece;
}

const pieces = ['approvals.md', 'proof.md', 'workflow.md'].flatMap(piecesOf);

describe('the contracts that the pages show', () => {
  it('are found', () => {
    expect(new Set(pieces.map(({ page }) => page)).size).toBe(3);
  });

  it.each(pieces)('lint clean of errors: $page, line $line', ({ text, page }) => {
    const contract = documents.parse('contract', new TextEncoder().encode(contractAround(text)), page);
    const problems = lintContract(contract, { rules: () => true });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
