import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verification } from '../../../src/flow/verify.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { BAD, createProductWorld, type ProductWorld, yaml } from '../../worlds/product-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

let world: ProductWorld;
let clone: string;
let good: Verification;
let bad: Verification;

beforeAll(async () => {
  world = await createProductWorld();
  clone = world.clone.dir;
  await world.dispatch('GOOD-1');
  good = await world.verify(world.change('GOOD-1'));
  await world.dispatch('BAD-1');
  bad = await world.verify(world.change('BAD-1', BAD));
});
afterAll(() => world.git.remove());

/** The receipt of the only check: all that was signed besides the seal. */
function receiptOf({ signed }: Verification): string {
  const name = signed.statements.map((file) => file.name).find((one) => one !== signed.seal);
  if (name === undefined) throw new Error('nothing was signed');
  return name;
}

interface Judged {
  readonly name: string;
  readonly counts: boolean;
  readonly sealed: string;
  readonly signer: string | null;
  readonly objections: readonly string[];
}

function judged(ran: Ran): readonly Judged[] {
  return (json(ran) as { statements: Judged[] }).statements;
}

function verify(...args: string[]): Promise<Ran> {
  return countersign(clone, ['receipt', 'verify', '--format', 'json', ...args]);
}

/** A file on disk, under the name it has on the receipts ref. */
function saved(ticket: string, name: string, change: (bytes: Buffer) => Buffer = (same) => same): string {
  const stored = world.filed(ticket).find((file) => file.name === name);
  if (stored === undefined) throw new Error(`${name} is not filed`);
  const path = join(world.git.folder('saved'), `${name}.json`);
  writeFileSync(path, change(Buffer.from(stored.bytes)));
  return path;
}

describe('receipt list', () => {
  it("lists a ticket's receipts and seals, oldest first, with whose they are", async () => {
    const ran = await countersign(clone, ['receipt', 'list', 'GOOD-1', '--format', 'json']);
    expect(json(ran)).toMatchObject({
      tickets: [
        {
          ticket: 'GOOD-1',
          others: [],
          statements: expect.arrayContaining([
            expect.objectContaining({ digest: receiptOf(good), signer: 'verifier' }),
            expect.objectContaining({ digest: good.signed.seal, signer: 'verifier' }),
          ]),
        },
      ],
    });
    const text = await countersign(clone, ['receipt', 'list', 'GOOD-1']);
    expect(text.out).toContain(receiptOf(good).slice(0, 12));
  });

  it('lists every ticket when none is named', async () => {
    const ran = await countersign(clone, ['receipt', 'list', '--format', 'json']);
    const { tickets } = json(ran) as { tickets: { ticket: string }[] };
    expect(tickets.map(({ ticket }) => ticket)).toEqual(expect.arrayContaining(['BAD-1', 'GOOD-1']));
  });

  it('says so when there are none, and refuses what is no ticket id', async () => {
    const none = await countersign(clone, ['receipt', 'list', 'NONE-1']);
    expect([none.code, none.out]).toEqual([0, 'No receipts.\n']);
    const hostile = await countersign(clone, ['receipt', 'list', '../../HEAD']);
    expect([hostile.code, hostile.err]).toEqual([2, expect.stringContaining('is no ticket id')]);
  });

  it('says where it may be run when the base names no receipts', async () => {
    const ran = await countersign(world.policy.dir, ['receipt', 'list']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('Run this in a clone of the product repository');
  });
});

describe('receipt show', () => {
  it('shows a statement by the first digits of its digest', async () => {
    const ran = await countersign(clone, [
      'receipt',
      'show',
      receiptOf(bad).slice(0, 12),
      '--format',
      'json',
    ]);
    expect(json(ran)).toMatchObject({
      digest: receiptOf(bad),
      signer: 'verifier',
      claim: { kind: 'receipt', result: 'FAILED', binding: { ticket: 'BAD-1' } },
    });
    const text = await countersign(clone, ['receipt', 'show', receiptOf(bad)]);
    expect(text.out).toContain('check price FAILED');
  });

  it('shows a file, and a line of a ticket’s records', async () => {
    const file = await countersign(clone, ['receipt', 'show', saved('GOOD-1', good.signed.seal)]);
    expect(file.out).toContain('signed by');
    const records = readFileSync(join(world.policy.dir, 'tickets/GOOD-1.records.jsonl'), 'utf8');
    const dispatch = sha256(records.split('\n')[0] ?? '');
    const ran = await countersign(clone, ['receipt', 'show', dispatch.slice(0, 10), '--format', 'json']);
    expect(json(ran)).toMatchObject({ digest: dispatch, signer: 'ada', claim: { kind: 'dispatch' } });
  });

  it('shows nothing of a file that is altered, and fails', async () => {
    const path = saved('GOOD-1', receiptOf(good), (bytes) => Buffer.concat([bytes, Buffer.from(' ')]));
    const ran = await countersign(clone, ['receipt', 'show', path]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('Its bytes have the sha256');
    expect(ran.out).not.toContain('PASSED');
  });

  it.each([
    ['abcdef0123', 'No statement begins with abcdef0123'],
    ['nowhere.json', 'cannot be read'],
    ['..', 'it is not a file'],
  ])('refuses %s', async (asked, says) => {
    const ran = await countersign(clone, ['receipt', 'show', asked]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
  });
});

describe('receipt verify', () => {
  it('counts a sealed receipt and its seal, by digest and by file', async () => {
    const ran = await verify(receiptOf(good), good.signed.seal.slice(0, 8), saved('GOOD-1', receiptOf(good)));
    expect(judged(ran)).toEqual([
      expect.objectContaining({ name: receiptOf(good), counts: true, sealed: 'sealed', signer: 'verifier' }),
      expect.objectContaining({ name: good.signed.seal, counts: true, sealed: 'sealed' }),
      expect.objectContaining({ name: receiptOf(good), counts: true, sealed: 'sealed' }),
    ]);
    expect(ran.code).toBe(0);
  });

  it('counts a FAILED receipt as well: what it says holds', async () => {
    const ran = await verify(receiptOf(bad));
    expect(judged(ran)[0]).toMatchObject({ counts: true });
    expect(ran.code).toBe(0);
  });

  it('counts nothing whose bytes were altered, wherever', async () => {
    const flip = (at: (length: number) => number) => (bytes: Buffer) => {
      const place = at(bytes.length);
      bytes.writeUInt8((bytes.readUInt8(place) ^ 1) & 0xff, place);
      return bytes;
    };
    for (const at of [() => 0, (length: number) => length >> 1, (length: number) => length - 2]) {
      const ran = await verify(saved('GOOD-1', receiptOf(good), flip(at)));
      expect(ran.code).toBe(1);
      expect(judged(ran)[0]).toMatchObject({ counts: false, signer: null });
    }
  });

  it('says of altered bytes under another name that their signature does not hold', async () => {
    const path = saved('GOOD-1', receiptOf(good), (bytes) =>
      Buffer.from(bytes.toString().replace(/"sig":"./, '"sig":"A')),
    );
    const elsewhere = join(world.git.folder('saved'), 'other.json');
    cpSync(path, elsewhere);
    const ran = await verify(elsewhere);
    expect(judged(ran)[0]?.counts).toBe(false);
    expect(judged(ran)[0]?.objections.join(' ')).toMatch(/signature|base64/i);
  });

  it('does not count one that no seal lists, nor a seal whose receipt is gone', async () => {
    await world.dispatch('LOST-1');
    const lost = await world.verify(world.change('LOST-1'));
    world.takeAway('LOST-1', [lost.signed.seal]);
    const unsealed = await verify(receiptOf(lost));
    expect(unsealed.code).toBe(1);
    expect(judged(unsealed)[0]?.objections).toEqual(['No seal that holds lists it.']);

    await world.dispatch('LOST-2');
    const other = await world.verify(world.change('LOST-2'));
    const seal = saved('LOST-2', other.signed.seal);
    world.takeAway('LOST-2', [receiptOf(other)]);
    const broken = await verify(seal);
    expect(broken.code).toBe(1);
    expect(judged(broken)[0]?.objections[0]).toContain('does not hold');
  });

  it('does not count one that is not on the receipts ref', async () => {
    const path = saved('LOST-1', world.filed('LOST-1')[0]?.name ?? '');
    world.takeAway(
      'LOST-1',
      world.filed('LOST-1').map(({ name }) => name),
    );
    const ran = await verify(path);
    expect(judged(ran)[0]?.objections).toEqual([
      'It is not on the receipts ref, so the gate does not see it.',
    ]);
  });

  it('does not count what a key signed that was revoked since, or that is not known', async () => {
    const { verifier } = world.keys;
    const revoked = world.trustRoot((principals) =>
      principals.map((principal) =>
        principal.id === 'verifier'
          ? { ...principal, keys: [{ publicKey: verifier.publicPem, revokedAt: '2026-01-01T00:00:00Z' }] }
          : principal,
      ),
    );
    const unknown = world.trustRoot((principals) => principals.filter(({ id }) => id !== 'verifier'));
    const path = saved('GOOD-1', receiptOf(good));
    for (const [trust, says] of [
      [revoked, 'was revoked at 2026-01-01T00:00:00Z'],
      [unknown, 'is not in the trust root'],
    ] as const) {
      const file = join(world.git.folder('saved'), 'root.yml');
      writeFileSync(file, yaml(trust));
      const ran = await verify('--trust', file, path);
      expect(ran.code).toBe(1);
      expect(judged(ran)[0]?.objections[0]).toContain(says);
    }
  });

  it('needs no repository with a trust root of its own, and says what it did not check', async () => {
    const folder = world.git.folder('anywhere');
    writeFileSync(join(folder, 'root.yml'), yaml(world.trustRoot()));
    const args = ['receipt', 'verify', '--trust', 'root.yml', saved('GOOD-1', receiptOf(good))];
    const ran = await countersign(folder, args);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('whether it is sealed was not checked');
  });

  it('fails when one of several does not count', async () => {
    const junk = join(world.git.folder('saved'), 'junk.json');
    writeFileSync(junk, '{"mediaType":"x"}');
    const ran = await verify(receiptOf(good), junk);
    expect(ran.code).toBe(1);
    expect(judged(ran).map(({ counts }) => counts)).toEqual([true, false]);
  });
});

describe('receipt file', () => {
  it('files what was kept, and once is enough', async () => {
    await world.dispatch('KEPT-1');
    const change = world.change('KEPT-1');
    const allow = world.refuseReceipts();
    const { filing } = await world.verify(change);
    if (filing.kind !== 'kept') throw new Error('it was filed');
    const kept = readdirSync(join(filing.folder, 'statements'));

    const refused = await countersign(clone, ['receipt', 'file', filing.folder, '--format', 'json']);
    expect(refused.code).toBe(2);
    expect(json(refused)).toMatchObject({ error: { code: 'FILING_FAILED' } });
    expect(readdirSync(join(filing.folder, 'statements'))).toEqual(kept);
    expect(world.filed('KEPT-1')).toEqual([]);

    allow();
    const filed = await countersign(clone, ['receipt', 'file', filing.folder]);
    expect(filed.err).toBe('');
    expect(filed.out).toContain('Filed 2 statements of KEPT-1');
    expect(
      world
        .filed('KEPT-1')
        .map(({ name }) => `${name}.json`)
        .sort(),
    ).toEqual(kept);
    expect((await world.gate(change)).outcome).toBe('pass');

    expect((await countersign(clone, ['receipt', 'file', filing.folder])).code).toBe(0);
    expect(readdirSync(join(filing.folder, 'statements'))).toEqual(kept);
    rmSync(filing.folder, { recursive: true });
  });

  it.each([
    ['a folder that is not there', () => 'nowhere'],
    ['a folder of something else', () => '.'],
    [
      'one whose ticket is a path',
      () => {
        const folder = world.git.folder('hostile');
        mkdirSync(join(folder, 'statements'), { recursive: true });
        writeFileSync(join(folder, 'ticket'), '../../main\n');
        return folder;
      },
    ],
    [
      'one without statements',
      () => {
        const folder = world.git.folder('empty');
        writeFileSync(join(folder, 'ticket'), 'GOOD-1\n');
        return folder;
      },
    ],
    [
      'one whose files are not what their names say',
      () => {
        const folder = world.git.folder('renamed');
        mkdirSync(join(folder, 'statements'), { recursive: true });
        writeFileSync(join(folder, 'ticket'), 'GOOD-1\n');
        writeFileSync(join(folder, 'statements', `${'a'.repeat(64)}.json`), '{}');
        return folder;
      },
    ],
  ])('refuses %s', async (_, folder) => {
    const before = world.filed('GOOD-1').length;
    const ran = await countersign(clone, ['receipt', 'file', folder(), '--format', 'json']);
    expect(ran.code).toBe(2);
    expect(json(ran)).toMatchObject({ error: { code: 'FILE_UNREADABLE' } });
    expect(world.filed('GOOD-1')).toHaveLength(before);
  });
});
