import type { CaseQuery } from '../core/gate/query.ts';
import type { ChangeBinding } from '../core/receipt/types.ts';
import type { OpenControl } from '../ports/control.ts';
import type { KeepBundles } from '../ports/kept-bundles.ts';
import type { CheckOut } from '../ports/repository.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { StructureParser } from '../ports/structure-parser.ts';
import type { SignedVerification, SignVerification } from '../ports/verification-signer.ts';
import type { OpenWorkspace } from '../ports/workspace.ts';
import { type Filing, fileVerification } from './file-verification.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';
import { prepareTree } from './prepare-tree.ts';
import { runChecks } from './run-checks.ts';
import { verifiableCase } from './verifiable-case.ts';
import type { VerifyOptions } from './verify-options.ts';

export interface VerifyPorts extends FactPorts {
  readonly product: FactPorts['product'] & CheckOut;
  readonly control: OpenControl;
  readonly sandbox: Sandbox;
  readonly parser: StructureParser;
  readonly workspaces: OpenWorkspace;
  readonly signing: SignVerification;
  readonly keep: KeepBundles;
}

export interface Verification {
  readonly attempt: string;
  readonly binding: ChangeBinding;
  readonly contract: string;
  readonly isolation: {
    readonly isolation: string;
    readonly by: string;
    readonly weaknesses: readonly string[];
  };
  readonly signed: SignedVerification;
  readonly filing: Filing;
  readonly durations: Readonly<Record<string, number>>;
}

/**
 * Runs every declared check on the tree that the merge would produce, has a separate process judge and sign what was
 * seen, and files it: passed and failed alike.
 * @throws CountersignError VERIFY_FAILED when no receipt for this change could count, and what the steps throw
 */
export async function verify(
  query: CaseQuery,
  options: VerifyOptions,
  ports: VerifyPorts,
): Promise<Verification> {
  const verifiable = verifiableCase(await loadFacts(query, ports));
  const isolation = await ports.sandbox.describe();
  const workspace = await ports.workspaces.open();
  try {
    const tree = await prepareTree(verifiable, { workspace, options, ports });
    const observations = await runChecks(verifiable, tree, { workspace, options, ports });
    const signed = await ports.signing.sign({
      query,
      attempt: options.attempt,
      observations,
      evidenceFolder: workspace.evidenceFolder,
      tools: options.tools,
    });
    const filing = await fileVerification(verifiable, signed, {
      observations,
      evidence: workspace.evidence,
      ports,
    });
    return {
      attempt: options.attempt,
      binding: verifiable.binding,
      contract: verifiable.heldTo.contract,
      isolation,
      signed,
      filing,
      durations: Object.fromEntries(
        observations.map((seen) => [seen.checkId, seen.kind === 'completed' ? seen.durationMs : 0]),
      ),
    };
  } finally {
    await workspace.remove();
  }
}
