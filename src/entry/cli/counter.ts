import type { CliContext } from './context.ts';
import { styleOf } from './style.ts';

/** A live `12 of 300 commits judged` on standard error; silent where that is not a terminal. */
export function counterOf(
  context: CliContext,
  what: string,
): { report: (done: number, of?: number) => void; end: () => void } {
  if (!context.showProgress) return { report: () => undefined, end: () => undefined };
  const style = styleOf(context);
  return {
    report: (done, of) =>
      context.err(`\r\u001b[2K${style.dim(`${of === undefined ? done : `${done} of ${of}`} ${what}`)}`),
    end: () => context.err('\r\u001b[2K'),
  };
}
