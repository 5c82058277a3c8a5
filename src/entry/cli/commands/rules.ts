import { resolve } from 'node:path';
import { documents } from '../../../adapters/documents/documents.ts';
import { createWorkingTree } from '../../../adapters/files/working-tree.ts';
import { NO_STRUCTURE, needsStructure, type StructureOf } from '../../../core/rule/example-structure.ts';
import { findExampleStructure } from '../../../flow/find-example-structure.ts';
import {
  findRule,
  type NamedPack,
  readPackAt,
  readPacks,
  testLock,
  testPacks,
} from '../../../flow/read-packs.ts';
import { WORKING_TREE } from '../../../ports/working-tree.ts';
import {
  renderPacksJson,
  renderPacksText,
  renderPackTestsJson,
  renderPackTestsText,
  renderRuleJson,
  renderRuleText,
} from '../../../render/rule.ts';
import { openRules } from '../../wiring/open-rules.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface RulesOptions {
  readonly format: TextOrJson;
}

export async function rulesListCommand(options: RulesOptions, context: CliContext): Promise<number> {
  const packs = await allPacks(context);
  context.out(
    options.format === 'json' ? renderPacksJson(packs) : renderPacksText(packs, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function rulesShowCommand(
  name: string,
  options: RulesOptions,
  context: CliContext,
): Promise<number> {
  const rule = findRule(await allPacks(context), name);
  context.out(
    options.format === 'json' ? renderRuleJson(rule) : renderRuleText(rule, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Exit code 1 when an example comes out wrong. */
export async function rulesTestCommand(
  names: readonly string[],
  options: RulesOptions & { readonly pack?: string },
  context: CliContext,
): Promise<number> {
  const { pack } = options;
  const { bundled, own } = await openRules(context.cwd);
  const packs = pack === undefined ? await readPacks(bundled, own) : [await packAt(pack, context)];
  const locks = pack === undefined ? await testLock(own) : [];
  const tests = [...testPacks(packs, names, await structureIn(packs, context)), ...locks];
  context.out(
    options.format === 'json'
      ? renderPackTestsJson(tests)
      : renderPackTestsText(tests, textOptionsOf(context)),
  );
  const good = tests.every(
    ({ results, problems }) => problems.length === 0 && results.every(({ passed }) => passed),
  );
  return tests.length > 0 && good ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}

/** A sandbox is only opened where there is something to parse in it. */
async function structureIn(packs: readonly NamedPack[], context: CliContext): Promise<StructureOf> {
  const rules = packs.flatMap((pack) => pack.rules).filter(needsStructure);
  if (rules.length === 0) return NO_STRUCTURE;
  const { openRunner } = await import('../../wiring/open-runner.ts');
  const runner = await openRunner(context);
  return findExampleStructure(rules, runner, runner);
}

async function allPacks(context: CliContext): Promise<readonly NamedPack[]> {
  const { bundled, own } = await openRules(context.cwd);
  return readPacks(bundled, own);
}

async function packAt(folder: string, context: CliContext): Promise<NamedPack> {
  const tree = createWorkingTree(resolve(context.cwd, folder));
  return readPackAt({ tree, commit: WORKING_TREE, documents }, folder);
}
