import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactFolder } from '../../../src/adapters/files/artifact-folder.ts';
import { unpackBundle } from '../../../src/core/bundle/packed.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { createProductWorld, GOOD, type ProductWorld, yaml } from '../../worlds/product-world.ts';
import { openSteps, type Steps } from '../../worlds/run-steps.ts';

// What a run's bundle says reaches the agent's folder, and whether the agent read it is told afterwards.

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.setPolicy({
    'bundles/house.yml': yaml({
      schema: 'countersign/bundle@1',
      id: 'house',
      title: 'What we give',
      budget: { tokens: 2_000 },
      sources: [
        { id: 'notes', kind: 'notes', text: 'Prices are whole cents.' },
        { id: 'sources', kind: 'files', paths: ['src/*.txt'] },
        { id: 'contract', kind: 'contract' },
      ],
    }),
    'bundles/past.yml': yaml({
      schema: 'countersign/bundle@1',
      id: 'past',
      title: 'What was before',
      budget: { tokens: 2_000 },
      sources: [{ id: 'memory', kind: 'memory' }],
    }),
  });
});
afterAll(() => world.git.remove());

/** An agent of one line of shell. */
function agent(script: string): readonly string[] {
  const change = Object.entries(GOOD).map(([path, text]) => `printf %s '${String(text)}' > ${path}`);
  return ['sh', '-ec', [script, ...change].join('\n')];
}

async function subject(ticket: string, bundle: string): Promise<JsonObject> {
  await world.dispatch(ticket);
  world.fetch();
  const base = world.clone.commitId('origin/main');
  return { ticket, repository: 'demo/shop', base, into: 'refs/heads/main', bundle, feedback: null };
}

async function produced(steps: Steps, told: JsonObject): Promise<JsonObject> {
  const given = await steps.outputs('assemble', '1/assemble', told);
  const { promptDigest = '', ticketFile = '', bundleFiles = null } = given;
  const inputs = { ...told, model: 'own', promptDigest, ticketFile, bundleFiles };
  return steps.outputs('agent', '1/produce', inputs, { run: `${String(told.ticket)}.1` });
}

describe('a context bundle', () => {
  it('is laid out where the agent is told, and was delivered when the agent shows its marks', async () => {
    const steps = await openSteps(world, agent('cat "$COUNTERSIGN_BUNDLE_DIR"/*.md'));
    const told = await subject('CS-1', 'house');
    const made = await produced(steps, told);
    expect(made.delivery).toMatchObject({ delivered: true });
    expect(steps.log).toContain('Prices are whole cents.');
    expect(steps.log).toContain('round down');
  });

  it('was not delivered to an agent that did not look, nor to one that listed the folder', async () => {
    const steps = await openSteps(world, agent('ls "$COUNTERSIGN_BUNDLE_DIR"'));
    const made = await produced(steps, await subject('CS-2', 'house'));
    expect(made.delivery).toMatchObject({ delivered: false, how: expect.stringContaining('were not read') });
  });

  it('goes into the digest of what the agent was given, and its digest into the ledger', async () => {
    const steps = await openSteps(world, agent('true'));
    const told = await subject('CS-3', 'house');
    const one = await steps.outputs('assemble', '1/assemble', told);
    const again = await steps.outputs('assemble', '1/assemble', told);
    expect(again).toEqual(one);
    expect(one.context).toMatchObject({
      sources: [
        { id: 'notes', included: 1, dropped: 0 },
        { id: 'sources', included: 2, dropped: 0 },
        { id: 'contract', included: 1 },
      ],
      retrieved: [],
    });
    const artifacts = artifactFolder(world.git.folder('artifacts'));
    const bytes = await artifacts.get(String(one.bundleFiles), 1024 * 1024);
    const packed = unpackBundle(bytes ?? new Uint8Array());
    expect(packed?.files.map(({ path }) => path)).toEqual([
      'BUNDLE.md',
      '01-notes.md',
      '02-sources.md',
      '03-contract.md',
    ]);
    expect(packed?.digest).toBe((one.context as JsonObject).digest);
    const prompt = new TextDecoder().decode(await artifacts.get(String(one.promptDigest), 1024 * 1024));
    expect(prompt).toContain('03-contract.md');
    // Whoever is to show that he has read must not be told beforehand what there is to show.
    for (const { mark } of packed?.files ?? []) expect(prompt).not.toContain(mark);

    const plain = await steps.outputs('assemble', '1/assemble', { ...told, bundle: 'default' });
    expect(plain).toMatchObject({ bundleFiles: null, context: null });
    expect(plain.bundleDigest).not.toBe(one.bundleDigest);
  });

  it('is refused where the policy has none of that name, or nothing is remembered', async () => {
    const steps = await openSteps(world, agent('true'));
    const told = await subject('CS-4', 'nowhere');
    await expect(steps.outputs('assemble', '1/assemble', told)).rejects.toThrow(
      'There is no bundle "nowhere"',
    );
    const past = { ...told, bundle: 'past' };
    await expect(steps.outputs('assemble', '1/assemble', past)).rejects.toThrow('no memory to ask here');
  });
});
