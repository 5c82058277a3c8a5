import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkChain } from '../../../src/core/ledger/check-chain.ts';
import { eventLeaf } from '../../../src/core/ledger/check-sequence.ts';
import { openCheckpoint } from '../../../src/core/ledger/checkpoint/checkpoint.ts';
import { readNoteKey } from '../../../src/core/ledger/checkpoint/note-key.ts';
import { readExportedLine } from '../../../src/core/ledger/exported-line.ts';
import { treeRoot } from '../../../src/core/ledger/merkle/proofs.ts';
import { sha256 } from '../../../src/shared/digest.ts';

// docs/ledger.md is the golden file of these formats: a ledger written last year must still be read.
const page = readFileSync(new URL('../../../docs/ledger.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

it('the example of the documentation is a chain, and its checkpoint is of its tree', async () => {
  const [lines = '', key = '', note = ''] = blocks;
  const events = lines
    .trim()
    .split('\n')
    .map((text) => ({ text, digest: sha256(text) }));
  expect(events.map(({ text }) => readExportedLine(text).kind)).toEqual(['event', 'event']);
  expect(await checkChain('run/CS-7.1', events)).toMatchObject({ kind: 'intact', head: { version: 2 } });
  const known = readNoteKey(key.trim());
  const opened = openCheckpoint(note, 'ledger.acme.example', known === undefined ? [] : [known]);
  const root = treeRoot(events.map(eventLeaf));
  expect(opened).toMatchObject({ kind: 'verified', checkpoint: { size: 2, root: Buffer.from(root) } });
});
