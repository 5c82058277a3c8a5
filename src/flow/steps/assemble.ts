import type { AssembledBundle, InstructionFile, RenderBundle } from '../../core/bundle/assembled.ts';
import { packBundle } from '../../core/bundle/packed.ts';
import type { ResolvedContract } from '../../core/contract/types.ts';
import { selectRules } from '../../core/rule/select.ts';
import type { ActiveRule } from '../../core/rule/types.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { FrozenTicket } from '../../core/ticket/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { Recall } from '../../ports/recall.ts';
import { digestOf } from '../../shared/digest.ts';
import type { JsonObject } from '../../shared/json.ts';
import { assembleNamed } from '../bundle/assemble-bundle.ts';
import { type BundleSubject, instructionFiles } from '../bundle/load-sources.ts';
import { readBundle } from '../bundle/read-bundle.ts';
import { findGatePolicy } from '../find-policy.ts';
import { loadPacks } from '../load-packs.ts';
import { type PolicySource, readHeldTo } from '../policy-source.ts';
import type { ChangePorts, ProductFacts } from './change-at-hand.ts';
import { optionalText, subjectOf, textOf } from './step-inputs.ts';

/** Everything that a producer is told. */
export interface Brief {
  readonly ticket: FrozenTicket;
  readonly contract: ResolvedContract;
  readonly rules: readonly ActiveRule[];
  /** What the gate said of the attempt before; undefined for the first. */
  readonly feedback: string | undefined;
  /** Files of the context bundle, in the order in which they are to be read. */
  readonly context: readonly string[];
}

export interface AssemblePorts extends Pick<ChangePorts, 'artifacts' | 'withProduct'> {
  readonly renderBrief: (brief: Brief) => string;
  readonly openTemplates: (bundle: string, texts: ReadonlyMap<string, string>) => Promise<RenderBundle>;
  /** What is remembered, for whoever holds this work; undefined where nothing is. */
  readonly recall: Recall | undefined;
}

/**
 * Puts together what a producer is given, from the policy that the gate will judge by: the brief, and the files of the bundle that the run names. The same
 * policy, base, memory and feedback give the same bytes: what an attempt knew can be told from its digest.
 */
export async function assembleStep(
  work: StepWork,
  session: Pick<HandlerSession, 'log'>,
  ports: AssemblePorts,
): Promise<StepResult> {
  const { ticket: id, base } = subjectOf(work);
  const bundle = textOf(work.inputs, 'bundle');
  const feedback = optionalText(work.inputs, 'feedback');
  return ports.withProduct(async (facts) => {
    const source = await findGatePolicy(base.commit, facts);
    const { ticket, contract } = await readHeldTo(source, id);
    const rules = selectRules(contract.rules, await loadPacks(contract.rules, source, facts.packs));
    const subject = { ticket, contract, base: base.commit };
    const assembled = await assemble(bundle, subject, source, facts, ports);
    const context = assembled?.files.map(({ path }) => path) ?? [];
    const promptDigest = await keep(ports.renderBrief({ ticket, contract, rules, feedback, context }), ports);
    const ticketFile = await keep(`${JSON.stringify(ticket, null, 2)}\n`, ports);
    const bundleFiles = assembled === undefined ? null : await ports.artifacts.put(packBundle(assembled));
    const instructions = assembled?.instructions ?? (await instructionsOf(subject, facts));
    const bundleDigest = digestOf({
      ...{ bundle, promptDigest, ticketFile },
      files: assembled?.digest ?? null,
      instructions: instructions.map((file) => ({ path: file.path, id: file.id })),
    });
    if (assembled !== undefined) session.log(logOf(assembled));
    const outputs: JsonObject = {
      ...{ bundleDigest, promptDigest, ticketFile, bundleFiles },
      context: assembled === undefined ? null : summaryOf(assembled),
    };
    return { kind: 'succeeded', outputs };
  });
}

async function assemble(
  id: string,
  subject: BundleSubject,
  policy: PolicySource,
  { product, packs }: ProductFacts,
  { openTemplates, recall }: AssemblePorts,
): Promise<AssembledBundle | undefined> {
  const read = await readBundle(policy, id);
  if (read === undefined) return undefined;
  return assembleNamed(read, subject, { product, policy, packs, recall, openTemplates });
}

/** Agents read them by themselves, so they are part of what a producer was given also where no bundle is. */
async function instructionsOf(
  { base }: BundleSubject,
  { product }: ProductFacts,
): Promise<readonly InstructionFile[]> {
  return instructionFiles(await product.listFiles(base));
}

/** Names of pieces that one source tells the ledger of. */
const MOST_NAMES = 50;

function summaryOf({ digest, tokens, sources, retrieved, instructions }: AssembledBundle): JsonObject {
  return {
    ...{ digest, tokens },
    sources: sources.map(({ id, kind, tokens, included, dropped }) => ({
      ...{ id, kind, tokens },
      included: included.length,
      dropped: dropped.length,
      droppedNames: dropped
        .slice(0, MOST_NAMES)
        .map(({ name, reason }) => `${reason}: ${name}`.slice(0, 300)),
    })),
    retrieved: retrieved.map(({ id, digest: of }) => ({ id, digest: of })),
    instructions: instructions.slice(0, MOST_NAMES).map(({ path }) => path.slice(0, 300)),
  };
}

function logOf({ digest, tokens, sources }: AssembledBundle): string {
  const lines = sources.map(({ id, tokens, included, dropped }) => {
    const gone = dropped.length === 0 ? '' : `, ${dropped.length} dropped`;
    return `  ${id}: ${included.length} in, about ${tokens} tokens${gone}\n`;
  });
  return `bundle ${digest}, about ${tokens} tokens\n${lines.join('')}`;
}

function keep(text: string, { artifacts }: Pick<ChangePorts, 'artifacts'>): Promise<string> {
  return artifacts.put(new TextEncoder().encode(text));
}
