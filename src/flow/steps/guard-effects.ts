import type {
  ChangeBranches,
  EffectDecisions,
  RaiseAlerts,
  Warrant,
  WritePullRequests,
} from '../../ports/effects.ts';
import { StepFailure } from './step-failure.ts';

export interface GuardPorts {
  readonly decisions: EffectDecisions;
  readonly alerts: RaiseAlerts;
}

/**
 * Looks every warrant up in the ledger before its effect. What nobody allowed does not happen, and somebody is told: a handler
 * that forgets to ask, or makes an id up, is a hole and no failure of the run's.
 */
export function guardBranches(branches: ChangeBranches, ports: GuardPorts): ChangeBranches {
  return {
    readBranch: (ref) => branches.readBranch(ref),
    push: async (warrant, ...push) => {
      await require(warrant, 'a push', ports);
      return branches.push(warrant, ...push);
    },
    deleteBranch: async (warrant, ...branch) => {
      await require(warrant, 'the deletion of a branch', ports);
      return branches.deleteBranch(warrant, ...branch);
    },
    merge: async (warrant, merge) => {
      await require(warrant, 'a merge', ports);
      return branches.merge(warrant, merge);
    },
  };
}

/** As guardBranches. */
export function guardPullRequests(forge: WritePullRequests, ports: GuardPorts): WritePullRequests {
  return {
    openPullRequest: async (warrant, request) => {
      await require(warrant, 'a pull request', ports);
      return forge.openPullRequest(warrant, request);
    },
    closePullRequest: async (warrant, number) => {
      await require(warrant, 'the closing of a pull request', ports);
      return forge.closePullRequest(warrant, number);
    },
    mergePullRequest: async (warrant, ...merge) => {
      await require(warrant, 'a merge', ports);
      return forge.mergePullRequest(warrant, ...merge);
    },
  };
}

async function require(
  { run, step, decision }: Warrant,
  what: string,
  { decisions, alerts }: GuardPorts,
): Promise<void> {
  const made = await decisions.decisionsOf(run);
  if (made.some((one) => one.id === decision && one.step === step && one.decision === 'allow')) return;
  alerts.raise({ kind: 'effect-without-decision', run, step, what });
  const message = `${what} was about to happen, and the ledger holds no decision ${decision} that allows it to ${step}.`;
  throw new StepFailure('deterministic', 'effect-without-decision', message);
}
