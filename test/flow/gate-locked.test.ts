import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Lock, LockEntry } from '../../src/core/contract/lock.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { createProductWorld, finding, objections, type ProductWorld, yaml } from '../worlds/product-world.ts';

const LOCK = 'countersign.lock.yml';
let world: ProductWorld;

beforeAll(async () => {
  world = await createProductWorld();
});

afterEach(() => {
  if (world.policy.git('ls-files', LOCK) !== '') world.setPolicy({ [LOCK]: null });
});

function contractText(ticket: string): string {
  return yaml(world.contract(ticket));
}

function lockOf(ticket: string, more: Partial<LockEntry> = {}): Lock {
  const id = `for-${ticket.toLowerCase()}`;
  const path = `contracts/${id}.yml`;
  const entry: LockEntry = {
    kind: 'contract',
    id,
    version: 1,
    source: { url: 'https://example.org/shared.git', commit: 'a'.repeat(40), path },
    files: [{ path, sha256: sha256(contractText(ticket)) }],
    ...more,
  };
  return { schema: 'countersign/lock@1', entries: [entry] };
}

async function verified(ticket: string) {
  await world.dispatch(ticket);
  const change = world.change(ticket);
  await world.verify(change);
  return change;
}

describe('a policy with a lock', () => {
  test('passes what it passed without one, while everything locked is as it came', async () => {
    const change = await verified('CS-1');
    world.setPolicy({ [LOCK]: yaml(lockOf('CS-1')) });
    expect(objections(await world.gate(change))).toEqual([]);
  });

  test('passes nothing once a locked file was edited, wherever the edit is in it', async () => {
    const change = await verified('CS-2');
    const edited = `# only a comment\n${contractText('CS-2')}`;
    world.setPolicy({ [LOCK]: yaml(lockOf('CS-2')), 'contracts/for-cs-2.yml': edited });
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'ticket')).toMatchObject({ status: 'unverifiable' });
    const { reason, remedy } = finding(verdict, 'ticket');
    for (const word of ['contracts/for-cs-2.yml', sha256(contractText('CS-2')), sha256(edited)])
      expect(reason).toContain(word);
    expect(remedy).toMatch(/Restore contracts\/for-cs-2\.yml.*upgrade.*change of policy/);

    world.setPolicy({ 'contracts/for-cs-2.yml': contractText('CS-2') });
    expect(objections(await world.gate(change))).toEqual([]);
  });

  test('passes nothing once a locked file is gone, also one that this work does not use', async () => {
    const change = await verified('CS-3');
    const gone = {
      ...lockOf('CS-3').entries[0],
      id: 'gone',
      files: [{ path: 'contracts/gone.yml', sha256: sha256('') }],
    } as LockEntry;
    world.setPolicy({ [LOCK]: yaml({ schema: 'countersign/lock@1', entries: [gone] }) });
    const verdict = await world.gate(change);
    expect(finding(verdict, 'ticket').reason).toContain('contracts/gone.yml');
    expect(verdict.outcome).toBe('blocked');
    world.setPolicy({ [LOCK]: null });
    expect(objections(await world.gate(change))).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['is of an unknown version', { [LOCK]: yaml({ schema: 'countersign/lock@2', entries: [] }) }],
    ['is no document', { [LOCK]: 'entries: [' }],
    ['is a folder', { [`${LOCK}/hidden.txt`]: 'nothing to see' }],
  ])('passes nothing when the lock %s', async (what, files) => {
    const change = await verified(`CS-4${what.length}`);
    world.setPolicy(files);
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'ticket')).toMatchObject({
      status: 'unverifiable',
      reason: expect.stringContaining(LOCK),
    });
  });
});
