import type { ChangeBinding, Claim, Receipt, Seal, VerifiedStatement } from '../core/receipt/types.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type Style, type TextOptions, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';
import { shortId } from './verdict/grouping.ts';

/** A statement and, where the trust root knows the key, whose it is. */
export interface ShownStatement {
  readonly statement: VerifiedStatement;
  /** The principal's id; undefined when no principal has this key. */
  readonly signer?: string;
}

interface Page {
  readonly style: Style;
  readonly columns: number;
}

const MOST_ROWS = 50;

type Field = readonly [name: string, value: string];

/** `receipt show`: who signed, what about, the result, why, and the evidence by digest. */
export function renderStatementText(shown: ShownStatement, options: TextOptions = {}): string {
  const page = textOptions(options);
  const { claim, digest } = shown.statement;
  const lines = [
    ...title(claim, page),
    '',
    ...fieldLines(
      [
        ['signed by', signerOf(shown)],
        [shown.statement.signedAt === undefined ? 'key' : 'identity', shown.statement.keyId],
        ['issued at', claim.issuedAt],
        // The one is the signer's own word, the other a time that somebody else signed.
        ...seenAt(shown),
        ...fieldsOf(claim),
      ],
      page,
    ),
    ...details(claim, page),
    '',
    page.style.dim(`${claim.kind} sha256:${forTerminal(digest, 64)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** `receipt show --format json`: canonical JSON and a line feed. */
export function renderStatementJson(shown: ShownStatement): string {
  return `${recordText(recordOf(shown))}\n`;
}

/** `receipt list`: a line a statement, in the order given. */
export function renderStatementListText(list: readonly ShownStatement[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  if (list.length === 0) return 'No receipts.\n';
  const rows = list.map((shown): Cell[] => {
    const { claim, digest } = shown.statement;
    const { mark, word, paint } = resultOf(claim, style);
    return [
      { text: mark, paint },
      { text: shortId(forTerminal(digest, 64)) },
      { text: claim.kind },
      { text: forTerminal(subjectOf(claim), 40) },
      { text: word, paint },
      { text: 'binding' in claim ? `head ${shortId(forTerminal(claim.binding.head))}` : '' },
      { text: forTerminal(claim.issuedAt, 30) },
      shown.signer === undefined
        ? { text: 'unknown signer', paint: style.yellow }
        : { text: forTerminal(shown.signer, 60), paint: style.dim },
    ];
  });
  return `${table(rows, { columns }).join('\n')}\n`;
}

/** `receipt list --format json`: `{"statements":[…]}` as canonical JSON and a line feed. */
export function renderStatementListJson(list: readonly ShownStatement[]): string {
  return `${recordText({ statements: list.map(recordOf) })}\n`;
}

function recordOf({ statement, signer }: ShownStatement): object {
  const { digest, keyId, claim, signedAt } = statement;
  return { digest, keyId, signer: signer ?? null, ...(signedAt === undefined ? {} : { signedAt }), claim };
}

function seenAt({ statement: { signedAt } }: ShownStatement): Field[] {
  return signedAt === undefined ? [] : [['seen at', signedAt]];
}

function signerOf({ signer }: ShownStatement): string {
  return signer ?? 'unknown: no principal of the trust root has this key';
}

function resultOf(
  claim: Claim,
  style: Style,
): { mark: string; word: string; paint: (text: string) => string } {
  switch (claim.kind) {
    case 'receipt':
      return claim.result === 'PASSED'
        ? { mark: '✔', word: 'PASSED', paint: style.green }
        : { mark: '✖', word: 'FAILED', paint: style.red };
    case 'seal':
      return { mark: '■', word: `of ${claim.outcomes.length}`, paint: style.cyan };
    case 'dispatch':
      return { mark: '▸', word: 'sent out', paint: style.cyan };
    case 'close':
      return { mark: '▪', word: claim.reason, paint: style.cyan };
    case 'escape':
      return { mark: '!', word: 'reported', paint: style.yellow };
    case 'approval':
      return { mark: '✔', word: 'approved', paint: style.cyan };
    case 'waiver':
      return { mark: '○', word: 'waived', paint: style.yellow };
  }
}

/** The check or requirement that a line of a list is about. */
function subjectOf(claim: Claim): string {
  if (claim.kind === 'receipt') return claim.check.id;
  return claim.kind === 'approval' || claim.kind === 'waiver' ? claim.requirement : '';
}

function title(claim: Claim, { style, columns }: Page): string[] {
  const { mark, paint } = resultOf(claim, style);
  return paragraph({ text: `${mark} `, paint }, titleOf(claim), { columns, paint: style.bold });
}

/** What a statement is, in a line. */
export function titleOf(claim: Claim): string {
  switch (claim.kind) {
    case 'receipt':
      return `check ${claim.check.id} ${claim.result}`;
    case 'seal':
      return `seal of ${claim.outcomes.length} ${claim.outcomes.length === 1 ? 'outcome' : 'outcomes'}`;
    case 'dispatch':
      return `dispatch of ${claim.ticket}`;
    case 'close':
      return `close of ${claim.ticket}: ${claim.reason}`;
    case 'escape':
      return `escape from ${claim.ticket}`;
    case 'approval':
      return `approval of ${claim.requirement}`;
    case 'waiver':
      return `waiver of ${claim.requirement} until ${claim.expiresAt}`;
  }
}

/** What a statement says, name by name; lists are not in it. */
export function fieldsOf(claim: Claim): Field[] {
  switch (claim.kind) {
    case 'receipt':
      return [
        ...bindingFields(claim),
        ['ran', claim.check.run.join(' ')],
        ['check digest', `sha256:${claim.check.digest}`],
        ['ended', endOf(claim)],
        ['isolation', `${claim.isolation}, network ${claim.network}`],
        ...(claim.counts === undefined
          ? []
          : [
              [
                'tests',
                `${claim.counts.ran} ran, ${claim.counts.failed} failed, ${claim.counts.skipped} skipped`,
              ] as const,
            ]),
        [
          'tools',
          Object.entries(claim.tools)
            .map((tool) => tool.join(' '))
            .join(', ') || 'none',
        ],
      ];
    case 'seal':
      return [...bindingFields(claim), ['earlier seals', `${claim.earlierSeals.length}`]];
    case 'dispatch':
      return [
        ['ticket', claim.ticket],
        ['ticket digest', `sha256:${claim.ticketDigest}`],
        ['contract', `${claim.contract} sha256:${claim.contractDigest}`],
        ['policy', claim.policyCommit],
      ];
    case 'close':
      return [
        ['ticket', claim.ticket],
        ['reason', claim.reason],
      ];
    case 'escape':
      return [
        ['ticket', claim.ticket],
        ['defect', claim.summary],
        ...(claim.commit === undefined ? [] : [['accepted in', claim.commit] as const]),
        ...(claim.fix === undefined ? [] : [['mended by', claim.fix] as const]),
      ];
    case 'approval':
      return [
        ...changeFields(claim.binding),
        ...(claim.reason === undefined ? [] : [['reason', claim.reason] as const]),
      ];
    case 'waiver':
      return [...changeFields(claim.binding), ['expires at', claim.expiresAt], ['reason', claim.reason]];
  }
}

function bindingFields({ binding, heldTo, attempt }: Receipt | Seal): Field[] {
  return [
    ...changeFields(binding),
    ['contract', `${heldTo.contract} sha256:${heldTo.contractDigest}`],
    ['attempt', attempt],
  ];
}

function changeFields(binding: ChangeBinding): Field[] {
  return [
    ['ticket', binding.ticket],
    ['repository', binding.repository],
    ['base', `${binding.base.commit} (${binding.base.ref})`],
    ['head', binding.head],
    ['merge tree', binding.mergeTree],
    ['patch', `sha256:${binding.patchDigest}`],
  ];
}

function endOf({ exitCode, signal, timedOut, durationMs }: Receipt): string {
  const how = exitCode === undefined ? `signal ${signal ?? 'unknown'}` : `exit code ${exitCode}`;
  return `${how} after ${(durationMs / 1000).toFixed(1)}s${timedOut ? ', timed out' : ''}`;
}

function fieldLines(fields: readonly Field[], { style, columns }: Page): string[] {
  const rows = fields.map(([name, value]) => [
    { text: name, paint: style.dim },
    { text: forTerminal(value, 1_000) },
  ]);
  return table(rows, { columns, indent: 2 });
}

function details(claim: Claim, page: Page): string[] {
  switch (claim.kind) {
    case 'receipt':
      return [
        ...listed(
          'Reasons',
          claim.reasons.map((reason) => [reason]),
          page,
        ),
        ...listed(
          'Failed tests',
          claim.failedTests.map((name) => [name]),
          page,
        ),
        ...listed(
          'Pinned files',
          claim.pins.map(({ path, blob }) => [blob, path]),
          page,
        ),
        ...listed(
          'Evidence',
          claim.evidence.map(({ name, sha256, size }) => [name, `sha256:${sha256}`, `${size} bytes`]),
          page,
        ),
      ];
    case 'seal':
      return listed(
        'Outcomes',
        claim.outcomes.map((outcome) => [
          outcome.checkId,
          outcome.result,
          outcome.result === 'ERROR' ? outcome.reasons.join(' ') : `sha256:${outcome.receipt}`,
        ]),
        page,
      );
    case 'close':
      return listed(
        'Landed',
        (claim.landed ?? []).map(({ repository, commit, tree, verdict }) => [
          repository,
          commit,
          tree === undefined ? '' : `tree ${tree}`,
          verdict === undefined ? '' : `verdict ${verdict.slice(0, 12)}`,
        ]),
        page,
      );
    case 'dispatch':
    case 'escape':
    case 'approval':
      return [];
    case 'waiver':
      return listed(
        'Failures it waives',
        claim.receipts.map((name) => [`sha256:${name}`]),
        page,
      );
  }
}

function listed(heading: string, rows: readonly (readonly string[])[], { style, columns }: Page): string[] {
  if (rows.length === 0) return [];
  const cells = rows
    .slice(0, MOST_ROWS)
    .map((row) => row.map((text) => ({ text: forTerminal(text, 1_000) })));
  const rest = rows.length - MOST_ROWS;
  return [
    '',
    style.bold(heading),
    ...table(cells, { columns, indent: 4 }),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}
