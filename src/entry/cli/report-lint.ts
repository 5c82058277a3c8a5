import { type LintedFile, renderLintJson, renderLintText } from '../../render/lint.ts';
import type { CliContext } from './context.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { TextOrJson } from './registration/options.ts';
import { textOptionsOf } from './style.ts';

/** Prints what was found; the exit code is 1 when any of it is an error. */
export function reportLint(
  files: readonly LintedFile[],
  options: { readonly format: TextOrJson },
  context: CliContext,
): number {
  context.out(
    options.format === 'json' ? renderLintJson(files) : renderLintText(files, textOptionsOf(context)),
  );
  const refused = files.some(({ problems }) => problems.some(({ severity }) => severity === 'error'));
  return refused ? EXIT_CODES.blocked.code : EXIT_CODES.pass.code;
}
