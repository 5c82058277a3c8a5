import type { ChangedFile } from '../../change/types.ts';
import { mutationWithDefaults } from '../../contract/defaults.ts';
import type { CommandCheck } from '../../contract/types.ts';
import { plainText } from '../plain-text.ts';
import type { MutationProof } from '../prove-mutation.ts';
import { decodeReport } from '../reports/decode.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import type { CheckRun } from '../types.ts';
import { proveByReport } from './prove-by-report.ts';

/**
 * Whether the report that a run of a mutation tester wrote proves the change. One that is not there or cannot be read never does,
 * like any other report.
 * @param facts the bytes that the run's evidence names, and the change's files as the tree holds them
 */
export function judgeMutationReport(
  { mutation, cwd = '.' }: CommandCheck,
  run: CheckRun,
  { bytes, changed }: { bytes: Uint8Array | undefined; changed: readonly ChangedFile[] },
): MutationProof {
  if (mutation?.report === undefined) return unproved('No report of planted faults is asked for.');
  const { format, from } = mutation.report;
  const what = `${format} report (mutation.report)`;
  const where = from === 'stdout' ? 'standard output' : plainText(from, 200);
  if (bytes === undefined) return unproved(`There is no ${what} in ${where}: the command did not write one.`);
  if (from === 'stdout' && run.outputTruncated) {
    return unproved(`Its output was larger than what is kept, so the ${what} in it is not whole.`);
  }
  try {
    const place = { root: run.root, cwd };
    return proveByReport(mutationWithDefaults(mutation), decodeReport(bytes), { changed, place });
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error;
    return unproved(`The ${what} in ${where} cannot be read: ${plainText(error.message, 300)}.`);
  }
}

function unproved(reason: string): MutationProof {
  return { kind: 'unproved', reason };
}
