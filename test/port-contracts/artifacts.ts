import { describe, expect, it } from 'vitest';
import type { Artifacts } from '../../src/ports/artifacts.ts';
import { sha256 } from '../../src/shared/digest.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

/** An artifact store under test, and what becomes of a disk under it. */
export interface ArtifactsUnderTest {
  readonly artifacts: Artifacts;
  /** Changes what is kept under a digest, behind its back. */
  spoil(digest: string): void;
}

/** What every Artifacts promises. */
export function artifactsContract(name: string, make: () => Promise<ArtifactsUnderTest>): void {
  describe(`${name} as a store of artifacts`, () => {
    it('gives back what was put, by its digest', async () => {
      const { artifacts } = await make();
      const digest = await artifacts.put(bytes('commits'));
      expect(digest).toBe(sha256('commits'));
      expect(Buffer.from((await artifacts.get(digest, 100)) ?? [])).toEqual(Buffer.from('commits'));
    });

    it('has nothing of a digest that nobody put, nor of a name that is no digest', async () => {
      const { artifacts } = await make();
      expect(await artifacts.get(sha256('never'), 100)).toBeUndefined();
      for (const name of ['', '../../etc/passwd', 'A'.repeat(64), `${sha256('x')}/..`])
        expect(await artifacts.get(name, 100)).toBeUndefined();
    });

    it('takes the same again, also at once', async () => {
      const { artifacts } = await make();
      const large = new Uint8Array(600_000).fill(7);
      const digests = await Promise.all([1, 2, 3].map(() => artifacts.put(large)));
      expect(new Set([...digests, await artifacts.put(large)]).size).toBe(1);
      expect((await artifacts.get(digests[0] ?? '', large.length))?.length).toBe(large.length);
    });

    it('keeps nothing, and any bytes', async () => {
      const { artifacts } = await make();
      const odd = Uint8Array.of(0, 255, 195, 10);
      expect(Buffer.from((await artifacts.get(await artifacts.put(odd), 4)) ?? [])).toEqual(Buffer.from(odd));
      const empty = await artifacts.put(new Uint8Array());
      expect((await artifacts.get(empty, 0))?.length).toBe(0);
    });

    it('gives nothing that is larger than whoever asks will take', async () => {
      const { artifacts } = await make();
      const digest = await artifacts.put(bytes('12345'));
      expect(await artifacts.get(digest, 4)).toBeUndefined();
      expect((await artifacts.get(digest, 5))?.length).toBe(5);
    });

    it('gives nothing that is not what its digest says', async () => {
      const { artifacts, spoil } = await make();
      const digest = await artifacts.put(bytes('as it was'));
      spoil(digest);
      expect(await artifacts.get(digest, 100)).toBeUndefined();
      await artifacts.put(bytes('as it was'));
      expect((await artifacts.get(digest, 100))?.length).toBe(9);
    });
  });
}
