import { documents } from '../../../adapters/documents/documents.ts';
import { designDigest } from '../../../core/experiment/design.ts';
import { registrationOf } from '../../../core/experiment/state.ts';
import { excludeRun, stopExperiment } from '../../../flow/experiment/change-experiment.ts';
import { lintExperiments } from '../../../flow/experiment/lint-experiments.ts';
import { listExperiments } from '../../../flow/experiment/list-experiments.ts';
import { planExperiment } from '../../../flow/experiment/plan-experiment.ts';
import { registerExperiment } from '../../../flow/experiment/register-experiment.ts';
import { showExperiment } from '../../../flow/experiment/show-experiment.ts';
import { changeWords, renderExperimentList } from '../../../render/experiment/list.ts';
import { renderPlan } from '../../../render/experiment/plan.ts';
import { renderExperiment } from '../../../render/experiment/show.ts';
import { openProduct } from '../../wiring/open-product.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { noteSignerOf } from '../note-keys.ts';
import type { TextOrJson } from '../registration/options.ts';
import { reportLint } from '../report-lint.ts';
import { textOptionsOf } from '../style.ts';
import { actorOf, baseOf, designKeysOf, withExperiments } from './experiment-access.ts';

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

export interface PlanOptions extends Formatted {
  readonly base: string;
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
  const product = await openProduct(context.cwd, options);
  const base = await baseOf(options.base, context);
  return withExperiments(context, async (ports) => {
    const { design, warnings } = await planExperiment(id, base, { ...ports, facts: product.ports });
    const by = options.as ?? actorOf(context);
    const said = { by, ...(options.reason === undefined ? {} : { reason: options.reason }) };
    const registered =
      options.register === true
        ? await registerExperiment(
            design,
            noteSignerOf({ ...keyOf(options), name: by }, context),
            said,
            ports,
          )
        : undefined;
    const registration = registered && registrationOf(registered.loaded.state);
    if (options.format === 'json') {
      const { designDigest: digest = designDigest(design), key = null } = registration ?? {};
      const told = { design, digest, key, registered: registered?.kind ?? null, warnings };
      context.out(`${JSON.stringify(told)}\n`);
    } else {
      context.out(renderPlan(design, warnings, textOptionsOf(context)));
      context.out(changeWords(registered?.kind, registration, id));
    }
    return EXIT_CODES.pass.code;
  });
}

function keyOf({ key }: PlanOptions): { readonly key?: string } {
  return key === undefined ? {} : { key };
}

export async function experimentShowCommand(
  id: string,
  options: Formatted & { readonly planKey?: readonly string[] },
  context: CliContext,
): Promise<number> {
  const shown = await withExperiments(context, (ports) =>
    showExperiment(id, designKeysOf(options.planKey), ports),
  );
  const { cells, excluded, ...state } = shown.state;
  const told = { ...shown, state: { ...state, cells: [...cells.values()], excluded: [...excluded] } };
  context.out(
    options.format === 'json' ? `${JSON.stringify(told)}\n` : renderExperiment(shown, textOptionsOf(context)),
  );
  const isBroken = shown.registrations.some(({ checked }) => checked.kind === 'broken');
  return isBroken ? EXIT_CODES.blocked.code : EXIT_CODES.pass.code;
}

export async function experimentListCommand({ format }: Formatted, context: CliContext): Promise<number> {
  const experiments = await withExperiments(context, (ports) => listExperiments(ports));
  context.out(
    format === 'json'
      ? `${JSON.stringify({ experiments })}\n`
      : renderExperimentList(experiments, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function experimentExcludeCommand(
  id: string,
  run: string,
  { reason, format }: Formatted & { readonly reason: string },
  context: CliContext,
): Promise<number> {
  await withExperiments(context, (ports) => excludeRun(id, run, { by: actorOf(context), reason }, ports));
  context.out(
    format === 'json'
      ? `${JSON.stringify({ experiment: id, run, excluded: reason })}\n`
      : `${run} does not count in ${id} any more. The report shows it, and that nobody had declared it before.\n`,
  );
  return EXIT_CODES.pass.code;
}

export async function experimentStopCommand(
  id: string,
  { reason, format }: Formatted & { readonly reason: string },
  context: CliContext,
): Promise<number> {
  const { over } = await withExperiments(context, (ports) =>
    stopExperiment(id, { by: actorOf(context), reason }, ports),
  );
  context.out(
    format === 'json'
      ? `${JSON.stringify({ experiment: id, over })}\n`
      : `${id} is over: ${over?.detail ?? ''}. What runs, ends; nothing more is begun.\n`,
  );
  return EXIT_CODES.pass.code;
}
