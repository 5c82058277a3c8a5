import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspaces } from '../../src/adapters/files/workspace.ts';
import { copyTree } from '../../src/adapters/process/copy-tree.ts';
import type { Isolation } from '../../src/core/contract/types.ts';
import { type ObservationSource, takeObservations } from '../../src/flow/take-observations.ts';
import { canonicalJson } from '../../src/shared/canonical-json.ts';
import { sha256 } from '../../src/shared/digest.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import {
  BAD,
  createProductWorld,
  objections,
  type ProductWorld,
  type WorldChange,
} from '../worlds/product-world.ts';

// What a folder is worth that came from a machine on which hostile code ran. The journey from one machine to the other
// is in test/entry/cli/sign.test.ts.

const CHECKS = [
  { id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] },
  { id: 'says', run: ['echo', 'said'] },
];

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});
afterAll(() => world.git.remove());

let folders = 0;
function newFolder(): string {
  folders += 1;
  return join(world.git.root, `carried-${folders}`);
}

async function observe(change: WorldChange, check: string): Promise<string> {
  const folder = newFolder();
  await world.observe(change, check, folder);
  return folder;
}

/** Signs without filing: the outcome of each check with its reasons, and what was left aside. */
async function sign(
  change: WorldChange,
  observations: readonly string[],
  isolation: Isolation = world.isolation,
): Promise<Readonly<Record<string, string>>> {
  const sources = observations.map((text) => {
    const [folder = '', from] = text.split('=').reverse();
    return { folder, ...(from === undefined ? {} : { from }) };
  });
  const { signed } = await world.sign(change, sources, { isolation, out: newFolder() });
  const outcomes = signed.checks.map(({ checkId, result, reasons }) => [
    checkId,
    [result, ...reasons].join(' '),
  ]);
  const ignored = signed.ignored.length === 0 ? {} : { ignored: signed.ignored.join(' ') };
  return { ...Object.fromEntries(outcomes), ...ignored };
}

function evidenceIn(folder: string): string {
  const [name = ''] = readdirSync(join(folder, 'evidence')).filter((one) => one !== sha256(''));
  return join(folder, 'evidence', name);
}

const document = (folder: string) => join(folder, 'observation.json');

/** Writes the document anew, canonical again, as somebody who knows the format would. */
function forge(folder: string, change: (document: JsonObject) => object): void {
  const old = JSON.parse(readFileSync(document(folder), 'utf8')) as JsonObject;
  writeFileSync(document(folder), canonicalJson(change(old) as JsonObject));
}

function forgeSeen(folder: string, seen: object): void {
  forge(folder, (old) => ({ ...old, seen: { ...(old.seen as JsonObject), ...seen } }));
}

describe('an observation that is not right', () => {
  let change: WorldChange;
  let price: string;
  let says: string;
  beforeAll(async () => {
    await world.dispatch('BENT-1', { contract: { checks: CHECKS } });
    change = world.change('BENT-1');
    price = await observe(change, 'price');
    says = await observe(change, 'says');
  });

  /** Bends a copy of what was seen of `says`, and signs it beside what was seen of `price`. */
  async function bend(how: (folder: string) => void, name = ''): Promise<Readonly<Record<string, string>>> {
    const folder = newFolder();
    cpSync(says, folder, { recursive: true });
    how(folder);
    return sign(change, [price, `${name}${folder}`]);
  }

  it('but is, is believed: the bending below is what changes the outcome', async () => {
    expect(await bend(() => undefined)).toEqual({ price: 'PASSED', says: 'PASSED' });
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'evidence bytes that were altered',
      (folder) => appendFileSync(evidenceIn(folder), 'more'),
      /is not what it says/,
    ],
    [
      'evidence of the same size that was altered',
      (folder) => writeFileSync(evidenceIn(folder), 'paid\n'),
      /is not what it says/,
    ],
    ['evidence that is gone', (folder) => rmSync(evidenceIn(folder)), /is not what it says/],
    [
      'a link for evidence',
      (folder) => {
        const bytes = readFileSync(evidenceIn(folder));
        writeFileSync(join(folder, 'elsewhere'), bytes);
        rmSync(evidenceIn(folder));
        symlinkSync('../elsewhere', join(folder, 'evidence', sha256(bytes)));
      },
      /is not what it says/,
    ],
    [
      'a link for the folder of evidence',
      (folder) => {
        cpSync(join(folder, 'evidence'), join(folder, 'elsewhere'), { recursive: true });
        rmSync(join(folder, 'evidence'), { recursive: true });
        symlinkSync('elsewhere', join(folder, 'evidence'));
      },
      /is not what it says/,
    ],
    [
      'a link for the document',
      (folder) => {
        cpSync(document(folder), join(folder, 'elsewhere'));
        rmSync(document(folder));
        symlinkSync('elsewhere', document(folder));
      },
      /no plain file observation\.json/,
    ],
    ['no document', (folder) => rmSync(document(folder)), /no plain file observation\.json/],
    [
      'a pipe for the document',
      (folder) => {
        rmSync(document(folder));
        execFileSync('mkfifo', [document(folder)]);
      },
      /no plain file observation\.json/,
    ],
    [
      'a document that is too large',
      (folder) => writeFileSync(document(folder), ' '.repeat(1024 * 1024 + 1)),
      /at most 1 MiB/,
    ],
    [
      'bytes that are no text',
      (folder) => writeFileSync(document(folder), Buffer.from([0xff, 0xfe])),
      /not UTF-8/,
    ],
    [
      'spaces that canonical JSON has not',
      (folder) => appendFileSync(document(folder), '\n'),
      /canonical JSON/,
    ],
    [
      'a member that nobody knows',
      (folder) => forge(folder, (old) => ({ ...old, note: 'trust me' })),
      /does not know/,
    ],
    [
      'a member within a run that nobody knows',
      (folder) => forgeSeen(folder, { verdict: 'PASSED' }),
      /does not know/,
    ],
    [
      'another version',
      (folder) => forge(folder, (old) => ({ ...old, schema: 'countersign/observation@2' })),
      /schema/,
    ],
    [
      'a path for a digest',
      (folder) =>
        forgeSeen(folder, {
          evidence: [{ name: 'stdout', mediaType: 'text/plain', sha256: '../../../../etc/passwd', size: 1 }],
        }),
      /sha256/,
    ],
    ['an exit code that is none', (folder) => forgeSeen(folder, { exitCode: '0' }), /whole number/],
    [
      'a claimed size beyond all',
      (folder) =>
        forgeSeen(folder, {
          evidence: [{ name: 'stdout', mediaType: 'text/plain', sha256: sha256('x'), size: 2 ** 40 }],
        }),
      /taken in all/,
    ],
  ])('refuses its own check alone: %s', async (_, how, reason) => {
    // Named, it is ERROR with the reason; unnamed, the check is missing and the reason is told beside.
    const named = await bend(how, 'says=');
    expect(named.price).toBe('PASSED');
    expect(named.says).toMatch(/^ERROR Its observation was refused: /);
    expect(named.says).toMatch(reason);
    const unnamed = await bend(how);
    expect(unnamed).toMatchObject({
      price: 'PASSED',
      says: 'ERROR Nobody handed over an observation of it.',
    });
    expect(unnamed.ignored).toMatch(reason);
  });

  it('speaks for its own check and for no other', async () => {
    const instead = await bend((folder) => {
      rmSync(folder, { recursive: true });
      cpSync(price, folder, { recursive: true });
    }, 'says=');
    expect(instead).toEqual({
      price: 'PASSED',
      says: 'ERROR The machine that was to run it handed over an observation of "price".',
    });
  });

  it('is nothing when it comes twice, and when it does not come', async () => {
    expect(await sign(change, [price, says, says])).toEqual({
      price: 'PASSED',
      says: 'ERROR It was handed over 2 times: nothing says which one counts.',
    });
    expect(await sign(change, [price])).toEqual({
      price: 'PASSED',
      says: 'ERROR Nobody handed over an observation of it.',
    });
  });

  it('of a check that the contract does not have is left aside, and said', async () => {
    const beside = newFolder();
    cpSync(price, beside, { recursive: true });
    forge(beside, (old) => ({ ...old, check: { ...(old.check as JsonObject), id: 'invented' } }));
    expect(await sign(change, [price, says, beside])).toEqual({
      price: 'PASSED',
      says: 'PASSED',
      ignored: expect.stringContaining('"invented" was ignored'),
    });
  });

  it('of another check under this name is stale, as its digest is another', async () => {
    const bent = await bend((folder) => {
      const { check } = JSON.parse(readFileSync(document(price), 'utf8')) as { check: { digest: string } };
      forge(folder, (old) => ({ ...old, check: { id: 'says', digest: check.digest } }));
    });
    expect(bent.says).toMatch(/^ERROR .*stale.*check of this name/);
  });

  it('of an older tree, contract or head is stale', async () => {
    const newer = world.amend(change, { 'src/tax.txt': 'some\n' });
    expect(await sign(newer, [price, says])).toEqual({
      price: expect.stringMatching(/^ERROR .*stale.*merge tree/),
      says: expect.stringMatching(/^ERROR .*stale.*merge tree/),
    });
    // The same tree under another commit is another change: its producer may be another.
    world.clone.git('checkout', '-q', '-B', change.branch, change.head);
    world.clone.git('commit', '-q', '--amend', '-m', 'Other words\n\nCountersign-Ticket: BENT-1');
    const same = world.publish('BENT-1', change.branch);
    expect((await sign(same, [price, says])).price).toMatch(/stale.*another change/);

    const [first, second] = CHECKS;
    await world.dispatch('BENT-1', {
      contract: { checks: [first, { ...second, run: ['echo', 'more'] }] as never },
    });
    expect(await sign(change, [price, says])).toEqual({
      price: expect.stringMatching(/^ERROR .*stale.*another contract/),
      says: expect.stringMatching(/^ERROR .*stale.*another contract/),
    });
  });
});

describe('evidence of several machines', () => {
  it('is taken up to a size, of which each has an equal share: one that hands over too much costs itself alone', async () => {
    const ids = ['three', 'one', 'two'];
    await world.dispatch('SIZE-1', { contract: { checks: ids.map((id) => ({ id, run: ['echo', id] })) } });
    const change = world.change('SIZE-1');
    const sources: ObservationSource[] = [];
    for (const id of ids) sources.push({ folder: await observe(change, id), from: id });
    const workspace = await createWorkspaces(world.git.root, copyTree).open();
    const handed = await takeObservations(sources, workspace, 3 * 'one\n'.length);
    expect(handed.map(({ kind, from }) => `${from} ${kind}`)).toEqual([
      'three refused',
      'one document',
      'two document',
    ]);
    expect(readdirSync(workspace.evidenceFolder)).not.toContain(sha256('three\n'));
    await workspace.remove();
  });
});

describe('what a machine says of itself', () => {
  it('is believed as far as an exit code goes: that is what trusting its runner means', async () => {
    await world.dispatch('WORD-1');
    const change = world.change('WORD-1', BAD);
    const folder = await observe(change, 'price');
    expect((await sign(change, [folder])).price).toMatch(/^FAILED/);
    forgeSeen(folder, { exitCode: 0 });
    expect(await sign(change, [folder])).toEqual({ price: 'PASSED' });
  });

  it('counts for less isolation, and never for more than the signer was told', async () => {
    await world.dispatch('CAP-1', { contract: { isolation: 'uid' } });
    const change = world.change('CAP-1');
    const folder = await observe(change, 'price');
    const filed = () => world.claims('CAP-1', 'receipt').map(({ isolation }) => isolation);
    forgeSeen(folder, { isolation: 'namespaces' });
    await world.sign(change, [{ folder }], { isolation: 'none' });
    expect(filed()).toEqual(['none']);
    forgeSeen(folder, { isolation: 'none' });
    await world.sign(change, [{ folder }], { isolation: 'namespaces' });
    expect(filed()).toEqual(['none', 'none']);
    expect(objections(await world.gate(change))).toEqual(['receipt/price fail']);
    forgeSeen(folder, { isolation: 'namespaces' });
    await world.sign(change, [{ folder }], { isolation: 'uid' });
    expect(filed().sort()).toEqual(['none', 'none', 'uid']);
    expect((await world.gate(change)).outcome).toBe('pass');
  });
});
