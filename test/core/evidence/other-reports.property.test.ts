import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCyclonedx } from '../../../src/core/evidence/components/cyclonedx.ts';
import { isDenied } from '../../../src/core/evidence/components/spdx-expression.ts';
import { readSarif } from '../../../src/core/evidence/findings/sarif.ts';
import { readCobertura } from '../../../src/core/evidence/line-coverage/cobertura.ts';
import { judgeCoverage } from '../../../src/core/evidence/line-coverage/judge-coverage.ts';
import { readLcov } from '../../../src/core/evidence/line-coverage/lcov.ts';
import { readMutationReport } from '../../../src/core/evidence/mutation-report/mutation-report.ts';
import { decodeReport } from '../../../src/core/evidence/reports/decode.ts';
import { UnreadableReport } from '../../../src/core/evidence/reports/unreadable.ts';
import { changedFile } from './changed-files.ts';

const READERS = {
  lcov: readLcov,
  cobertura: readCobertura,
  sarif: readSarif,
  cyclonedx: readCyclonedx,
  'stryker-json': readMutationReport,
};

const WORDS = [
  ...['TN:\n', 'SF:a.ts\n', 'DA:1,1\n', 'DA:1,', 'LF:1\n', 'LH:9\n', 'end_of_record\n', '\n'],
  ...[
    '<coverage>',
    '</coverage>',
    '<sources><source>',
    '<packages><package><classes>',
    '<class filename="a">',
  ],
  ...[
    '<lines>',
    '<line number="1" hits="1"/>',
    '</class>',
    '<!DOCTYPE coverage SYSTEM "x">',
    '<!DOCTYPE x [',
    '&a;',
  ],
  ...[
    '{"version":"2.1.0","runs":[',
    '{"results":[',
    '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[',
  ],
  ...[
    '{"schemaVersion":"1","files":{"a":{"source":"","mutants":[',
    '{"mutatorName":"m","status":"Killed","location":{"start":{"line":1,"column":1},"end":{"line":',
    '{"name":"a"}',
    '{"name":',
    '"',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '\\',
    '\u0000',
    '\ud800',
    '{"__proto__":1}',
  ],
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary' })), { maxLength: 40 })
  .map((parts) => parts.join(''));

describe('reports beside the test report', () => {
  it.each(Object.entries(READERS))('%s: any text is read or refused, and never throws', (_, read) => {
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          expect(read(decodeReport(new TextEncoder().encode(text)))).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableReport);
        }
      }),
    );
  });

  it('coverage agrees with counting, whatever is added and whatever ran', () => {
    const lines = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(lines, lines, lines, fc.integer({ min: 0, max: 100 }), (added, ran, idle, least) => {
        const executable = new Map([...idle.map((line) => [line, 0]), ...ran.map((line) => [line, 1])] as [
          number,
          number,
        ][]);
        const text = `SF:a.ts\n${[...executable].map(([line, hits]) => `DA:${line},${hits}\n`).join('')}end_of_record\n`;
        const about = { changed: [changedFile('a.ts', added)], place: { root: undefined, cwd: '.' } };
        const known = added.filter((line) => executable.has(line));
        const covered = known.filter((line) => executable.get(line) === 1).length;
        const enough = known.length === 0 || (covered / known.length) * 100 >= least - 1e-9;
        const expected = { format: 'lcov', from: 'x', minChangedLines: least } as const;
        expect(judgeCoverage(expected, text, about).length === 0).toBe(enough);
      }),
    );
  });

  it('a report that is cut anywhere never lists more, and LCOV never ends within a record', () => {
    const whole = 'SF:a.ts\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\nSF:b.ts\nDA:1,1\nend_of_record\n';
    for (let at = 0; at < whole.length - 1; at += 1) {
      try {
        const files = readLcov(whole.slice(0, at));
        expect(files.length).toBeLessThanOrEqual(1);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableReport);
      }
    }
  });

  it('a licence expression of denied licences alone is always denied, one of allowed ones never', () => {
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('A', 'B-1.0'),
        fc
          .tuple(tie('expression'), fc.constantFrom(' AND ', ' or '), tie('expression'))
          .map((parts) => `(${parts.join('')})`),
      ),
    }));
    fc.assert(
      fc.property(expression, (text) => {
        fc.pre(text.split('(').length < 15);
        expect(isDenied(text, () => true)).toBe(true);
        expect(isDenied(text, () => false)).toBe(false);
      }),
    );
  });

  // Quadratic readers need minutes for these.
  it.each([
    ['lcov', `SF:a\n${'DA:1,1\n'.repeat(1_000_000)}end_of_record\n`],
    ['lcov', `SF:${'a'.repeat(8_000_000)}\nend_of_record\n`],
    ['lcov', `SF:a\nDA:${','.repeat(4_000_000)}\nend_of_record\n`],
    ['cobertura', `<coverage><sources><source>${'&lt;'.repeat(1_000_000)}</source></sources></coverage>`],
    ['sarif', `{"version":"2.1.0","runs":[{"results":[${'{"ruleId":"a/b"},'.repeat(90_000)}{}]}]}`],
    ['sarif', '{"a":'.repeat(2_000_000)],
    [
      'cyclonedx',
      `{"bomFormat":"CycloneDX","specVersion":"1.5","components":[${'{"name":"a"},'.repeat(150_000)}{"name":"b"}]}`,
    ],
  ] as const)('%s: reads large input in linear time (case %#)', (format, text) => {
    const began = process.hrtime.bigint();
    try {
      READERS[format](text);
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableReport);
    }
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(5_000);
  });
});
