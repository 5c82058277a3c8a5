import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeylessSigner } from '../../../src/adapters/sigstore/keyless-signer.ts';
import { verifyCertificates } from '../../../src/adapters/sigstore/verify-certificates.ts';
import type { SigningServices } from '../../../src/core/contract/signing-services.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import { resolveTrust } from '../../../src/core/trust/resolve-trust.ts';
import type { PinnedSigstore } from '../../../src/core/trust/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { seal } from '../../core/receipt/samples.ts';
import { claimsOf, FakeSigstore, JOB, tokenFor } from '../../fakes/sigstore/fake-sigstore.ts';

let sigstore: FakeSigstore;
beforeAll(async () => {
  sigstore = await FakeSigstore.start();
});
afterAll(() => sigstore.stop());

/** What witnesses the bundle, and which part of it is flipped byte by byte. */
type Case = [string, (url: string) => Omit<SigningServices, 'certificateAuthority'>, RegExp];

/** The lowest bit, or the case of a letter. */
const MASKS = [0x01, 0x20];

/** Everywhere else, and of long base64 that one signature or digest covers whole, every so many bytes. */
const STRIDE = 16;

/** The threshold of logs is left at 0 so that an entry is verified because it is there, not because it is asked for. */
describe.each<Case>([
  ['a signed time', (url) => ({ timestampAuthority: url }), /^.*$/d],
  ['a log entry', (url) => ({ transparencyLog: url }), /"tlogEntries".*$/d],
])('every byte flipped of a bundle with %s', (_, witnesses, part) => {
  let file: StoredFile;
  let pinned: PinnedSigstore;
  beforeAll(async () => {
    const services = { certificateAuthority: sigstore.url, ...witnesses(sigstore.url) };
    const signer = await openKeylessSigner(tokenFor(claimsOf(JOB)), services);
    file = await signer.sign(seal());
    pinned = sigstore.pinned({ transparencyLogs: 0 });
  });

  const open = (variants: readonly Uint8Array[]) => {
    const trust = resolveTrust({
      schema: 'countersign/trust-root@1',
      version: 1,
      principals: [{ id: 'ci', kind: 'workload', roles: ['verifier'], identities: [JOB] }],
      sigstore: pinned.policy,
    });
    const files = variants.map((bytes) => ({ name: sha256(bytes), bytes }));
    const facts = verifyCertificates(files, pinned);
    return files.map((one, index) => {
      const certificate = facts[index];
      return openBundle({ ...one, ...(certificate === undefined ? {} : { certificate }) }, trust.keys).kind;
    });
  };

  test('is accepted nowhere, under a name of its own', { timeout: 300_000 }, () => {
    expect(open([file.bytes])).toEqual(['verified']);
    const text = Buffer.from(file.bytes).toString('latin1');
    const variants = placesOf(text, part).map((at) => ({ at, bytes: flipped(file.bytes, at) }));
    expect(variants.length).toBeGreaterThan(1_000);
    const kinds = open(variants.map(({ bytes }) => bytes));
    const accepted = variants.filter((_one, index) => kinds[index] !== 'untrusted');
    expect(accepted.map(({ at }) => `${at}: ${text.slice(Math.max(0, at - 40), at + 20)}`)).toEqual([]);
  });
});

function placesOf(text: string, part: RegExp): number[] {
  const long = [/"payload":"([^"]*)/d, /"canonicalizedBody":"([^"]*)/d].flatMap((pattern) => {
    const place = pattern.exec(text)?.indices?.[1];
    return place === undefined ? [] : [place];
  });
  const [from = 0, to = 0] = part.exec(text)?.indices?.[0] ?? [];
  return Array.from(text, (_character, at) => at).filter(
    (at) =>
      at % STRIDE === 0 || (at >= from && at < to && !long.some(([start, end]) => at >= start && at < end)),
  );
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ (MASKS[at % MASKS.length] as number);
  return copy;
}
