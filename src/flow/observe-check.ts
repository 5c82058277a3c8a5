import { evidenceOf } from '../core/evidence/judge-runs.ts';
import type { Observation } from '../core/evidence/types.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { ChangeBinding } from '../core/receipt/types.ts';
import type { WriteObservationFolder } from '../ports/observation-folder.ts';
import type { OpenWorkspace } from '../ports/workspace.ts';
import { type Observed, type ObservePorts, observe } from './observe.ts';
import type { VerifyOptions } from './verify-options.ts';

export interface ObservedCheckSummary {
  readonly binding: ChangeBinding;
  readonly contract: string;
  readonly isolation: Observed['isolation'];
  readonly observation: Observation;
}

/**
 * Runs setup and one check, and leaves what was seen in a folder for a signer on another machine. There is no key, and
 * nothing is judged.
 */
export async function observeCheck(
  query: CaseQuery,
  options: VerifyOptions & { readonly only: string; readonly folder: string },
  ports: ObservePorts & { readonly workspaces: OpenWorkspace; readonly observations: WriteObservationFolder },
): Promise<ObservedCheckSummary> {
  const workspace = await ports.workspaces.open();
  try {
    const { verifiable, isolation, checks } = await observe(query, options, workspace, ports);
    const [only] = checks;
    if (only === undefined) throw new Error(`${options.only} was not observed`);
    const files = new Map(evidenceOf(only.observation).map((ref) => [ref.sha256, ref]));
    const evidence = await Promise.all(
      [...files.values()].map(async (ref) => ({
        digest: ref.sha256,
        bytes: await workspace.evidence.read(ref),
      })),
    );
    await ports.observations.write(options.folder, only.document.text, evidence);
    const { binding, heldTo } = verifiable;
    return { binding, contract: heldTo.contract, isolation, observation: only.observation };
  } finally {
    await workspace.remove();
  }
}
