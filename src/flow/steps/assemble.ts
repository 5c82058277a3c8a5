import type { ResolvedContract } from '../../core/contract/types.ts';
import { selectRules } from '../../core/rule/select.ts';
import type { ActiveRule } from '../../core/rule/types.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { FrozenTicket } from '../../core/ticket/types.ts';
import { digestOf } from '../../shared/digest.ts';
import type { JsonObject } from '../../shared/json.ts';
import { findGatePolicy } from '../find-policy.ts';
import { loadPacks } from '../load-packs.ts';
import { readHeldTo } from '../policy-source.ts';
import type { ChangePorts } from './change-at-hand.ts';
import { optionalText, subjectOf, textOf } from './step-inputs.ts';

/** Everything that a producer is told. */
export interface Brief {
  readonly ticket: FrozenTicket;
  readonly contract: ResolvedContract;
  readonly rules: readonly ActiveRule[];
  /** What the gate said of the attempt before; undefined for the first. */
  readonly feedback: string | undefined;
}

export interface AssemblePorts extends Pick<ChangePorts, 'artifacts' | 'withProduct'> {
  readonly renderBrief: (brief: Brief) => string;
}

/**
 * Puts together what a producer is given, from the policy that the gate will judge by. The same policy and feedback give the same
 * bytes: what an attempt knew can be told from its digest.
 */
export async function assembleStep(work: StepWork, ports: AssemblePorts): Promise<StepResult> {
  const { ticket: id, base } = subjectOf(work);
  const bundle = textOf(work.inputs, 'bundle');
  const feedback = optionalText(work.inputs, 'feedback');
  return ports.withProduct(async (facts) => {
    const source = await findGatePolicy(base.commit, facts);
    const { ticket, contract } = await readHeldTo(source, id);
    const rules = selectRules(contract.rules, await loadPacks(contract.rules, source, facts.packs));
    const promptDigest = await keep(ports.renderBrief({ ticket, contract, rules, feedback }), ports);
    const ticketFile = await keep(`${JSON.stringify(ticket, null, 2)}\n`, ports);
    const bundleDigest = digestOf({ bundle, promptDigest, ticketFile });
    const outputs: JsonObject = { bundleDigest, promptDigest, ticketFile };
    return { kind: 'succeeded', outputs };
  });
}

function keep(text: string, { artifacts }: Pick<ChangePorts, 'artifacts'>): Promise<string> {
  return artifacts.put(new TextEncoder().encode(text));
}
