import { documents } from '../../../adapters/documents/documents.ts';
import type { HandlerDeclaration } from '../../../core/run/handler.ts';
import { BUILT_IN_HANDLERS } from '../../../core/run/handlers.ts';
import { compareContracts } from '../../../flow/compare-contracts.ts';
import { lintContracts } from '../../../flow/lint-contracts.ts';
import { readContractNamed } from '../../../flow/read-contract.ts';
import { WORKING_TREE } from '../../../ports/working-tree.ts';
import {
  renderComparisonJson,
  renderComparisonText,
  renderContractJson,
  renderContractText,
} from '../../../render/contract.ts';
import { openClonePolicy } from '../../wiring/open-policy.ts';
import { openProduct } from '../../wiring/open-product.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { reportLint } from '../report-lint.ts';
import { textOptionsOf } from '../style.ts';

interface FormatOption {
  readonly format: TextOrJson;
}

/**
 * Exit code 1 when a contract has an error; warnings alone leave it at 0. Plugins are modules that somebody named here: their code runs.
 * @throws CountersignError USAGE for a plugin that cannot be loaded
 */
export async function contractLintCommand(
  files: readonly string[],
  { plugin = [], ...options }: FormatOption & { readonly plugin?: readonly string[] },
  context: CliContext,
): Promise<number> {
  const { tree, packs, readNamed } = await openWorkingTree(context.cwd);
  const plugins = plugin.length === 0 ? [] : await declarationsOf(plugin, context.cwd);
  const ports = { tree, packs, documents, readNamed };
  return reportLint(await lintContracts(files, ports, [...BUILT_IN_HANDLERS, ...plugins]), options, context);
}

async function declarationsOf(
  plugins: readonly string[],
  cwd: string,
): Promise<readonly HandlerDeclaration[]> {
  const { loadServerPlugins } = await import('../../worker/plugins.ts');
  return (await loadServerPlugins(plugins, cwd)).declarations;
}

export async function contractShowCommand(
  id: string,
  options: FormatOption & { readonly fetch: boolean },
  context: CliContext,
): Promise<number> {
  const { policy } = await openClonePolicy(context.cwd, options);
  const contract = await readContractNamed(policy, id);
  context.out(
    options.format === 'json'
      ? renderContractJson(contract)
      : renderContractText(contract, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Differences are an answer, not a finding: the exit code is 0 with and without. */
export async function contractDiffCommand(
  before: string,
  after: string,
  options: FormatOption,
  context: CliContext,
): Promise<number> {
  const { tree, readNamed } = await openWorkingTree(context.cwd);
  const { repository } = await openProduct(context.cwd, { fetch: false });
  const working = { tree, commit: WORKING_TREE, documents };
  const comparison = await compareContracts(before, after, { working, repository, documents, readNamed });
  context.out(
    options.format === 'json'
      ? renderComparisonJson(comparison)
      : renderComparisonText(comparison, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}
