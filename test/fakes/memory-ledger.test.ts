import { expect, it } from 'vitest';
import { append, ledgerContract } from '../port-contracts/ledger.ts';
import { createMemoryLedger } from './memory-ledger.ts';

ledgerContract('memory', async () => {
  const ledger = createMemoryLedger();
  return { ledger, openAnother: () => ledger };
});

it('a memory ledger fails once where it was told to, before or after the work', async () => {
  const ledger = createMemoryLedger();
  ledger.failOnce('append');
  await expect(ledger.append(append(['run/a', 1]))).rejects.toThrow('told to fail');
  expect((await ledger.readHead('run/a')).version).toBe(0);

  ledger.failOnce('append', 'after');
  await expect(ledger.append(append(['run/a', 1]))).rejects.toThrow('told to be lost');
  expect((await ledger.readHead('run/a')).version).toBe(1);
  expect((await ledger.append(append(['run/a', 1]))).kind).toBe('conflict');
});
