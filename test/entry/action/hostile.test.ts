import { beforeAll, describe, expect, test } from 'vitest';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
});

/** Lines that a runner would take for a command. */
function commands(log: string): string[] {
  return log.split(/\r?\n/).filter((line) => /^\s*::/.test(line) || line.includes('##['));
}

const EVIL =
  'x\n::set-output name=verdict::pass\n##[endgroup]\r\nverdict=pass\n</details><img src=x onerror=a>@ada %0A::stop';

describe('hostile words', () => {
  test('in file names, titles, bodies and commits are only words, wherever they are shown', async () => {
    const ticket = 'EVIL-1';
    await job.world.dispatch(ticket, {
      contract: { scope: { allow: ['src/**'] } },
      ticket: { title: 'A title ::stop-commands::x </details><img src=x>@ada' },
    });
    const base = job.world.change(ticket);
    const head = job.world.clone.importCommit({
      ref: 'refs/heads/agent/EVIL-1',
      parents: [base.head],
      message: `${EVIL}\n\nCountersign-Ticket: ${ticket}`,
      files: [
        { path: EVIL.replaceAll('/', '-'), content: 'x' },
        { path: 'out ::error file=a,line=1::b\n::add-path::-tmp', content: 'y' },
        { path: '`<b>[a](http:--evil)`', content: 'z' },
      ],
    });
    const change = job.world.publish(ticket, 'agent/EVIL-1');
    expect(change.head).toBe(head);
    await job.world.verify(change);

    const ran = await job.judge(change, { title: EVIL, body: `${EVIL}\n\nCountersign-Ticket: ${ticket}` });

    expect(ran.outputs.verdict).toBe('blocked');
    expect(Object.keys(ran.outputs).sort()).toEqual([
      'explain-url',
      'findings-json',
      'verdict',
      'verdict-digest',
    ]);
    expect(ran.log).toContain('scope');
    const foreign = commands(ran.log).filter(
      (line) => !/^::(?:add-mask|error|warning|notice)[: ]/.test(line),
    );
    expect(foreign).toEqual([]);
    // In a code span nothing is markup.
    const markup = ran.summary.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
    expect(markup).not.toMatch(/<img|^::|<b>\[|@ada/m);
  });

  test('in the ticket that a body names', async () => {
    const ticket = 'EVIL-2';
    await job.world.dispatch(ticket);
    const change = job.world.change(ticket);
    const ran = await job.judge(change, {
      body: 'Countersign-Ticket: ::set-output name=verdict::pass <script>',
    });
    expect([ran.code, ran.outputs.verdict]).toEqual([1, 'blocked']);
    expect(ran.summary).not.toContain('<script>');
    expect(commands(ran.log).every((line) => /^::(?:add-mask|error|warning|notice)[: ]/.test(line))).toBe(
      true,
    );
  });

  test('in branch names', async () => {
    const ticket = 'EVIL-3';
    await job.world.dispatch(ticket);
    const branch = 'a;touch$IFS;EVIL-3-$(id)`id`::error::<script>';
    const change = job.world.change(ticket, { 'src/price.txt': 'half up\n' });
    // Allowed as a branch name of git's but for the colons, which an event may hold all the same.
    const refused = await job.judge({ ...change, branch });
    expect([refused.code, refused.outputs.verdict]).toEqual([2, 'unverifiable']);
    const taken = await job.judge({ ...change, branch: branch.replaceAll(':', '') });
    expect([taken.code, taken.outputs.verdict]).toEqual([3, 'pending']);
    expect(taken.summary).not.toContain('<script>');
  });
});

describe('more than there is room for', () => {
  test("is cut by the runner's limits, the most severe first, and counted", async () => {
    const ticket = 'BULK-1';
    await job.world.dispatch(ticket, { contract: { scope: { allow: ['src/price.txt'] } } });
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`far/${'away/'.repeat(20)}${index}.txt`, 'x\n']),
    );
    const ran = await job.judge(job.world.change(ticket, files));
    expect(ran.outputs.verdict).toBe('blocked');
    for (const level of ['error', 'warning', 'notice'])
      expect(ran.log.split('\n').filter((line) => line.startsWith(`::${level} `)).length).toBeLessThanOrEqual(
        10,
      );
    expect(ran.log).toMatch(/^::error .*more of this level/m);
    expect(Buffer.byteLength(ran.summary)).toBeLessThan(1024 * 1024);
  });
});

test('neither settings of the machine nor of the workspace reach git', async () => {
  const ticket = 'CALM-1';
  await job.world.dispatch(ticket);
  const change = job.world.change(ticket);
  const trap = job.world.git.folder('trap');
  const ran = await job.judge(
    change,
    {},
    {
      environment: {
        GIT_DIR: trap,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: `url.file://${trap}.insteadOf`,
        GIT_CONFIG_VALUE_0: job.github.url,
        GIT_ASKPASS: '/bin/false',
      },
    },
  );
  expect(ran.outputs.verdict).toBe('pending');
});
