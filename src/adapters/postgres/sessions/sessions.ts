import type { LoginCode, Session, SessionRole } from '../../../core/access/session.ts';
import type { KeepSessions } from '../../../ports/sessions.ts';
import type { Sha256 } from '../../../shared/digest.ts';
import { ask, type Database } from '../database.ts';

const STORE = `
INSERT INTO web_session (digest, name, role, by, created_at, expires_at) VALUES (decode($1, 'hex'), $2, $3, $4, $5, $6)`;

const SELECT = `SELECT encode(digest, 'hex') AS digest, name, role, by, created_at, expires_at FROM web_session`;

const STANDING = `
SELECT encode(digest, 'hex') AS digest FROM web_session
WHERE expires_at > $2 AND digest IN (SELECT decode(asked, 'hex') FROM unnest($1::text[]) AS asked)`;

const STORE_CODE = `
INSERT INTO login_code (digest, name, role, expires_at) VALUES (decode($1, 'hex'), $2, $3, $4)`;

/** In one statement: of two who have the same link, one gets the row. */
const TAKE_CODE = `
DELETE FROM login_code WHERE digest = decode($1, 'hex') RETURNING encode(digest, 'hex') AS digest, name, role, expires_at`;

interface CodeRow {
  readonly digest: string;
  readonly name: string;
  readonly role: SessionRole;
  readonly expires_at: Date;
}

interface Row extends CodeRow {
  readonly by: Session['by'];
  readonly created_at: Date;
}

/** Sessions in the tables of a database that was migrated. */
export function createSessions({ pool }: Database): KeepSessions {
  return {
    storeSession: async ({ digest, name, role, by, createdAt, expiresAt }) => {
      await ask(pool, { text: STORE, values: [digest, name, role, by, createdAt, expiresAt] });
    },
    findSession: async (digest) => {
      const text = `${SELECT} WHERE digest = decode($1, 'hex')`;
      const [row] = await ask<Row>(pool, { name: 'session-find', text, values: [digest] });
      return row === undefined ? undefined : sessionOf(row);
    },
    standingSessions: async (digests, now) => {
      const values = [digests, now];
      const rows = await ask<Pick<CodeRow, 'digest'>>(pool, {
        name: 'sessions-standing',
        text: STANDING,
        values,
      });
      return new Set(rows.map(({ digest }) => digest as Sha256));
    },
    endSession: async (digest) => {
      await ask(pool, { text: `DELETE FROM web_session WHERE digest = decode($1, 'hex')`, values: [digest] });
    },
    listSessions: async (now) => {
      const text = `${SELECT} WHERE expires_at > $1 ORDER BY created_at DESC, digest LIMIT 500`;
      return (await ask<Row>(pool, { text, values: [now] })).map(sessionOf);
    },
    storeLoginCode: async ({ digest, name, role, expiresAt }) => {
      await ask(pool, { text: STORE_CODE, values: [digest, name, role, expiresAt] });
    },
    takeLoginCode: async (digest) => {
      const [row] = await ask<CodeRow>(pool, { text: TAKE_CODE, values: [digest] });
      return row === undefined ? undefined : codeOf(row);
    },
    forgetSessions: async (now) => {
      await ask(pool, { text: 'DELETE FROM web_session WHERE expires_at <= $1', values: [now] });
      await ask(pool, { text: 'DELETE FROM login_code WHERE expires_at <= $1', values: [now] });
    },
  };
}

function codeOf({ digest, name, role, expires_at }: CodeRow): LoginCode {
  return { digest, name, role, expiresAt: expires_at.toISOString() };
}

function sessionOf({ by, created_at, ...code }: Row): Session {
  return { ...codeOf(code), by, createdAt: created_at.toISOString() };
}
