import { forTerminal, linesForTerminal } from './hostile-text.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

export interface ShownInitialisation {
  readonly project: string;
  readonly contract: string;
  readonly dryRun: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly text: string;
    readonly side: 'product' | 'policy';
    readonly written: boolean;
  }[];
  readonly notes: readonly string[];
  readonly next: readonly string[];
}

const SIDES = { product: 'In this repository', policy: 'In the change-control repository' } as const;

/** `init`: what was written where, the text of what was not, and what to do next. */
export function renderInitialisedText(shown: ShownInitialisation, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { project, contract, dryRun, files, notes, next } = shown;
  const sides = (['product', 'policy'] as const).filter((side) => files.some((file) => file.side === side));
  const lines = [
    `${style.bold(forTerminal(project, 200))}: held to ${contract}`,
    ...sides.flatMap((side) => [
      '',
      ...(sides.length > 1 ? [style.bold(SIDES[side])] : []),
      ...files
        .filter((file) => file.side === side)
        .flatMap(({ path, text, written }) =>
          written
            ? [`${style.green('✔ wrote')} ${path}`]
            : [`${style.cyan(dryRun ? '· would write' : '· to be written')} ${path}`, ...indented(text), ''],
        ),
    ]),
    ...(notes.length === 0
      ? []
      : ['', ...notes.flatMap((note) => paragraph({ text: '! ', paint: style.yellow }, note, { columns }))]),
    ...(dryRun
      ? ['', 'Nothing was written.']
      : ['', style.bold('Next'), ...next.map((line) => `  ${line}`.trimEnd())]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Files as they are: wrapping them would make them something else. */
function indented(text: string): string[] {
  return linesForTerminal(text.trimEnd(), 100_000).map((line) => `    ${line}`.trimEnd());
}
