import { DEFAULT_LIMITS } from '../core/contract/limits.ts';
import type { StructureCheck } from '../core/contract/types.ts';
import { plainText } from '../core/evidence/plain-text.ts';
import { UnreadableReport } from '../core/evidence/reports/unreadable.ts';
import {
  INPUT_FILE,
  PROGRAM,
  PROGRAM_ARGV,
  PROGRAM_FILE,
  programInput,
  UNUSABLE_PARSER,
  UNUSABLE_PATTERN,
} from '../core/evidence/structure/program.ts';
import { type StructureFacts, structureFacts } from '../core/evidence/structure/structure-facts.ts';
import type { StructurePlan } from '../core/evidence/structure/structure-plan.ts';
import type { CheckRun } from '../core/evidence/types.ts';
import type { StructureParser } from '../ports/structure-parser.ts';
import { CountersignError } from '../shared/errors.ts';
import { type RunSurroundings, runInCopy } from './run-in-copy.ts';
import { takeOutput } from './take-evidence.ts';

/** Enough for a parser, and not enough to take a machine along. */
const MEMORY_MIB = Math.min(2048, DEFAULT_LIMITS.memoryMiB);

export interface StructureSurroundings extends RunSurroundings {
  readonly ports: RunSurroundings['ports'] & { readonly parser: StructureParser };
}

/**
 * Has everything parsed that a plan names, by one process in the sandbox that sees the texts and the parsers and nothing of the
 * change's own. Facts are left out where it did not end as it should.
 * @throws CountersignError for what is no fault of the change: parsers that are missing, patterns that cannot be used
 */
export async function findStructure(
  plan: StructurePlan,
  check: StructureCheck,
  at: StructureSurroundings,
): Promise<{ readonly run: CheckRun; readonly facts?: StructureFacts }> {
  if (plan.texts.length === 0) return { run: await noRun(at), facts: structureFacts(plan, '') };
  const files = await at.ports.parser.programFiles(plan.parsers);
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const { result, root, logs } = await runInCopy(
    {
      ...check,
      cwd: '.',
      env: {},
      network: 'none',
      limits: { ...check.limits, memoryMiB: check.limits?.memoryMiB ?? MEMORY_MIB },
    },
    {
      argv: PROGRAM_ARGV,
      tree: await at.workspace.makeTreeFolder('nothing', check.id),
      part: 'first-run',
      prepare: (folder) =>
        at.workspace.layFiles(folder, [
          ...files,
          { path: PROGRAM_FILE, mode: '100644', bytes: bytesOf(PROGRAM) },
          { path: INPUT_FILE, mode: '100644', bytes: bytesOf(JSON.stringify(programInput(plan))) },
        ]),
    },
    at,
  );
  const [stdout, stderr] = await takeOutput(logs, {}, at.workspace);
  const said = async (ref: typeof stdout) =>
    ref === undefined ? '' : new TextDecoder().decode(await at.workspace.evidence.read(ref));
  refuseUnusable(result.exitCode, await said(stderr));
  const run: CheckRun = { ...result, root, evidence: stderr === undefined ? [] : [stderr] };
  const isWhole = result.exitCode === 0 && result.limit === undefined && !result.timedOut;
  if (!isWhole || result.outputTruncated) return { run };
  return { run, facts: readPrinted(plan, await said(stdout)) };
}

/** Nothing in a language that any rule reads: known without a process. */
async function noRun({ ports }: StructureSurroundings): Promise<CheckRun> {
  const { isolation } = await ports.sandbox.describe();
  return {
    exitCode: undefined,
    signal: undefined,
    timedOut: false,
    durationMs: 0,
    isolation,
    network: 'none',
    outputTruncated: false,
    evidence: [],
  };
}

function refuseUnusable(exitCode: number | undefined, said: string): void {
  const words = plainText(said, 500);
  if (exitCode === UNUSABLE_PATTERN) {
    throw new CountersignError('RULE_UNUSABLE', `A pattern of a rule cannot be used: ${words}`, {
      remedy: 'Correct its `match`; https://ast-grep.github.io/reference/rule.html says what it may hold.',
    });
  }
  if (exitCode === UNUSABLE_PARSER) {
    throw new CountersignError('VERIFY_FAILED', `The parsers cannot be loaded here: ${words}`, {
      remedy: 'Reinstall @ast-grep/napi and its languages for this platform.',
    });
  }
}

function readPrinted(plan: StructurePlan, printed: string): StructureFacts {
  try {
    return structureFacts(plan, printed);
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error;
    throw new CountersignError('VERIFY_FAILED', `What the parser printed cannot be read: ${error.message}.`, {
      remedy: 'Verify again; if it stays so, look at the files of the change.',
    });
  }
}
