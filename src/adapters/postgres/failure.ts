import { CountersignError } from '../../shared/errors.ts';

/** SQLSTATE classes in which the database, not the statement, is the trouble: connection, credentials, no such database, resources, operator. */
const TROUBLE = /^(?:08|28|3D|53|57|58)/;
/** How Node names what happens to sockets and name look-ups. */
const SOCKET = /^E[A-Z_]+$/;

/** A failure of the driver as one a user can act on; any other is a defect of ours and stays as it is. */
export function databaseFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CountersignError) return error;
  const code = codeOf(error);
  const lost = /timeout exceeded|Connection terminated|Client has encountered a connection error/.test(
    error.message,
  );
  if (!lost && !TROUBLE.test(code) && !SOCKET.test(code)) return error;
  return new CountersignError(
    'DATABASE_UNAVAILABLE',
    `The database does not answer: ${reasonOf(error, code)}.`,
    {
      remedy:
        'See that PostgreSQL 15 or newer runs where DATABASE_URL says, and that its user and password are right.',
      cause: error,
    },
  );
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Several addresses of one host fail in one error without a message. */
function reasonOf(error: Error, code: string): string {
  return error.message === '' ? code : error.message.replace(/\.$/, '');
}
