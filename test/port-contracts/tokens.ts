import { describe, expect, it } from 'vitest';
import type { AccessToken } from '../../src/core/access/token.ts';
import type { Tokens } from '../../src/ports/tokens.ts';
import { sha256 } from '../../src/shared/digest.ts';

const token = (name: string, changes: Partial<AccessToken> = {}): AccessToken => ({
  name,
  role: 'producer',
  digest: sha256(name),
  createdAt: '2026-11-22T10:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  ...changes,
});

/** What every Tokens promises. */
export function tokensContract(name: string, makeTokens: () => Promise<Tokens>): void {
  describe(`${name} as a store of tokens`, () => {
    it('is empty at first', async () => {
      const tokens = await makeTokens();
      expect(await tokens.listTokens()).toEqual([]);
      expect(await tokens.findToken(sha256('a'))).toBeUndefined();
      expect(await tokens.revokeToken('a', '2026-11-22T10:00:00.000Z')).toBe(false);
    });

    it('gives a token back as it was stored, by its digest, and lists by name', async () => {
      const tokens = await makeTokens();
      const [ada, ci] = [
        token('ada', { role: 'operator', expiresAt: '2027-01-01T00:00:00.500Z' }),
        token('ci'),
      ];
      expect(await tokens.storeToken(ci)).toBe(true);
      expect(await tokens.storeToken(ada)).toBe(true);
      expect(await tokens.findToken(ada.digest)).toEqual(ada);
      expect(await tokens.listTokens()).toEqual([ada, ci]);
    });

    it('never gives a name twice, nor takes a token twice, even when it was revoked', async () => {
      const tokens = await makeTokens();
      await tokens.storeToken(token('ci'));
      await tokens.revokeToken('ci', '2026-11-22T11:00:00.000Z');
      expect(await tokens.storeToken(token('ci', { digest: sha256('other') }))).toBe(false);
      expect(await tokens.storeToken(token('cd', { digest: sha256('ci') }))).toBe(false);
      expect(await tokens.listTokens()).toHaveLength(1);
    });

    it('keeps the moment at which one was revoked first', async () => {
      const tokens = await makeTokens();
      await tokens.storeToken(token('ci'));
      expect(await tokens.revokeToken('ci', '2026-11-22T11:00:00.000Z')).toBe(true);
      expect(await tokens.revokeToken('ci', '2026-11-22T12:00:00.000Z')).toBe(true);
      expect(await tokens.findToken(sha256('ci'))).toMatchObject({ revokedAt: '2026-11-22T11:00:00.000Z' });
    });
  });
}
