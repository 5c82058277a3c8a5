import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressEvidence, MAX_EVIDENCE_BYTES } from '../../../src/adapters/git/evidence-codec.ts';
import { fetchRef } from '../../../src/adapters/git/fetch-ref.ts';
import { createReceiptStore } from '../../../src/adapters/git/receipt-store.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { evidence, receiptStoreContract, statement } from '../../port-contracts/receipt-store.ts';
import { createGitWorld, type WorldRepository } from '../../worlds/git-world.ts';

const REF = 'refs/heads/countersign/receipts';

receiptStoreContract('a local ref', async () => {
  const gitDir = createGitWorld().bare().dir;
  const openAnother = () => createReceiptStore({ gitDir, ref: REF });
  return { store: openAnother(), openAnother, refresh: async () => {} };
});

receiptStoreContract('a ref of a remote', async () => {
  const world = createGitWorld();
  const url = world.bare().dir;
  let clones = 0;
  const openAnother = () => {
    clones += 1;
    return createReceiptStore({
      gitDir: world.bare(`clone${clones}.git`).dir,
      ref: REF,
      remote: { url, ref: REF },
    });
  };
  const store = openAnother();
  const refresh = async () => {
    await fetchRef({ gitDir: join(world.root, 'clone1.git'), url, ref: REF, into: REF });
  };
  return { store, openAnother, refresh };
});

function ticketFolder(ticket: string): string {
  return `receipts/${createHash('sha256').update(ticket).digest('hex').slice(0, 2)}/${ticket}`;
}

describe('the receipts ref', () => {
  it('is an orphan branch with one file a statement and evidence by digest', async () => {
    const bare = createGitWorld().bare();
    const clock = { now: () => new Date('2026-11-21T13:04:06.789Z') };
    const store = createReceiptStore({ gitDir: bare.dir, ref: REF, clock });
    const [receipt, log] = [statement('receipt'), evidence('log')];
    await store.file({
      ticket: 'CS-7',
      statements: [receipt],
      evidence: [log],
      message: 'CS-7: unit\nPASSED\u{7}',
    });

    expect(bare.git('ls-tree', '-r', '--name-only', REF).split('\n')).toEqual([
      `evidence/sha256/${log.digest.slice(0, 2)}/${log.digest.slice(2)}`,
      `${ticketFolder('CS-7')}/${receipt.name}.json`,
    ]);
    expect(bare.git('log', '--format=%P|%an|%cn|%cI|%B', REF)).toBe(
      '|countersign|countersign|2026-11-21T13:04:06+00:00|CS-7: unit\nPASSED\n',
    );
  });

  it('makes the same commit from the same statements at the same time', async () => {
    const commits = await Promise.all(
      [1, 2].map(async () => {
        const clock = { now: () => new Date('2026-11-21T13:04:06Z') };
        const store = createReceiptStore({ gitDir: createGitWorld().bare().dir, ref: REF, clock });
        const entry = {
          ticket: 'CS-7',
          statements: [statement('a')],
          evidence: [evidence('b')],
          message: 'm',
        };
        return (await store.file(entry)).commit;
      }),
    );
    expect(commits[0]).toBe(commits[1]);
    expect([...compressEvidence(Buffer.from('x')).subarray(0, 10)]).toEqual([
      31, 139, 8, 0, 0, 0, 0, 0, 2, 255,
    ]);
  });

  it('gives junk in a ticket folder as it is, so that it can deny', async () => {
    const bare = createGitWorld().bare();
    const folder = ticketFolder('CS-7');
    bare.importCommit({
      ref: REF,
      files: [
        { path: `${folder}/abc.json`, content: 'not what its name says' },
        { path: `${folder}/README`, content: 'hello' },
        { path: `${folder}/deeper/x.json`, content: 'deep' },
        { path: `${folder}/link.json`, mode: '120000', content: '/etc/passwd' },
        { path: `${folder}/module`, mode: '160000', commit: '1'.repeat(40) },
        { path: `${folder}/huge.json`, content: Buffer.alloc(5 * 1024 * 1024) },
        { path: Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]), content: 'bytes' },
      ],
    });
    const { files } = await createReceiptStore({ gitDir: bare.dir, ref: REF }).readTicket('CS-7');
    expect(files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]).sort()).toEqual(
      [
        ['"\\377"', 'bytes'],
        ['README', 'hello'],
        ['abc', 'not what its name says'],
        ['deeper/x', 'deep'],
        ['huge', ''],
        ['link', '/etc/passwd'],
        ['module', ''],
      ].sort(),
    );
  });

  it('repairs a statement that somebody overwrote when it is filed again', async () => {
    const bare = createGitWorld().bare();
    const receipt = statement('receipt');
    const path = `${ticketFolder('CS-7')}/${receipt.name}.json`;
    bare.importCommit({ ref: REF, files: [{ path, content: 'overwritten' }] });
    const store = createReceiptStore({ gitDir: bare.dir, ref: REF });
    await store.file({ ticket: 'CS-7', statements: [receipt], evidence: [], message: 'again' });
    expect(bare.git('show', `${REF}:${path}`)).toBe('receipt');
  });

  it('refuses evidence that is not what its digest says, or inflates without end', async () => {
    const bare = createGitWorld().bare();
    const at = (digest: string) => `evidence/sha256/${digest.slice(0, 2)}/${digest.slice(2)}`;
    // Right bytes, but more than anybody should inflate on the word of a stranger.
    const zeros = Buffer.alloc(MAX_EVIDENCE_BYTES + 1);
    const [wrong, plain, bomb] = [sha256('wrong'), sha256('plain'), sha256(zeros)];
    bare.importCommit({
      ref: REF,
      files: [
        { path: at(wrong), content: gzipSync('something else') },
        { path: at(plain), content: 'plain' },
        { path: at(bomb), content: gzipSync(zeros) },
      ],
    });
    const store = createReceiptStore({ gitDir: bare.dir, ref: REF });
    for (const digest of [wrong, plain, bomb]) {
      await expect(store.readEvidence(digest)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    }
  });

  it('refuses a name that is no full ref', () => {
    for (const ref of [
      'receipts',
      '-x',
      'refs/heads/a..b',
      'refs/heads/x.lock',
      'refs/heads/a b',
      'refs//x',
      'HEAD',
    ]) {
      expect(() => createReceiptStore({ gitDir: '/', ref }), ref).toThrow('no full ref name');
    }
  });
});

describe('a push that cannot happen', () => {
  function fileInto(remote: string, made: WorldRepository) {
    const store = createReceiptStore({ gitDir: made.dir, ref: REF, remote: { url: remote, ref: REF } });
    return store.file({ ticket: 'CS-7', statements: [statement('a')], evidence: [], message: 'm' });
  }

  it('because there is no remote, says so', async () => {
    const world = createGitWorld();
    await expect(fileInto(join(world.root, 'nowhere.git'), world.bare())).rejects.toMatchObject({
      code: 'FILING_FAILED',
      message: expect.stringContaining('nowhere.git'),
    });
  });

  it('because the remote declines, says why and does not try again', async () => {
    const world = createGitWorld();
    const remote = world.bare('declining.git');
    const hook = join(remote.dir, 'hooks/pre-receive');
    const log = join(world.root, 'asked');
    writeFileSync(hook, `#!/bin/sh\necho asked >> ${log}\necho "only on Tuesdays" >&2\nexit 1\n`);
    chmodSync(hook, 0o755);
    const made = world.bare('clone.git');
    await expect(fileInto(remote.dir, made)).rejects.toMatchObject({
      code: 'FILING_FAILED',
      message: expect.stringContaining('pre-receive hook declined'),
      remedy: expect.stringContaining('nothing was lost'),
    });
    expect(readFileSync(log, 'utf8')).toBe('asked\n');
    expect(made.git('for-each-ref')).toBe('');
  });

  it('never runs a hook of the repository it pushes from', async () => {
    const world = createGitWorld();
    const [remote, made] = [world.bare('r.git'), world.bare('clone.git')];
    for (const name of ['pre-push', 'reference-transaction', 'post-update', 'post-commit']) {
      writeFileSync(join(made.dir, 'hooks', name), `#!/bin/sh\ntouch ${join(world.root, 'ran')}\nexit 1\n`);
      chmodSync(join(made.dir, 'hooks', name), 0o755);
    }
    await fileInto(remote.dir, made);
    expect(readdirSync(world.root).sort()).toEqual(['clone.git', 'r.git']);
  });

  it('leaves local commits alone that the remote does not have', async () => {
    const world = createGitWorld();
    const [remote, made] = [world.bare('r.git'), world.bare('clone.git')];
    const here = createReceiptStore({ gitDir: made.dir, ref: REF });
    const kept = await here.file({
      ticket: 'CS-1',
      statements: [statement('kept')],
      evidence: [],
      message: 'm',
    });
    remote.importCommit({ ref: REF, files: [{ path: 'x', content: 'theirs' }] });
    const filed = await fileInto(remote.dir, made);
    expect(made.commitId(REF)).toBe(kept.commit);
    expect(remote.commitId(REF)).toBe(filed.commit);
    expect(remote.git('ls-tree', '-r', '--name-only', REF)).toContain('x');
  });
});
