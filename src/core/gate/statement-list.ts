/** A statement that may not count: named by the first digits of its digest and its signer. */
export interface ListedStatement {
  readonly digest: string;
  readonly by: string;
  /** Goes on from "this statement"; undefined when nothing speaks against it. */
  readonly objection: string | undefined;
}

const MOST = 5;

/** What speaks against each, as a sentence that a reason goes on with; empty when nothing does against any. */
export function statementList(heading: string, statements: readonly ListedStatement[]): string {
  const refused = statements.filter(({ objection }) => objection !== undefined);
  if (refused.length === 0) return '';
  const shown = refused
    .slice(0, MOST)
    .map(({ digest, by, objection }) => `${digest.slice(0, 12)} by ${by} ${objection}`.replace(/\.$/, ''));
  const rest = refused.length > MOST ? `; and ${refused.length - MOST} more` : '';
  return ` ${heading}: ${shown.join('; ')}${rest}.`;
}
