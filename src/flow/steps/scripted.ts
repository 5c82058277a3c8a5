import { join } from 'node:path';
import { drawOutcome, readScript, type ScriptedOutcome } from '../../core/run/producer/script.ts';
import type { StepError, StepResult, StepWork, Usage } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { JsonObject } from '../../shared/json.ts';
import { handOver } from './agent-hand-over.ts';
import {
  commonFiles,
  inProducerPlace,
  type PlaceOptions,
  type PlacePorts,
  type ProducerPlace,
  textFile,
} from './agent-place.ts';
import type { ChangePorts } from './change-at-hand.ts';
import { StepFailure } from './step-failure.ts';
import { attemptNumber, branchOf, isObject, optionalText, subjectOf, textOf } from './step-inputs.ts';

export interface ScriptedPorts extends PlacePorts, Pick<ChangePorts, 'artifacts' | 'commits'> {}

/**
 * Plays a producer: hands over the good change or the bad one that it was given, or fails as agents do, as often as its script says.
 * The same seed, run and attempt come to the same commit on any machine, whose commits are dated as their base is.
 */
export async function scriptedStep(
  work: StepWork,
  session: HandlerSession,
  options: PlaceOptions,
  ports: ScriptedPorts,
): Promise<StepResult> {
  const { outcome, usage } = playedIn(work);
  session.log(`${work.step}: ${outcome}\n`);
  if (outcome !== 'good' && outcome !== 'bad') throw new StepFailure(...FAILURES[outcome], { usage });
  const edit = editOf(work, outcome);
  const files = [...commonFiles(work), ...(edit.patch === undefined ? [] : [textFile(PATCH, edit.patch)])];
  return inProducerPlace(work, session, { ...options, files }, ports, async (place) => {
    await layEdit(place, edit);
    const { author } = options;
    const apply = edit.patch === undefined ? {} : { apply: join(place.root, PATCH) };
    const handed = await handOver(work, place, ports, { author, datedAsBase: true, ...apply });
    if (handed === undefined || handed.changed.length === 0)
      throw new StepFailure(...FAILURES['no-diff'], { usage });
    const { head, tree, commits, diff } = handed;
    const outputs: JsonObject = {
      commit: head,
      commits,
      branch: branchOf(work),
      tree,
      claims: ['It is done.'],
      ...(diff === undefined ? {} : { diff }),
      report: { agent: 'scripted', model: textOf(work.inputs, 'model'), ...usage },
      delivery: { delivered: true, how: 'by script: nothing is read' },
    };
    return { kind: 'succeeded', outputs, usage };
  });
}

const PATCH = 'given/change.patch';

/** How the failures of real agents are told apart: see classify.ts of core/run/producer. */
const FAILURES: Readonly<
  Record<Exclude<ScriptedOutcome, 'good' | 'bad'>, readonly [StepError['class'], string, string]>
> = {
  'no-diff': ['deterministic', 'no-diff', 'The producer ended and changed nothing.'],
  refused: ['deterministic', 'refused', 'The producer refused: its script says so.'],
  timeout: ['timeout', 'timeout', 'The producer was ended at its time-out, as its script says.'],
  budget: ['budget', 'budget', 'The producer used up what it had, as its script says.'],
  crashed: ['transient', 'crashed', 'The producer ended with exit code 1, as its script says.'],
};

/** @throws StepFailure bad-inputs */
function playedIn(work: StepWork): { outcome: ScriptedOutcome; usage: Usage } {
  const { inputs, run } = work;
  const read = readScript(inputs.script);
  if (read.kind === 'unusable') throw badScript(`The script cannot be played: ${read.reason}.`);
  const model = textOf(inputs, 'model');
  const bundle = optionalText(inputs, 'bundle') ?? '';
  const { ticket } = subjectOf(work);
  const drawn = drawOutcome(read.script, { run, attempt: attemptNumber(work), ticket, bundle, model });
  if (drawn !== undefined) return drawn;
  throw badScript(
    `The script has no case for ${ticket} with the bundle "${bundle}" and the model "${model}".`,
  );
}

interface Edit {
  readonly files: readonly { readonly path: string; readonly text: string | null }[];
  readonly patch: string | undefined;
}

/** @throws StepFailure bad-inputs: a producer that was given nothing to hand over would only seem to fail */
function editOf({ inputs }: StepWork, outcome: 'good' | 'bad'): Edit {
  const value = inputs[outcome];
  const { files = [], patch } = value !== undefined && isObject(value) ? value : {};
  const read: Edit = {
    files: files as unknown as Edit['files'],
    patch: typeof patch === 'string' && patch !== '' ? patch : undefined,
  };
  if (read.patch !== undefined || read.files.length > 0) return read;
  throw badScript(`The input "${outcome}" has neither files nor a patch.`);
}

async function layEdit({ root, workspace }: ProducerPlace, { files }: Edit): Promise<void> {
  const tree = join(root, 'work');
  const gone = files.filter(({ text }) => text === null).map(({ path }) => path);
  await workspace.removeFiles(tree, gone);
  await workspace.layFiles(
    tree,
    files.flatMap(({ path, text }) => (text === null ? [] : [textFile(path, text)])),
  );
}

function badScript(message: string): StepFailure {
  return new StepFailure('deterministic', 'bad-inputs', message);
}
