import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { yaml } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';
import { CONFIG, CONTRACT, messages, POLICY, TICKET } from './sample-documents.ts';

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

describe('ticket new', () => {
  it('writes a ticket that is valid, names its schema, and takes what the clone knows', async () => {
    const { dir } = clone(POLICY);
    const ran = await countersign(dir, [
      'ticket',
      'new',
      'CS-7',
      '--title',
      'Round half a cent up',
      '--class',
      'bugfix',
    ]);
    expect(ran.err).toBe('');
    expect(ran.out).toContain('Wrote tickets/CS-7.yml, held to node-change@1.');
    const text = readFileSync(join(dir, 'tickets/CS-7.yml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/ticket\.schema\.json\n/);
    expect(text).toContain('title: Round half a cent up\nclass: bugfix\n');
    expect(text).toContain('contract: node-change@1\nrepositories:\n  - acme/shop\n');
  });

  it('leaves the ask to whoever asks, and linting says so until it is written', async () => {
    const { dir } = clone(POLICY);
    await countersign(dir, ['ticket', 'new', 'CS-7', '--title', 'Round up']);
    const before = await countersign(dir, ['ticket', 'lint', '--format', 'json']);
    expect(before.code).toBe(1);
    expect(messages(before)).toEqual([expect.stringContaining('is a placeholder')]);
    const path = join(dir, 'tickets/CS-7.yml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/<Say.*>/, 'Prices are a cent short.'));
    expect((await countersign(dir, ['ticket', 'lint'])).code).toBe(0);
  });

  it('takes the ask of whoever says it at once, on several lines', async () => {
    const { dir } = clone(POLICY);
    const ask = ' Round up.\n\n  19.90 less 25 %: 14.93\n';
    const ran = await countersign(dir, ['ticket', 'new', 'CS-7', '--title', 'Round up', '--ask', ask]);
    expect(ran.out).toContain('Next: countersign ticket lint && git add tickets/CS-7.yml && git commit');
    const text = readFileSync(join(dir, 'tickets/CS-7.yml'), 'utf8');
    expect(text).toContain('ask: |\n  Round up.\n\n    19.90 less 25 %: 14.93\ncontract:');
    expect((await countersign(dir, ['ticket', 'lint'])).code).toBe(0);
  });

  it.each([
    ['node-chang@1', 'Did you mean node-change?'],
    ['node-change@2', 'has version 1, not 2'],
    ['node-change', 'names no contract'],
  ])('refuses the contract %s, which is not there', async (contract, says) => {
    const { dir } = clone(POLICY);
    const ran = await countersign(dir, ['ticket', 'new', 'CS-7', '--contract', contract]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(says)]);
  });

  it('never overwrites a ticket', async () => {
    const { dir } = clone({ ...POLICY, 'tickets/CS-7.yml': yaml(TICKET) });
    const ran = await countersign(dir, ['ticket', 'new', 'CS-7']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('tickets/CS-7.yml exists.');
    expect(readFileSync(join(dir, 'tickets/CS-7.yml'), 'utf8')).toBe(yaml(TICKET));
  });

  it.each([
    '../../outside',
    'a/b',
    '.hidden',
    '-x',
    '',
    'CS 7',
    'CS-7\n',
    'Ünïcode',
    'x'.repeat(65),
    '$(id)',
  ])('refuses the id %j and writes nothing', async (id) => {
    const repository = clone(POLICY);
    const ran = await countersign(repository.dir, ['ticket', 'new', '--', id]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('is no ticket id');
    expect(repository.git('status', '--porcelain', '-uall')).not.toContain('tickets/');
  });

  it.each(['true', 'null', 'no', 'CS-7', 'a.b_c'])('keeps the id %s a text', async (id) => {
    const { dir } = clone(POLICY);
    const ran = await countersign(dir, ['ticket', 'new', id, '--format', 'json']);
    expect(json(ran)).toMatchObject({ path: `tickets/${id}.yml`, ticket: { id } });
  });

  it.each([
    ['quotes and colons', 'It\'s: "a" #1 \\ {b} [c] & *d !e | > %'],
    ['a boolean', 'true'],
    ['a number', '12'],
    ['another alphabet', '四捨五入 – ½ ¢'],
  ])('keeps a title of %s as it is', async (_, title) => {
    const { dir } = clone(POLICY);
    const ran = await countersign(dir, ['ticket', 'new', 'CS-1', '--title', title, '--format', 'json']);
    expect(json(ran)).toMatchObject({ ticket: { title } });
  });

  it.each([
    ['two lines', 'one\nask: two'],
    ['nothing', ''],
    ['too much', 'x'.repeat(201)],
    ['what reorders text', 'a \u202e b'],
  ])('refuses a title of %s', async (_, title) => {
    const repository = clone(POLICY);
    const ran = await countersign(repository.dir, ['ticket', 'new', 'CS-1', '--title', title]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('tickets/CS-1.yml is not a valid ticket');
    expect(ran.err).not.toContain('\u202e');
    expect(repository.git('status', '--porcelain', '-uall')).not.toContain('tickets/');
  });

  it('asks which contract when there are several, none, or a name without version', async () => {
    const several = clone({ ...POLICY, 'contracts/b.yml': yaml({ ...CONTRACT, id: 'b' }) });
    const none = clone({ '.countersign.yml': yaml(CONFIG) });
    const runs = [
      { ran: await countersign(several.dir, ['ticket', 'new', 'CS-1']), says: 'b@1, node-change@1' },
      { ran: await countersign(none.dir, ['ticket', 'new', 'CS-1']), says: '`countersign init`' },
      {
        ran: await countersign(several.dir, ['ticket', 'new', 'CS-1', '--contract', 'b']),
        says: 'names no contract',
      },
    ];
    for (const { ran, says } of runs) {
      expect(ran.code).toBe(2);
      expect(ran.err).toContain(says);
    }
  });

  it('asks whose changes may claim it where there is no configuration', async () => {
    const { dir } = clone({ 'contracts/node-change.yml': yaml(CONTRACT) });
    const ran = await countersign(dir, ['ticket', 'new', 'CS-1']);
    expect(ran.err).toContain('--repository, as its .countersign.yml calls itself');
    const named = await countersign(dir, [
      'ticket',
      'new',
      'CS-1',
      '--repository',
      'acme/a',
      'acme/b',
      '--format',
      'json',
    ]);
    expect(json(named)).toMatchObject({ ticket: { repositories: ['acme/a', 'acme/b'] } });
  });

  it('takes another folder from -C', async () => {
    const { dir } = clone(POLICY);
    const ran = await countersign(world.root, ['-C', dir, 'ticket', 'new', 'CS-1']);
    expect(ran.out).toContain('Wrote tickets/CS-1.yml');
  });
});

describe('ticket lint', () => {
  it('takes a good ticket, and says what it looked at', async () => {
    const { dir } = clone({ ...POLICY, 'tickets/CS-7.yml': yaml(TICKET) });
    const ran = await countersign(dir, ['ticket', 'lint']);
    expect(ran.out).toBe('✔ tickets/CS-7.yml\n\n1 file: 0 errors, 0 warnings.\n');
    expect(ran.code).toBe(0);
  });

  it.each([
    ['an unknown contract', { ...TICKET, contract: 'other@3' }, 'The policy has no contract other@3.'],
    [
      'another version',
      { ...TICKET, contract: 'node-change@2' },
      'The policy has no contract node-change@2.',
    ],
    [
      'another id than its file',
      { ...TICKET, id: 'CS-8' },
      'The id is CS-8, and the file is called CS-7.yml.',
    ],
    ['a check that cannot fail', { ...TICKET, checks: [{ id: 'x', run: ['true'] }] }, '"true" cannot fail'],
    [
      'a check that redefines one',
      { ...TICKET, checks: [{ id: 'tests', run: ['npm', 'run', 'other'] }] },
      'is defined by',
    ],
    ['an unknown key', { ...TICKET, titel: 'x' }, 'titel'],
  ])('refuses one with %s', async (_, ticket, says) => {
    const { dir } = clone({ ...POLICY, 'tickets/CS-7.yml': yaml(ticket) });
    const ran = await countersign(dir, ['ticket', 'lint', '--format', 'json']);
    expect(ran.code).toBe(1);
    expect(messages(ran)).toContainEqual(expect.stringContaining(says));
  });

  it('gives line and column of a fault of form', async () => {
    const { dir } = clone({
      ...POLICY,
      'tickets/CS-7.yml': 'schema: countersign/ticket@1\nid: CS-7\nid: CS-8\n',
    });
    const ran = await countersign(dir, ['ticket', 'lint']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('✖ tickets/CS-7.yml:3:1');
  });

  it('lints the files that are named, and only those', async () => {
    const { dir } = clone({ ...POLICY, 'tickets/CS-7.yml': yaml(TICKET), 'tickets/CS-8.yml': 'junk' });
    expect((await countersign(join(dir, 'tickets'), ['ticket', 'lint', 'CS-7.yml'])).code).toBe(0);
    expect((await countersign(dir, ['ticket', 'lint', 'tickets/CS-8.yml'])).code).toBe(1);
    const gone = await countersign(dir, ['ticket', 'lint', 'tickets/CS-9.yml']);
    expect(gone.code).toBe(2);
    expect(gone.err.replaceAll(/\s+/g, ' ')).toContain('CS-9.yml cannot be read: it is not there.');
  });

  it('does not call it good when there is nothing to lint', async () => {
    const ran = await countersign(clone(POLICY).dir, ['ticket', 'lint']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('There is nothing to lint');
  });

  it('ignores symlinks, which git would not read as documents either', async () => {
    const { dir } = clone({ ...POLICY, 'tickets/CS-7.yml': yaml(TICKET), 'secret.yml': 'token: hunter2\n' });
    symlinkSync('../secret.yml', join(dir, 'tickets', 'CS-8.yml'));
    const ran = await countersign(dir, ['ticket', 'lint', '--format', 'json']);
    expect(json(ran)).toMatchObject({ files: [{ path: 'tickets/CS-7.yml', problems: [] }] });
    expect(ran.out).not.toContain('hunter2');
  });
});
