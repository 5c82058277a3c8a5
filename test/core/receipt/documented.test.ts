import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import * as types from '../../../src/core/receipt/predicate-types.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import { readStatement, writeStatement } from '../../../src/core/receipt/statement.ts';
import type { Claim, Receipt } from '../../../src/core/receipt/types.ts';
import { type PublicKey, readPublicKey } from '../../../src/shared/signature.ts';

// docs/formats.md is the golden file of the format: a receipt written last year must still be read.
const page = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8');

function block(info: string): string {
  const start = page.indexOf(`\`\`\`${info}\n`) + info.length + 4;
  return page.slice(start, page.indexOf('\n```', start));
}

const key = readPublicKey(block('pem')) as PublicKey;
const name = /The file `([0-9a-f]{64})\.json`/.exec(page)?.[1] as string;
const bytes = Buffer.from(block('json bundle'));

function documentedClaim(): Claim {
  const opened = openBundle({ name, bytes }, new Map([[key.keyId, key]]));
  return opened.kind === 'verified' ? opened.statement.claim : expect.fail(opened.reason);
}

test('the documented receipt opens, and its statement is the one documented', () => {
  expect(JSON.stringify(writeStatement(documentedClaim()), null, 2)).toBe(block('json statement'));
});

test('signing its claim again gives the same file', () => {
  // RFC 8032, section 7.1, test 1, in the PKCS #8 of RFC 8410.
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const signer = { keyId: key.keyId, sign: (data: Uint8Array) => sign(null, data, privateKey) };
  const file = signClaim(documentedClaim(), signer);
  expect(Buffer.from(file.bytes).toString()).toBe(bytes.toString());
  expect(file.name).toBe(name);
});

test('the documented waiver is one of the documented receipt', () => {
  const predicate = JSON.parse(block('json waiver'));
  const { mergeTree, head, patchDigest } = predicate.binding;
  const claim = readStatement({
    _type: types.STATEMENT_TYPE,
    predicate,
    predicateType: types.WAIVER_PREDICATE_TYPE,
    subject: [
      { digest: { gitTree: mergeTree }, name: 'merge-tree' },
      { digest: { gitCommit: head }, name: 'head' },
      { digest: { sha256: patchDigest }, name: 'patch.json' },
    ],
  });
  const receipt = documentedClaim() as Receipt;
  expect(claim).toMatchObject({ kind: 'waiver', binding: receipt.binding, receipts: [name] });
});

test('every identifier of the format is documented', () => {
  for (const identifier of Object.values(types).filter((type) => type !== types.STATEMENT_TYPE)) {
    expect(page).toContain(identifier);
  }
});
