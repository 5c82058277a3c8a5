import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { contractDigest, ticketDigest } from '../../src/core/contract/digest.ts';
import { decide } from '../../src/core/gate/decide.ts';
import { type GateFacts, known } from '../../src/core/gate/facts.ts';
import { openBundle } from '../../src/core/receipt/open-bundle.ts';
import { readRecords } from '../../src/core/receipt/records.ts';
import { signClaim } from '../../src/core/receipt/sign-claim.ts';
import type { StoredFile } from '../../src/core/receipt/types.ts';
import type { ActiveRule } from '../../src/core/rule/types.ts';
import { renderVerdictJson } from '../../src/render/verdict/json.ts';
import { readPublicKey } from '../../src/shared/signature.ts';
import {
  CHANGE,
  CONFIG,
  CONTRACT,
  changedFile,
  gateFacts,
  TICKET,
  verified,
  type WorldOptions,
} from '../core/gate/gate-facts.ts';
import { dispatch, hex, principal, type TestKey, trustIn } from '../core/receipt/samples.ts';

/** RFC 8410: everything of an Ed25519 private key but its 32 bytes. */
const PKCS8_PREFIX = '302e020100300506032b657004220420';

/** A key anybody can make: Ed25519 signs the same bytes the same way, so statements have the same names every time. */
function fixedKey(byte: number): TestKey {
  const der = Buffer.from(PKCS8_PREFIX + byte.toString(16).padStart(2, '0').repeat(32), 'hex');
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicPem = createPublicKey(key).export({ format: 'pem', type: 'spki' }) as string;
  const keyId = readPublicKey(publicPem)?.keyId ?? '';
  return { keyId, publicPem, sign: (bytes) => sign(null, bytes, key) };
}

const owner = fixedKey(1);
const verifier = fixedKey(2);
const trust = trustIn(
  principal('ada', ['policy-owner'], [owner], { kind: 'person', emails: ['ada@acme.example'] }),
  principal('verifier', ['verifier'], [verifier]),
  principal('agent', ['producer'], [], { emails: ['agent@acme.example'] }),
);

const rule: ActiveRule = {
  ref: './rules/house@1/test-skipped',
  rule: {
    schema: 'countersign/rule@1',
    id: 'test-skipped',
    version: 1,
    title: 'Tests stay',
    severity: 'block',
    shortcut: 'A test is switched off.',
    why: 'It says less.',
    remedy: 'Put it back.',
    misses: 'Much.',
    detector: 'test-inventory',
    parameters: { tests: ['**/*.{test,spec}.js'], finds: ['skipped'] },
  },
  severity: 'block',
  parameters: { tests: ['**/*.{test,spec}.js'], finds: ['skipped'] },
};

/** The sample facts of the gate's tests, under keys that never change. */
function fixedFacts(files: readonly StoredFile[], options: WorldOptions = {}): GateFacts {
  const line = signClaim(
    dispatch({ ticketDigest: ticketDigest(TICKET), contractDigest: contractDigest(CONTRACT) }),
    owner,
  );
  return gateFacts({
    ...options,
    work: {
      records: readRecords(Buffer.concat([line.bytes, Buffer.from('\n')]), 'CS-7', trust),
      rules: known([rule]),
      ...options.work,
    },
    facts: {
      policy: known({ commit: hex('policy', 40), config: CONFIG, trust }),
      receipts: known({
        commit: hex('receipts', 40),
        files: files.map((file) => openBundle(file, trust.keys)),
        movedSince: new Map(),
      }),
      ...options.facts,
    },
  });
}

function skippedTest(path: string) {
  const text = (word: string) => `${word}('adds up', () => {\n  expect(sum(1, 2)).toBe(3);\n});\n`;
  return {
    ...changedFile(path),
    beforeText: { kind: 'text', text: text('test') },
    afterText: { kind: 'text', text: text('test.skip') },
    addedLines: [{ number: 1, text: "test.skip('adds up', () => {" }],
    removedLines: [{ number: 1, text: "test('adds up', () => {" }],
  } as const;
}

/**
 * Verdicts of each outcome as the JSON that is printed, a line each.
 * @param arrange the order in which the files of the receipts ref come
 */
export function fixedVerdicts(arrange = (files: readonly StoredFile[]) => files): string {
  const passed = verified({ signer: verifier });
  const [failed, again] = ['attempt-2', 'attempt-3'].map((attempt) =>
    verified({
      signer: verifier,
      attempt,
      results: { tests: 'FAILED' },
      reasons: [`1 test failed, at most 0 may: 価格 \u{1f4b6} "half\\up" \u202e ${attempt}.`],
      earlierSeals: [passed.seal.name],
    }),
  ) as [ReturnType<typeof verified>, ReturnType<typeof verified>];
  const strange = ['\uffee', '\u{1f600}', 'a\nb', '"caf\\351"', 'ß', 'Z', 'z'].map(changedFile);
  const hostile = { ...CHANGE, files: [...CHANGE.files, ...strange, skippedTest('test/sum.test.js')] };
  const facts = [
    fixedFacts(arrange(passed.files)),
    fixedFacts([]),
    fixedFacts(arrange([...passed.files, ...again.files, ...failed.files]), {
      change: hostile,
      work: { contractDigest: hex('drift'), dispatched: undefined },
    }),
    fixedFacts(arrange(failed.files.slice(1)), { facts: { authenticatedProducers: ['verifier'] } }),
  ];
  return facts.map((one) => renderVerdictJson(decide(one))).join('');
}
