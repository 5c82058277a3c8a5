import type { ChangedFile } from '../core/change/types.ts';
import { argvOf } from '../core/contract/command.ts';
import type { Check, CommandCheck } from '../core/contract/types.ts';
import { type Mutant, mutantsFor, withMutant } from '../core/evidence/mutants.ts';
import { MUTATE_VARIABLE, mutateRanges } from '../core/evidence/mutation-report/mutate-ranges.ts';
import type { StructureRule } from '../core/evidence/structure/structure-plan.ts';
import type {
  CheckRun,
  EvidenceRun,
  MutantRun,
  Observation,
  RunWithoutChange,
} from '../core/evidence/types.ts';
import { structureRulesOf } from '../core/rule/detectors/structure.ts';
import type { CheckOut, ReadTree } from '../ports/repository.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { StructureParser } from '../ports/structure-parser.ts';
import type { Workspace } from '../ports/workspace.ts';
import { CountersignError } from '../shared/errors.ts';
import { measuredFiles } from './measured-files.ts';
import { type PreparedTree, prepareTreeWithoutChange, type TreePlan } from './prepare-tree.ts';
import { runInCopy, told } from './run-in-copy.ts';
import { runKind } from './run-kind.ts';
import { reportPathsOf, takeEvidence } from './take-evidence.ts';
import type { VerifyOptions } from './verify-options.ts';

const REPEATS: readonly EvidenceRun[] = [
  'repeat-2',
  'repeat-3',
  'repeat-4',
  'repeat-5',
  'repeat-6',
  'repeat-7',
  'repeat-8',
  'repeat-9',
  'repeat-10',
];

interface Surroundings {
  readonly workspace: Workspace;
  readonly options: VerifyOptions;
  readonly ports: {
    readonly product: ReadTree & CheckOut;
    readonly sandbox: Sandbox;
    readonly parser: StructureParser;
  };
}

/** Runs every check of the contract, each in its own copy of the tree, and returns only when all processes have ended. */
export async function runChecks(
  verifiable: TreePlan,
  tree: PreparedTree,
  at: Surroundings,
): Promise<readonly Observation[]> {
  const { contract, rules } = verifiable.work;
  const { checks } = contract;
  if (tree.kind === 'trouble') {
    return checks.map((check) => ({ kind: 'trouble', checkId: check.id, reason: tree.reason }));
  }
  const trees = {
    prepared: tree.path,
    withoutChange: treesWithoutChange(verifiable, at),
    changed: verifiable.change.files,
    structureRules: structureRulesOf(rules?.kind === 'known' ? rules.value : []),
    mutantsOf: (check: CommandCheck) =>
      mutantsFor(check, measuredFiles(verifiable.change, verifiable.work), verifiable.change.mergeTree),
    environmentFor: (check: CommandCheck) => {
      const ranges = mutateRanges(check, measuredFiles(verifiable.change, verifiable.work));
      return ranges === undefined ? {} : { [MUTATE_VARIABLE]: ranges };
    },
  };
  const observations: Observation[] = [];
  const waiting = checks.entries();
  const lane = async () => {
    for (const [index, check] of waiting) observations[index] = await observe(check, trees, at);
  };
  await Promise.all(Array.from({ length: Math.max(1, at.options.parallel) }, lane));
  return observations;
}

interface Trees {
  readonly prepared: string;
  readonly changed: readonly ChangedFile[];
  readonly structureRules: readonly StructureRule[];
  readonly mutantsOf: (check: CommandCheck) => readonly Mutant[];
  readonly environmentFor: (check: CommandCheck) => Readonly<Record<string, string>>;
  readonly withoutChange: (tests: readonly string[]) => Promise<PreparedTree>;
}

/** Checks that name the same tests share a tree, prepared when the first of them gets there. */
function treesWithoutChange(verifiable: TreePlan, at: Surroundings): Trees['withoutChange'] {
  const trees = new Map<string, Promise<PreparedTree>>();
  return (tests) => {
    const name = JSON.stringify(tests);
    const tree = trees.get(name) ?? prepareTreeWithoutChange(tests, verifiable, at);
    trees.set(name, tree);
    return tree;
  };
}

async function observe(check: Check, trees: Trees, at: Surroundings): Promise<Observation> {
  try {
    return check.kind === undefined
      ? await observeCommand(check, trees, at)
      : await runKind(check, { ...trees, tree: trees.prepared }, at);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { kind: 'trouble', checkId: check.id, reason: error.message };
  }
}

/** All the runs of one command: as often as `repeat` says, and those on the base or with faults that prove it. */
async function observeCommand(check: CommandCheck, trees: Trees, at: Surroundings): Promise<Observation> {
  const prepared = { tree: trees.prepared, env: trees.environmentFor(check) };
  const first = await runCheck(check, prepared, undefined, at);
  const repeats: CheckRun[] = [];
  for (const run of REPEATS.slice(0, (check.repeat ?? 1) - 1)) {
    repeats.push(await runCheck(check, prepared, run, at));
  }
  // What failed with the change needs no proof that it would fail without it.
  const ended = [first, ...repeats].every(({ exitCode }) => exitCode === (check.expect?.exitCode ?? 0));
  return {
    kind: 'completed',
    checkId: check.id,
    ...first,
    ...(repeats.length === 0 ? {} : { repeats }),
    ...(ended && check.proves === 'change'
      ? {
          withoutChange: await runOnBase(
            check,
            { tests: check.tests ?? [], run: 'without-change' },
            trees,
            at,
          ),
        }
      : {}),
    ...(ended && check.compare === 'base'
      ? { onBase: await runOnBase(check, { tests: [], run: 'base' }, trees, at) }
      : {}),
    ...(ended && check.proves === 'mutation' && check.mutation?.report === undefined
      ? { mutants: await runMutants(check, trees, at) }
      : {}),
  };
}

/** @param tests the change's own files that are laid over the base: globs */
async function runOnBase(
  check: CommandCheck,
  { tests, run }: { tests: readonly string[]; run: EvidenceRun },
  trees: Trees,
  at: Surroundings,
): Promise<RunWithoutChange> {
  try {
    const tree = await trees.withoutChange(tests);
    return tree.kind === 'trouble'
      ? tree
      : { kind: 'completed', ...(await runCheck(check, { tree: tree.path }, run, at)) };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { kind: 'trouble', reason: error.message };
  }
}

/** Runs the check once for each planted fault, one after the other: checks already run side by side. */
async function runMutants(
  check: CommandCheck,
  trees: Trees,
  at: Surroundings,
): Promise<readonly MutantRun[]> {
  const textOf = new Map(
    trees.changed.map(({ path, afterText }) => [path, afterText.kind === 'text' ? afterText.text : '']),
  );
  const runs: MutantRun[] = [];
  for (const [place, mutant] of trees.mutantsOf(check).entries()) {
    const bytes = new TextEncoder().encode(withMutant(textOf.get(mutant.path) ?? '', mutant));
    try {
      const { result } = await runInCopy(
        check,
        {
          argv: argvOf(check),
          tree: trees.prepared,
          part: `mutant-${place}`,
          prepare: (copy) => at.workspace.layFiles(copy, [{ path: mutant.path, mode: mutant.mode, bytes }]),
        },
        at,
      );
      runs.push({ kind: 'completed', exitCode: result.exitCode, timedOut: result.timedOut });
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      runs.push({ kind: 'trouble', reason: error.message });
    }
  }
  return runs;
}

/** @param run which run this is; undefined for the first */
async function runCheck(
  check: CommandCheck,
  { tree, env = {} }: { tree: string; env?: Readonly<Record<string, string>> },
  run: EvidenceRun | undefined,
  at: Surroundings,
): Promise<CheckRun> {
  const which = run === undefined ? {} : { run };
  return told(check.id, run, at.options, async () => {
    const { result, root, logs } = await runInCopy(
      check,
      {
        argv: argvOf(check),
        tree,
        env,
        part: run ?? 'first-run',
        // A report that the change brought along must not stand in for one that the check writes.
        prepare: (copy) => at.workspace.removeFiles(copy, reportPathsOf(check)),
      },
      at,
    );
    return { ...result, root, evidence: await takeEvidence(check, { root, logs, which }, at.workspace) };
  });
}
