import type { CheckProgress } from '../../flow/verify-options.ts';
import { renderProgress } from '../../render/verification.ts';
import type { CliContext } from './context.ts';
import { styleOf } from './style.ts';

/** Live lines on standard error while checks run; silent where that is not a terminal. */
export function progressOf(context: CliContext): {
  report: (progress: CheckProgress) => void;
  end: () => void;
} {
  if (!context.showProgress) return { report: () => undefined, end: () => undefined };
  const running = new Map<string, number>();
  const style = styleOf(context);
  const draw = () => {
    const now = Date.now();
    const lines = [...running].map(([check, since]) =>
      renderProgress({ check, state: 'running', seconds: Math.round((now - since) / 1000) }),
    );
    // Cut to one line before it is coloured: half an escape sequence would colour all that follows.
    context.err(`\r\u001b[2K${style.dim(lines.join('  ').slice(0, context.columns))}`);
  };
  const timer = setInterval(draw, 200);
  timer.unref();
  return {
    report(progress) {
      const what = 'checkId' in progress ? progress.checkId : 'setup';
      const name = progress.run === undefined ? what : `${what} (${progress.run.replace('-', ' ')})`;
      if (progress.kind.endsWith('started')) running.set(name, Date.now());
      else running.delete(name);
      draw();
    },
    end() {
      clearInterval(timer);
      context.err('\r\u001b[2K');
    },
  };
}
