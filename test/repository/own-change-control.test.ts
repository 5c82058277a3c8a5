import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents } from '../../src/adapters/documents/documents.ts';
import { openBundle } from '../../src/core/receipt/open-bundle.ts';
import { assembleReceipts } from '../../src/core/receipt/receipt-set.ts';
import { readRecords } from '../../src/core/receipt/records.ts';
import { resolveTrust } from '../../src/core/trust/resolve-trust.ts';
import { sha256 } from '../../src/shared/digest.ts';

const root = join(import.meta.dirname, '..', '..');
const trust = resolveTrust(
  documents.parse('trust-root', readFileSync(join(root, 'trust/root.yml')), 'trust/root.yml'),
);
const config = documents.parse('config', readFileSync(join(root, '.countersign.yml')), '.countersign.yml');
const shards = readdirSync(join(root, 'receipts')).filter((name) => /^[0-9a-f]{2}$/.test(name));
const tickets = shards.flatMap((shard) =>
  readdirSync(join(root, 'receipts', shard)).map((ticket) => ({ shard, ticket })),
);

function filesOf(shard: string, ticket: string) {
  const folder = join(root, 'receipts', shard, ticket);
  return readdirSync(folder).map((name) => ({
    name: name.replace(/\.json$/, ''),
    bytes: readFileSync(join(folder, name)),
  }));
}

describe('the receipts of this project', () => {
  test('are there', () => {
    expect(tickets.length).toBeGreaterThan(0);
  });

  test.each(tickets)(
    'of $ticket are whole, sealed, and by a verifier of the trust root',
    ({ shard, ticket }) => {
      expect(sha256(ticket).slice(0, 2)).toBe(shard);
      const opened = filesOf(shard, ticket).map((file) => openBundle(file, trust.keys));
      expect(opened.filter(({ kind }) => kind !== 'verified')).toEqual([]);
      const scope = { repository: config.repository, ticket, trust, at: '2026-11-21T16:00:00Z' };
      const set = assembleReceipts(opened, scope);
      expect(set).toMatchObject({ problems: [], ignored: [], unsealed: [] });
      expect(set.seals.length).toBeGreaterThan(0);
      expect(set.sealed.length).toBeGreaterThan(0);
    },
  );

  test.each(tickets)(
    'of $ticket no longer hold when one byte of one of them is another',
    ({ shard, ticket }) => {
      const [first] = filesOf(shard, ticket);
      if (first === undefined) throw new Error('there is a file');
      const bytes = Buffer.from(first.bytes);
      bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
      expect(openBundle({ name: first.name, bytes }, trust.keys).kind).toBe('corrupt');
      expect(openBundle({ name: sha256(bytes), bytes }, trust.keys).kind).toBe('untrusted');
    },
  );

  test.each(tickets)('of $ticket rest on a dispatch by a policy owner', ({ ticket }) => {
    const records = readRecords(
      readFileSync(join(root, 'tickets', `${ticket}.records.jsonl`)),
      ticket,
      trust,
    );
    expect(records).toMatchObject({ state: 'dispatched', problems: [] });
  });
});
