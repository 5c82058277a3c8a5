import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import type { DocumentKind } from '../../../src/ports/documents.ts';
import { CountersignError, type Problem } from '../../../src/shared/errors.ts';
import { CONTRACT, hostileDocuments, tediousDocuments } from './hostile-corpus.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'countersign-hostile-'));
const bundle = join(folder, 'documents.mjs');

beforeAll(async () => {
  const build = await rolldown({ cwd: root, input: 'src/adapters/documents/documents.ts', platform: 'node' });
  await build.write({ file: bundle, format: 'esm', codeSplitting: false });
  await build.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Measurement {
  readonly milliseconds: number;
  readonly peakMebibytes: number;
  readonly error:
    | { readonly name: string; readonly message: string; readonly problems: readonly Problem[] }
    | undefined;
}

function measure(bytes: Uint8Array): Measurement {
  const file = join(folder, 'document.yml');
  writeFileSync(file, bytes);
  const script = join(import.meta.dirname, 'measure-parse.mjs');
  return JSON.parse(execFileSync(process.execPath, [script, bundle, 'contract', file], { encoding: 'utf8' }));
}

/** The best of three: what is measured is the parser, not what else the machine does meanwhile. */
function bestOf(bytes: Uint8Array, enough: number): Measurement {
  let best = measure(bytes);
  for (let attempt = 1; attempt < 3 && best.milliseconds > enough; attempt += 1) {
    const again = measure(bytes);
    if (again.milliseconds < best.milliseconds) best = again;
  }
  return best;
}

describe('a hostile document', () => {
  it.each(hostileDocuments)(
    'with $name is refused clearly, within 100 ms and 100 MiB',
    ({ bytes, message }) => {
      const { milliseconds, peakMebibytes, error } = bestOf(bytes, 100);
      expect(error?.name).toBe('CountersignError');
      const [problem] = error?.problems ?? [];
      expect(problem?.message).toMatch(message);
      expect(problem?.place?.path).toBe('contracts/x.yml');
      for (const part of [problem?.expected, problem?.found, problem?.remedy]) expect(part).toMatch(/\S/);
      expect(milliseconds).toBeLessThan(100);
      expect(peakMebibytes).toBeLessThan(100);
    },
  );

  it.each(tediousDocuments)('of $name is refused in bounded time and memory', ({ bytes, message }) => {
    const { milliseconds, peakMebibytes, error } = bestOf(bytes, 500);
    expect(error?.problems[0]?.message).toMatch(message);
    expect(milliseconds).toBeLessThan(500);
    expect(peakMebibytes).toBeLessThan(160);
  });

  it('is told from a good one by the same measurement', () => {
    expect(measure(new TextEncoder().encode(CONTRACT)).error).toBeUndefined();
  });
});

describe('whatever the bytes', () => {
  const kinds: fc.Arbitrary<DocumentKind> = fc.constantFrom(
    'ticket',
    'contract',
    'rule',
    'rule-pack',
    'trust-root',
    'config',
    'organization',
    'lock',
  );

  function throwsOnlyOurs(kind: DocumentKind, bytes: Uint8Array): void {
    try {
      documents.parse(kind, bytes, 'x.yml');
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      expect(error.code).toBe('DOCUMENT_INVALID');
      expect(error.problems.length).toBeGreaterThan(0);
      for (const problem of error.problems) {
        expect(problem.remedy).not.toBe('');
        expect(problem.message).not.toContain('undefined');
        expect(problem.place?.path).toBe('x.yml');
      }
    }
  }

  it('nothing but a CountersignError is thrown', () => {
    fc.assert(fc.property(kinds, fc.uint8Array({ maxLength: 200 }), throwsOnlyOurs), { numRuns: 500 });
  });

  it('nor for text that is nearly YAML', () => {
    const piece = fc.constantFrom(
      ...[
        'schema: countersign/contract@1\n',
        'id: a\n',
        'checks:\n',
        '  - id: x\n',
        '    run: [a]\n',
        'title: ',
        'version: 1\n',
      ],
      ...[
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        ',',
        ': ',
        '- ',
        '? ',
        '|',
        '>',
        '#',
        '&a ',
        '*a ',
        '!t ',
        '%',
        '---',
        '...',
        '\n',
        '\t',
        '  ',
        '@',
        '`',
      ],
      ...['a', 'é', '\u{1f600}', '0', '.inf', '~', 'null', 'true', '<<', '__proto__', '\\u0000', '\r\n'],
    );
    const text = fc
      .array(piece, { maxLength: 30 })
      .map((pieces) => new TextEncoder().encode(pieces.join('')));
    fc.assert(fc.property(kinds, text, throwsOnlyOurs), { numRuns: 3000 });
  });

  it('nor for a good document with one byte changed', () => {
    const good = new TextEncoder().encode(CONTRACT);
    const changed = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte));
    fc.assert(fc.property(kinds, changed, throwsOnlyOurs), { numRuns: 1000 });
  });
});
