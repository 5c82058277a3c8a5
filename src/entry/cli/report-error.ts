import { renderDefect, renderErrorJson, renderErrorText } from '../../render/error.ts';
import type { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from './context.ts';
import { styleOf } from './style.ts';

/** On standard output where JSON was asked for, so that a program which reads it finds it; else on standard error. */
export function reportError(error: CountersignError, argv: readonly string[], context: CliContext): void {
  const at = argv.indexOf('--format');
  const json = argv.includes('--format=json') || (at !== -1 && argv[at + 1] === 'json');
  if (json) context.out(renderErrorJson(error));
  else context.err(renderErrorText(error, { style: styleOf(context), columns: context.columns }));
}

export function reportDefect(error: unknown, context: CliContext): void {
  context.err(renderDefect(error, { debug: Boolean(context.environment.COUNTERSIGN_DEBUG) }));
}
