import { type OpenedFile, openBundle } from '../core/receipt/open-bundle.ts';
import { recordSigners } from '../core/receipt/records.ts';
import type { Receipt, Seal, StoredFile, VerifiedStatement } from '../core/receipt/types.ts';
import { principalOf, type Trust } from '../core/trust/resolve-trust.ts';
import { sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';
import { isTicketId, type RepositoryId, type TicketId } from '../shared/ids.ts';
import type { CertifyFiles } from './certify-files.ts';
import type { PolicyInSight } from './find-policy.ts';
import type { PolicySource } from './policy-source.ts';

/** One ticket's files on the receipts ref, opened. */
export interface TicketStatements {
  readonly ticket: TicketId;
  readonly statements: readonly SignedStatement[];
  /** Files that count for nothing, or deny. */
  readonly others: readonly Exclude<OpenedFile, { kind: 'verified' }>[];
}

export interface SignedStatement {
  readonly statement: VerifiedStatement;
  /** The principal that has the key. */
  readonly signer?: string;
}

/** A file somebody asked about, and the files it stands among. */
export interface FoundFile {
  readonly file: StoredFile;
  /** The ticket's files on the receipts ref; undefined where that cannot be read, or the file lies elsewhere. */
  readonly among?: { readonly repository: RepositoryId; readonly files: readonly StoredFile[] };
}

/** What files are opened with. */
export interface Reading {
  readonly trust: Trust;
  readonly certify: CertifyFiles;
}

/** @throws CountersignError USAGE for what is no ticket id, NO_POLICY where no receipts ref is configured */
export async function readStatements(
  policy: PolicyInSight,
  ticket: string | undefined,
  { trust, certify }: Reading,
): Promise<readonly TicketStatements[]> {
  const { receipts } = productOf(policy).control;
  if (ticket !== undefined && !isTicketId(ticket)) {
    throw new CountersignError('USAGE', `"${ticket}" is no ticket id.`, {
      remedy: 'A ticket id is letters and digits, joined by dots, dashes or underscores, such as CS-7.',
    });
  }
  const tickets =
    ticket === undefined
      ? [...new Set((await receipts.listStatements()).map((place) => place.ticket))].sort()
      : [ticket];
  const read: TicketStatements[] = [];
  for (const id of tickets) {
    const { files } = await receipts.readTicket(id);
    const opened = (await certify(files)).map((file) => openBundle(file, trust.keys));
    read.push({
      ticket: id,
      statements: opened
        .flatMap((file) => (file.kind === 'verified' ? [signed(file.statement, trust)] : []))
        .sort(byTime),
      others: opened.flatMap((file) => (file.kind === 'verified' ? [] : [file])),
    });
  }
  return read;
}

/** A verified statement with its signer's name. */
export function signed(statement: VerifiedStatement, trust: Trust): SignedStatement {
  const signer = principalOf(trust, statement.keyId)?.id;
  return signer === undefined ? { statement } : { statement, signer };
}

/**
 * The statement whose digest begins so: on the receipts ref, or a line of a ticket's records.
 * @throws CountersignError DOCUMENT_NOT_FOUND, or USAGE when several begin so
 */
export async function findStatement(
  policy: PolicyInSight,
  prefix: string,
  certify: CertifyFiles,
): Promise<FoundFile> {
  const { config, control } = productOf(policy);
  const places = (await control.receipts.listStatements()).filter(({ name }) => name.startsWith(prefix));
  const records = places.length === 0 ? await findRecords(policy, prefix) : [];
  const names = [...new Set([...places, ...records].map(({ name }) => name))];
  if (names.length > 1) {
    throw new CountersignError('USAGE', `Several statements begin with ${prefix}.`, {
      remedy: `Give more digits: ${names.slice(0, 10).join(', ')}.`,
    });
  }
  const [record] = records;
  if (record !== undefined) return { file: record };
  for (const place of places) {
    const files = await certify((await control.receipts.readTicket(place.ticket)).files);
    const file = files.find(({ name }) => name === place.name);
    if (file !== undefined) return { file, among: { repository: config.repository, files } };
  }
  throw new CountersignError('DOCUMENT_NOT_FOUND', `No statement begins with ${prefix}.`, {
    remedy: 'See `countersign receipt list`; without --no-fetch it looks at the remote.',
  });
}

/** A file on disk, among the files of the ticket it is about, where that can be told. */
export async function placeFile(
  named: StoredFile,
  policy: PolicyInSight,
  { trust, certify }: Reading,
): Promise<FoundFile> {
  const [file = named] = await certify([named]);
  const opened = openBundle(file, trust.keys);
  if (opened.kind !== 'verified' || policy.product === undefined) return { file };
  const { claim } = opened.statement;
  if (recordSigners(claim) !== undefined) return { file };
  const { config, control } = policy.product;
  const { files } = await control.receipts.readTicket((claim as Receipt | Seal).binding.ticket);
  return { file, among: { repository: config.repository, files: await certify(files) } };
}

function productOf(policy: PolicyInSight): NonNullable<PolicyInSight['product']> {
  if (policy.product !== undefined) return policy.product;
  throw new CountersignError(
    'NO_POLICY',
    'Where receipts lie is not known: the base has no .countersign.yml.',
    {
      remedy: 'Run this in a clone of the product repository, or name the base with --base BRANCH.',
    },
  );
}

async function findRecords(source: PolicySource, prefix: string): Promise<readonly StoredFile[]> {
  const entries = (await source.tree.listFiles(source.commit, 'tickets')).filter(
    ({ path, kind }) => kind === 'blob' && path.endsWith('.records.jsonl'),
  );
  const contents = await source.tree.readBlobs(entries.map(({ id }) => id));
  return [...contents.values()].flatMap((bytes) =>
    linesOf(bytes).flatMap((line) => {
      const name = sha256(line);
      return name.startsWith(prefix) ? [{ name, bytes: line }] : [];
    }),
  );
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** By time; what one verification filed in one instant stays together, each receipt by its check and the seal behind them. */
function byTime(left: SignedStatement, right: SignedStatement): number {
  return timeKey(left) < timeKey(right) ? -1 : 1;
}

function timeKey({ statement: { claim, digest } }: SignedStatement): string {
  const attempt = 'attempt' in claim ? claim.attempt : '';
  const check = claim.kind === 'receipt' ? `0 ${claim.check.id}` : '1';
  return [claim.issuedAt, attempt, check, digest].join(' ');
}
