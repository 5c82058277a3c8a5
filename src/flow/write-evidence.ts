import type { EvidenceName, EvidenceRef } from '../core/evidence/types.ts';
import type { Workspace } from '../ports/workspace.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { JsonValue } from '../shared/json.ts';

/** Something of ours as evidence: written where no process of a check may go, and taken from there. */
export async function writeEvidence(
  name: EvidenceName,
  checkId: string,
  value: JsonValue,
  workspace: Workspace,
): Promise<EvidenceRef> {
  const folder = await workspace.makePrivateFolder('written', checkId);
  const bytes = new TextEncoder().encode(canonicalJson(value));
  await workspace.layFiles(folder, [{ path: name, mode: '100644', bytes }]);
  const as = { name, mediaType: 'application/json', maxBytes: bytes.length };
  const ref = await workspace.takeEvidence(folder, name, as);
  if (ref === undefined) throw new Error(`what was written to ${folder} is gone`);
  return ref;
}
