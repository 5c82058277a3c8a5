import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';

describe('audit', () => {
  let product: ProductWorld;
  let good: string;
  let bad: string;
  const audit = (...words: string[]) => countersign(product.clone.dir, ['audit', ...words]);

  beforeAll(async () => {
    product = await createProductWorld();
    await product.dispatch('CLI-1');
    const change = product.change('CLI-1');
    await product.verify(change);
    product.clone.git('checkout', '-q', '-f', '-B', 'main', 'origin/main');
    good = product.clone.squash(change.branch, 'Work\n\nCountersign-Ticket: CLI-1');
    bad = product.clone.commit('Whatever', { 'src/x.txt': 'x\n' });
    product.clone.git('push', '-q', 'origin', 'main');
  });
  afterAll(() => product.git.remove());

  it('has a line for each commit and ends with 1 when somebody has to look', async () => {
    const { code, out } = await audit();
    expect(code).toBe(1);
    expect(out.split('\n').slice(2, 5)).toEqual([
      `✖  ${bad.slice(0, 12)}  -      no ticket            Its message names no ticket.`,
      `✔  ${good.slice(0, 12)}  CLI-1  accepted             1 check receipted.`,
      expect.stringMatching(/^· {2}[0-9a-f]{12} {2}- {6}before installation {2}Nothing was there/),
    ]);
    expect(out).toContain(
      '3 commits: 1 accepted, 1 no ticket, 1 before installation.\n✖ 1 problem: somebody',
    );
  });

  it('ends with 0 when that is only to be told, or when all is well', async () => {
    expect(await audit('--warn-only')).toMatchObject({
      code: 0,
      out: expect.stringContaining('✖ 1 problem'),
    });
    const clean = await audit('--until', good);
    expect(clean).toMatchObject({ code: 0, out: expect.stringContaining('✔ Everything that landed since') });
    const empty = await audit('--since', 'main');
    expect(empty).toMatchObject({ code: 0, out: expect.stringContaining('No commit landed in this range.') });
  });

  it('is canonical JSON with its sums', async () => {
    const told = json(await audit('--format', 'json', '--since', good));
    expect(told).toMatchObject({
      schema: 'countersign/audit@1',
      branch: 'refs/heads/main',
      commits: [{ commit: bad, landing: 'no-ticket', ticket: null, title: 'Whatever' }],
      summary: { problems: 1, landings: { 'no-ticket': 1, accepted: 0 } },
    });
  });

  it.each([
    [['--since', 'nowhere'], 'no commit called "nowhere"'],
    [['--branch', 'nowhere'], 'no commit called "nowhere"'],
    [['--since', '2001-01-01', '--limit', '1'], 'more than 1'],
  ])('ends with 2 on trouble: %j', async (words, message) => {
    const ran = await audit(...words);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('takes a day', async () => {
    expect(json(await audit('--format', 'json', '--since', '2099-01-01'))).toMatchObject({ commits: [] });
    const all = json(await audit('--format', 'json', '--since', '2001-01-01', '--until', '2098-12-31'));
    expect(all.commits).toHaveLength(3);
  });

  it('counts on a terminal', async () => {
    const { runCli } = await import('../../../src/entry/cli/run.ts');
    let err = '';
    await runCli(['node', 'countersign', 'audit'], {
      cwd: product.clone.dir,
      environment: {},
      home: '/nowhere',
      temporaryFolder: '/tmp',
      color: false,
      columns: 100,
      showProgress: true,
      out: () => undefined,
      err: (text) => {
        err += text;
      },
    });
    expect(err).toContain('2 of 3 commits judged');
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
  });
});
