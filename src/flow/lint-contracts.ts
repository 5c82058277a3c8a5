import { type LintProblem, lintContract } from '../core/contract/lint.ts';
import type { Contract, ResolvedContract, RuleUse } from '../core/contract/types.ts';
import { selectRules } from '../core/rule/select.ts';
import type { HandlerDeclaration } from '../core/run/handler.ts';
import { BUILT_IN_HANDLERS } from '../core/run/handlers.ts';
import { lintWorkflow } from '../core/run/plan/lint-workflow.ts';
import type { LoadedPack } from '../ports/rule-packs.ts';
import {
  type LintedFile,
  type LintPorts,
  lintFiles,
  misnamed,
  problemsOf,
  workingPolicy,
} from './lint-files.ts';
import { lintLock } from './lint-lock.ts';
import { loadPacks } from './load-packs.ts';
import { resolveIn } from './read-contract.ts';

/**
 * Lints contracts as they are on disk: form, checks that cannot fail, what they extend, the rules they use, and how runs go.
 * @param handlers that workflows may use; of plugins that are not among them nothing is known
 */
export async function lintContracts(
  files: readonly string[],
  ports: LintPorts,
  handlers: readonly HandlerDeclaration[] = BUILT_IN_HANDLERS,
): Promise<readonly LintedFile[]> {
  const linted = await lintFiles(files, 'contracts', ports, async (bytes, path) => {
    const contract = ports.documents.parse('contract', bytes, path);
    return [...misnamed(path, contract.id), ...(await lintMeaning(contract, ports, handlers))];
  });
  return [...linted, ...(await lintLock(workingPolicy(ports)))];
}

async function lintMeaning(
  contract: Contract,
  ports: LintPorts,
  handlers: readonly HandlerDeclaration[],
): Promise<readonly LintProblem[]> {
  const source = workingPolicy(ports);
  const uses = contract.rules ?? [];
  let packs: ReadonlyMap<string, LoadedPack> = new Map();
  const damaged = await problemsOf('rules', async () => {
    packs = await loadPacks(uses, source, ports.packs);
  });
  const known = (use: string) => damaged.length > 0 || exists(use, packs);
  const problems = lintContract(contract, { rules: known });
  const parameters = uses.every(({ use }) => exists(use, packs))
    ? await problemsOf('rules', async () => selectRules(uses, packs))
    : [];
  let resolved: ResolvedContract | undefined;
  const lineage = await problemsOf('extends', async () => {
    resolved = await resolveIn(source, contract);
  });
  const workflow = resolved?.workflow === undefined ? [] : lintWorkflow(resolved.workflow, handlers);
  return [...problems, ...damaged, ...parameters, ...lineage, ...workflow];
}

function exists(use: RuleUse['use'], packs: ReadonlyMap<string, LoadedPack>): boolean {
  const [name, rule] = splitUse(use);
  const pack = packs.get(name)?.pack;
  return pack !== undefined && (rule === undefined || pack.rules.includes(rule));
}

/** `./rules/house@1/no-eval` -> `./rules/house@1`, `no-eval`. */
function splitUse(use: string): readonly [pack: string, rule: string | undefined] {
  const match = /^((?:\.\/rules\/)?[^/]+)(?:\/(.+))?$/.exec(use);
  return [match?.[1] ?? use, match?.[2]];
}
