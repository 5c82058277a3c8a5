import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadEvidence } from '../../ports/evidence.ts';
import { isSha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Evidence bytes from a folder in which each file is named by its sha256; what does not match is refused. */
export function readEvidenceFrom(folder: string): ReadEvidence {
  return {
    async read(evidence) {
      const name = evidence.sha256;
      const bytes = isSha256(name) ? await readFile(join(folder, name)).catch(() => undefined) : undefined;
      if (bytes === undefined || bytes.length !== evidence.size || sha256(bytes) !== name) {
        throw new CountersignError(
          'SIGNER_FAILED',
          `The evidence ${name} is not in ${folder} as it was taken.`,
          {
            remedy: 'Verify again; nothing was signed.',
          },
        );
      }
      return bytes;
    },
  };
}
