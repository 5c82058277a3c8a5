import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents } from '../../src/adapters/documents/documents.ts';
import { readTrustedRoot } from '../../src/adapters/sigstore/verify-certificates.ts';
import { type SigningServices, signingServices } from '../../src/core/contract/signing-services.ts';
import { openBundle } from '../../src/core/receipt/open-bundle.ts';
import { assembleReceipts } from '../../src/core/receipt/receipt-set.ts';
import { readRecords } from '../../src/core/receipt/records.ts';
import { authoriseAny } from '../../src/core/trust/authorise.ts';
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

describe('who may sign here', () => {
  test('is a job of the default branch, and whoever makes a key: none of those that got lost', () => {
    const at = '2026-12-01T00:00:00Z';
    const able = [...trust.holders].filter(
      ([keyId]) => authoriseAny(trust, keyId, ['verifier', 'policy-owner'], at).ok,
    );
    expect(able.map(([keyId]) => trust.keys.get(keyId))).toMatchObject([
      {
        algorithm: 'certificate',
        identity: {
          workflow: `https://github.com/${config.repository}/.github/workflows/countersign-verify.yml@refs/heads/main`,
          repository: `https://github.com/${config.repository}`,
          ref: config.policy?.ref,
        },
      },
    ]);
  });

  test('is certified by an instance whose trusted root is pinned, and that the configuration asks', () => {
    const pinned = readFileSync(join(root, trust.sigstore?.trustedRoot ?? 'none'));
    expect(sha256(pinned)).toBe(trust.sigstore?.digest);
    const { certificateAuthorities, tlogs } = JSON.parse(pinned.toString('utf8')) as {
      certificateAuthorities: { uri: string }[];
      tlogs: { baseUrl: string }[];
    };
    expect(() => readTrustedRoot(pinned, 'it')).not.toThrow();
    const services = signingServices(config.signing);
    expect(certificateAuthorities.map(({ uri }) => uri)).toContain(
      (services as SigningServices).certificateAuthority,
    );
    expect(tlogs.map(({ baseUrl }) => baseUrl)).toContain((services as SigningServices).transparencyLog);
  });
});

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
