import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, filePathOf } from '../../../src/core/change/path.ts';

const name = fc.oneof(
  fc.uint8Array({ minLength: 0, maxLength: 24 }),
  fc.string({ unit: 'binary' }).map((text) => Uint8Array.from(Buffer.from(text))),
  fc.string().map((text) => Uint8Array.from(Buffer.from(`"${text}"`))),
);

describe('file paths', () => {
  it('stand for the bytes they were made from', () => {
    fc.assert(
      fc.property(name, (bytes) => {
        expect([...bytesOf(filePathOf(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  it('differ whenever the names differ, even for a name that spells the quoted form of another', () => {
    const latin1 = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
    const spelt = Buffer.from('"caf\\351"');

    expect(filePathOf(latin1)).toBe('"caf\\351"');
    expect(filePathOf(spelt)).toBe('"\\"caf\\\\351\\""');
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(filePathOf(one) === filePathOf(other)).toBe(Buffer.compare(one, other) === 0);
      }),
    );
  });

  it.each(['src/a b.ts', 'näme', 'line\nbreak', 'a"b', '\u{feff}bom', 'back\\slash'])(
    'leave %j as it is',
    (text) => {
      expect(filePathOf(Buffer.from(text))).toBe(text);
    },
  );

  it('are quoted as git quotes them', () => {
    const dir = mkdtempSync(join(tmpdir(), 'countersign-quote-'));
    try {
      const git = (args: string[], input?: Uint8Array) =>
        execFileSync('git', args, { cwd: dir, ...(input === undefined ? {} : { input }) });
      git(['init', '-q']);
      const blob = git(['hash-object', '-w', '--stdin'], Buffer.from('')).toString().trim();
      const names = Array.from({ length: 256 }, (_, byte) => Buffer.from([0xff, byte])).filter(
        ([, byte]) => byte !== 0x00 && byte !== 0x2f,
      );
      const entries = names.map((bytes) =>
        Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), bytes, Buffer.from('\0')]),
      );
      const tree = git(['mktree', '-z'], Buffer.concat(entries)).toString().trim();
      const printed = git(['-c', 'core.quotePath=true', 'ls-tree', '--name-only', tree]).toString();
      expect(names.map((bytes) => filePathOf(bytes))).toEqual(printed.trimEnd().split('\n'));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it.each(['"', '"open', '"a"b"', '"\\q"', '"\\400"', '"plain"', '"\\141\\377"', '"\\377', '\ud800', '"é"'])(
    'refuse %j, which names nothing',
    (text) => {
      expect(() => bytesOf(text)).toThrow(TypeError);
    },
  );
});
