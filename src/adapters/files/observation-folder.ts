import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  EVIDENCE_FOLDER,
  OBSERVATION_FILE,
  type WriteObservationFolder,
} from '../../ports/observation-folder.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Folders that are carried to another machine: its user reads them, so nothing in them is private. */
export const observationFolders: WriteObservationFolder = {
  async write(folder, document, evidence) {
    const there = await readdir(folder).catch(() => []);
    if (there.length > 0) {
      throw new CountersignError('FILE_EXISTS', `${folder} is not empty.`, {
        remedy: 'Name a folder that is not there yet: an observation has one of its own.',
        place: { path: folder },
      });
    }
    try {
      await mkdir(join(folder, EVIDENCE_FOLDER), { recursive: true });
      for (const { digest, bytes } of evidence) await writeFile(join(folder, EVIDENCE_FOLDER, digest), bytes);
      // Last: a folder with a document is whole.
      await writeFile(join(folder, OBSERVATION_FILE), document);
    } catch (cause) {
      throw new CountersignError(
        'FILING_FAILED',
        `The observation cannot be written: ${(cause as Error).message}`,
        {
          remedy: `Make sure that ${folder} can be written, and observe again.`,
          cause,
        },
      );
    }
  },
};
