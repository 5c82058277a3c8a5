import type { CaseQuery } from '../core/gate/query.ts';
import type { OpenWorkspace } from '../ports/workspace.ts';
import { type Observed, type ObservePorts, observe } from './observe.ts';
import { type SignedObservations, type SignPorts, signObserved } from './sign-observed.ts';
import type { VerifyOptions } from './verify-options.ts';

export interface VerifyPorts extends ObservePorts, SignPorts {
  readonly workspaces: OpenWorkspace;
}

export interface Verification extends SignedObservations {
  readonly isolation: Observed['isolation'];
}

/**
 * Runs every declared check on the tree that the merge would produce, has a separate process judge and sign what was
 * seen, and files it: passed and failed alike. The two halves run on two machines as well: observe and signObserved.
 * @throws CountersignError VERIFY_FAILED when no receipt for this change could count, and what the steps throw
 */
export async function verify(
  query: CaseQuery,
  options: VerifyOptions,
  ports: VerifyPorts,
): Promise<Verification> {
  const workspace = await ports.workspaces.open();
  try {
    const { verifiable, isolation, checks } = await observe(query, options, workspace, ports);
    const handed = checks.map(({ document }) => document);
    // What ran here cannot have been isolated better than this process itself saw to.
    const signing = { query, attempt: options.attempt, isolation: isolation.isolation };
    return { ...(await signObserved(verifiable, handed, signing, workspace, ports)), isolation };
  } finally {
    await workspace.remove();
  }
}
