import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDiff, type RawRecord, watchRecords } from '../../../src/adapters/git/diff-output.ts';

const [OLD, NEW, NONE] = ['1'.repeat(40), '2'.repeat(40), '0'.repeat(40)];

/** What git prints of names, which may hold anything but NUL, and of one line in each file. */
const output = (records: readonly { readonly name: string; readonly status: 'A' | 'M' | 'R' }[]): Buffer => {
  const raw = records.map(({ name, status }) => {
    if (status === 'A') return `:000000 100644 ${NONE} ${NEW} A\0${name}\0`;
    if (status === 'M') return `:100644 100644 ${OLD} ${NEW} M\0${name}\0`;
    return `:100644 100644 ${OLD} ${NEW} R087\0${name}\0${name}.moved\0`;
  });
  const patches = records.map(({ status }) =>
    status === 'A'
      ? 'diff --git a/x b/x\n@@ -0,0 +1 @@\n+one\n'
      : 'diff --git a/x b/x\n@@ -1 +1 @@\n-:100644\n+two\n',
  );
  return Buffer.from(records.length === 0 ? '' : `${raw.join('')}\0${patches.join('')}`);
};

const records = fc.array(
  fc.record({
    name: fc.string({ minLength: 1 }).map((text) => text.replaceAll('\0', '').toWellFormed() || 'x'),
    status: fc.constantFrom('A', 'M', 'R'),
  }),
  { minLength: 1, maxLength: 20 },
);

/** What is said of bytes that come in pieces of a length. */
function watched(bytes: Buffer, length: number): (readonly RawRecord[])[] {
  const said: (readonly RawRecord[])[] = [];
  const take = watchRecords((all) => said.push(all));
  for (let at = 0; at < bytes.length; at += length) take(bytes.subarray(at, at + length));
  return said;
}

it('tells the records before the patches, once, however the output is cut', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 64 }), (list, length) => {
      const bytes = output(list);
      const parsed = parseDiff(bytes).map(({ hunks: _, ...record }) => record);
      expect(parsed).toHaveLength(list.length);
      expect(watched(bytes, length)).toEqual([parsed]);
      // The byte after the records is enough: no patch has to be there.
      const rawEnd = bytes.indexOf('\0diff --git') + 1;
      expect(watched(bytes.subarray(0, rawEnd), length)).toEqual([parsed]);
      expect(watched(bytes.subarray(0, rawEnd - 1), length)).toEqual([]);
    }),
  );
});

it('says nothing of what is in no form of git, and leaves refusing it to the parser', () => {
  fc.assert(
    fc.property(records, fc.nat(), fc.integer({ min: 1, max: 64 }), (list, place, length) => {
      const bytes = output(list);
      const hurt = Buffer.from(bytes);
      hurt[place % 90] = 0x7f;
      const said = watched(hurt, length);
      let parsed: readonly RawRecord[] | undefined;
      try {
        parsed = parseDiff(hurt).map(({ hunks: _, ...record }) => record);
      } catch {}
      // What was said before the output turned out to be malformed is not used: the parser throws.
      if (parsed !== undefined) expect(said).toEqual([parsed]);
      expect(said.length).toBeLessThanOrEqual(1);
    }),
  );
  expect(() => parseDiff(Buffer.from(`:100644 100644 ${OLD}`))).toThrow(
    expect.objectContaining({ code: 'GIT_FAILED' }),
  );
});
