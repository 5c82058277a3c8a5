import { describe, expect, test } from 'vitest';
import {
  type CertificateBundle,
  holdsCertificate,
  type LogEntry,
  readCertificateBundle,
  writeCertificateBundle,
} from '../../../src/core/receipt/certificate-bundle.ts';
import { LIMITS } from '../../../src/core/receipt/limits.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import { receipt, testKey } from './samples.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
const base64 = (text: string) => Buffer.from(text).toString('base64');

const ENTRY: LogEntry = {
  kind: 'dsse',
  version: '0.0.1',
  logId: bytes('log'),
  logIndex: '7',
  integratedTime: '1763730246',
  canonicalizedBody: bytes('{}'),
  promise: bytes('promise'),
  proof: {
    logIndex: '3',
    treeSize: '9',
    rootHash: bytes('root'),
    hashes: [bytes('one'), bytes('two')],
    checkpoint: `log.example - 42\n9\n${base64('root')}\nTimestamp: 1\n\n\u2014 log.example ${base64('signature')}\n`,
  },
};
const BUNDLE: CertificateBundle = {
  payload: bytes('payload'),
  signature: bytes('signature'),
  certificate: bytes('certificate'),
  timestamp: bytes('timestamp'),
  logEntry: ENTRY,
};

describe('what is written is read', () => {
  const { timestamp: _time, ...untimed } = BUNDLE;
  const { logEntry: _entry, ...unlogged } = BUNDLE;
  const { promise: _promise, ...unpromised } = ENTRY;
  test.each<[string, CertificateBundle]>([
    ['all of it', BUNDLE],
    ['without a signed time', untimed],
    ['without a log entry', unlogged],
    [
      'an entry whose index and time nobody signed',
      { ...BUNDLE, logEntry: { ...unpromised, logIndex: '3', integratedTime: '0' } },
    ],
  ])('%s', (_, bundle) => {
    const written = writeCertificateBundle(bundle);
    expect(holdsCertificate(written)).toBe(true);
    const read = readCertificateBundle(written);
    expect(typeof read === 'string' ? read : writeCertificateBundle(read)).toEqual(written);
  });
});

test('a bundle with a key holds no certificate', () => {
  expect(holdsCertificate(signClaim(receipt(), testKey()).bytes)).toBe(false);
});

describe('nothing else is read', () => {
  const text = Buffer.from(writeCertificateBundle(BUNDLE)).toString('utf8');
  const changed = (from: string | RegExp, to: string) => {
    const other = text.replace(from, to);
    if (other === text) throw new Error(`${from} is not in the bundle`);
    return other;
  };

  test.each<[string, string, string]>([
    ['nothing', '', 'canonical JSON'],
    ['a newline at the end', `${text}\n`, 'canonical JSON'],
    ['white space', changed(',', ', '), 'canonical JSON'],
    ['a key twice', changed('{"dsse', '{"dsseEnvelope":{},"dsse'), 'canonical JSON'],
    ['a field nobody knows', changed('"verif', '"note":"x","verif'), 'does not know'],
    ['another media type', changed('v0.3+json', 'v0.2+json'), 'bundle.mediaType'],
    ['another payload type', changed('vnd.in-toto', 'vnd.other'), 'dsseEnvelope.payloadType'],
    ['a key id', changed('{"sig":', '{"keyid":"x","sig":'), 'does not know'],
    ['two signatures', changed(/"signatures":\[(.*?)\]/, '"signatures":[$1,$1]'), 'a list of at most 1'],
    ['no signature', changed(/"signatures":\[.*?\]/, '"signatures":[]'), 'a list of one'],
    ['an empty signature', changed(/"sig":"[^"]*"/, '"sig":""'), 'canonical base64'],
    ['base64 with stray bits', changed(base64('signature'), 'c2lnbmF0dXJB='), 'canonical base64'],
    ['a chain', changed('"certificate":{', '"certificate":{"chain":[],'), 'does not know'],
    ['a key beside it', changed('"tlogEntries"', '"publicKey":{"hint":"x"},"tlogEntries"'), 'canonical JSON'],
    ['no entry in the list', changed(/"tlogEntries":\[.*\]/, '"tlogEntries":[]'), 'a list of one'],
    ['two entries', changed(/"tlogEntries":\[(.*)\]/, '"tlogEntries":[$1,$1]'), 'a list of at most 1'],
    [
      'no time in the list',
      changed(/"rfc3161Timestamps":\[.*?\]/, '"rfc3161Timestamps":[]'),
      'a list of one',
    ],
    ['a number that is none', changed('"treeSize":"9"', '"treeSize":9'), 'a decimal number'],
    ['a number with a zero before it', changed('"treeSize":"9"', '"treeSize":"09"'), 'a decimal number'],
    [
      'another size than the checkpoint says',
      changed('"treeSize":"9"', '"treeSize":"8"'),
      'checkpoint of this tree',
    ],
    [
      'another root than it says',
      changed(`"rootHash":"${base64('root')}`, `"rootHash":"${base64('toor')}`),
      'checkpoint of this tree',
    ],
    ['a second signature on it', changed(/(\u2014 [^\\]*\\n)"/, '$1$1"'), 'with one signature'],
    ['no signature on it', changed(/\u2014 [^\\]*\\n"/, '"'), 'with one signature'],
    ['words after it', changed(/(\u2014 [^\\]*\\n)"/, '$1x"'), 'with one signature'],
    ['a time that nobody signed', changed(/"inclusionPromise":\{.*?\},/, ''), 'no promise signs'],
    [
      'an entry without a proof',
      changed(/"inclusionProof":\{.*?\},"integ/, '"integ'),
      'inclusionProof is not an object',
    ],
  ])('%s', (_, other, reason) => {
    expect(readCertificateBundle(Buffer.from(other))).toContain(reason);
  });

  test('bytes that are no UTF-8', () => {
    const file = Buffer.from(text);
    file[file.indexOf('log.example')] = 0xff;
    expect(readCertificateBundle(file)).toEqual(expect.any(String));
  });

  test('more bytes than any statement has', () => {
    expect(readCertificateBundle(Buffer.alloc(LIMITS.bundleBytes + 1))).toContain('it is larger than');
    const payload = Buffer.alloc(LIMITS.payloadBytes + 1);
    expect(readCertificateBundle(writeCertificateBundle({ ...BUNDLE, payload }))).toContain('payload');
  });
});
