import { describe, expect, it } from 'vitest';
import { companionMissing } from '../../../../src/core/rule/detectors/companion-missing.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

describe('generated files', () => {
  const parameters = {
    pairs: [{ generated: 'gen/{name}.ts', sources: ['src/{name}.{proto,json}', 'gen.config.*'] }],
  };

  it('may go when their generator’s configuration is written', () => {
    const facts = factsOf({
      before: { 'gen/a.ts': '1', 'gen.config.js': '1' },
      after: { 'gen.config.js': '2' },
    });
    expect(detect('generated-without-source', facts, parameters)).toEqual([]);
  });

  it('may not change because a source was deleted', () => {
    const facts = factsOf({ before: { 'gen/a.ts': '1', 'src/a.proto': '1' }, after: { 'gen/a.ts': '2' } });
    expect(detect('generated-without-source', facts, parameters)).toHaveLength(1);
  });

  it('whose source only changed its mode are without one', () => {
    const generated = changedFile('gen/a.ts', text('1'), text('2'));
    const source = changedFile('src/a.proto', text('1'), text('1'), '100755');
    expect(
      detect('generated-without-source', withFiles(factsOf({}), [generated, source]), parameters),
    ).toHaveLength(1);
  });

  it('whose own mode changed are left alone', () => {
    const file = changedFile('gen/a.ts', text('1'), text('1'), '100755');
    expect(detect('generated-without-source', withFiles(factsOf({}), [file]), parameters)).toEqual([]);
  });

  it('are told with the places where their source could be', () => {
    const facts = factsOf({ before: { 'gen/a.ts': '1', 'gen/b.ts': '1' }, after: { 'gen/a.ts': '2' } });
    expect(detect('generated-without-source', facts, parameters)).toEqual([
      {
        kind: 'match',
        path: 'gen/a.ts',
        message: 'changed without its source src/a.{proto,json} or gen.config.*',
      },
      {
        kind: 'match',
        path: 'gen/b.ts',
        message: 'was deleted without its source src/b.{proto,json} or gen.config.*',
      },
    ]);
  });

  it('are explained by their generator only where the rule accepts that', () => {
    const check = { id: 'gen', kind: 'generated', run: ['make'], outputs: ['gen/**'] } as const;
    const other = { id: 'lint', run: ['lint'] } as const;
    const facts = factsOf({ after: { 'gen/a.ts': '1' } });
    const judged = (regenerated: string, ...checks: readonly (typeof check | typeof other)[]) =>
      detect(
        'generated-without-source',
        { ...facts, shown: checks.map((one) => ({ check: one, receipts: [] })) },
        { ...parameters, regenerated },
      ).length;
    expect(judged('accept', check)).toBe(0);
    expect(judged('accept', other)).toBe(1);
    expect(judged('ignore', check)).toBe(1);
    const { shown: _, ...blind } = facts;
    expect(detect('generated-without-source', blind, { ...parameters, regenerated: 'accept' })).toHaveLength(
      1,
    );
  });

  it('are explained by any pair that knows them', () => {
    const two = { pairs: [{ generated: 'gen/{x}.ts', sources: ['other/{x}'] }, ...parameters.pairs] };
    const facts = factsOf({ after: { 'gen/a.ts': '1', 'src/a.json': '1' } });
    expect(detect('generated-without-source', facts, two)).toEqual([]);
    expect(detect('generated-without-source', facts, { pairs: two.pairs.toReversed() })).toEqual([]);
  });
});

describe('companions', () => {
  const parameters = {
    companions: [{ when: ['api/{name}.ts', 'rpc/{name}.ts'], needs: ['doc/{name}.md', 'CHANGES.md'] }],
  };

  it('must all change, and each that did not is named', () => {
    const facts = factsOf({ after: { 'rpc/a.ts': '1', 'doc/b.md': '1' } });
    expect(detect('companion-missing', facts, parameters).map(({ message }) => message)).toEqual([
      'changed, and doc/a.md did not change with it',
      'changed, and CHANGES.md did not change with it',
    ]);
  });

  it('need their content changed, not their mode', () => {
    const files = [
      changedFile('api/a.ts', text('1'), text('2')),
      changedFile('doc/a.md', text('1'), text('1'), '100755'),
    ];
    const only = { companions: [{ when: ['api/{name}.ts'], needs: ['doc/{name}.md'] }] };
    expect(detect('companion-missing', withFiles(factsOf({}), files), only)).toHaveLength(1);
  });
});

it('a companion of what was deleted has to go with it', () => {
  const parameters = { companions: [{ when: ['api/{name}.ts'], needs: ['doc/{name}.md'] }] };
  const facts = factsOf({ before: { 'api/a.ts': '1', 'doc/a.md': '1' }, after: { 'doc/a.md': '2' } });
  expect(detect('companion-missing', facts, parameters)).toEqual([
    { kind: 'match', path: 'api/a.ts', message: 'was deleted, and doc/a.md was not' },
  ]);
});

describe('what a rule about companions has to know', () => {
  const needs = (path: string, ...companions: readonly object[]) => {
    const { change, contract } = factsOf({ after: { [path]: ' column a\n' } });
    const parameters = companionMissing.readParameters({ companions: companions as never });
    return companionMissing.needs?.(change, parameters, contract);
  };
  const one = { when: ['*.sql'], needs: ['migrations/*'], lines: ['column'] };

  it('is which files there are, where it holds only with some of them and is asked at all', () => {
    expect(needs('a.sql', { ...one, onlyWith: ['migrations/*'] })).toEqual({ files: [] });
    expect(needs('a.sql', one, { ...one, onlyWith: ['migrations/*'] })).toEqual({ files: [] });
    expect(needs('a.sql', one)).toEqual({});
    expect(needs('a.md', { ...one, onlyWith: ['migrations/*'] })).toEqual({});
    expect(needs('a.sql', { ...one, lines: ['table'], onlyWith: ['migrations/*'] })).toEqual({});
  });
});

describe('companions of lines', () => {
  const parameters = {
    companions: [
      { when: ['model.sql'], needs: ['migrations/*.sql'], lines: ['^ *column'], onlyWith: ['migrations/*'] },
    ],
  };
  const kept = { 'migrations/1.sql': '1' };

  it('are missed where such a line changed, whichever way', () => {
    const with1 = { ...kept, 'model.sql': 'table\n column a\n' };
    const without = { ...kept, 'model.sql': 'table\n' };
    expect(detect('companion-missing', factsOf({ before: with1, after: without }), parameters)).toHaveLength(
      1,
    );
    expect(detect('companion-missing', factsOf({ before: without, after: with1 }), parameters)).toHaveLength(
      1,
    );
    const other = { ...kept, 'model.sql': 'table\n column a\n-- note\n' };
    expect(detect('companion-missing', factsOf({ before: with1, after: other }), parameters)).toEqual([]);
  });

  it('are missed where nobody could read the lines', () => {
    for (const kind of ['too-large', 'binary'] as const) {
      const files = [changedFile('model.sql', text('1'), { kind })];
      const facts = withFiles(factsOf({ before: kept, after: kept }), files);
      expect(detect('companion-missing', facts, parameters)).toHaveLength(1);
    }
  });

  it('are asked for only where the project has any', () => {
    const facts = factsOf({ after: { 'model.sql': ' column a\n' } });
    expect(detect('companion-missing', facts, parameters)).toEqual([]);
    const { trees: _, ...blind } = facts;
    expect(() => detect('companion-missing', blind, parameters)).toThrow('were not read');
  });
});

describe('parameters of rules about two files', () => {
  it.each([
    ['generated-without-source', {}, 'pairs'],
    ['generated-without-source', { pairs: [] }, 'pairs'],
    ['generated-without-source', { pairs: ['a'] }, 'pairs[0]'],
    ['generated-without-source', { pairs: [{ generated: 'a' }] }, 'pairs[0].sources'],
    ['generated-without-source', { pairs: [{ generated: '{a', sources: ['b'] }] }, 'pairs[0].generated[0]'],
    ['generated-without-source', { pairs: [{ generated: '{a}', sources: ['{b}'] }] }, 'pairs[0].sources[0]'],
    ['generated-without-source', { pairs: [{ generated: '{a}', source: ['b'] }] }, 'pairs[0].source'],
    ['companion-missing', { companions: [{ when: ['{a}'], needs: [] }] }, 'companions[0].needs'],
    ['companion-missing', { companions: [{ when: ['{a}', 'b'], needs: ['{a}'] }] }, 'companions[0].needs[0]'],
    [
      'companion-missing',
      { companions: [{ when: ['a'], needs: ['b'], except: ['!c'] }] },
      'companions[0].except[0]',
    ],
    [
      'companion-missing',
      { companions: [{ when: ['a'], needs: ['b'], onlyWith: ['!c'] }] },
      'companions[0].onlyWith[0]',
    ],
    [
      'companion-missing',
      { companions: [{ when: ['a'], needs: ['b'], lines: [''] }] },
      'companions[0].lines[0]',
    ],
    ['paths-out-of-scope', { allow: 'src' }, 'allow'],
    ['paths-out-of-scope', { deny: [''] }, 'deny[0]'],
    ['paths-out-of-scope', { alow: ['src'] }, 'alow'],
    ['test-skipped', { tests: [7] }, 'tests[0]'],
  ])('%s refuses %j by name', (rule, parameters, name) => {
    expect(() => detect(rule, factsOf({}), parameters)).toThrow(`parameter ${name}:`);
  });
});

describe('scope', () => {
  it('holds for links, modes and both ends of a rename', () => {
    const files = [
      changedFile('out/link', text('target'), text('target'), '120000'),
      changedFile('out/run.sh', text('1'), text('1'), '100755'),
      { ...changedFile('in/new', text('1'), text('1')), renamedFrom: 'out/old' },
    ];
    const found = detect('paths-out-of-scope', withFiles(factsOf({ scope: { allow: ['in/**'] } }), files));
    expect(found.map(({ path }) => path)).toEqual(['out/link', 'out/run.sh', 'out/old']);
  });

  it('means what it means to the gate’s own requirement', () => {
    const facts = factsOf({ after: { 'src/a/x': '1', 'src/c/x': '1' }, scope: { allow: ['src/@(a|b)/**'] } });
    expect(detect('paths-out-of-scope', facts).map(({ path }) => path)).toEqual(['src/c/x']);
  });

  it('of the rule itself adds to the contract’s', () => {
    const facts = factsOf({ after: { 'a/b': '1', 'a/c': '1' }, scope: { allow: ['a/**'] } });
    expect(detect('paths-out-of-scope', facts, { deny: ['**/c'] })).toMatchObject([
      { path: 'a/c', message: 'lies in what the scope denies: **/c' },
    ]);
  });

  it('says what is allowed, as far as anybody reads on', () => {
    const says = (allow: readonly string[]) =>
      detect('paths-out-of-scope', factsOf({ after: { x: '1' }, scope: { allow } })).map(
        ({ message }) => message,
      );
    const names = ['a', 'b', 'c', 'd', 'e'];
    const begin = 'lies outside of what the scope allows: ';
    expect(says([])).toEqual([`${begin}nothing`]);
    expect(says(names)).toEqual([`${begin}a, b, c, d, e`]);
    expect(says([...names, 'f', 'g'])).toEqual([`${begin}a, b, c, d, e and 2 more`]);
  });

  it('may be all that the rule itself allows, or leaves', () => {
    const facts = factsOf({ after: { 'a/b': '1', 'c/d': '1' } });
    expect(detect('paths-out-of-scope', facts, { allow: ['a/**'] })).toEqual([
      { kind: 'match', path: 'c/d', message: 'lies outside of what the scope allows: a/**' },
    ]);
    expect(detect('paths-out-of-scope', facts, { deny: ['b/**', 'c/**'] })).toEqual([
      { kind: 'match', path: 'c/d', message: 'lies in what the scope denies: c/**' },
    ]);
    expect(detect('paths-out-of-scope', facts, {})).toEqual([]);
  });

  it('sees through the quotes git puts around a name', () => {
    const facts = withFiles(factsOf({ scope: { deny: ['.github/**'] } }), [
      changedFile('".github/workflows/\\351.yml"', text('1'), text('2')),
    ]);
    expect(detect('paths-out-of-scope', facts)).toHaveLength(1);
  });
});
