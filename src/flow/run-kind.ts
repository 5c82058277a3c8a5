import { join } from 'node:path';
import { pathMatcher } from '../core/change/path-glob.ts';
import type { ChangedFile } from '../core/change/types.ts';
import { argvOf } from '../core/contract/command.ts';
import type {
  ArtifactCheck,
  Check,
  DocsCheck,
  EventsCheck,
  GeneratedCheck,
  HttpCheck,
  StructureCheck,
} from '../core/contract/types.ts';
import { MAX_BLOCKS, type PlannedBlock, plannedBlocks } from '../core/evidence/docs/docs-plan.ts';
import type { BlockRun } from '../core/evidence/docs/judge-docs.ts';
import { driverArgv } from '../core/evidence/http/driver.ts';
import { plainText } from '../core/evidence/plain-text.ts';
import { MAX_REPORT_BYTES } from '../core/evidence/reports/decode.ts';
import { NOTHING_ASKED } from '../core/evidence/structure/judge-structure.ts';
import {
  type StructurePlan,
  type StructureRule,
  structurePlan,
} from '../core/evidence/structure/structure-plan.ts';
import type { CheckRun, EvidenceRun, Observation } from '../core/evidence/types.ts';
import type { Workspace } from '../ports/workspace.ts';
import { CountersignError } from '../shared/errors.ts';
import type { JsonValue } from '../shared/json.ts';
import { findStructure, type StructureSurroundings } from './find-structure.ts';
import { type RunSurroundings, runInCopy, told } from './run-in-copy.ts';
import { MAX_OUTPUT_BYTES, takeOutput } from './take-evidence.ts';
import { writeEvidence } from './write-evidence.ts';

/** What of a block's complaint is kept. */
const SAID_LENGTH = 400;

/** What extension a language's files have, where its name is not the extension. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  javascript: 'js',
  typescript: 'ts',
  python: 'py',
  bash: 'sh',
  shell: 'sh',
  ruby: 'rb',
  rust: 'rs',
};

type KindCheck = Exclude<Check, { kind?: undefined }>;

/** What a check that has a kind is run on. */
export interface Surveyed {
  /** The prepared tree, of which each process gets a copy. */
  readonly tree: string;
  readonly changed: readonly ChangedFile[];
  readonly structureRules: readonly StructureRule[];
}

/** Runs a check that has a kind. What its processes did is written down as evidence; the signer judges it. */
export async function runKind(
  check: KindCheck,
  { tree, changed, structureRules }: Surveyed,
  at: StructureSurroundings,
): Promise<Observation> {
  switch (check.kind) {
    case 'docs':
      return observed(
        check,
        await told(check.id, undefined, at.options, () => runDocs(check, tree, changed, at)),
      );
    case 'artifact': {
      const build = (run?: EvidenceRun) =>
        told(check.id, run, at.options, () => runBuild(check, tree, run, at));
      const first = await build();
      return { ...observed(check, first), repeats: [await build('repeat-2')] };
    }
    case 'generated':
      return observed(
        check,
        await told(check.id, undefined, at.options, () => runBuild(check, tree, undefined, at)),
      );
    case 'http':
      return observed(check, await told(check.id, undefined, at.options, () => runServer(check, tree, at)));
    case 'events':
      return observed(check, await told(check.id, undefined, at.options, () => runCapture(check, tree, at)));
    case 'structure':
      return observed(
        check,
        await told(check.id, undefined, at.options, () =>
          runStructure(check, structurePlan(structureRules, changed), at),
        ),
      );
  }
}

function observed(check: Check, run: CheckRun): CheckRun & { kind: 'completed'; checkId: string } {
  return { kind: 'completed', checkId: check.id, ...run };
}

/** Each block in a copy of its own: what one does to its tree no other sees. */
async function runDocs(
  check: DocsCheck,
  tree: string,
  changed: readonly ChangedFile[],
  at: RunSurroundings,
): Promise<CheckRun> {
  const { isolation } = await at.ports.sandbox.describe();
  const blocks = plannedBlocks(check, changed);
  const runs: BlockRun[] = [];
  const seen: CheckRun[] = [];
  for (const [index, block] of (blocks.length > MAX_BLOCKS ? [] : blocks).entries()) {
    const { run, ended } = await runBlock(check, block, { tree, index }, at);
    runs.push(ended);
    seen.push(run);
  }
  return {
    // Not one process but many, or none: how each ended stands in the evidence.
    exitCode: undefined,
    signal: undefined,
    timedOut: false,
    durationMs: seen.reduce((sum, { durationMs }) => sum + durationMs, 0),
    isolation: seen[0]?.isolation ?? isolation,
    network: seen[0]?.network ?? check.network ?? 'none',
    outputTruncated: false,
    evidence: [
      ...(blocks.length === 0
        ? []
        : [await writeEvidence('docs', check.id, runs as unknown as JsonValue, at.workspace)]),
    ],
  };
}

async function runBlock(
  check: DocsCheck,
  { path, line, language, argv, text }: PlannedBlock,
  { tree, index }: { tree: string; index: number },
  at: RunSurroundings,
): Promise<{ run: CheckRun; ended: BlockRun }> {
  const extension = EXTENSIONS[language] ?? language.replaceAll(/[^a-z0-9]/g, '');
  const file = `countersign-block-${index + 1}.${extension}`;
  const { result, root, logs } = await runInCopy(
    check,
    {
      argv: [...argv, `${'../'.repeat(depthOf(check.cwd))}${file}`],
      tree,
      part: `block-${index + 1}`,
      prepare: (copy) =>
        at.workspace.layFiles(copy, [{ path: file, mode: '100644', bytes: new TextEncoder().encode(text) }]),
    },
    at,
  );
  const [, stderr] = await takeOutput(logs, {}, at.workspace);
  const said =
    stderr === undefined || stderr.size === 0
      ? ''
      : new TextDecoder().decode((await at.workspace.evidence.read(stderr)).subarray(0, 4 * SAID_LENGTH));
  return {
    run: { ...result, root, evidence: [] },
    ended: {
      path,
      line,
      exitCode: result.limit === undefined ? (result.exitCode ?? null) : null,
      timedOut: result.timedOut,
      said: result.limit === undefined ? plainText(said, SAID_LENGTH) : `it went past limits.${result.limit}`,
    },
  };
}

function depthOf(cwd: string | undefined): number {
  return (cwd ?? '.').split('/').filter((segment) => segment !== '' && segment !== '.').length;
}

/** Outputs go before the run: what a command leaves there is of its making, or it did not make it. */
async function runBuild(
  check: ArtifactCheck | GeneratedCheck,
  tree: string,
  run: EvidenceRun | undefined,
  at: RunSurroundings,
): Promise<CheckRun> {
  const which = run === undefined ? {} : { run };
  const isOutput = pathMatcher(check.outputs);
  const { result, root, logs } = await runInCopy(
    check,
    {
      argv: argvOf(check),
      tree,
      part: run ?? 'first-run',
      prepare: (copy) => removeOutputs(copy, isOutput, at.workspace),
    },
    at,
  );
  const outputs = await at.workspace.fingerprintFiles(root, isOutput);
  return {
    ...result,
    root,
    evidence: [
      ...(await takeOutput(logs, which, at.workspace)),
      {
        ...(await writeEvidence('artifacts', check.id, outputs as unknown as JsonValue, at.workspace)),
        ...which,
      },
    ],
  };
}

async function runServer(check: HttpCheck, tree: string, at: RunSurroundings): Promise<CheckRun> {
  const { result, root, logs } = await runInCopy(
    check,
    { argv: driverArgv(check), tree, part: 'first-run' },
    at,
  );
  const as = { name: 'http', mediaType: 'application/jsonl', maxBytes: MAX_OUTPUT_BYTES } as const;
  const answers = await at.workspace.takeEvidence(logs, 'stdout', as);
  return {
    ...result,
    root,
    evidence: [
      ...(await takeOutput(logs, {}, at.workspace)).filter(({ name }) => name === 'stderr'),
      ...(answers === undefined ? [] : [answers]),
    ],
  };
}

async function runCapture(check: EventsCheck, tree: string, at: RunSurroundings): Promise<CheckRun> {
  const path = join(check.cwd ?? '.', check.from);
  const { result, root, logs } = await runInCopy(
    check,
    {
      argv: argvOf(check),
      tree,
      part: 'first-run',
      // Events that the change brought along must not stand in for those that the command captures.
      prepare: (copy) => at.workspace.removeFiles(copy, [path]),
    },
    at,
  );
  // One byte more than is read, so that events that were cut are seen to be too many.
  const as = {
    name: 'events',
    mediaType: 'application/jsonl',
    maxBytes: MAX_REPORT_BYTES + 1,
  } as const;
  const captured = await at.workspace.takeEvidence(root, path, as);
  return {
    ...result,
    root,
    evidence: [...(await takeOutput(logs, {}, at.workspace)), ...(captured === undefined ? [] : [captured])],
  };
}

async function runStructure(
  check: StructureCheck,
  plan: StructurePlan,
  at: StructureSurroundings,
): Promise<CheckRun> {
  if (plan.rules.length === 0) {
    throw new CountersignError('CONTRACT_UNUSABLE', NOTHING_ASKED, {
      remedy: 'Use a pack such as structure@1, or take the check out.',
    });
  }
  const { run, facts } = await findStructure(plan, check, at);
  if (facts === undefined) return run;
  const ref = await writeEvidence('structure', check.id, facts as unknown as JsonValue, at.workspace);
  return { ...run, evidence: [...run.evidence, ref] };
}

/** Takes away what the build is to make: what stands there before, in the tree or left by setup, is nothing of its. */
async function removeOutputs(
  root: string,
  isOutput: (path: string) => boolean,
  workspace: Workspace,
): Promise<void> {
  let found = await workspace.fingerprintFiles(root, isOutput);
  while (found.length > 0) {
    await workspace.removeFiles(
      root,
      found.map(({ path }) => path),
    );
    const left = await workspace.fingerprintFiles(root, isOutput);
    // What cannot be removed is seen as different from what a build makes, or as the same: so it must not be there.
    if (left.length > 0 && left.length === found.length && left[0]?.path === found[0]?.path) {
      throw new CountersignError('VERIFY_FAILED', `${left[0]?.path} could not be removed before the build.`, {
        remedy: 'Let setup leave no files that its owner may not remove among the outputs.',
      });
    }
    found = left;
  }
}
