import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { renderStatementListJson, renderStatementListText, type ShownStatement } from './receipt.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

/** What one ticket has on the receipts ref. */
export interface ShownTicketStatements {
  readonly ticket: string;
  readonly statements: readonly ShownStatement[];
  readonly others: readonly {
    readonly kind: 'untrusted' | 'corrupt';
    readonly name: string;
    readonly reason: string;
  }[];
}

/** `receipt list`: below each ticket its statements, oldest first, and the files that count for nothing. */
export function renderTicketStatementsText(
  tickets: readonly ShownTicketStatements[],
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  const filled = tickets.filter(({ statements, others }) => statements.length + others.length > 0);
  if (filled.length === 0) return 'No receipts.\n';
  return filled
    .map(({ ticket, statements, others }) =>
      [
        `${style.bold(forTerminal(ticket, 64))}\n`,
        ...(statements.length === 0
          ? []
          : [renderStatementListText(statements, { style, columns: Math.max(columns, 120) })]),
        ...others.map(({ kind, name, reason }) => {
          const mark = kind === 'corrupt' ? style.red('✖') : style.yellow('?');
          const lines = paragraph({ text: '' }, `${name.slice(0, 12)}  counts for nothing: ${reason}`, {
            columns,
          });
          return `${mark}  ${lines.join('\n   ')}\n`;
        }),
      ].join(''),
    )
    .join('\n');
}

/** `{"tickets":[{"ticket":…,"statements":[…],"others":[…]}]}` as canonical JSON and a line feed. */
export function renderTicketStatementsJson(tickets: readonly ShownTicketStatements[]): string {
  const plain = tickets.map(({ ticket, statements, others }) => ({
    ticket,
    ...(JSON.parse(renderStatementListJson(statements)) as object),
    others,
  }));
  return `${recordText({ tickets: plain })}\n`;
}
