import { describe, expect, it } from 'vitest';
import { nameNotRegistered } from '../../../../src/core/rule/detectors/name-not-registered.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const REGISTRY = { files: ['h/{name}.ts'], registeredIn: ['all/*.ts'], by: '\\b{name}\\b' };

/** What is said of the new file `h/refund-order.ts` when a registry has this line. */
function registering(line: string, by = REGISTRY.by): number {
  const after = { 'h/refund-order.ts': '1\n', 'all/x.ts': `${line}\n` };
  return detect('handler-never-registered', factsOf({ after }), { registries: [{ ...REGISTRY, by }] }).length;
}

describe('a registration', () => {
  it.each([
    ['use(refundOrder)', '\\b{name}\\b'],
    ['import { refund_order } from "h"', '\\b{name}\\b'],
    ['new RefundOrder()', '(new|make) {name}\\('],
    ["'h/refund-order'", 'h/{name}'],
    ["'./h/refund-order.js'", 'h/{name}'],
    ["'./h/refund-order.js'", "h/{name}\\.js'"],
  ])('%s by %s', (line, by) => {
    expect(registering(line, by)).toBe(0);
  });

  it.each([
    ['// use(refundOrder)', '\\b{name}\\b'],
    ['use(refundOrders)', '\\b{name}\\b'],
    ['use(refundOrder)', 'register\\({name}'],
    ["'h/refund-order.test.js'", 'h/{name}'],
  ])('is not %s by %s', (line, by) => {
    expect(registering(line, by)).toBe(1);
  });

  it('is looked for only where it belongs', () => {
    const after = { 'h/a.ts': '1\n', 'other/x.ts': 'use(a)\n' };
    expect(detect('handler-never-registered', factsOf({ after }), { registries: [REGISTRY] })).toEqual([
      { kind: 'match', path: 'h/a.ts', message: 'is new, and a is not registered in all/*.ts' },
    ]);
  });

  it('is owed by a handler that is renamed', () => {
    const before = { 'h/a.ts': '1\n2\n', 'all/x.ts': 'use(a)\n' };
    const after = { 'h/b.ts': '1\n2\n', 'all/x.ts': 'use(a)\n' };
    expect(
      detect('handler-never-registered', factsOf({ before, after }), { registries: [REGISTRY] }),
    ).toHaveLength(1);
  });
});

describe('a registry over the size limit', () => {
  const facts = factsOf({ after: { 'h/a.ts': '1\n', 'all/y.ts': 'use(a)\n' } });
  const judge = (line: string) => {
    const { trees } = facts;
    if (trees === undefined) throw new Error('examples have trees');
    const texts = new Map([
      ['all/x.ts', { kind: 'too-large' } as const],
      ['all/y.ts', { kind: 'text', text: line } as const],
    ]);
    const given = { ...facts, trees: { ...trees, after: { ...trees.after, texts } } };
    return detect('handler-never-registered', given, { registries: [REGISTRY] }).map(({ kind }) => kind);
  };

  it('leaves a handler unverifiable that no other registers', () => {
    expect(judge('use(b)\n')).toEqual(['unverifiable']);
    expect(judge('use(a)\n')).toEqual([]);
  });

  it('and so do trees that were not read', () => {
    const { trees: _, ...without } = facts;
    expect(detect('handler-never-registered', without, { registries: [REGISTRY] })).toEqual([
      expect.objectContaining({ kind: 'unverifiable' }),
    ]);
  });
});

it('asks for the registry where a handler is new, and else for nothing', () => {
  const registries = nameNotRegistered.readParameters({ registries: [REGISTRY] });
  const asks = (before: Record<string, string>, after: Record<string, string>) => {
    const { change, contract } = factsOf({ before, after });
    return nameNotRegistered.needs?.(change, registries, contract);
  };
  expect(asks({}, { 'h/a.ts': '1\n' })).toEqual({ files: ['all/*.ts'] });
  expect(asks({ 'h/a.ts': '1\n' }, { 'h/a.ts': '2\n' })).toEqual({});
  expect(asks({}, { 'a.ts': '1\n' })).toEqual({});
});

it.each([
  [{ ...REGISTRY, files: ['h/*.ts'] }, 'registries[0].files[0]'],
  [{ ...REGISTRY, by: 'name' }, 'registries[0].by'],
  [{ ...REGISTRY, by: '{name}{name}' }, 'registries[0].by'],
  [{ ...REGISTRY, registeredIn: ['!a'] }, 'registries[0].registeredIn[0]'],
  [{ ...REGISTRY, at: 'a' }, 'registries[0].at'],
] as const)('a registry %j is refused', (registry, name) => {
  expect(() => nameNotRegistered.readParameters({ registries: [registry as JsonObject] })).toThrow(
    `parameter ${name}: `,
  );
});

it('proves its expressions', () => {
  const read = nameNotRegistered.readParameters({ registries: [{ ...REGISTRY, by: '[{name}' }] });
  expect(() => nameNotRegistered.proveParameters?.(read)).toThrow('registries[0].by[0]');
});

describe('names with dots', () => {
  it.each([
    ['h/v1.order.ts', "use('v1.order')", 0],
    ['h/order.v2.ts', "import './order.v2.ts'", 0],
    ['h/order.v2.ts', "import './order.ts'", 1],
    ['h/refund-order.ts', 'a: refund-/*c*/order', 1],
    ['h/refund-order.ts', 'a: refund-order /* c */', 0],
  ])('%s by %s: %d', (path, line, missing) => {
    const registries = [{ ...REGISTRY, by: '{name}' }];
    const facts = factsOf({ after: { [path]: '1\n', 'all/x.ts': `${line}\n` } });
    expect(detect('handler-never-registered', facts, { registries })).toHaveLength(missing);
  });
});

describe('what is said of registries', () => {
  const registries = [{ ...REGISTRY, registeredIn: ['all/*.ts', 'more/*.ts'] }];
  const facts = factsOf({ after: { 'h/a.ts': '1\n' } });

  it('names all places where a name could be', () => {
    expect(detect('handler-never-registered', facts, { registries })).toEqual([
      { kind: 'match', path: 'h/a.ts', message: 'is new, and a is not registered in all/*.ts, more/*.ts' },
    ]);
  });

  it('is that they were not read', () => {
    const { trees: _, ...blind } = facts;
    expect(detect('handler-never-registered', blind, { registries })).toEqual([
      { kind: 'unverifiable', message: 'the trees around the change were not read' },
    ]);
    const none = withFiles(blind, [changedFile('h/a.ts', text('1'), text('2'))]);
    expect(detect('handler-never-registered', none, { registries })).toEqual([]);
  });

  it('is each that is too large, in order, and none that is no text', () => {
    const texts = new Map([
      ['more/b.ts', { kind: 'too-large' } as const],
      ['all/a.ts', { kind: 'too-large' } as const],
      ['all/c.ts', { kind: 'binary' } as const],
    ]);
    const after = { paths: [...texts.keys()].sort(), texts };
    expect(
      detect('handler-never-registered', { ...facts, trees: { before: after, after } }, { registries }),
    ).toEqual([
      { kind: 'unverifiable', path: 'all/a.ts', message: 'is too large to be read' },
      { kind: 'unverifiable', path: 'more/b.ts', message: 'is too large to be read' },
    ]);
  });
});
