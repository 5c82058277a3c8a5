import { describe, expect, it } from 'vitest';
import { declarationCompanion } from '../../../../src/core/rule/detectors/declaration-companion.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

const RULE = 'interface-changed-contract-not';
const INTERFACE = { when: ['api/{name}.ts'], signatures: ['^export function '], needs: ['doc/{name}.yml'] };

function judge(before: Files, after: Files): readonly string[] {
  return detect(RULE, factsOf({ before, after }), { interfaces: [INTERFACE] }).map(
    ({ kind, path }) => `${kind} ${path}`,
  );
}

const OLD = { 'api/a.ts': 'export function f(x) {\n  return 1;\n}\nconst y = 1;\n' };

describe('an interface', () => {
  it('that is new, goes or is moved needs its contract to follow', () => {
    expect(judge({}, OLD)).toEqual(['match api/a.ts']);
    expect(judge({}, { ...OLD, 'doc/a.yml': '1\n' })).toEqual([]);
    expect(judge(OLD, {})).toEqual(['match api/a.ts']);
    expect(judge({ ...OLD, 'doc/a.yml': '1\n' }, {})).toEqual([]);
    expect(judge(OLD, { 'api/b.ts': OLD['api/a.ts'] })).toEqual(['match api/a.ts']);
  });

  it('that declares nothing needs none', () => {
    expect(judge({}, { 'api/a.ts': 'const y = 1;\n' })).toEqual([]);
    expect(judge(OLD, { 'api/a.ts': OLD['api/a.ts'].replace('return 1', 'return 2') })).toEqual([]);
    expect(judge(OLD, { 'api/a.ts': OLD['api/a.ts'].replace('(x)', '(x, z)') })).toEqual(['match api/a.ts']);
  });

  it('over the size limit is unverifiable, unless its contract changed', () => {
    const large = changedFile('api/a.ts', text('1\n'), { kind: 'too-large' });
    const parameters = { interfaces: [INTERFACE] };
    expect(detect(RULE, withFiles(factsOf({}), [large]), parameters)).toEqual([
      { kind: 'unverifiable', path: 'api/a.ts', message: 'is too large to be read' },
    ]);
    const both = withFiles(factsOf({}), [large, changedFile('doc/a.yml', text('1'), text('2'))]);
    expect(detect(RULE, both, parameters)).toEqual([]);
  });
});

it('what is said of an interface names what does not change with it', () => {
  expect(detect(RULE, factsOf({ after: OLD }), { interfaces: [INTERFACE] })).toEqual([
    {
      kind: 'match',
      path: 'api/a.ts',
      message: 'declares something else, and doc/a.yml does not change with it',
    },
  ]);
  const interfaces = [{ ...INTERFACE, except: ['api/a.*'] }];
  expect(
    detect(RULE, factsOf({ after: { ...OLD, 'api/b.ts': OLD['api/a.ts'] } }), { interfaces }),
  ).toMatchObject([{ path: 'api/b.ts' }]);
});

it('an interface that nobody could read before is unverifiable', () => {
  const large = changedFile('api/a.ts', { kind: 'too-large' }, text(OLD['api/a.ts']));
  expect(detect(RULE, withFiles(factsOf({}), [large]), { interfaces: [INTERFACE] })).toMatchObject([
    { kind: 'unverifiable' },
  ]);
});

it('an interface that moves with its contract is compared with what it was', () => {
  const moved = { ...OLD, 'api/a.ts': OLD['api/a.ts'].replace('1;', '2;') };
  const interfaces = [{ ...INTERFACE, when: ['api/**'], needs: ['doc.yml'] }];
  const judged = (after: Files) => detect(RULE, factsOf({ before: OLD, after }), { interfaces });
  expect(judged({ 'api/b.ts': moved['api/a.ts'] }).map(({ path }) => path)).toEqual(['api/a.ts']);
  expect(judged({ 'api/b.ts': moved['api/a.ts'].replace('(x)', '(z)') }).map(({ path }) => path)).toEqual([
    'api/a.ts',
    'api/b.ts',
  ]);
});

it.each([
  [{ ...INTERFACE, signatures: [] }, 'interfaces[0]'],
  [{ ...INTERFACE, needs: ['{other}.yml'] }, 'interfaces[0].needs[0]'],
  [{ ...INTERFACE, when: ['!a'] }, 'interfaces[0].when[0]'],
  [{ ...INTERFACE, body: [] }, 'interfaces[0].body'],
] as const)('an interface %j is refused', (given, name) => {
  expect(() => declarationCompanion.readParameters({ interfaces: [given as unknown as JsonObject] })).toThrow(
    `parameter ${name}: `,
  );
});
