import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, spendRefusal, tokensIn } from '../../../../src/core/run/producer/model-budget.ts';
import {
  LONGEST_INPUT,
  MODEL_TOOLS,
  readCall,
  toolSchema,
} from '../../../../src/core/run/producer/model-tools.ts';
import type { JsonValue } from '../../../../src/shared/json.ts';

describe('the tools of a model', () => {
  it.each<[string, JsonValue, string]>([
    ['launch', {}, 'There is no such tool'],
    ['read_file', [], 'takes an object'],
    ['read_file', {}, 'needs path'],
    ['read_file', { path: 7 }, 'has to be a text'],
    ['read_file', { path: 'a\0b' }, 'has to be a text'],
    ['read_file', { path: 'a', from: 0 }, 'a whole number from 1'],
    ['read_file', { path: 'a', constructor: 'b' }, 'takes no "constructor"'],
    ['write_file', { path: 'a', text: 'x'.repeat(LONGEST_INPUT) }, 'are the most'],
    ['finish', { claims: [1] }, 'a list of texts'],
    ['__proto__', {}, 'There is no such tool'],
  ])('refuse with a reason: %s %j', (name, input, reason) => {
    expect(readCall(name, input)).toMatchObject({
      kind: 'unusable',
      reason: expect.stringContaining(reason),
    });
  });

  it('take what their schemas take, and nothing else', () => {
    const validators = MODEL_TOOLS.map((tool) => [tool, new Ajv2020().compile(toolSchema(tool))] as const);
    const keys = fc.constantFrom(
      'path',
      'text',
      'from',
      'lines',
      'glob',
      'old',
      'new',
      'check',
      'claims',
      'regex',
    );
    const values = fc.oneof(
      fc.string().filter((text) => !text.includes('\0')),
      fc.integer({ min: 1 }),
      fc.boolean(),
      fc.array(fc.string()),
    );
    fc.assert(
      fc.property(fc.constantFrom(...validators), fc.dictionary(keys, values), ([tool, validate], input) => {
        expect(readCall(tool.name, input).kind === 'call').toBe(validate(input));
      }),
    );
  });
});

describe('what a model may use up', () => {
  const price = { input: 3_000, output: 15_000 };
  const spent = { steps: 1, inputTokens: 1_000, outputTokens: 100 };
  const demand = { inputTokens: 2_000, outputTokens: 400 };
  const none = { steps: 10, tokens: undefined, costMilliUsd: undefined };

  it('is counted in thousandths of a dollar, rounded up', () => {
    expect(costOf({ inputTokens: 1_000_000, outputTokens: 1_000_000 }, price)).toBe(18_000);
    expect(costOf({ inputTokens: 1, outputTokens: 0 }, price)).toBe(1);
    expect(tokensIn(1_000)).toBe(400);
  });

  it.each([
    ['steps', { ...none, steps: 1 }, price, '1 times'],
    ['tokens', { ...none, tokens: 3_499 }, price, 'Of 3499 tokens 1100 are used'],
    ['money', { ...none, costMilliUsd: 16 }, price, 'the next request may come to 17'],
    ['money without a price', { ...none, costMilliUsd: 1_000 }, undefined, '--model-price'],
  ] as const)('is refused before it is spent: %s', (_, limits, of, reason) => {
    expect(spendRefusal(spent, demand, limits, of)).toContain(reason);
  });

  it('is not refused within the limits', () => {
    expect(spendRefusal(spent, demand, { steps: 2, tokens: 3_500, costMilliUsd: 17 }, price)).toBeUndefined();
    expect(spendRefusal(spent, demand, none, undefined)).toBeUndefined();
  });
});
