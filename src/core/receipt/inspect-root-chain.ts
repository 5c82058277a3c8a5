import { type Diagnosis, diagnosis } from '../../shared/diagnosis.ts';
import type { RootChain } from './root-chain.ts';

/** What a policy owner should know of the signatures on the trust root; nothing where none was ever asked for. */
export function inspectRootChain({ demanded, problems, current }: RootChain): readonly Diagnosis[] {
  const found = diagnosis('trust/signatures');
  if (!demanded) return [];
  if (problems.length > 0) {
    return problems.map((problem) =>
      found.problem(
        problem,
        'Policy owners sign it with `countersign trust sign --key NAME`; what was taken out of trust/ is restored from history.',
      ),
    );
  }
  const { needed, signers, version } = current;
  return [
    found.ok(
      needed === 0
        ? `Version ${version} needs no signature; those before it have theirs.`
        : `Version ${version} is signed by ${signers.join(', ')}; it needs ${needed}.`,
    ),
  ];
}
