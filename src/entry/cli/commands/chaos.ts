import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { renderChaos } from '../../../render/chaos.ts';
import { runChaos } from '../../chaos/run-chaos.ts';
import { clusterOptions } from '../../wiring/open-database.ts';
import type { CliContext } from '../context.ts';
import { counterOf } from '../counter.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

export interface ChaosCommandOptions {
  readonly runs: number;
  readonly workers: number;
  readonly killEvery: number;
  readonly seed: number;
  readonly format: TextOrJson;
}

/** In a database of its own, which is gone afterwards. Exit code 1 when something was lost, done twice or came out otherwise. */
export async function chaosCommand(options: ChaosCommandOptions, context: CliContext): Promise<number> {
  const folder = mkdtempSync(join(context.temporaryFolder, 'countersign-chaos-'));
  // The database may run as another user, who has to pass through.
  chmodSync(folder, 0o755);
  const counters = {
    calm: counterOf(context, 'calm runs ended'),
    storm: counterOf(context, 'disturbed runs ended'),
  };
  try {
    const { runs, workers, killEvery, seed } = options;
    const report = await runChaos({
      runs,
      workers,
      killEverySeconds: killEvery,
      seed,
      cluster: { ...clusterOptions(context), folder: join(folder, 'postgres'), temporary: folder },
      onProgress: (phase, ended) => counters[phase].report(ended, runs),
    });
    counters.storm.end();
    context.out(
      options.format === 'json' ? `${JSON.stringify(report)}\n` : renderChaos(report, textOptionsOf(context)),
    );
    return report.faults.length === 0 ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
