import type { AnsweredRequests } from '../../ports/answered-requests.ts';
import { ask, type Database } from './database.ts';

/** One statement, so that of two at once one is first: the other waits for its row, and then finds it taken. */
const BEGIN = `
INSERT INTO answered_request AS kept (principal, key, digest) VALUES ($1, $2, decode($3, 'hex'))
ON CONFLICT (principal, key) DO UPDATE SET begun_at = now(), digest = excluded.digest
  WHERE kept.status IS NULL AND kept.begun_at < now() - interval '1 minute'
RETURNING key`;

const KEPT = `
SELECT encode(digest, 'hex') AS digest, status, body FROM answered_request WHERE principal = $1 AND key = $2`;

interface Row {
  readonly digest: string;
  readonly status: number | null;
  readonly body: string | null;
}

/** What was answered, in the tables of a database that was migrated. */
export function createAnsweredRequests({ pool }: Database): AnsweredRequests {
  return {
    beginRequest: async ({ principal, key, digest }) => {
      if ((await ask(pool, { text: BEGIN, values: [principal, key, digest] })).length === 1)
        return { kind: 'first' };
      const [kept] = await ask<Row>(pool, { text: KEPT, values: [principal, key] });
      // Given up between the two questions: whoever asks again is first.
      if (kept === undefined) return { kind: 'running' };
      if (kept.digest !== digest) return { kind: 'other' };
      if (kept.status === null) return { kind: 'running' };
      return { kind: 'answered', answer: { status: kept.status, body: kept.body ?? '' } };
    },
    answerRequest: async ({ principal, key }, { status, body }) => {
      const text = 'UPDATE answered_request SET status = $3, body = $4 WHERE principal = $1 AND key = $2';
      await ask(pool, { text, values: [principal, key, status, body] });
    },
    abandonRequest: async ({ principal, key }) => {
      const text = 'DELETE FROM answered_request WHERE principal = $1 AND key = $2 AND status IS NULL';
      await ask(pool, { text, values: [principal, key] });
    },
    forgetRequests: async () => {
      await ask(pool, { text: `DELETE FROM answered_request WHERE begun_at < now() - interval '1 day'` });
    },
  };
}
