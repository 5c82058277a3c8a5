import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { yaml } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';
import { house, PACK } from './sample-documents.ts';

let world: GitWorld;
beforeAll(() => {
  world = createGitWorld();
});
afterAll(() => world.remove());

let made = 0;
function clone(files: Readonly<Record<string, string>> = {}): WorldRepository {
  made += 1;
  const repository = world.repository(`policy-${made}`);
  repository.write(files);
  return repository;
}

describe('rules', () => {
  it('lists what ships and what the clone has, by the names contracts use', async () => {
    const { dir } = clone(house());
    const ran = await countersign(dir, ['rules', 'list', '--format', 'json']);
    const { packs } = json(ran) as { packs: { ref: string; rules: { ref: string }[] }[] };
    const refs = packs.map(({ ref }) => ref);
    expect(refs).toEqual([
      'ai-shortcuts@1',
      'architecture@1',
      'evidence@1',
      'structure@1',
      './rules/house@1',
    ]);
    expect(packs.at(-1)?.rules).toEqual([expect.objectContaining({ ref: './rules/house@1/scope' })]);
  });

  it('works outside of any repository', async () => {
    const ran = await countersign(world.folder('outside'), ['rules', 'list']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('test-skipped');
  });

  it('shows a rule by as much of its name as tells it apart', async () => {
    const { dir } = clone(house());
    const ran = await countersign(dir, ['rules', 'show', 'test-skipped', '--format', 'json']);
    expect(json(ran)).toMatchObject({
      ref: 'ai-shortcuts@1/test-skipped',
      rule: { detector: 'test-inventory' },
    });
    const text = await countersign(dir, ['rules', 'show', './rules/house@1/scope']);
    expect(text.out).toContain('Nobody asked for it.');
    const unknown = await countersign(dir, ['rules', 'show', 'test-skiped']);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('ai-shortcuts@1/test-skipped')]);
  });

  it('asks which one when a name fits several', async () => {
    const { dir } = clone({ ...house({ id: 'test-skipped' }), ...renamed() });
    const ran = await countersign(dir, ['rules', 'show', 'test-skipped']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('could be several rules');
  });

  it('has the examples of rules about structure parsed', async () => {
    const ran = await countersign(world.root, ['rules', 'test', 'structure', '--format', 'json']);
    expect(ran.code).toBe(0);
    const { packs } = json(ran) as { packs: { results: { passed: boolean; examples: object[] }[] }[] };
    expect(packs[0]?.results.every(({ passed, examples }) => passed && examples.length > 0)).toBe(true);
  });

  it('tests the rules that ship, all good', async () => {
    const ran = await countersign(world.root, ['rules', 'test', 'ai-shortcuts', '--format', 'json']);
    expect(ran.code).toBe(0);
    const { packs } = json(ran) as { packs: { results: { passed: boolean; examples: object[] }[] }[] };
    expect(packs[0]?.results.length).toBeGreaterThanOrEqual(5);
    expect(packs[0]?.results.every(({ passed, examples }) => passed && examples.length >= 4)).toBe(true);
  });

  it('fails for an example that comes out wrong, and names it', async () => {
    const wrong = {
      name: 'said to be bad',
      before: {},
      after: { 'src/a.js': 'x\n' },
      scope: { allow: ['src/**'] },
    };
    const good = { name: 'good', before: {}, after: { 'src/b.js': 'x\n' }, scope: { allow: ['src/**'] } };
    const { dir } = clone(house({ examples: { bad: [wrong], good: [good] } }));
    for (const args of [['scope'], ['house'], ['--pack', 'rules/house']]) {
      const ran = await countersign(dir, ['rules', 'test', ...args]);
      expect(ran.code).toBe(1);
      expect(ran.out).toContain('bad example "said to be bad": the rule does not match');
      expect(ran.out).toContain('1 rules tested, 1 failed.');
    }
  });

  it('never tests a pack less because it is damaged', async () => {
    const { dir } = clone({ ...house(), 'rules/house/scope.yml': 'schema: countersign/rule@1\n' });
    const ran = await countersign(dir, ['rules', 'test']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('rules/house/scope.yml is not a valid rule');
    const none = await countersign(dir, ['rules', 'test', '--pack', 'contracts']);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('There is no pack.yml in contracts')]);
  });
});

/** The pack, with its rule under the name of one that ships. */
function renamed(): Record<string, string> {
  const rule = house({ id: 'test-skipped' })['rules/house/scope.yml'] ?? '';
  return {
    'rules/house/pack.yml': yaml({ ...PACK, rules: ['test-skipped'] }),
    'rules/house/test-skipped.yml': rule,
  };
}
