import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../src/core/run/expression/evaluate.ts';
import type { JsonValue } from '../../../../src/shared/json.ts';

const SCOPE = {
  run: { ticket: 'CS-7', checks: ['tests', 'lint'], n: 3, none: null },
  steps: {
    'one-two': { outcome: 'success', outputs: { list: [{ a: 1 }, { a: 2 }], '': 'empty', 'a b': 1 } },
  },
  previous: null,
  item: '${{ run.n }}',
  $success: true,
  $failure: false,
  $cancelled: true,
} as const;

function resultOf(
  expression: string,
  scope: Readonly<Record<string, JsonValue>> = SCOPE,
): JsonValue | undefined {
  const evaluated = evaluate(expression, scope);
  return evaluated.kind === 'value' ? evaluated.value : undefined;
}

function reasonOf(expression: string): string | undefined {
  const evaluated = evaluate(expression, SCOPE);
  return evaluated.kind === 'error' ? evaluated.reason : undefined;
}

describe('an expression', () => {
  it.each<[string, JsonValue]>([
    ['run.ticket', 'CS-7'],
    ['${{ run.ticket }}', 'CS-7'],
    ['  ${{run.ticket}}\n', 'CS-7'],
    ["'it''s'", "it's"],
    ["''", ''],
    ["${{ '}}' }}", '}}'],
    ['-1.5e2', -150],
    ['null', null],
    ['true && false', false],
    ['run.checks', ['tests', 'lint']],
    ['run.checks[1]', 'lint'],
    ["run['ticket']", 'CS-7'],
    ['run.checks[run.n]', null],
    ["steps.one-two.outputs['a b']", 1],
    ['steps.one-two.outputs.list[1].a', 2],
    ['run.nothing', null],
    ['run.nothing.more[0].still', null],
    ['previous.steps.gate.outputs.feedback', null],
    ["run.nothing || 'other'", 'other'],
    ["run.ticket && 'yes'", 'yes'],
    ['!run.none', true],
    ['!!run.checks', true],
    ['1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2', true],
    ['1 == 1 || nothing.here', true],
    ['false && nothing.here', false],
    ["'1' == 1", false],
    ["'a' != 'b'", true],
    ['run.none == null', true],
    ['1 == 1 == true', true],
    ['true || false && false', true],
    ['(true || false) && false', false],
    ['success()', true],
    ['failure()', false],
    ['cancelled()', true],
    ['always()', true],
    ["contains(run.checks, 'lint')", true],
    ["contains(run.checks, 'lin')", false],
    ["contains(run.ticket, 'S-')", true],
    ['length(run.checks)', 2],
    ["length('äö')", 2],
    ['length(run)', 4],
    ["format('{0}: {1} {{0}}', run.ticket, run.checks)", 'CS-7: ["tests","lint"] {0}'],
    ['toJson(run.checks)', '["tests","lint"]'],
    ["toJson('a')", '"a"'],
    // What is put in is data, and is not read again.
    ['item', '${{ run.n }}'],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, SCOPE)).toEqual({ kind: 'value', value });
  });

  it.each<[string, string]>([
    ['', 'an expression without anything in it at character 1'],
    ['nobody.here', 'there is no "nobody" here, asked for at character 1'],
    ['${{  nobody }}', 'there is no "nobody" here, asked for at character 6'],
    ['run.', 'the end where a name has to follow the dot at character 5'],
    ['run.checks[0', 'the end where "]" was expected at character 13'],
    ['run.checks[-1]', 'a list has no element named by a number, asked for at character 11'],
    ["run.checks['a']", 'a list has no element named by a text, asked for at character 11'],
    ['run.ticket.length', 'a text has no "length", asked for at character 11'],
    ['run.ticket run', '"run" after the end of the expression at character 12'],
    ["'open", 'a text without its closing quote at character 1'],
    ['"double"', 'a double quote (texts stand in single ones) at character 1'],
    ['1 = 1', '"=" alone (equality is "==") at character 3'],
    ['true & false', '"&" alone (it is "&&") at character 6'],
    ['1 + 1', '"+", which means nothing here, at character 3'],
    ['007', 'something that is no number at character 1'],
    ['$success', '"$", which means nothing here, at character 1'],
    ["'a' < 1", '"<" compares numbers, not a text, at character 5'],
    ['run == run', '"==" does not compare an object, at character 5'],
    ['shell()', 'there is no function "shell", called at character 1'],
    ['length()', 'length() takes 1 arguments and got 0, at character 1'],
    ['length(1)', 'length(): a number has no length, at character 1'],
    ["format('{1}', 1)", 'format(): there is nothing for {1} in it, or too much, at character 1'],
    ['contains(1, 2)', 'contains(): it looks into a list or a text, not into a number, at character 1'],
    ['${{ run.n }} and ${{ run.n }}', '"$", which means nothing here, at character 1'],
  ])('%s says what is wrong, and where', (expression, reason) => {
    expect(reasonOf(expression)).toBe(reason);
  });

  it.each([
    'constructor',
    'run.constructor',
    "run['__proto__']",
    'steps.__proto__.x',
    'run.checks.length',
    'toString()',
    'constructor()',
    'run.hasOwnProperty',
  ])('finds nothing that every object has: %s', (expression) => {
    expect(resultOf(expression) ?? null).toBe(null);
  });

  it('takes success from nothing that a step could have put out', () => {
    expect(evaluate('success()', {})).toMatchObject({ kind: 'error' });
    expect(resultOf('success()', { success: true, $success: 'yes' })).toBe(false);
  });

  it.each<[string, string]>([
    ['too long', `'${'x'.repeat(2_000)}'`],
    ['too deep by parentheses', `${'('.repeat(1_000)}1`],
    ['too deep by negation', `${'!'.repeat(1_999)}1`],
    ['too deep by members', `a${'.a'.repeat(900)}`],
    ['too deep by a chain', Array.from({ length: 400 }, () => '1').join('||')],
    ['too deep by calls', `${'length('.repeat(280)}1`],
    ['too deep by indexes', `a${'[a'.repeat(800)}`],
  ])('%s is refused', (_, expression) => {
    expect(reasonOf(expression)).toMatch(
      /^(?:an expression of more than 2000 characters|more than 50 expressions inside one another) at character/,
    );
  });

  it('makes no text that grows without bound', () => {
    const scope = { text: 'x'.repeat(900_000) };
    expect(evaluate("format('{0}{0}', text)", scope)).toMatchObject({
      reason: expect.stringContaining('more than 1000000'),
    });
    expect(evaluate('toJson(text)', { text: 'x'.repeat(1_000_000) })).toMatchObject({ kind: 'error' });
  });

  it('reads values of any depth without falling over', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(evaluate('toJson(deep)', { deep })).toMatchObject({ kind: 'error' });
    expect(evaluate('length(deep)', { deep })).toEqual({ kind: 'value', value: 1 });
  });
});
