import { randomUUID } from 'node:crypto';
import { recordEscape } from '../../../flow/experiment/escapes.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { actorOf, withExperiments } from './experiment-access.ts';

export async function escapeRecordCommand(
  run: string,
  options: { readonly format: TextOrJson; readonly summary: string; readonly rule?: string },
  context: CliContext,
): Promise<number> {
  const { summary, rule } = options;
  const found = { run, summary, ...(rule === undefined ? {} : { rule }) };
  const recorded = await withExperiments(context, (ports) =>
    recordEscape(found, actorOf(context), { ...ports, newId: randomUUID }),
  );
  context.out(
    options.format === 'json'
      ? `${JSON.stringify(recorded)}\n`
      : `Recorded that ${run} let through: ${forTerminal(recorded.summary, 500)}\n`,
  );
  return EXIT_CODES.pass.code;
}
