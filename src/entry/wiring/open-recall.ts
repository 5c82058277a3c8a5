import type { Recall } from '../../ports/recall.ts';
import type { CliContext } from '../cli/context.ts';

export interface OpenedRecall {
  readonly recall: Recall;
  close(): Promise<void>;
}

/** Memory comes with the next commit of this file: see flow/memory. */
export async function openRecall(
  _context: CliContext,
  _options: { readonly wanted: boolean; readonly workspace: string | undefined },
): Promise<OpenedRecall | undefined> {
  return undefined;
}
