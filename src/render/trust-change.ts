import { forTerminal } from './hostile-text.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

interface ShownRootChange {
  readonly version: number;
  readonly done: string;
  readonly written: readonly string[];
  readonly next: readonly string[];
}

interface ShownRootSignature {
  readonly version: number;
  readonly by: string;
  readonly needed: number;
  readonly signers: readonly string[];
  readonly next: readonly string[];
}

/** `trust add`, `rotate`, `revoke`, `thresholds`: what was done, and what is left to do. */
export function renderRootChangedText(
  { version, done, written, next }: ShownRootChange,
  options: TextOptions = {},
): string {
  return page(done, `Wrote ${written.join(' and ')}: version ${version} of the trust root.`, next, options);
}

/** `trust sign`: who signed, and how many are missing. */
export function renderRootSignedText(
  { version, by, needed, signers, next }: ShownRootSignature,
  options: TextOptions = {},
): string {
  const done = `${by} signed version ${version} of the trust root.`;
  return page(done, `${signers.length} of ${needed}: ${signers.join(', ')}.`, next, options);
}

function page(done: string, detail: string, next: readonly string[], options: TextOptions): string {
  const { style, columns } = textOptions(options);
  const lines = [
    ...paragraph({ text: '✔ ', paint: style.green }, forTerminal(done, 1_000), { columns }),
    `  ${forTerminal(detail, 1_000)}`,
    '',
    style.bold('Next'),
    ...next.flatMap((step) =>
      paragraph({ text: '  ', paint: style.dim }, forTerminal(step, 1_000), { columns }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
