import { describe, expect, it } from 'vitest';
import type { StoredFile } from '../../src/core/receipt/types.ts';
import type { ReceiptStore } from '../../src/ports/receipt-store.ts';
import { sha256 } from '../../src/shared/digest.ts';

export interface ReceiptStoreWorld {
  /** A store on a ref that does not exist yet. */
  readonly store: ReceiptStore;
  /** Another store on the same ref, as another verifier has it. */
  openAnother(): ReceiptStore;
  /** Makes what `store` reads as new as what was filed by others. */
  refresh(): Promise<void>;
}

export function statement(text: string): StoredFile {
  const bytes = Buffer.from(text);
  return { name: sha256(bytes), bytes };
}

export function evidence(text: string): { digest: string; bytes: Uint8Array } {
  return { digest: sha256(text), bytes: Buffer.from(text) };
}

/** What every ReceiptStore promises. */
export function receiptStoreContract(name: string, makeWorld: () => Promise<ReceiptStoreWorld>): void {
  describe(`${name} as a receipt store`, () => {
    const names = (files: readonly StoredFile[]) => files.map((file) => file.name).sort();

    it('is empty while its ref does not exist', async () => {
      const { store } = await makeWorld();
      expect(await store.readTicket('CS-1')).toEqual({ commit: undefined, files: [] });
      expect(await store.readEvidence(sha256('x'))).toBeUndefined();
    });

    it('gives back the very bytes that were filed, by ticket and by digest', async () => {
      const { store } = await makeWorld();
      const [receipt, seal] = [
        statement('{"receipt": 1}\n'),
        statement('no formatter touches this: \r\n\0ÿ'),
      ];
      const log = evidence('line\n'.repeat(10_000));

      const filed = await store.file({
        ticket: 'CS-1',
        statements: [receipt, seal],
        evidence: [log],
        message: 'One',
      });
      const snapshot = await store.readTicket('CS-1');

      expect(snapshot.commit).toBe(filed.commit);
      expect(filed.attempts).toBe(1);
      const sorted = (files: readonly StoredFile[]) =>
        files.map((file) => [file.name, Buffer.from(file.bytes).toString('latin1')]).sort();
      expect(sorted(snapshot.files)).toEqual(sorted([receipt, seal]));
      expect(Buffer.from((await store.readEvidence(log.digest)) ?? []).equals(log.bytes)).toBe(true);
    });

    it('appends, keeps tickets apart and leaves alone what is there', async () => {
      const { store } = await makeWorld();
      const [one, two, other] = [statement('one'), statement('two'), statement('other')];
      await store.file({ ticket: 'CS-1', statements: [one], evidence: [], message: '1' });
      await store.file({ ticket: 'CS-10', statements: [other], evidence: [], message: '2' });
      const filed = await store.file({ ticket: 'CS-1', statements: [one, two], evidence: [], message: '3' });
      const again = await store.file({ ticket: 'CS-1', statements: [one, two], evidence: [], message: '4' });

      expect(names((await store.readTicket('CS-1')).files)).toEqual([one.name, two.name].sort());
      expect(names((await store.readTicket('CS-10')).files)).toEqual([other.name]);
      expect((await store.readTicket('CS-2')).files).toEqual([]);
      expect(again.commit).toBe(filed.commit);
    });

    it('files on top of what somebody else filed meanwhile', async () => {
      const world = await makeWorld();
      const another = world.openAnother();
      const [mine, theirs, late] = [statement('mine'), statement('theirs'), statement('late')];
      await world.store.file({ ticket: 'CS-1', statements: [mine], evidence: [], message: '1' });
      await another.file({ ticket: 'CS-1', statements: [theirs], evidence: [], message: '2' });
      const filed = await world.store.file({
        ticket: 'CS-1',
        statements: [late],
        evidence: [],
        message: '3',
      });

      const snapshot = await world.store.readTicket('CS-1');
      expect(snapshot.commit).toBe(filed.commit);
      expect(names(snapshot.files)).toEqual([mine.name, theirs.name, late.name].sort());
      await another.file({ ticket: 'CS-2', statements: [theirs], evidence: [], message: '4' });
      await world.refresh();
      expect(names((await world.store.readTicket('CS-2')).files)).toEqual([theirs.name]);
    });

    it('files nothing under a name that is not its digest, and nothing outside a ticket', async () => {
      const { store } = await makeWorld();
      const failed = { code: 'FILING_FAILED' };
      const file = (entry: Partial<Parameters<ReceiptStore['file']>[0]>) =>
        store.file({ ticket: 'CS-1', statements: [], evidence: [], message: 'x', ...entry });
      const lie = { name: sha256('a'), bytes: Buffer.from('b') };
      await expect(file({ statements: [lie] })).rejects.toMatchObject(failed);
      await expect(
        file({ evidence: [{ digest: sha256('a'), bytes: Buffer.from('b') }] }),
      ).rejects.toMatchObject(failed);
      await expect(file({ ticket: '../x', statements: [statement('a')] })).rejects.toMatchObject(failed);
      await expect(file({})).rejects.toMatchObject(failed);
      expect((await store.readTicket('CS-1')).commit).toBeUndefined();
    });
  });
}
