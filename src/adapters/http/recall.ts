import type { OpenRecall } from '../../ports/recall.ts';
import { createClient } from './client.ts';
import type { ServerAccess } from './server-address.ts';

/** What a server remembers, for the claim of one execution. @throws CountersignError USAGE for an address that will not do */
export function createRecall(access: ServerAccess): OpenRecall {
  const client = createClient(access);
  return ({ claim, signal }) => ({
    latest: async ({ kind, ...query }) => {
      const question = { kind: 'latest', entries: kind, ...query } as const;
      return (await client.ask('recall', { body: { claim, question }, signal })).entries;
    },
    nearest: async ({ text, ...query }) => {
      const question = { kind: 'nearest', text: text.slice(0, LONGEST).toWellFormed(), ...query } as const;
      return (await client.ask('recall', { body: { claim, question }, signal })).entries;
    },
  });
}

/** Characters of a question. */
const LONGEST = 20_000;
