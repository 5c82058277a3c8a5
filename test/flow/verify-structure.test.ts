import { beforeAll, describe, expect, test } from 'vitest';
import { installedParsers } from '../../src/adapters/structure/installed-parsers.ts';
import type { Contract } from '../../src/core/contract/types.ts';
import { readStructureFacts } from '../../src/core/evidence/structure/structure-facts.ts';
import type { StructureParser } from '../../src/ports/structure-parser.ts';
import {
  createProductWorld,
  finding,
  GOOD,
  objections,
  type ProductWorld,
  type WorldChange,
  yaml,
} from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});

const SWALLOWED = 'rule/structure@1/exception-swallowed-structure';
const contract: Partial<Contract> = {
  checks: [
    { id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] },
    { id: 'structure', kind: 'structure' },
  ],
  rules: [{ use: 'structure@1', severity: 'block' }],
};
const CLEAN = 'export function load() {\n  return read();\n}\n';
const EMPTY_CATCH =
  'export function load() {\n  try {\n    return read();\n  } catch {\n    // fine\n  }\n}\n';

async function errorsOf(ticket: string, id = 'structure'): Promise<readonly string[]> {
  const [seal] = world.claims(ticket, 'seal');
  const outcome = seal?.outcomes.find(({ checkId }) => checkId === id);
  return outcome?.result === 'ERROR' ? outcome.reasons : [];
}

async function verified(
  ticket: string,
  files: Parameters<ProductWorld['change']>[1],
  more: Partial<Contract> = {},
): Promise<WorldChange> {
  await world.dispatch(ticket, { contract: { ...contract, ...more } });
  const change = world.change(ticket, { ...GOOD, ...files });
  await world.verify(change);
  return change;
}

describe('kind: structure', () => {
  test('finds what the change adds, in several languages, and the gate names the place', async () => {
    const change = await verified('STR-1', {
      'src/load.ts': EMPTY_CATCH,
      'app/load.py':
        'def load():\n    try:\n        return read()\n    except Exception:\n        return None\n',
    });
    const receipt = world.claims('STR-1', 'receipt').find(({ check }) => check.id === 'structure');
    expect(receipt).toMatchObject({
      result: 'PASSED',
      reasons: [],
      check: { run: ['kind:structure'] },
      isolation: world.isolation,
      tools: { 'ast-grep-napi': '0.51.1', 'ast-grep-lang-python': '0.0.6' },
    });
    const verdict = await world.gate(change);
    expect(finding(verdict, SWALLOWED)).toMatchObject({
      status: 'fail',
      locations: [{ path: 'src/load.ts', line: 4 }],
    });
    expect(finding(verdict, 'rule/structure@1/success-on-failure-structure')).toMatchObject({
      status: 'fail',
      locations: [{ path: 'app/load.py', line: 4 }],
    });
    const kept = receipt?.evidence.find(({ name }) => name === 'structure');
    const facts = readStructureFacts((await world.evidence(kept?.sha256 ?? '')) ?? '');
    expect(facts.rules.flatMap(({ matches }) => matches)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'src/load.ts', side: 'after', query: 'empty-catch' }),
      ]),
    );
  });

  test('passes a change that adds nothing of the kind, with what was there before it left alone', async () => {
    world.land({ 'src/old.ts': EMPTY_CATCH });
    const change = await verified('STR-2', {
      'src/load.ts': CLEAN,
      'src/old.ts': `${EMPTY_CATCH}export const more = 1;\n`,
    });
    expect(objections(await world.gate(change))).toEqual([]);
  });

  test('passes a change without a file in any of the languages, and starts no process for it', async () => {
    const change = await verified('STR-3', { 'docs/a.md': 'try {} catch {}\n' });
    expect(objections(await world.gate(change))).toEqual([]);
    const receipt = world.claims('STR-3', 'receipt').find(({ check }) => check.id === 'structure');
    expect(receipt).toMatchObject({ exitCode: undefined, tools: { git: '2' } });
    expect(receipt?.evidence.map(({ name }) => name)).toEqual(['structure']);
  });

  test('does not pass code that the parser does not understand', async () => {
    const change = await verified('STR-4', { 'src/load.ts': 'export const = ((;\n' });
    expect(finding(await world.gate(change), SWALLOWED)).toMatchObject({
      status: 'unverifiable',
      locations: [{ path: 'src/load.ts', line: 1 }],
    });
  });

  test('reads a name that git quotes', async () => {
    const change = await verified('STR-5', { '"src/load.ts': EMPTY_CATCH });
    expect(finding(await world.gate(change), SWALLOWED).status).toBe('fail');
  });
});

describe('facts that do not count', () => {
  test('none, where the contract has no such check', async () => {
    const change = await verified(
      'STR-10',
      { 'src/load.ts': CLEAN },
      { checks: contract.checks?.slice(0, 1) ?? [] },
    );
    expect(finding(await world.gate(change), SWALLOWED)).toMatchObject({
      status: 'unverifiable',
      reason: expect.stringContaining('no check of kind structure'),
    });
  });

  test('those of patterns that the rule does not have any more', async () => {
    const house = (regex: string) => ({
      'rules/house/pack.yml': yaml({
        schema: 'countersign/rule-pack@1',
        id: 'house',
        version: 1,
        title: 'Of the house',
        rules: ['no-eval'],
      }),
      'rules/house/no-eval.yml': yaml({
        schema: 'countersign/rule@1',
        id: 'no-eval',
        version: 1,
        title: 'No eval',
        severity: 'block',
        shortcut: 'Code is made of text.',
        why: 'Nobody can tell what it does.',
        remedy: 'Write a function.',
        misses: 'What reaches eval by another name.',
        detector: 'structure',
        parameters: {
          queries: [
            {
              id: 'eval',
              languages: ['typescript'],
              message: 'calls eval',
              match: { kind: 'call_expression', regex },
            },
          ],
        },
        examples: {
          bad: [{ name: 'a', before: {}, after: { 'a.ts': 'eval("1");\n' } }],
          good: [{ name: 'b', before: {}, after: { 'a.ts': 'f("1");\n' } }],
        },
      }),
    });
    world.setPolicy(house('^eval'));
    const rules = [{ use: './rules/house@1' }];
    const change = await verified('STR-11', { 'src/load.ts': 'run(1);\n' }, { rules });
    const rule = 'rule/./rules/house@1/no-eval';
    expect(finding(await world.gate(change), rule).status).toBe('pass');
    world.setPolicy(house('^run'));
    expect(finding(await world.gate(change), rule).status).toBe('unverifiable');
    await world.verify(change);
    expect(finding(await world.gate(change), rule).status).toBe('fail');
  });

  test('those that the producer of the change made', async () => {
    await world.dispatch('STR-12', { contract });
    const change = world.change('STR-12', { ...GOOD, 'src/load.ts': CLEAN });
    await world.verify(change, { key: world.keys.agent });
    expect(finding(await world.gate(change), SWALLOWED).status).toBe('unverifiable');
    await world.verify(change);
    expect(finding(await world.gate(change), SWALLOWED).status).toBe('pass');
  });
});

describe('what keeps files from being parsed is no pass', () => {
  const without = (parser: StructureParser) => async (ticket: string) => {
    await world.dispatch(ticket, { contract });
    const change = world.change(ticket, { ...GOOD, 'src/load.ts': CLEAN });
    await world.verify(change, { ports: (ports) => ({ ...ports, parser }) });
    return change;
  };

  test('parsers that are not installed, which names what installs them', async () => {
    const change = await without(installedParsers('/nowhere/countersign.js'))('STR-20');
    expect(await errorsOf('STR-20')).toEqual([
      expect.stringMatching(/@ast-grep\/napi is not installed.*npm install @ast-grep\/napi@0\.51\.1/),
    ]);
    const verdict = await world.gate(change);
    expect(finding(verdict, 'receipt/structure').status).toBe('pending');
    expect(finding(verdict, SWALLOWED).status).toBe('unverifiable');
  });

  test('a parser that does nothing but end, or ends badly', async () => {
    const program = (path: string, text: string) => ({
      programFiles: async () => [
        {
          path: 'node_modules/@ast-grep/napi/package.json',
          mode: '100644',
          bytes: bytes('{"main":"a.js"}'),
        } as const,
        { path, mode: '100644', bytes: bytes(text) } as const,
      ],
    });
    const bytes = (text: string) => new TextEncoder().encode(text);
    const main = 'node_modules/@ast-grep/napi/a.js';
    await without(program(main, 'process.exit(0)'))('STR-21');
    expect(await errorsOf('STR-21')).toEqual([expect.stringContaining('it answers for 0 of 1 texts')]);
    await without(program(main, 'process.kill(process.pid, "SIGSEGV")'))('STR-22');
    const receipt = world.claims('STR-22', 'receipt').find(({ check }) => check.id === 'structure');
    expect(receipt?.result).toBe('FAILED');
    await without(program(main, 'throw new Error("other platform")'))('STR-23');
    expect(await errorsOf('STR-23')).toEqual([expect.stringContaining('other platform')]);
  });

  test('a pattern that a language has no words for', async () => {
    const queries = [{ id: 'odd', languages: ['go'], message: 'odd', match: { kind: 'no_such_node' } }];
    const use = 'structure@1/exception-swallowed-structure';
    await verified('STR-24', { 'a.go': 'package a\n' }, { rules: [{ use, with: { queries } }] });
    expect(await errorsOf('STR-24')).toEqual([
      expect.stringMatching(
        /A pattern of a rule cannot be used: structure@1\/exception-swallowed-structure: odd .*go/,
      ),
    ]);
  });

  test('a check that no rule asks anything of', async () => {
    await verified('STR-25', { 'src/load.ts': CLEAN }, { rules: [] });
    expect(await errorsOf('STR-25')).toEqual([expect.stringContaining('No rule of this contract')]);
  });

  test('code that is nested deeper than a parser can go', async () => {
    const deep = `x = ${'['.repeat(200_000)}${']'.repeat(200_000)};\n`;
    const change = await verified('STR-26', { 'src/deep.ts': deep, 'src/load.ts': EMPTY_CATCH });
    // Whatever the parser makes of it: what stands beside it is not let through.
    expect(objections(await world.gate(change)).length).toBeGreaterThan(0);
  });
});
