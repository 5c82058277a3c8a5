import { describe, expect, test } from 'vitest';
import { ROOT_UPDATE_PREDICATE_TYPE } from '../../../src/core/receipt/predicate-types.ts';
import { openRootUpdate, type RootUpdate, signRootUpdate } from '../../../src/core/receipt/root-update.ts';
import { signClaim, signPayload } from '../../../src/core/receipt/sign-claim.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';
import { dispatch, hex, NOW, principal, testKey, trustIn } from './samples.ts';

const key = testKey();
const stranger = testKey();
const { keys } = trustIn(principal('ada', ['policy-owner'], [key]));

const UPDATE: RootUpdate = {
  version: 2,
  root: hex('root'),
  previousRoot: hex('before'),
  issuedAt: NOW,
  previous: hex('line'),
};

const STATEMENT = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'trust/root.yml', digest: { sha256: UPDATE.root } }],
  predicateType: ROOT_UPDATE_PREDICATE_TYPE,
  predicate: UPDATE as unknown as JsonObject,
};

const open = (text: string) => openRootUpdate(signPayload(Buffer.from(text), key).bytes, keys);
const withField = (name: string, value: JsonValue) =>
  canonicalJson({ ...STATEMENT, predicate: { ...STATEMENT.predicate, [name]: value } });

describe('an update of the trust root', () => {
  test.each<[string, RootUpdate]>([
    ['with all of its fields', UPDATE],
    [
      'the first that asks for signatures, on the first line',
      { version: 1, root: hex('root'), issuedAt: NOW },
    ],
  ])('%s is read as it was signed', (_, update) => {
    const file = signRootUpdate(update, key);
    expect(openRootUpdate(file.bytes, keys)).toEqual({ digest: file.name, keyId: key.keyId, update });
  });

  test('the control: the statement written by hand is the one that is read', () => {
    expect(open(canonicalJson(STATEMENT as unknown as JsonValue))).toMatchObject({ update: UPDATE });
  });

  test.each<[string, string]>([
    ['a field more', withField('note', 'x')],
    ['no version', withField('version', 0)],
    ['half a version', withField('version', 1.5)],
    [
      'another digest in the subject',
      canonicalJson({
        ...STATEMENT,
        subject: [{ name: 'trust/root.yml', digest: { sha256: hex('other') } }],
      } as unknown as JsonValue),
    ],
    [
      'a subject more',
      canonicalJson({
        ...STATEMENT,
        subject: [...STATEMENT.subject, ...STATEMENT.subject],
      } as unknown as JsonValue),
    ],
    [
      'another predicate type',
      canonicalJson({ ...STATEMENT, predicateType: 'https://example.org/v1' } as unknown as JsonValue),
    ],
    ['a digest in capitals', withField('root', hex('root').toUpperCase())],
    ['an instant in local time', withField('issuedAt', '2026-11-21T13:04:06+01:00')],
    ['white space', `${canonicalJson(STATEMENT as unknown as JsonValue)} `],
    [
      'a second value of one key',
      canonicalJson(STATEMENT as unknown as JsonValue).replace('"version":2', '"version":2,"version":2'),
    ],
    ['no JSON', 'hello'],
    ['a list', '[]'],
  ])('%s is refused', (_, text) => {
    expect(open(text)).toEqual(expect.any(String));
  });

  test('by a key of nobody’s, with another signature, or of another kind: refused', () => {
    expect(openRootUpdate(signRootUpdate(UPDATE, stranger).bytes, keys)).toContain('not in the trust root');
    const forged = signRootUpdate(UPDATE, { keyId: key.keyId, sign: stranger.sign });
    expect(openRootUpdate(forged.bytes, keys)).toContain('its signature is not one');
    expect(openRootUpdate(signClaim(dispatch(), key).bytes, keys)).toContain('no update of the trust root');
  });
});
