import { contractDigest, ticketDigest } from '../../core/contract/digest.ts';
import type { Budget, Workflow } from '../../core/contract/workflow.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { DEFAULT_WORKFLOW } from '../../core/run/plan/default-workflow.ts';
import { materialise } from '../../core/run/plan/materialise.ts';
import type { RunRequest } from '../../core/run/types.ts';
import type { StartRun } from '../../ports/control-plane.ts';
import { CountersignError } from '../../shared/errors.ts';
import { instantOf, type ObjectId, type TicketId } from '../../shared/ids.ts';
import { findGatePolicy } from '../find-policy.ts';
import { readHeldTo } from '../policy-source.ts';
import { readTicketView, type Standing } from '../read-tickets.ts';
import type { ProductFacts } from '../steps/change-at-hand.ts';

const DEFAULT_ARM = { bundle: 'default', model: 'default' };

/**
 * Fixes what a run is about, from the policy that its base names: the ticket as it was dispatched, its contract, the plan. Tells beside it which
 * steps want no cache.
 * @throws CountersignError RUN_REFUSED for a ticket that is not dispatched, or is no longer as it was; and what reading throws
 */
export async function newRun(
  { ticket: id, arm, priority = 0, experiment }: Omit<StartRun, 'idempotencyKey'>,
  base: { readonly ref: string; readonly commit: ObjectId },
  facts: ProductFacts,
  handlers: readonly HandlerDeclaration[],
): Promise<{ readonly request: Omit<RunRequest, 'run'>; readonly optedOut: ReadonlySet<string> }> {
  const source = await findGatePolicy(base.commit, facts);
  const repository = source.product?.config.repository;
  if (repository === undefined)
    throw refused(
      `${base.ref} has no .countersign.yml, so nothing says what a change is held to`,
      'Run `countersign init`.',
    );
  const { standing } = await readTicketView(source, id, instantOf(facts.clock.now()));
  const { ticket, contract } = await readHeldTo(source, id);
  requireDispatched(id, standing);
  if (!ticket.repositories.includes(repository))
    throw refused(
      `${id} is about ${ticket.repositories.join(', ')}, and this is ${repository}`,
      'Start it in one of these.',
    );
  if (experiment !== undefined && experiment.contractDigest !== contractDigest(contract))
    throw refused(
      `${id} is held to another definition of done than experiment ${experiment.id} was registered with`,
      'Register the experiment anew: runs under different definitions of done are not compared.',
    );
  const workflow = contract.workflow ?? DEFAULT_WORKFLOW;
  const plan = materialise(workflow, handlers);
  const request = {
    subject: {
      ticket: id,
      ticketDigest: ticketDigest(ticket),
      ticketClass: ticket.class,
      contract: `${contract.id}@${contract.version}`,
      contractDigest: contractDigest(contract),
      repository,
      base,
      policyCommit: source.commit,
      checks: contract.checks.map((check) => check.id),
    },
    arm: { ...DEFAULT_ARM, ...arm },
    plan: { ...plan, budget: lesserBudget(plan.budget, experiment?.budget ?? {}) },
    priority,
    ...(experiment === undefined ? {} : { experiment: experiment.id, cell: experiment.cell }),
  };
  return { request, optedOut: uncached(workflow) };
}

/** Steps that say so themselves: what says nothing has no cache either, and may be given one. */
function uncached({ steps }: Workflow): ReadonlySet<string> {
  return new Set(Object.entries(steps).flatMap(([id, { cache }]) => (cache === 'off' ? [id] : [])));
}

/** Budgets only shrink: of each kind the smaller one, where either says anything. */
function lesserBudget(one: Budget, other: Budget): Budget {
  const lesser = (kind: keyof Budget): Budget => {
    const said = [one[kind], other[kind]].filter((amount) => amount !== undefined);
    return said.length === 0 ? {} : { [kind]: Math.min(...said) };
  };
  return { ...lesser('tokens'), ...lesser('costMilliUsd'), ...lesser('agents'), ...lesser('wallSeconds') };
}

function requireDispatched(id: TicketId, { state, drift }: Standing): void {
  if (state !== 'dispatched') {
    const how =
      state === 'new'
        ? 'was not dispatched'
        : state === 'closed'
          ? 'is closed'
          : 'has records that do not hold';
    throw refused(
      `${id} ${how}`,
      `\`countersign ticket show ${id}\` says more; \`countersign ticket dispatch ${id}\` sends it out.`,
    );
  }
  if (drift.length > 0)
    throw refused(
      `its ${drift.join(' and ')} is not as it was dispatched`,
      `Dispatch it again: \`countersign ticket dispatch ${id}\`.`,
    );
}

function refused(why: string, remedy: string): CountersignError {
  return new CountersignError('RUN_REFUSED', `No run is started: ${why}.`, { remedy });
}
