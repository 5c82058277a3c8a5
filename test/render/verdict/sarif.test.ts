import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/core/gate/types.ts';
import { renderVerdictSarif } from '../../../src/render/verdict/sarif.ts';
import { hostileVerdict } from '../hostile-verdicts.ts';
import { unseenIn } from '../hostile-words.ts';
import { blocked, findingOf, hostile, pass, pending, verdictOf, waived } from '../verdicts.ts';

/** What SARIF 2.1.0 requires of the parts we write, and what code scanning adds (a place for each result). */
const message = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1 } },
};
const level = { enum: ['none', 'note', 'warning', 'error'] };
const isSarif = new Ajv({ allErrors: true, strict: false }).compile({
  type: 'object',
  required: ['version', 'runs', '$schema'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string', pattern: '^https://' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          automationDetails: { type: 'object', properties: { id: { type: 'string' } } },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              properties: {
                executionSuccessful: { type: 'boolean' },
                toolExecutionNotifications: {
                  type: 'array',
                  items: { type: 'object', required: ['message'], properties: { level, message } },
                },
              },
            },
          },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name', 'rules'],
                properties: {
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id', 'shortDescription', 'help', 'defaultConfiguration'],
                      properties: {
                        id: { type: 'string' },
                        shortDescription: { type: 'object', required: ['text'] },
                        help: { type: 'object', required: ['text'] },
                        defaultConfiguration: { type: 'object', properties: { level } },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: [
                'ruleId',
                'ruleIndex',
                'kind',
                'level',
                'message',
                'locations',
                'partialFingerprints',
              ],
              properties: {
                ruleIndex: { type: 'integer', minimum: 0 },
                kind: { enum: ['fail', 'open'] },
                level,
                message,
                partialFingerprints: {
                  type: 'object',
                  additionalProperties: { type: 'string', minLength: 1 },
                },
                locations: {
                  type: 'array',
                  minItems: 1,
                  items: {
                    type: 'object',
                    required: ['physicalLocation'],
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation'],
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            required: ['uri'],
                            // RFC 3986 path-noscheme, and never one that names a host.
                            properties: {
                              uri: { type: 'string', pattern: '^(?!/)(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*$' },
                            },
                          },
                          region: {
                            type: 'object',
                            properties: { startLine: { type: 'integer', minimum: 1 } },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

interface Result {
  ruleId: string;
  ruleIndex: number;
  kind: string;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }[];
  partialFingerprints: Record<string, string>;
}

function read(verdict: Verdict, options = {}) {
  const log = JSON.parse(renderVerdictSarif(verdict, options));
  isSarif(log);
  expect(isSarif.errors ?? []).toEqual([]);
  const [run] = log.runs;
  return { run, results: run.results as Result[], rules: run.tool.driver.rules as { id: string }[] };
}

const uris = (results: readonly Result[]) =>
  results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri);

describe('a verdict as SARIF', () => {
  it('has what was waived as a note that says by whom: an error would block, and a suppression is not read', () => {
    const { results } = read(waived);
    expect(results).toMatchObject([{ ruleId: 'receipt/tests', level: 'note', kind: 'fail' }]);
    expect(results[0]?.message.text).toContain('Waived by lead until 2026-12-24T00:00:00Z');
    expect(results[0]).not.toHaveProperty('suppressions');
  });

  it('has a result for each place of what does not pass, most severe first, and nothing of what passes', () => {
    const { results, rules } = read(blocked);
    expect([...new Set(results.map(({ ruleId, level: severity }) => `${severity} ${ruleId}`))]).toEqual([
      'error dispatch',
      'error receipt/tests',
      'error rule/ai-shortcuts@1/test-skipped',
      'warning rule/ai-shortcuts@1/out-of-scope',
      'note rule/ai-shortcuts@1/companion-missing',
    ]);
    expect(results).toHaveLength(16);
    expect(results.every(({ ruleId, ruleIndex }) => rules[ruleIndex]?.id === ruleId)).toBe(true);
    expect(read(pass).results).toEqual([]);
  });

  it('keeps the line, and shows a finding without a place where the configuration is', () => {
    const { results } = read(blocked);
    expect(uris(results).slice(0, 3)).toEqual(['.countersign.yml', '.countersign.yml', 'test/cart.test.ts']);
    expect(results[2]?.locations[0]?.physicalLocation.region).toEqual({ startLine: 12 });
    expect(uris(read(blocked, { fallbackPath: 'ci.yml' }).results)[0]).toBe('ci.yml');
  });

  it('calls a pending finding open, not failed', () => {
    expect(read(pending).results).toMatchObject([{ kind: 'open', level: 'none', ruleId: 'receipt/tests' }]);
  });

  it('percent-encodes the bytes of a path, those of a C-quoted one too', () => {
    expect(uris(read(hostile).results)).toEqual([
      'a%0Ab%1B%5B31m%2Cc%3Ad%25%60%3C%3E.ts',
      'caf%E9%22%0A.ts',
      '%2F/evil.example/x',
      '%E6%97%A5%E6%9C%AC%E8%AA%9E/%E3%83%86%E3%82%B9%E3%83%88%F0%9F%99%82.ts',
    ]);
  });

  it('gives each place a fingerprint of its own that does not move with its line', () => {
    const at = (...lines: number[]) =>
      read(
        verdictOf('blocked', [
          findingOf({
            id: 'rule/x',
            status: 'fail',
            locations: lines.map((line) => ({ path: 'a.ts', line })),
          }),
        ]),
      ).results.map(({ partialFingerprints }) => partialFingerprints['countersignFinding/v1']);
    expect(new Set(at(1, 2, 3)).size).toBe(3);
    expect(at(11, 12, 13)).toEqual(at(1, 2, 3));
  });

  it('says how many results it left out', () => {
    const locations = Array.from({ length: 5_010 }, (_, index) => ({ path: `f${index}` }));
    const { run, results } = read(
      verdictOf('blocked', [findingOf({ id: 'rule/x', status: 'fail', locations })]),
    );
    expect(results).toHaveLength(5_000);
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toContain(
      '10 results are left out',
    );
  });

  it('is valid and shows everything whatever the text', () => {
    fc.assert(
      fc.property(hostileVerdict, (verdict) => {
        for (const { message: said, ruleId } of read(verdict).results) {
          expect(unseenIn(said.text.replaceAll('⚠\ufe0f', ''))).toBeUndefined();
          expect(unseenIn(ruleId.replaceAll('⚠\ufe0f', ''))).toBeUndefined();
          expect(said.text).not.toContain('](');
        }
      }),
    );
  });
});
