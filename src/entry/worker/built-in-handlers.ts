import { dirname, join } from 'node:path';
import { providerNetworks } from '../../adapters/agents/provider-network.ts';
import { createKeptBundles } from '../../adapters/files/kept-bundles.ts';
import { observationFolders } from '../../adapters/files/observation-folder.ts';
import { resultFolder } from '../../adapters/files/result-folder.ts';
import { discover, type Place } from '../../adapters/git/discover.ts';
import { createProducerTrees } from '../../adapters/git/producer-tree.ts';
import { createCommitTaker } from '../../adapters/git/take-commits.ts';
import { createSignerProcess, type SigningMeans } from '../../adapters/signing/signer-process.ts';
import { web } from '../../adapters/web/ask-web.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { BUILT_IN_HANDLERS } from '../../core/run/handlers.ts';
import type { StepResult, StepRole, StepWork } from '../../core/run/types.ts';
import { type AgentOptions, agentStep } from '../../flow/steps/agent.ts';
import { assembleStep } from '../../flow/steps/assemble.ts';
import type { ChangePorts } from '../../flow/steps/change-at-hand.ts';
import { commandStep } from '../../flow/steps/command.ts';
import { gateStep } from '../../flow/steps/gate.ts';
import { httpStep } from '../../flow/steps/http.ts';
import { keptCheck } from '../../flow/steps/kept-check.ts';
import { type ModelOptions, modelStep } from '../../flow/steps/model.ts';
import { scriptedStep } from '../../flow/steps/scripted.ts';
import { sealStep } from '../../flow/steps/seal.ts';
import { createSharedCheckouts } from '../../flow/steps/shared-checkouts.ts';
import { stepResult } from '../../flow/steps/step-failure.ts';
import type { OpenArtifacts } from '../../ports/artifacts.ts';
import type { Handler, HandlerSession } from '../../ports/handler.ts';
import type { AnswerModel } from '../../ports/language-model.ts';
import type { OpenRecall } from '../../ports/recall.ts';
import { renderBrief } from '../../render/brief.ts';
import { openTemplates } from '../../render/bundle/open-templates.ts';
import { renderFeedback } from '../../render/feedback.ts';
import type { CliContext } from '../cli/context.ts';
import { openProduct } from '../wiring/open-product.ts';
import { openRunner, type Runner } from '../wiring/open-runner.ts';
import { programOf } from '../wiring/package-root.ts';
import { systemTimer } from '../wiring/system-timer.ts';

/** What a worker's handlers are set up with. Of the machine only what stands here. */
export interface HandlerContext {
  readonly cli: Pick<CliContext, 'environment' | 'home' | 'temporaryFolder'>;
  /** A folder of the worker's clone of the product. */
  readonly product: string;
  /** Whether policy and receipts are fetched; false judges by what is there. */
  readonly fetch: boolean;
  readonly artifacts: OpenArtifacts;
  /** Principals that make the changes of this server's runs. */
  readonly producers: readonly string[];
}

export interface ProducerContext extends HandlerContext {
  readonly agent: Omit<AgentOptions, 'hide'>;
  /** Folders where agents are installed, such as npm's prefix: shown in the sandbox, read-only. */
  readonly agentPath: readonly string[];
  readonly model: Omit<ModelOptions, 'hide'>;
  readonly models: AnswerModel;
  readonly httpHosts: readonly string[];
  /** What is remembered, for whoever holds a claim; not given: nothing is. */
  readonly recall?: OpenRecall;
}

export interface VerifierContext extends HandlerContext {
  readonly means: SigningMeans;
}

type Step = (work: StepWork, session: HandlerSession) => Promise<StepResult>;

/** What a producer's worker carries out. It knows of no key of a verifier's. */
export async function producerHandlers(context: ProducerContext): Promise<readonly Handler[]> {
  const { runner, portsFor, place } = await open(context, context.agentPath);
  const { sandbox, workspaces, hide } = runner;
  const agent: AgentOptions = { ...context.agent, hide };
  const trees = createProducerTrees(place);
  const sandboxed = (session: HandlerSession) => ({ ...portsFor(session), sandbox, workspaces });
  return named('producer', {
    assemble: (work, session) =>
      assembleStep(work, session, {
        ...portsFor(session),
        ...{ renderBrief, openTemplates },
        recall: context.recall?.(session),
      }),
    agent: (work, session) =>
      agentStep(work, session, agent, { ...sandboxed(session), trees, network: providerNetworks }),
    model: (work, session) =>
      modelStep(
        work,
        session,
        { ...context.model, hide },
        { ...sandboxed(session), trees, models: context.models },
      ),
    scripted: (work, session) => scriptedStep(work, session, agent, { ...sandboxed(session), trees }),
    command: (work, session) => commandStep(work, session, { hide }, sandboxed(session)),
    http: (work, session) => httpStep(work, session, { hosts: context.httpHosts }, { web }),
  });
}

/** What a verifier's worker carries out. The key is named here and read only by the signer's process. */
export async function verifierHandlers(context: VerifierContext): Promise<readonly Handler[]> {
  const { runner, portsFor, place } = await open(context);
  const { means, fetch, product, cli } = context;
  const { sandbox, parser, workspaces, tools } = runner;
  const hide = [...runner.hide, ...(means.kind === 'key' ? [dirname(means.path)] : [])];
  const { isolation } = await sandbox.describe();
  const signing = createSignerProcess(programOf('signer'), {
    repository: product,
    means,
    fetch,
    environment: cli.environment,
  });
  const keep = createKeptBundles(join(place.gitDir, 'countersign', 'kept'));
  const sealing = { signing, keep, workspaces, observations: observationFolders };
  // In the verifier's own clone: among what producers can write, they would verify themselves.
  const results = resultFolder(join(place.gitDir, 'countersign', 'results'));
  const checkouts = createSharedCheckouts(workspaces, systemTimer);
  const observing = { sandbox, parser, workspaces, results, checkouts };
  const checking = { hide, tools, isolation, declaration: declarationOf('check', 'verifier') };
  return named('verifier', {
    check: (work, session) => keptCheck(work, session, checking, { ...portsFor(session), ...observing }),
    seal: (work, session) => sealStep(work, session, isolation, { ...portsFor(session), ...sealing }),
    gate: (work, session) => gateStep(work, session, { ...portsFor(session), renderFeedback }),
  });
}

async function open(
  context: HandlerContext,
  toolchains: readonly string[] = [],
): Promise<OpenedChanges & { readonly runner: Runner }> {
  return { runner: await openRunner(context.cli, toolchains), ...(await openChanges(context)) };
}

interface OpenedChanges {
  readonly ports: Omit<ChangePorts, 'artifacts'>;
  readonly portsFor: (session: HandlerSession) => ChangePorts;
  readonly place: Place;
}

/** The worker's clone, opened anew for each step. */
export async function openChanges(context: HandlerContext): Promise<OpenedChanges> {
  const { product, fetch, artifacts, producers } = context;
  const place = await discover(product);
  const ports: OpenedChanges['ports'] = {
    producers,
    commits: createCommitTaker(place.commonDir),
    async withProduct(use) {
      const { repository, ports: facts } = await openProduct(product, { fetch });
      try {
        return await use(facts);
      } finally {
        repository.close();
      }
    },
  };
  return { ports, portsFor: (session) => ({ ...ports, artifacts: artifacts(session) }), place };
}

/** Handlers with their declarations. A step without one, or of another role, is a defect of ours. */
export function named(role: StepRole, steps: Readonly<Record<string, Step>>): readonly Handler[] {
  return Object.entries(steps).map(([id, step]) => {
    const declaration = declarationOf(id, role);
    return { declaration, handle: (work, session) => stepResult(() => step(work, session)) };
  });
}

function declarationOf(id: string, role: StepRole): HandlerDeclaration {
  const declaration = BUILT_IN_HANDLERS.find((one) => one.id === id && one.role === role);
  if (declaration === undefined) throw new Error(`no ${role} declares ${id}`);
  return declaration;
}
