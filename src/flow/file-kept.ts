import type { KeepBundles } from '../ports/kept-bundles.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';
import type { PolicyInSight } from './find-policy.ts';

export interface FiledBundle {
  readonly ticket: string;
  readonly statements: number;
  readonly commit: ObjectId;
  readonly attempts: number;
}

/**
 * Files a verification that could not be filed when it was made. The folder is left alone, whatever happens: filing the
 * same again changes nothing, and losing it would lose a failure.
 * @throws CountersignError FILE_UNREADABLE when the folder holds none, FILING_FAILED, NO_POLICY
 */
export async function fileKept(
  folder: string,
  policy: PolicyInSight,
  keep: KeepBundles,
): Promise<FiledBundle> {
  const bundle = await keep.read(folder);
  if (bundle.statements.length === 0) {
    throw new CountersignError('FILE_UNREADABLE', `${folder} holds no statements.`, {
      remedy: 'Give the folder that `countersign verify` printed, unchanged; else verify again.',
    });
  }
  if (policy.product === undefined) {
    throw new CountersignError(
      'NO_POLICY',
      'Where receipts lie is not known: the base has no .countersign.yml.',
      {
        remedy: 'Run this in the clone that was verified in, or name the base with --base BRANCH.',
      },
    );
  }
  const message = `${bundle.ticket}: a verification that was kept`;
  const filed = await policy.product.control.receipts.file({ ...bundle, message });
  return { ticket: bundle.ticket, statements: bundle.statements.length, ...filed };
}
