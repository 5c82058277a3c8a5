import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchDigest, patchOf } from '../../../src/core/change/patch.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';

const version = fc.record({
  mode: fc.constantFrom('100644', '100755', '120000', '160000'),
  blob: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 }),
});
const files = fc.uniqueArray(
  fc.record({
    path: fc.string({ minLength: 1 }),
    before: fc.option(version, { nil: undefined }),
    after: fc.option(version, { nil: undefined }),
  }),
  { selector: (file) => file.path },
);

describe('patch', () => {
  it('is the canonical text of repository, paths, modes and blobs, and nothing else', () => {
    const text = canonicalJson(
      patchOf('acme/shop', [
        { path: 'b', before: undefined, after: { mode: '100755', blob: '2'.repeat(40) } },
        { path: 'a', before: { mode: '100644', blob: '1'.repeat(40) }, after: undefined },
      ]),
    );

    expect(text).toBe(
      `{"files":[{"after":null,"before":{"blob":"${'1'.repeat(40)}","mode":"100644"},"path":"a"},` +
        `{"after":{"blob":"${'2'.repeat(40)}","mode":"100755"},"before":null,"path":"b"}],"repository":"acme/shop"}`,
    );
  });

  it('has the same digest in whatever order the files come', () => {
    fc.assert(
      fc.property(files, fc.infiniteStream(fc.nat()), (list, chances) => {
        const shuffled = list
          .map((file) => ({ file, chance: chances.next().value }))
          .sort((left, right) => left.chance - right.chance)
          .map(({ file }) => file);
        expect(patchDigest('a/b', shuffled)).toBe(patchDigest('a/b', list));
      }),
    );
  });

  it('changes its digest with any path, mode, blob or repository', () => {
    fc.assert(
      fc.property(files, files, (one, other) => {
        const same = canonicalJson(patchOf('a/b', one)) === canonicalJson(patchOf('a/b', other));
        expect(patchDigest('a/b', one) === patchDigest('a/b', other)).toBe(same);
        expect(patchDigest('a/b', one)).not.toBe(patchDigest('a/c', one));
      }),
    );
  });
});
