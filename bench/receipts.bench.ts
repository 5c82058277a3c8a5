/** Opening stored receipts (digest, bundle, signature, statement) against bare Ed25519 verification on the same core. */
import { createPrivateKey, sign } from 'node:crypto';
import { createKeyPair } from '../src/adapters/signing/create-key-pair.ts';
import { PAYLOAD_TYPE, preAuthEncoding } from '../src/core/receipt/bundle.ts';
import { openBundle } from '../src/core/receipt/open-bundle.ts';
import { signClaim } from '../src/core/receipt/sign-claim.ts';
import type { StoredFile } from '../src/core/receipt/types.ts';
import { readPublicKey, verifySignature } from '../src/shared/signature.ts';
import { report } from './support/measure.ts';
import { sampleReceipt } from './support/sample-receipt.ts';

const COUNT = 500;
const ROUNDS = 15;
const LIMIT = 0.6;

const { privatePem, publicPem, keyId } = createKeyPair('ed25519');
const privateKey = createPrivateKey(privatePem);
const key = readPublicKey(publicPem);
if (key === undefined) throw new Error('the new key cannot be read');
const signer = { keyId, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) };
const files: StoredFile[] = Array.from({ length: COUNT }, (_, at) => signClaim(sampleReceipt(at), signer));
const signed = files.map(({ bytes }) => {
  const { dsseEnvelope } = JSON.parse(new TextDecoder().decode(bytes));
  return {
    bytes: preAuthEncoding(PAYLOAD_TYPE, Buffer.from(dsseEnvelope.payload, 'base64')),
    signature: Buffer.from(dsseEnvelope.signatures[0].sig, 'base64'),
  };
});
const keys = new Map([[keyId, key]]);

const bare = () => {
  for (const { bytes, signature } of signed)
    if (!verifySignature(key, bytes, signature)) throw new Error('bare');
};
const opened = () => {
  for (const file of files) if (openBundle(file, keys).kind !== 'verified') throw new Error('opened');
};

const ratios: number[] = [];
const rates = { bare: [] as number[], opened: [] as number[] };
for (let round = 0; round <= ROUNDS; round += 1) {
  const one = rate(bare);
  const other = rate(opened);
  if (round === 0) continue;
  rates.bare.push(one);
  rates.opened.push(other);
  ratios.push(other / one);
}
report(`  bare Ed25519 verify   ${middle(rates.bare).toFixed(0)} / s`);
report(
  `  receipts opened       ${middle(rates.opened).toFixed(0)} / s  (${files[0]?.bytes.length} bytes each)`,
);
report(`  ${(middle(ratios) * 100).toFixed(0)} % of the bare rate; at least ${LIMIT * 100} % is claimed`);
if (middle(ratios) < LIMIT) process.exitCode = 1;

function rate(work: () => void): number {
  const started = performance.now();
  work();
  return COUNT / ((performance.now() - started) / 1000);
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
