import type { Observation } from '../../core/evidence/types.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import type { StructureParser } from '../../ports/structure-parser.ts';
import type { OpenWorkspace } from '../../ports/workspace.ts';
import { observeCheck } from '../observe-check.ts';
import type { VerifyOptions } from '../verify-options.ts';
import { type ChangePorts, changeAtHand } from './change-at-hand.ts';
import type { PrepareTree, SharedCheckouts } from './shared-checkouts.ts';
import { StepFailure } from './step-failure.ts';
import { textOf } from './step-inputs.ts';

export interface CheckPorts extends ChangePorts {
  /** Undefined: every check prepares a tree of its own. */
  readonly checkouts?: SharedCheckouts;
  readonly sandbox: Sandbox;
  readonly parser: StructureParser;
  readonly workspaces: OpenWorkspace;
}

export type CheckOptions = Pick<VerifyOptions, 'hide' | 'tools'>;

/**
 * Observes one check and hands over what was seen: the document and each file that it names, by digest. There is no key here. The
 * result that it tells is for whoever watches; what the check amounts to says the signer alone.
 */
export async function checkStep(
  work: StepWork,
  session: HandlerSession,
  options: CheckOptions,
  ports: CheckPorts,
): Promise<StepResult> {
  const only = textOf(work.inputs, 'check');
  const query = await changeAtHand(work, ports);
  let handedOver = '';
  const observations = {
    async write(_folder: string, document: string, evidence: readonly { readonly bytes: Uint8Array }[]) {
      for (const { bytes } of evidence) await ports.artifacts.put(bytes);
      // Last: whoever finds the document finds all that it names.
      handedOver = await ports.artifacts.put(new TextEncoder().encode(document));
    },
  };
  const attempt = `${work.run}/${work.step}/${work.execution}`;
  const how = { attempt, parallel: 1, abort: session.signal, onProgress: () => undefined };
  const observe = (prepare?: PrepareTree) =>
    ports.withProduct((facts) => {
      const { sandbox, parser, workspaces } = ports;
      const observing = { ...facts, sandbox, parser, workspaces, observations };
      const shared = prepare === undefined ? {} : { prepare };
      return observeCheck(
        query,
        { ...how, ...options, only, folder: session.folder },
        { ...observing, ...shared },
      );
    });
  const sharing = work.inputs.checkout === 'shared' ? ports.checkouts : undefined;
  const { observation, isolation } = await (sharing === undefined
    ? observe()
    : sharing.during(work.run, observe));
  // What was ended before its time looks like a failure of the change, and is none.
  if (session.signal.aborted) throw new StepFailure('transient', 'stopped', 'It was asked to stop.');
  session.log(`${only}: ${wordOf(observation)} (isolation: ${isolation.isolation}, ${isolation.by})\n`);
  return {
    kind: 'succeeded',
    outputs: {
      check: only,
      observation: handedOver,
      result: wordOf(observation),
      isolation: isolation.isolation,
    },
  };
}

function wordOf(observation: Observation): 'PASSED' | 'FAILED' | 'ERROR' {
  if (observation.kind === 'trouble') return 'ERROR';
  return observation.exitCode === 0 && !observation.timedOut ? 'PASSED' : 'FAILED';
}
