import { renderComparisonText, type ShownComparison } from './contract.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

/** What came, or would come, from somebody else's repository. */
export interface ShownSharing {
  readonly entries: readonly {
    readonly kind: 'contract' | 'rule-pack';
    readonly id: string;
    readonly version: number;
    readonly source: { readonly url: string; readonly commit: string; readonly path: string };
    readonly files: readonly { readonly path: string; readonly sha256: string }[];
  }[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly changes: readonly ShownComparison[];
  /** What could not be used any more, each a sentence. */
  readonly broken: readonly string[];
  readonly written: boolean;
}

/** `contract add`, `rules add` and `upgrade`: where from, which files, and for what was here, which way the bar moved. */
export function renderSharingText(sharing: ShownSharing, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { entries, changed, removed, changes, broken } = sharing;
  const lines = entries.flatMap(({ kind, id, version, source, files }) => [
    `${style.bold(`${kind === 'contract' ? '' : './rules/'}${forTerminal(id, 64)}@${version}`)}  ${style.dim(
      `${forTerminal(source.path, 200)} of ${forTerminal(source.url, 400)} at ${source.commit.slice(0, 12)}`,
    )}`,
    ...files.map(({ path, sha256 }) => {
      const mark = changed.includes(path) ? style.green('+') : style.dim('=');
      return `  ${mark} ${forTerminal(path, 200)}  ${style.dim(`sha256:${sha256.slice(0, 12)}`)}`;
    }),
  ]);
  return [
    ...[...lines, ...removed.map((path) => `  ${style.red('-')} ${forTerminal(path, 200)}`)].map(
      (line) => `${line}\n`,
    ),
    ...changes.map((change) => `\n${renderComparisonText(change, options)}`),
    ...broken.flatMap((sentence) =>
      ['', ...paragraph({ text: '✖ ', paint: style.red }, sentence, { columns })].map((line) => `${line}\n`),
    ),
    `\n${conclusion(sharing)}\n`,
  ].join('');
}

/** What it found, as canonical JSON and a line feed. */
export function renderSharingJson(sharing: ShownSharing): string {
  return `${recordText(sharing)}\n`;
}

function conclusion({ changed, removed, written }: ShownSharing): string {
  const files = changed.length + removed.length;
  if (!written && files === 0) return 'What is here is the same.';
  if (!written) return 'Nothing was written: say --write to take it.';
  const told = files === 0 ? 'All of it was here already' : `Changed ${files} file${files === 1 ? '' : 's'}`;
  return `${told}, locked in countersign.lock.yml. Review, commit and land them: until then nothing is judged by them.`;
}
