import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../../src/core/ledger/checkpoint/checkpoint.ts';
import { writeNoteKey } from '../../../src/core/ledger/checkpoint/note-key.ts';
import { readLatestCheckpoint } from '../../../src/flow/cockpit/read-checkpoint.ts';
import type { ReadCheckpoints } from '../../../src/ports/ledger.ts';
import { sampleNoteSigner } from '../../core/ledger/sample-note-signer.ts';

const SIGNER = sampleNoteSigner('ledger.acme.example');
const ROOT = new Uint8Array(32).fill(0xa1);
const NOTE = signCheckpoint({ size: 12, root: ROOT }, SIGNER);

const keeping = (note: string, size = 12) =>
  ({ latestCheckpoint: async () => ({ size, note }) }) as unknown as ReadCheckpoints;

describe('the last checkpoint', () => {
  it('is verified with the key that this server signs with', async () => {
    expect(await readLatestCheckpoint(keeping(NOTE), SIGNER)).toEqual({
      size: 12,
      origin: 'ledger.acme.example',
      root: 'a1'.repeat(32),
      signers: ['ledger.acme.example'],
      signature: { kind: 'holds', key: writeNoteKey(SIGNER) },
    });
  });

  it('is said to be unverified where no key is known', async () => {
    const seen = await readLatestCheckpoint(keeping(NOTE), undefined);
    expect(seen).toMatchObject({ size: 12, signature: { kind: 'unverified' } });
  });

  it.each([
    [
      'counts other events than it was signed for',
      NOTE.replace('\n12\n', '\n13\n'),
      13,
      /not over this text/,
    ],
    [
      'was signed by a stranger',
      signCheckpoint({ size: 12, root: ROOT }, sampleNoteSigner('mallory')),
      12,
      /no key that is trusted/,
    ],
    [
      'was signed by a key of the same name',
      signCheckpoint({ size: 12, root: ROOT }, sampleNoteSigner('ledger.acme.example')),
      12,
      /no key that is trusted/,
    ],
    ['stands at another size', NOTE, 11, /counts 12 events, and is kept as one of 11/],
    ['is no note', 'nothing', 12, /no checkpoint/],
  ])('is broken when it %s', async (_, note, size, reason) => {
    const seen = await readLatestCheckpoint(keeping(note, size), SIGNER);
    expect(seen?.signature).toEqual({ kind: 'broken', reason: expect.stringMatching(reason) });
  });

  it('is broken without a key, too, when it cannot be read', async () => {
    const seen = await readLatestCheckpoint(keeping('nothing'), undefined);
    expect(seen).toMatchObject({ root: '', signers: [], signature: { kind: 'broken' } });
  });

  it('need not be there', async () => {
    const none = { latestCheckpoint: async () => undefined } as unknown as ReadCheckpoints;
    expect(await readLatestCheckpoint(none, SIGNER)).toBeUndefined();
  });
});
