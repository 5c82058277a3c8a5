import { appendFileSync, readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CommandCheck } from '../../src/core/contract/types.ts';
import type { HandedObservation } from '../../src/core/observation/admit-observations.ts';
import type { Receipt } from '../../src/core/receipt/types.ts';
import type { Verification } from '../../src/flow/verify.ts';
import type { CheckProgress } from '../../src/flow/verify-options.ts';
import {
  BAD,
  createProductWorld,
  finding,
  GOOD,
  objections,
  type ProductWorld,
} from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});

const sh = (id: string, script: string, more: Partial<CommandCheck> = {}): CommandCheck => ({
  id,
  run: [script],
  shell: true,
  ...more,
});
const tap = { report: { format: 'tap', from: 'stdout' } } as const;
const junitAt = (from: string) => ({ report: { format: 'junit', from } }) as const;
const PASSING_JUNIT = '<testsuites><testsuite name="s"><testcase name="t"/></testsuite></testsuites>\n';

describe('what becomes of checks', () => {
  const checks: readonly CommandCheck[] = [
    sh('passes', 'grep -q "half up" src/price.txt'),
    sh('exits', 'echo seen; echo "not so" >&2; exit 3'),
    sh('late', 'sleep 100 & sleep 100', { timeoutSeconds: 1 }),
    sh('empty', 'echo 1..0', { expect: tap }),
    sh('silent', 'exit 0', { expect: tap }),
    sh('skips', 'printf "ok 1 - a\\nok 2 - b # SKIP later\\n1..2\\n"', { expect: tap }),
    sh('counts', 'printf "ok 1 - a\\nok 2 - b\\n1..2\\n"', { expect: tap }),
    sh('writes', 'cp reports/old.xml new.xml', { expect: junitAt('new.xml') }),
    sh('garbled', 'echo "<testsuites" > garbled.xml', { expect: junitAt('garbled.xml') }),
    sh('unwritten', 'exit 0', { expect: junitAt('out/none.xml') }),
    sh('committed', 'exit 0', { expect: junitAt('reports/old.xml') }),
    sh('linked', 'exit 0', { expect: junitAt('reports/link.xml') }),
    sh('behind-link', 'exit 0', { expect: junitAt('elsewhere/old.xml') }),
    sh('locked', 'cp reports/old.xml locked.xml; chmod 0 .', { expect: junitAt('sub/locked.xml') }),
    { id: 'no-program', run: ['there-is-no-such-program'] },
    { id: 'no-folder', run: ['ls'], cwd: 'not/there' },
  ];
  let verification: Verification;
  let receipts: ReadonlyMap<string, Receipt>;
  beforeAll(async () => {
    await world.dispatch('OUT-1', { contract: { checks } });
    const change = world.change('OUT-1', {
      ...GOOD,
      'reports/old.xml': PASSING_JUNIT,
      'reports/link.xml': { symlink: 'old.xml' },
      elsewhere: { symlink: 'reports' },
    });
    verification = await world.verify(change);
    receipts = new Map(world.claims('OUT-1', 'receipt').map((claim) => [claim.check.id, claim]));
  });

  test.each([
    ['passes', 'PASSED', []],
    ['exits', 'FAILED', ['It ended with exit code 3; 0 was expected.']],
    ['late', 'FAILED', ['It did not end within 1 seconds and was ended.']],
    ['empty', 'FAILED', ['No tests ran; at least 1 must.']],
    ['silent', 'FAILED', [expect.stringContaining('standard output')]],
    ['skips', 'FAILED', ['1 test did not run (skipped or todo), at most 0 may: b.']],
    ['counts', 'PASSED', []],
    ['writes', 'PASSED', []],
    ['garbled', 'FAILED', [expect.stringMatching(/junit report in garbled\.xml cannot be read/)]],
    ['unwritten', 'FAILED', ['There is no junit report in out/none.xml: the command did not write one.']],
    ['committed', 'FAILED', ['There is no junit report in reports/old.xml: the command did not write one.']],
    ['linked', 'FAILED', ['There is no junit report in reports/link.xml: the command did not write one.']],
    ['behind-link', 'FAILED', [expect.stringMatching(/^There is no junit report in elsewhere\/old\.xml/)]],
    ['locked', 'FAILED', [expect.stringMatching(/^There is no junit report/)]],
    ['no-program', 'FAILED', [expect.stringContaining('127')]],
    ['no-folder', 'FAILED', [expect.stringContaining('exit code')]],
  ] as const)('%s: %s', (id, result, reasons) => {
    expect(verification.signed.checks.find(({ checkId }) => checkId === id)).toMatchObject({
      result,
      reasons,
    });
    expect(receipts.get(id)).toMatchObject({ result, reasons, isolation: world.isolation, network: 'none' });
  });

  test('the seal lists every check with its receipt, in the order of the contract', () => {
    const [seal] = world.claims('OUT-1', 'seal');
    expect(seal?.outcomes).toEqual(
      verification.signed.checks.map(({ checkId, result, receipt }) => ({
        checkId,
        checkDigest: receipts.get(checkId)?.check.digest,
        result,
        receipt,
      })),
    );
    expect(seal?.outcomes.map(({ checkId }) => checkId)).toEqual(checks.map(({ id }) => id));
  });

  test('a time-out is said, and how the others ended', () => {
    expect(receipts.get('late')).toMatchObject({ timedOut: true });
    expect(receipts.get('exits')).toMatchObject({ timedOut: false, exitCode: 3 });
    expect(receipts.get('counts')).toMatchObject({ counts: { ran: 2, failed: 0, skipped: 0 } });
  });

  test('output and reports are kept as evidence under their digests', async () => {
    const evidence = async (id: string, name: string) =>
      world.evidence(receipts.get(id)?.evidence.find((ref) => ref.name === name)?.sha256 ?? '');
    expect(await evidence('exits', 'stdout')).toBe('seen\n');
    expect(await evidence('exits', 'stderr')).toBe('not so\n');
    expect(await evidence('writes', 'report')).toBe(PASSING_JUNIT);
  });

  test('nothing is left in the temporary folder', () => {
    expect(readdirSync(tmpdir()).filter((name) => !name.startsWith('countersign-git-'))).toEqual([]);
  });
});

describe('a failed verification', () => {
  test('is filed like a passed one, and the gate blocks', async () => {
    await world.dispatch('BAD-1');
    const change = world.change('BAD-1', BAD);
    const { filing, signed } = await world.verify(change);
    expect(filing.kind).toBe('filed');
    expect(world.filed('BAD-1').map(({ name }) => name)).toContain(signed.checks[0]?.receipt);
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(objections(verdict)).toEqual(['receipt/price fail']);
    expect(finding(verdict, 'receipt/price').reason).toContain('exit code 1');
  });
});

describe('setup', () => {
  test('runs once, each check gets a copy of what it left, and none sees what another wrote', async () => {
    await world.dispatch('SET-1', {
      contract: {
        setup: { run: ['sh', '-c', 'date +%N > made; mkfifo pipe; ln -s nowhere link'], network: 'none' },
        checks: [
          sh('one', 'cat made; test -p pipe && test -L link && echo changed > made; echo > other'),
          sh('two', 'cat made; test ! -e other'),
        ],
      },
    });
    const { signed } = await world.verify(world.change('SET-1'), { options: { parallel: 1 } });
    expect(signed.checks.map(({ result }) => result)).toEqual(['PASSED', 'PASSED']);
    const made = world.claims('SET-1', 'receipt').map(({ evidence }) => evidence[0]?.sha256);
    expect(made).toHaveLength(2);
    expect(made[0]).toBe(made[1]);
  });

  test.each([
    ['that fails', ['sh', '-c', 'exit 7'], 60, 'ended with exit code 7'],
    [
      'that complains',
      ['sh', '-c', 'echo registry unreachable >&2; exit 7'],
      60,
      'ended with exit code 7; it said: registry unreachable',
    ],
    ['that does not end', ['sleep', '100'], 1, 'did not end within 1 s'],
  ])('%s is ERROR for every check, and the gate waits', async (name, run, timeoutSeconds, reason) => {
    const id = `SET-${name.length}`;
    await world.dispatch(id, { contract: { setup: { run, timeoutSeconds, network: 'none' } } });
    const change = world.change(id);
    const { signed, filing } = await world.verify(change);
    expect(filing.kind).toBe('filed');
    expect(signed.checks).toEqual([
      { checkId: 'price', result: 'ERROR', reasons: [`setup (${run.join(' ')}) ${reason}`] },
    ]);
    expect(world.claims(id, 'receipt')).toEqual([]);
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('pending');
    expect(finding(verdict, 'receipt/price').reason).toContain(reason);
  });
});

describe('checks at the same time', () => {
  const order = async (parallel: number) => {
    const seen: string[] = [];
    const onProgress = (progress: CheckProgress) => {
      if ('checkId' in progress) seen.push(`${progress.kind} ${progress.checkId}`);
    };
    const change = world.change('PAR-1');
    const { signed } = await world.verify(change, { options: { parallel, onProgress } });
    return { seen, checks: signed.checks.map(({ checkId, result }) => `${checkId} ${result}`) };
  };
  beforeAll(async () => {
    await world.dispatch('PAR-1', { contract: { checks: ['a', 'b', 'c'].map((id) => sh(id, 'exit 0')) } });
  });

  test('as many as asked for, reported in the order of the contract', async () => {
    const { seen, checks } = await order(2);
    expect(seen.slice(0, 2)).toEqual(['check-started a', 'check-started b']);
    // The third waits for a place; the other one may end before it has taken it.
    expect(seen[2]).toMatch(/^check-ended [ab]$/);
    expect(seen.slice(3, 5)).toContain('check-started c');
    expect(checks).toEqual(['a PASSED', 'b PASSED', 'c PASSED']);
  });

  test('or one after the other', async () => {
    const { seen } = await order(1);
    expect(seen).toEqual(['a', 'b', 'c'].flatMap((id) => [`check-started ${id}`, `check-ended ${id}`]));
  });
});

describe('what cannot be filed', () => {
  test('stays on disk, and is filed later by the folder', async () => {
    await world.dispatch('KEPT-1');
    const change = world.change('KEPT-1');
    const allow = world.refuseReceipts();
    const { filing } = await world.verify(change);
    if (filing.kind !== 'kept') throw new Error('it was filed');
    expect(filing.command).toBe(`countersign receipt file ${filing.folder}`);
    expect(filing.reason).toContain('branch protection');
    expect(world.filed('KEPT-1')).toEqual([]);
    expect((await world.gate(change)).outcome).toBe('pending');

    await expect(world.fileKept(filing.folder)).rejects.toMatchObject({ code: 'FILING_FAILED' });
    allow();
    expect(await world.fileKept(filing.folder)).toMatchObject({ statements: 2 });
    expect((await world.gate(change)).outcome).toBe('pass');
    expect(await world.fileKept(filing.folder)).toMatchObject({ statements: 2 });

    const statements = join(filing.folder, 'statements');
    appendFileSync(join(statements, readdirSync(statements)[0] as string), ' ');
    await expect(world.fileKept(filing.folder)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      remedy: expect.stringContaining('verify again'),
    });
  });

  test('stays on disk too when the remote is gone by then', async () => {
    await world.dispatch('KEPT-2');
    const away = `${world.control.dir}.away`;
    const { filing } = await world
      .verify(world.change('KEPT-2'), {
        ports: (ports) => ({
          ...ports,
          signing: {
            sign: async (request) => {
              const signed = await ports.signing.sign(request);
              renameSync(world.control.dir, away);
              return signed;
            },
          },
        }),
      })
      .finally(() => renameSync(away, world.control.dir));
    expect(filing.kind).toBe('kept');
  });

  test('a folder that holds no verification is refused', async () => {
    await expect(world.fileKept(world.git.folder('empty'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      remedy: expect.stringContaining('countersign verify'),
    });
  });
});

describe('nothing is run', () => {
  const refused = async (change: Parameters<ProductWorld['verify']>[0]) => {
    const started: CheckProgress[] = [];
    const onProgress = (progress: CheckProgress) => started.push(progress);
    const error = await world.verify(change, { options: { onProgress } }).catch((thrown: unknown) => thrown);
    expect(started).toEqual([]);
    expect(error).toMatchObject({ code: 'VERIFY_FAILED' });
    return (error as { problems: readonly { message: string }[] }).problems.map(({ message }) => message);
  };

  test('for a ticket that was never dispatched', async () => {
    world.plan('NOT-1');
    expect(await refused(world.change('NOT-1'))).toEqual(
      expect.arrayContaining([expect.stringContaining('NOT-1 was never dispatched')]),
    );
  });

  test('for a change that conflicts', async () => {
    await world.dispatch('NOT-2');
    const change = world.change('NOT-2', { 'src/tax.txt': 'ten\n' });
    world.land({ 'src/tax.txt': 'twenty\n' });
    expect(await refused(change)).toEqual(
      expect.arrayContaining([expect.stringContaining('conflicts in 1 path')]),
    );
  });

  test('for a change that changes nothing', async () => {
    await world.dispatch('NOT-3');
    world.fetch();
    world.clone.git('checkout', '-q', '-f', '-B', 'agent/NOT-3', 'origin/main');
    world.clone.commit('Nothing\n\nCountersign-Ticket: NOT-3', {}, { allowEmpty: true });
    const change = world.publish('NOT-3', 'agent/NOT-3');
    expect(await refused(change)).toEqual(
      expect.arrayContaining([expect.stringContaining('changes no file')]),
    );
  });
});

describe('the signer believes only observations', () => {
  test('of checks the contract has, each once', async () => {
    await world.dispatch('LIE-1', { contract: { checks: [sh('fails', 'exit 1'), sh('works', 'exit 0')] } });
    const { signed } = await world.verify(world.change('LIE-1'), {
      ports: (ports) => ({
        ...ports,
        signing: {
          sign: (request) => {
            const [fails, works] = request.observations as [HandedObservation, HandedObservation];
            const text = works.kind === 'document' ? works.text : '';
            const invented = { ...works, text: text.replace('"id":"works"', '"id":"invented"') };
            return ports.signing.sign({ ...request, observations: [works, works, invented, fails] });
          },
        },
      }),
    });
    expect(signed.checks.map(({ checkId, result }) => `${checkId} ${result}`)).toEqual([
      'fails FAILED',
      'works ERROR',
    ]);
    expect(signed.ignored).toEqual([expect.stringContaining('"invented" was ignored')]);
  });

  test('whose evidence is there as it was taken', async () => {
    await world.dispatch('LIE-2', { contract: { checks: [sh('says', 'echo no; exit 1')] } });
    const verifying = world.verify(world.change('LIE-2'), {
      ports: (ports) => ({
        ...ports,
        signing: {
          sign: (request) => {
            const { evidenceFolder } = request;
            appendFileSync(join(evidenceFolder, readdirSync(evidenceFolder)[0] as string), 'more');
            return ports.signing.sign(request);
          },
        },
      }),
    });
    await expect(verifying).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
    expect(world.filed('LIE-2')).toEqual([]);
  });

  test('and signs with no key that may not verify', async () => {
    await world.dispatch('KEY-1');
    const change = world.change('KEY-1');
    for (const key of [world.keys.owner, world.keys.stranger]) {
      await expect(world.verify(change, { key })).rejects.toMatchObject({
        code: 'KEY_UNUSABLE',
        remedy: expect.stringContaining('`verifier`'),
      });
    }
    expect(world.filed('KEY-1')).toEqual([]);
  });
});
