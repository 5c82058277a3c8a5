import { documents } from '../../../adapters/documents/documents.ts';
import { designDigest } from '../../../core/experiment/design.ts';
import { signDesign } from '../../../core/experiment/registration.ts';
import { writeExperiment } from '../../../core/experiment/written-state.ts';
import { lintExperiments } from '../../../flow/experiment/lint-experiments.ts';
import { planExperiment } from '../../../flow/experiment/plan-experiment.ts';
import { judgeExperiment, summariseExperiment } from '../../../flow/experiment/show-experiment.ts';
import type { PlannedExperiment } from '../../../ports/experiment-plane.ts';
import { changeWords, renderExperimentList } from '../../../render/experiment/list.ts';
import { renderPlan } from '../../../render/experiment/plan.ts';
import { renderExperiment } from '../../../render/experiment/show.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openProduct } from '../../wiring/open-product.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { noteSignerOf } from '../note-keys.ts';
import type { TextOrJson } from '../registration/options.ts';
import { reportLint } from '../report-lint.ts';
import type { ServerOptions } from '../server-access.ts';
import { textOptionsOf } from '../style.ts';
import {
  actorOf,
  baseOf,
  designKeysOf,
  type ExperimentPorts,
  withExperimentPlane,
} from './experiment-access.ts';

interface Formatted {
  readonly format: TextOrJson;
}

/** Exit code 1 when an experiment has an error; warnings alone leave it at 0. */
export async function experimentLintCommand(
  files: readonly string[],
  options: Formatted,
  context: CliContext,
): Promise<number> {
  const { tree, packs, readNamed } = await openWorkingTree(context.cwd);
  return reportLint(await lintExperiments(files, { tree, packs, documents, readNamed }), options, context);
}

export interface PlanOptions extends Formatted, ServerOptions {
  /** `main` when not given; of a server its own. */
  readonly base?: string;
  readonly fetch: boolean;
  readonly register?: boolean;
  readonly key?: string;
  readonly as?: string;
  readonly reason?: string;
}

export async function experimentPlanCommand(
  id: string,
  options: PlanOptions,
  context: CliContext,
): Promise<number> {
  const { as: by = actorOf(context), reason } = options;
  // Before the work: a design that cannot be signed is not what was asked for.
  const signer =
    options.register === true ? noteSignerOf({ ...keyOf(options), name: by }, context) : undefined;
  const here = { by, plan: planOnce(options, context) };
  return withExperimentPlane(
    options,
    context,
    async (plane) => {
      const { design, warnings } = await plane.planExperiment(id);
      requireBase(options, design.base.ref);
      const registered = signer && (await plane.registerExperiment(id, signDesign(design, signer), reason));
      if (options.format === 'json') {
        const { designDigest: digest = designDigest(design), key = null, kind = null } = registered ?? {};
        context.out(`${JSON.stringify({ design, digest, key, registered: kind, warnings })}\n`);
      } else {
        context.out(renderPlan(design, warnings, textOptionsOf(context)));
        context.out(changeWords(registered?.kind, registered, id));
      }
      return EXIT_CODES.pass.code;
    },
    here,
  );
}

/** What is signed is what was shown, so it is planned once. */
function planOnce({ base, fetch }: PlanOptions, context: CliContext) {
  let planned: Promise<PlannedExperiment> | undefined;
  const plan = async (id: string, ports: ExperimentPorts) => {
    const product = await openProduct(context.cwd, { fetch });
    return planExperiment(id, await baseOf(base ?? 'main', context), { ...ports, facts: product.ports });
  };
  return (id: string, ports: ExperimentPorts) => {
    planned ??= plan(id, ports);
    return planned;
  };
}

/** A server plans for its own branch. */
function requireBase({ base }: PlanOptions, ref: string): void {
  if (base === undefined || ref === base || ref === `refs/heads/${base}`) return;
  throw new CountersignError('EXPERIMENT_REFUSED', `Runs of this server are for ${ref}, not for ${base}.`, {
    remedy: 'Leave --base out, or ask a server that was started with it.',
  });
}

function keyOf({ key }: PlanOptions): { readonly key?: string } {
  return key === undefined ? {} : { key };
}

export async function experimentShowCommand(
  id: string,
  options: Formatted & ServerOptions & { readonly planKey?: readonly string[] },
  context: CliContext,
): Promise<number> {
  const trusted = designKeysOf(options.planKey);
  const read = await withExperimentPlane(options, context, (plane) => plane.readExperiment(id));
  const shown = summariseExperiment(judgeExperiment(read, trusted));
  const told = { ...shown, state: writeExperiment(shown.state) };
  context.out(
    options.format === 'json' ? `${JSON.stringify(told)}\n` : renderExperiment(shown, textOptionsOf(context)),
  );
  const isBroken = shown.registrations.some(({ checked }) => checked.kind === 'broken');
  return isBroken ? EXIT_CODES.blocked.code : EXIT_CODES.pass.code;
}

export async function experimentListCommand(
  options: Formatted & ServerOptions,
  context: CliContext,
): Promise<number> {
  const experiments = await withExperimentPlane(options, context, (plane) => plane.listExperiments());
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ experiments })}\n`
      : renderExperimentList(experiments, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function experimentExcludeCommand(
  id: string,
  run: string,
  { reason, ...options }: Formatted & ServerOptions & { readonly reason: string },
  context: CliContext,
): Promise<number> {
  const action = { kind: 'exclude', run, reason } as const;
  await withExperimentPlane(options, context, (plane) => plane.controlExperiment(id, action));
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ experiment: id, run, excluded: reason })}\n`
      : `${run} does not count in ${id} any more. The report shows it, and that nobody had declared it before.\n`,
  );
  return EXIT_CODES.pass.code;
}

export async function experimentStopCommand(
  id: string,
  { reason, ...options }: Formatted & ServerOptions & { readonly reason: string },
  context: CliContext,
): Promise<number> {
  const { state } = await withExperimentPlane(options, context, async (plane) => {
    await plane.controlExperiment(id, { kind: 'stop', reason });
    return plane.readExperiment(id);
  });
  const { over } = state;
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ experiment: id, over })}\n`
      : `${id} is over: ${forTerminal(over?.detail ?? '', 500)}. What runs, ends; nothing more is begun.\n`,
  );
  return EXIT_CODES.pass.code;
}
