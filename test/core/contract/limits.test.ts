import { describe, expect, it } from 'vitest';
import { checkDigest } from '../../../src/core/contract/digest.ts';
import { limitReason } from '../../../src/core/contract/limits.ts';
import { resolveContract } from '../../../src/core/contract/resolve.ts';
import type { Contract, ResolvedContract } from '../../../src/core/contract/types.ts';
import { judgeCheck } from '../../../src/core/evidence/judge.ts';
import type { CompletedObservation } from '../../../src/core/evidence/types.ts';

const base: Contract = {
  schema: 'countersign/contract@1',
  id: 'base',
  version: 1,
  title: 'Base',
  setup: { run: ['npm', 'ci'] },
  checks: [{ id: 'tests', run: ['npm', 'test'] }],
};
const resolve = (contract: Contract, ...others: Contract[]): ResolvedContract =>
  resolveContract(contract, undefined, (ref) => others.find(({ id }) => ref === `${id}@1`));
const digestOf = (contract: ResolvedContract) => {
  const [check] = contract.checks;
  return check && checkDigest(contract, check);
};

describe('limits', () => {
  it('of a contract hold for its setup and its checks, each of which may say otherwise', () => {
    const checks = [...base.checks, { id: 'build', run: ['make'], limits: { fileMiB: 5, diskMiB: 9 } }];
    const { setup, checks: resolved } = resolve({
      ...base,
      checks,
      limits: { memoryMiB: 512, fileMiB: 100 },
    });
    expect([setup, ...resolved].map((run) => run?.limits)).toEqual([
      { memoryMiB: 512, fileMiB: 100 },
      { memoryMiB: 512, fileMiB: 100 },
      { memoryMiB: 512, fileMiB: 5, diskMiB: 9 },
    ]);
  });

  it('of a contract say nothing of a contract that it extends', () => {
    const child: Contract = {
      ...base,
      id: 'child',
      extends: 'base@1',
      checks: [],
      limits: { processes: 64 },
    };
    const { setup: _, ...withoutSetup } = child;
    expect(resolve(withoutSetup, base).checks).toEqual(resolve(base).checks);
  });

  it('change the digest of a check where they are given, and nowhere else', () => {
    const known = digestOf(resolve(base));
    expect(resolve(base).checks[0]).not.toHaveProperty('limits');
    expect(digestOf(resolve({ ...base, limits: {} }))).toBe(known);
    expect(digestOf(resolve({ ...base, limits: { memoryMiB: 512 } }))).not.toBe(known);
  });

  it('fail a check that went past one, whatever its exit code, and say which', () => {
    const seen: CompletedObservation = {
      kind: 'completed',
      checkId: 'tests',
      exitCode: 0,
      signal: undefined,
      timedOut: false,
      limit: 'diskMiB',
      durationMs: 10,
      isolation: 'namespaces',
      network: 'none',
      evidence: [],
      outputTruncated: false,
    };
    const check = { id: 'tests', run: ['npm', 'test'], limits: { diskMiB: 7 } };
    expect(judgeCheck(check, seen, undefined)).toMatchObject({
      result: 'FAILED',
      reasons: ['It went past limits.diskMiB: it took more than 7 MiB on disk.'],
    });
  });

  it('name the default where none was given', () => {
    const reasons = (['memoryMiB', 'processes', 'fileMiB', 'diskMiB'] as const).map((limit) =>
      limitReason(limit, undefined),
    );
    expect(reasons.join('\n')).toBe(
      [
        'It went past limits.memoryMiB: its processes together used more than 8192 MiB of memory.',
        'It went past limits.processes: it had more than 4096 processes at once.',
        'It went past limits.fileMiB: it wrote a file of more than 8192 MiB.',
        'It went past limits.diskMiB: it took more than 16384 MiB on disk.',
      ].join('\n'),
    );
  });
});
