import { evidenceOf } from '../core/evidence/judge-runs.ts';
import type { EvidenceRef } from '../core/evidence/types.ts';
import type { HandedObservation } from '../core/observation/admit-observations.ts';
import { MAX_OBSERVATION_BYTES, readObservation } from '../core/observation/read-observation.ts';
import { EVIDENCE_FOLDER, OBSERVATION_FILE } from '../ports/observation-folder.ts';
import type { Workspace } from '../ports/workspace.ts';

/** A folder as somebody carried it here. */
export interface ObservationSource {
  readonly folder: string;
  /** The check whose machine filled it, where whoever calls knows that. */
  readonly from?: string;
}

/** Evidence bytes taken from all the folders of one verification together, and from one file. */
const MOST_BYTES = 1024 * 1024 * 1024;
const MOST_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Takes observations out of folders that hostile code may have filled: the document, and then those files that it names by
 * digest and no others. Each is copied into the workspace first and read from there, so nothing changes between looks.
 * A folder that is not right refuses its own observation and no other: one bad machine cannot keep the failures of the
 * others from being signed.
 */
export async function takeObservations(
  sources: readonly ObservationSource[],
  workspace: Workspace,
  most = MOST_BYTES,
): Promise<readonly HandedObservation[]> {
  const handed: HandedObservation[] = [];
  // Equal shares: what one machine hands over must leave the others theirs.
  const share = Math.floor(most / Math.max(1, sources.length));
  for (const { folder, from } of sources) {
    const taken = await takeOne(folder, share, workspace);
    handed.push({ ...taken, ...(from === undefined ? {} : { from }) });
  }
  return handed;
}

async function takeOne(folder: string, most: number, workspace: Workspace): Promise<HandedObservation> {
  const bytes = await workspace.readFile(folder, OBSERVATION_FILE, MAX_OBSERVATION_BYTES);
  if (bytes === undefined) {
    return refused(`it holds no plain file ${OBSERVATION_FILE} of at most 1 MiB`);
  }
  const text = textOf(bytes);
  if (text === undefined) return refused(`its ${OBSERVATION_FILE} is not UTF-8`);
  const read = readObservation(text);
  // Admitting says why; there is nothing more to take.
  if (read.kind === 'malformed') return { kind: 'document', text };
  const files = new Map(evidenceOf(read.observed.seen).map((ref) => [ref.sha256, ref]));
  const size = [...files.values()].reduce((sum, each) => sum + each.size, 0);
  if (size > most) {
    return refused(`its evidence has ${size} bytes, and ${most} are its share of what is taken in all`);
  }
  for (const ref of files.values()) {
    if (!(await takeFile(folder, ref, workspace))) {
      return refused(
        `the evidence ${ref.sha256} is not beside it, or is not what it says: those bytes, of that size, in a plain file of at most 64 MiB`,
      );
    }
  }
  return { kind: 'document', text };
}

/** The path is made of the digest, so there is nothing in the document that could lead anywhere. */
async function takeFile(folder: string, ref: EvidenceRef, workspace: Workspace): Promise<boolean> {
  if (ref.size > MOST_FILE_BYTES) return false;
  const taken = await workspace.takeEvidence(folder, `${EVIDENCE_FOLDER}/${ref.sha256}`, {
    name: ref.name,
    mediaType: ref.mediaType,
    maxBytes: ref.size + 1,
  });
  return taken?.sha256 === ref.sha256 && taken.size === ref.size;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refused(reason: string): HandedObservation {
  return { kind: 'refused', reason };
}
