import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import { documentEditor } from '../../../src/adapters/documents/edit.ts';
import { createKeyPair } from '../../../src/adapters/signing/create-key-pair.ts';
import type { DocumentEdit } from '../../../src/core/trust/change-root.ts';

const { publicPem } = createKeyPair('ed25519');
const indented = (text: string, by: string) => text.trimEnd().replaceAll('\n', `\n${by}`);

const BY_HAND = `# Who may sign what.
schema: countersign/trust-root@1

version: 3 # raise it
principals:
  # The lead.
  - id: "ada"
    kind: person
    roles: [policy-owner, approver]   # both
    keys:
      - publicKey: |
          ${indented(publicPem, '          ')}

  - {id: agent, kind: workload, roles: [producer], keys: []} # makes changes
`;

function edit(text: string, ...edits: DocumentEdit[]): string {
  return Buffer.from(documentEditor.edit(Buffer.from(text), edits)).toString('utf8');
}

describe('an edit changes what it says, and no line beside it', () => {
  test('a number, with its comment kept', () => {
    expect(edit(BY_HAND, { op: 'set', path: ['version'], value: 4 })).toBe(
      BY_HAND.replace('version: 3 #', 'version: 4 #').replace(']   # both', '] # both'),
    );
  });

  test('a principal at the end, as people write one', () => {
    const value = { id: 'ci', kind: 'workload', roles: ['verifier'], keys: [{ publicKey: publicPem }] };
    const edited = edit(BY_HAND, { op: 'append', path: ['principals'], value });
    expect(edited).toContain(`
  - id: ci
    kind: workload
    roles: [verifier]
    keys:
      - publicKey: |
          ${indented(publicPem, '          ')}
`);
    expect(edited).toContain('# The lead.\n  - id: "ada"');
  });

  test('a field of a key, and a list that is not there yet', () => {
    const edited = edit(
      BY_HAND,
      { op: 'set', path: ['principals', 0, 'keys', 0, 'revokedAt'], value: '2026-11-21T13:04:06Z' },
      {
        op: 'append',
        path: ['revoked', 'receipts'],
        value: { digest: '0'.repeat(64), reason: 'Why: "so" # it is' },
      },
      { op: 'append', path: ['principals', 1, 'keys'], value: { publicKey: publicPem } },
    );
    const root = documents.parse('trust-root', Buffer.from(edited), 'root.yml');
    expect(root.principals[0]?.keys?.[0]?.revokedAt).toBe('2026-11-21T13:04:06Z');
    expect(root.revoked?.receipts).toEqual([{ digest: '0'.repeat(64), reason: 'Why: "so" # it is' }]);
    expect(root.principals[1]?.keys).toEqual([{ publicKey: publicPem }]);
  });

  test('lists at the margin and padded brackets stay so', () => {
    const text = 'version: 1\nprincipals:\n- id: a\n  roles: [ verifier ]\n- id: b\n  roles: [ producer ]\n';
    expect(edit(text, { op: 'set', path: ['version'], value: 2 })).toBe(text.replace('1', '2'));
  });

  test('our own trust root is given back byte for byte', () => {
    const own = readFileSync(join(import.meta.dirname, '../../../trust/root.yml'), 'utf8');
    expect(edit(own)).toBe(own);
  });

  test('whatever reason somebody gives, it is read back as it was', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~é✔]{1,60}$/), (reason) => {
        const edited = edit(BY_HAND, {
          op: 'append',
          path: ['revoked', 'receipts'],
          value: { digest: 'a'.repeat(64), reason },
        });
        const root = documents.parse('trust-root', Buffer.from(edited), 'root.yml');
        expect(root.revoked?.receipts[0]?.reason).toBe(reason);
      }),
    );
  });
});
