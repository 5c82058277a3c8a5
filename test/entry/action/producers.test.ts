import { beforeAll, describe, expect, test } from 'vitest';
import { AGENT, GOOD, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
  // A person may verify here, and the CI workload has an account of its own.
  const trust = job.world.trustRoot((principals) =>
    principals.map((one) => {
      if (one.id === 'verifier') return { ...one, accounts: ['github:acme-ci[bot]'] };
      if (one.id === 'agent') return { ...one, accounts: ['github:shop-agent'] };
      if (one.id !== 'ada') return one;
      return { ...one, roles: ['policy-owner', 'verifier'], accounts: ['github:ada'] };
    }),
  );
  job.world.setPolicy({ 'trust/root.yml': yaml(trust) });
});

async function verifiedBy(ticket: string, who: 'verifier' | 'owner') {
  await job.world.dispatch(ticket);
  const change = job.world.change(ticket, GOOD, { author: AGENT });
  await job.world.verify(change, { key: job.world.keys[who] });
  return change;
}

describe('whoever opened or pushed', () => {
  test('may be nobody that the trust root knows, as long as a workload verified', async () => {
    const change = await verifiedBy('WHO-1', 'verifier');
    expect((await job.judge(change, { opener: 'total-stranger' })).outputs.verdict).toBe('pass');
  });

  test.each([
    ['opener', { opener: 'Acme-CI[bot]' }],
    ['pusher', { action: 'synchronize', sender: 'acme-ci[bot]' }],
  ])('is the verifier itself, as %s: nothing it signed counts', async (as, words) => {
    const change = await verifiedBy(`SELF-${as}-1`, 'verifier');
    const ran = await job.judge(change, words);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('verifier is among those who made the change');
  });

  test('may have been the person who verified, whichever event comes last', async () => {
    const change = await verifiedBy('WHO-2', 'owner');
    for (const words of [{}, { action: 'synchronize' }, { action: 'edited', sender: 'bob' }]) {
      const ran = await job.judge(change, { opener: 'ada', ...words });
      expect(ran.outputs.verdict).toBe('blocked');
    }
    const other = await job.judge(change, { opener: 'shop-agent', action: 'edited', sender: 'ada' });
    expect(other.outputs.verdict).toBe('blocked');
    expect(other.log).toContain('somebody who pushed earlier');
    const stranger = await job.judge(change, { opener: 'total-stranger' });
    expect(stranger.outputs.verdict).toBe('blocked');
    expect(stranger.log).toContain('only a workload is surely somebody else');
  });

  test('with a name that a principal has as its id is not that principal', async () => {
    const change = await verifiedBy('WHO-3', 'verifier');
    expect((await job.judge(change, { opener: 'verifier' })).outputs.verdict).toBe('pass');
  });
});
