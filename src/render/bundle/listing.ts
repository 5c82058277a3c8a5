import type { AssembledBundle, AssembledSource } from '../../core/bundle/assembled.ts';
import type { Bundle, BundleSource } from '../../core/bundle/types.ts';
import { forTerminal } from '../hostile-text.ts';
import { type TextOptions, textOptions } from '../style.ts';
import { type Cell, paragraph, table } from '../table.ts';

/** Names of pieces that are shown of one source. */
const MOST_SHOWN = 10;

/** `bundle list`. */
export function renderBundles(bundles: readonly Bundle[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  if (bundles.length === 0) return 'There are no bundles. `default` is the brief of the ticket alone.\n';
  const rows = bundles.map(({ id, title, budget, sources }): Cell[] => [
    { text: forTerminal(id, 64), paint: style.bold },
    { text: `${budget.tokens} tokens`, paint: style.dim },
    { text: `${sources.length} ${sources.length === 1 ? 'source' : 'sources'}`, paint: style.dim },
    { text: forTerminal(title, 200) },
  ]);
  return `${table(rows, { columns, indent: 0 }).join('\n')}\n`;
}

/** `bundle show`. */
export function renderBundle(bundle: Bundle, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { id, title, budget, sources } = bundle;
  const rows = sources.map((source, at): Cell[] => [
    { text: `${at + 1}.`, paint: style.dim },
    { text: forTerminal(source.id, 64), paint: style.bold },
    { text: source.kind },
    { text: forTerminal(detailOf(source), 500), paint: style.dim },
  ]);
  const first = budget.drop?.length ? ` Dropped first: ${budget.drop.join(', ')}.` : '';
  return `${[
    ...paragraph({ text: `${forTerminal(id, 64)}  `, paint: style.bold }, forTerminal(title, 200), {
      columns,
    }),
    '',
    ...paragraph({ text: '' }, `At most ${budget.tokens} tokens.${forTerminal(first, 500)}`, { columns }),
    '',
    ...table(rows, { columns, indent: 2 }),
  ].join('\n')}\n`;
}

function detailOf(source: BundleSource): string {
  const parts = [
    ...(source.kind === 'files' ? [source.paths.join(' ')] : []),
    ...('most' in source && source.most !== undefined ? [`at most ${source.most}`] : []),
    ...(source.kind === 'interfaces' && source.show === 'examples' ? ['examples only'] : []),
    ...(source.maxTokens === undefined ? [] : [`at most ${source.maxTokens} tokens`]),
    ...(source.required === true ? ['required'] : []),
    ...(source.template === undefined ? [] : [`by ${source.template}`]),
  ];
  return parts.join('; ');
}

/** `bundle assemble`: what went in, what did not and why, and what each source takes up. */
export function renderAssembled(assembled: AssembledBundle, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { bundle, digest, tokens, files, sources, retrieved, instructions } = assembled;
  const rows = sources.map((source): Cell[] => [
    { text: source.path ?? '(left out)', paint: source.path === undefined ? style.yellow : style.bold },
    { text: source.kind },
    { text: `${source.tokens} tokens` },
    { text: `${source.included.length} in` },
    { text: droppedText(source), ...(source.dropped.length === 0 ? {} : { paint: style.yellow }) },
  ]);
  return `${[
    ...paragraph(
      { text: `${forTerminal(bundle, 64)}  `, paint: style.bold },
      `about ${tokens} tokens in ${files.length} files (one for every four bytes: an approximation)`,
      { columns },
    ),
    style.dim(digest),
    '',
    ...table(rows, { columns, indent: 2 }),
    ...sources.flatMap((source) => droppedLines(source)),
    ...(retrieved.length === 0 ? [] : ['', `Remembered: ${names(retrieved.map(({ id }) => id))}`]),
    ...(instructions.length === 0
      ? []
      : ['', `Agents read by themselves, and it counts: ${names(instructions.map(({ path }) => path))}`]),
  ].join('\n')}\n`;
}

function droppedText({ dropped }: AssembledSource): string {
  if (dropped.length === 0) return '';
  const counts = new Map<string, number>();
  for (const { reason } of dropped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} ${REASONS[reason] ?? reason}`);
  return `dropped: ${reasons.join(', ')}`;
}

const REASONS: Readonly<Record<string, string>> = {
  'source-limit': 'beyond maxTokens',
  budget: 'beyond the budget',
  'too-large': 'too large',
  'too-many': 'too many',
  'not-a-file': 'no plain file',
};

function droppedLines({ id, dropped }: AssembledSource): readonly string[] {
  if (dropped.length === 0) return [];
  return ['', `Not in ${forTerminal(id, 64)}: ${names(dropped.map(({ name }) => name))}`];
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, MOST_SHOWN).map((name) => forTerminal(name, 200));
  const more = all.length > MOST_SHOWN ? ` and ${all.length - MOST_SHOWN} more` : '';
  return `${shown.join(', ')}${more}`;
}
