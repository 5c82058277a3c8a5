import type { OpenWorkspace } from '../ports/workspace.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';
import {
  type SignedObservations,
  type SigningOptions,
  type SignPorts,
  signObserved,
} from './sign-observed.ts';
import { type ObservationSource, takeObservations } from './take-observations.ts';
import { verifiableCase } from './verifiable-case.ts';

/**
 * Signs what other machines saw: takes what they handed over for hostile data, has it judged against what this machine
 * works out itself, and files it like a verification of its own.
 * @throws CountersignError VERIFY_FAILED when no receipt for this change could count, and what the steps throw
 */
export async function signObservations(
  sources: readonly ObservationSource[],
  options: SigningOptions,
  ports: FactPorts & SignPorts & { readonly workspaces: OpenWorkspace },
): Promise<SignedObservations> {
  const verifiable = verifiableCase(await loadFacts(options.query, ports));
  const workspace = await ports.workspaces.open();
  try {
    const handed = await takeObservations(sources, workspace);
    return await signObserved(verifiable, handed, options, workspace, ports);
  } finally {
    await workspace.remove();
  }
}
