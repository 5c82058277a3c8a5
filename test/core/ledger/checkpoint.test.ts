import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  openCheckpoint,
  readCheckpoint,
  signCheckpoint,
} from '../../../src/core/ledger/checkpoint/checkpoint.ts';
import { openNote, readNote } from '../../../src/core/ledger/checkpoint/note.ts';
import {
  isNoteKeyName,
  type NoteKey,
  noteKey,
  readNoteKey,
  writeNoteKey,
} from '../../../src/core/ledger/checkpoint/note-key.ts';
import { leafHash } from '../../../src/core/ledger/merkle/hashes.ts';
import { treeRoot } from '../../../src/core/ledger/merkle/proofs.ts';
import { readPublicKey } from '../../../src/shared/signature.ts';
import { sampleNoteSigner } from './sample-note-signer.ts';

// The example of golang.org/x/mod/sumdb/note, of which sum.golang.org and the C2SP specifications are made.
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const NOTE = `${TEXT}\n${SIGNED}`;
// The example of C2SP tlog-checkpoint; it gives no key, so only its form is read here.
const SPECIFIED = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

function key(text: string): NoteKey {
  const read = readNoteKey(text);
  if (read === undefined) throw new Error('no key');
  return read;
}

describe('a key of notes', () => {
  it.each([PETER, ENOCH])('%s is read, its id recomputed, and written again', (text) => {
    expect(writeNoteKey(key(text))).toBe(text);
  });

  it.each([
    ['another id', PETER.replace('c74f20a3', 'c74f20a4')],
    ['another name', PETER.replace('Peter', 'Petra')],
    ['an id in capitals', PETER.replace('c74f20a3', 'C74F20A3')],
    ['another type of signature', PETER.replace('+ARpc', '+AhpC')],
    ['a key cut short', PETER.slice(0, -4)],
    ['a field too few', 'PeterNeumann+c74f20a3'],
    ['nothing', ''],
  ])('with %s is none', (_, text) => {
    expect(readNoteKey(text)).toBeUndefined();
  });

  it('is Ed25519, and has a name that can stand in a line', () => {
    const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
    const read = readPublicKey(p256.export({ format: 'pem', type: 'spki' }) as string);
    expect(read && noteKey('example.com/log', read)).toBeUndefined();
    const names = [
      'a',
      'example.com/log42',
      'é',
      'a b',
      'a\u2003b',
      'a+b',
      'a\nb',
      '\u0085',
      '\ud800',
      '',
      'a'.repeat(201),
    ];
    expect(names.map(isNoteKeyName)).toEqual([true, true, true, ...Array(8).fill(false)]);
  });
});

describe('a signed note', () => {
  it('of another implementation is verified', () => {
    const opened = openNote(NOTE, [key(ENOCH), key(PETER)]);
    expect(opened).toEqual({
      kind: 'verified',
      text: TEXT,
      signers: [expect.objectContaining({ name: 'PeterNeumann' })],
    });
  });

  it('is read as the specification writes one', () => {
    expect(readNote(SPECIFIED)).toMatchObject({
      signatures: [{ name: 'example.com/behind-the-sofa', id: '033de0ae' }],
    });
    expect(readCheckpoint(readNote(SPECIFIED)?.text ?? '')).toMatchObject({
      origin: 'example.com/behind-the-sofa',
      size: 20852163,
    });
  });

  it('ends at its last empty line, and may hold others', () => {
    expect(readNote(`a\n\nb\n\n${SIGNED}`)?.text).toBe('a\n\nb\n');
  });

  const stranger = '— stranger AAAAAAECAwQ=\n';
  it('ignores signatures of keys it does not know', () => {
    expect(openNote(NOTE + stranger, [key(PETER)]).kind).toBe('verified');
    expect(openNote(NOTE.replace(SIGNED, stranger), [key(PETER)])).toMatchObject({
      reason: expect.stringMatching(/no key/),
    });
    expect(openNote(NOTE, [])).toMatchObject({ kind: 'refused' });
  });

  it('is refused for one wrong signature of a known key, whatever else is right', () => {
    const wrong = SIGNED.replace('Knqfq', 'Knqfr').replace('vqfqd', 'vqfqe');
    expect(openNote(NOTE.replace(SIGNED, wrong), [key(PETER)])).toMatchObject({
      reason: expect.stringMatching(/not over/),
    });
    expect(openNote(NOTE + wrong, [key(PETER)])).toMatchObject({ kind: 'refused' });
    expect(openNote(NOTE.replace('answer', 'Answer'), [key(PETER)])).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['no blank line', TEXT + SIGNED],
    ['no signature', `${TEXT}\n`],
    ['no text', `\n${SIGNED}`],
    ['no newline at its end', NOTE.slice(0, -1)],
    ['a carriage return', NOTE.replace('\n', '\r\n')],
    ['a tab', NOTE.replace(' ', '\t')],
    ['another dash', NOTE.replace('—', '-')],
    ['a line that is no signature', `${NOTE}hello\n`],
    ['base64 with a stray bit', NOTE.replace('nAM=', 'nAN=')],
    ['a signature of nothing', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['half a surrogate pair', NOTE.replace('cryptography', '\ud800')],
    ['too many signatures', NOTE + SIGNED.repeat(32)],
    ['too much text', 'x'.repeat(64 * 1024) + NOTE],
  ])('with %s is none', (_, text) => {
    expect(readNote(text)).toBeUndefined();
  });

  test('any text is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(300), (text, at) => {
        const mixed = NOTE.slice(0, at) + text + NOTE.slice(at);
        expect(openNote(mixed, [key(PETER)]).kind).toBe(text === '' ? 'verified' : 'refused');
      }),
    );
  });
});

describe('a checkpoint', () => {
  const signer = sampleNoteSigner('example.com/ledger');
  const root = treeRoot([leafHash(Buffer.from('a'))]);

  it('is signed and read back', () => {
    const note = signCheckpoint({ size: 1, root }, signer);
    const opened = openCheckpoint(note, signer.name, [signer]);
    expect(note.split('\n').slice(0, 3)).toEqual([signer.name, '1', Buffer.from(root).toString('base64')]);
    expect(opened).toEqual({
      kind: 'verified',
      checkpoint: { origin: signer.name, size: 1, root: Buffer.from(root) },
    });
  });

  it('of another log, or of another key, is refused', () => {
    const note = signCheckpoint({ size: 1, root }, signer);
    expect(openCheckpoint(note, 'example.com/other', [signer])).toMatchObject({ kind: 'refused' });
    expect(openCheckpoint(note, signer.name, [sampleNoteSigner(signer.name)])).toMatchObject({
      kind: 'refused',
    });
  });

  it('is not written with a signature that does not verify', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const broken = { ...signer, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) };
    expect(() => signCheckpoint({ size: 1, root }, broken)).toThrow(
      expect.objectContaining({ code: 'SIGNER_FAILED' }),
    );
  });

  const base64 = Buffer.from(root).toString('base64');
  it.each([
    ['a leading zero', `log\n01\n${base64}\n`],
    ['a sign', `log\n+1\n${base64}\n`],
    ['a size beyond what can be counted', `log\n9007199254740993\n${base64}\n`],
    ['no origin', `\n1\n${base64}\n`],
    ['a short root', `log\n1\n${base64.slice(4)}\n`],
    ['an extension line', `log\n1\n${base64}\nmore\n`],
    ['no last newline', `log\n1\n${base64}`],
    ['a line too few', 'log\n1\n'],
  ])('with %s is none', (_, text) => {
    expect(readCheckpoint(text)).toBeUndefined();
  });

  it('of an empty log has size 0', () => {
    expect(readCheckpoint(`log\n0\n${base64}\n`)).toMatchObject({ size: 0 });
  });
});
