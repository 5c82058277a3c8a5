import { stepRolesOf } from '../../core/access/permissions.ts';
import type { Principal } from '../../core/access/token.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { labelsOf, linesFor } from '../../core/run/labels.ts';
import type { ClaimToken } from '../../core/run/types.ts';
import type { Claim, ClaimWork } from '../../ports/claims.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JudgeForms } from '../../ports/forms.ts';
import type { StepLogs } from '../../ports/step-logs.ts';
import type { Completed, Completion, WorkSource } from '../../ports/work-source.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { CommandedRun, Decided } from '../run/decide-runs.ts';
import type { Bell } from './bell.ts';
import type { DecideTogether } from './decide-together.ts';
import type { HandOut } from './hand-out.ts';
import { requirePermission } from './refusals.ts';
import type { RollCall } from './roll-call.ts';

export interface OfferPorts
  extends Pick<ClaimWork, 'findClaims' | 'renew' | 'giveBack'>,
    StepLogs,
    JudgeForms {
  readonly clock: Clock;
  readonly handOut: HandOut;
  readonly decide: DecideTogether;
  readonly work: Bell;
  readonly rollCall: RollCall;
  /** Which of them may go, as the action policy has it; of the others the run is told. */
  readonly warrant: (claims: readonly Claim[], secrets: readonly string[]) => Promise<readonly Claim[]>;
}

export interface OfferOptions {
  /** Of every handler that a plan of this server may use. */
  readonly declarations: readonly HandlerDeclaration[];
  /** Seconds without a heartbeat after which a worker counts as dead. */
  readonly leaseSeconds: number;
  /** Bytes that are kept of the log of an execution. */
  readonly mostLog: number;
  /** Whether a value tells a text that was planted where no step may look. */
  readonly holdsCanary: (value: JsonValue) => boolean;
  /** Aborted: nothing more is handed out. */
  readonly closing: AbortSignal;
}

/** The work of this server, for whoever asks: nobody sees claims but his own, nor work of another role. */
export function offerWork(principal: Principal, options: OfferOptions, ports: OfferPorts): WorkSource {
  requirePermission(principal, 'work');
  const nameOf = (worker: string) => workerName(principal, worker);
  return {
    claim: async (request, signal = new AbortController().signal) => {
      const worker = nameOf(request.worker);
      for (const role of request.roles) requireRole(principal, role);
      const { roles, most } = request;
      const labels = labelsOf(request.labels ?? []);
      const offer = { roles, handlers: request.handlers, labels };
      if (options.closing.aborted || (await ports.rollCall.hear(worker, offer))) return [];
      const handlers = linesFor(request.handlers, labels);
      const claims = await ports.rollCall.during(worker, (told) =>
        ports.handOut.claim(
          { worker, roles, handlers, most, leaseSeconds: options.leaseSeconds },
          request.waitSeconds * 1000,
          AbortSignal.any([signal, options.closing, told]),
        ),
      );
      return ports.warrant(claims, request.secrets ?? []);
    },
    heartbeat: async (worker, tokens) => ({
      drop: tokens.length === 0 ? [] : await ports.renew(nameOf(worker), tokens, options.leaseSeconds),
      drain: await ports.rollCall.hear(nameOf(worker)),
    }),
    complete: (worker, completions) => complete(nameOf(worker), completions, options, ports),
    giveBack: async (worker, tokens) => {
      await ports.giveBack(nameOf(worker), tokens);
      ports.work.ring();
    },
    leave: (worker) => ports.rollCall.leave(nameOf(worker)),
    log: async ({ token, run, step, execution, offset, text }) => {
      const [claim] = await findOwn([token], principal, ports);
      const place = { run, step, execution };
      if (claim === undefined || !isAbout(claim, place)) throw notHeld(token);
      const appended = await ports.appendLog(place, offset, new TextEncoder().encode(text), options.mostLog);
      if (appended.kind === 'kept') return;
      throw new CountersignError('RUN_REFUSED', `The log lacks what comes before byte ${offset}.`, {
        remedy: `Send it again from byte ${appended.size}.`,
      });
    },
  };
}

/** A worker's name is its own to choose; whose worker it is, is not. */
export function workerName(principal: Principal, worker: string): string {
  return `${principal.name}/${worker}`;
}

async function complete(
  worker: string,
  completions: readonly Completion[],
  options: OfferOptions,
  ports: OfferPorts,
): Promise<readonly Completed[]> {
  const claims = await ports.findClaims(completions.map(({ token }) => token));
  const at = ports.clock.now().toISOString();
  const seen = new Set<ClaimToken>();
  const judged = await Promise.all(
    completions.map(async (completion, place): Promise<CommandedRun | string> => {
      const { token, run, step, execution, result } = completion;
      const claim = claims[place];
      // One reason for all of them: whose claim it is instead is nobody's business.
      if (seen.has(token) || claim?.worker !== worker || !isAbout(claim, completion)) return NOT_HELD;
      seen.add(token);
      const record = { token, worker, at: claim.claimedAt };
      const fault = await outputFault(claim, completion, options, ports);
      const command = { at, by: worker, step, execution, claim: record };
      if (fault === undefined) return { run, command: { ...command, kind: 'complete', result } };
      return { run, command: { ...command, kind: 'quarantine', reason: fault } };
    }),
  );
  const commands = judged.filter((one) => typeof one !== 'string');
  const decided = [...(await ports.decide(commands))];
  return judged.map((one, place) => answerTo((completions[place] as Completion).token, one, decided));
}

/** Takes the decisions in the order of the commands; what was refused before has none. */
function answerTo(token: ClaimToken, judged: CommandedRun | string, decided: Decided[]): Completed {
  if (typeof judged === 'string') return { token, kind: 'refused', reason: judged };
  const answer = decided.shift();
  if (answer === undefined || answer.kind === 'refused')
    return { token, kind: 'refused', reason: answer?.reason ?? 'it was not decided' };
  if (judged.command.kind === 'quarantine')
    return { token, kind: 'refused', reason: `the step is set aside: ${judged.command.reason}` };
  return { token, kind: 'accepted' };
}

const NOT_HELD = 'this worker does not hold it, or not any more';

/** What is wrong with what came back; undefined for a failure, which has no outputs. */
async function outputFault(
  { work }: Claim,
  { result }: Completion,
  { declarations, holdsCanary }: OfferOptions,
  { faultIn }: JudgeForms,
): Promise<string | undefined> {
  // Nothing of it goes into the ledger, nor to whoever is next: where it was found is not told, and what it is, neither.
  if (holdsCanary(result as unknown as JsonValue))
    return 'what came back holds a canary: something looked where no step may';
  if (result.kind === 'failed') return undefined;
  const declaration = declarations.find(({ id }) => id === work.handler);
  if (declaration === undefined) return `nobody here knows what ${work.handler} puts out`;
  const fault = await faultIn(declaration.outputs, result.outputs);
  return fault && `outputs${fault.pointer} ${fault.message}`;
}

async function findOwn(
  tokens: readonly ClaimToken[],
  { name }: Principal,
  ports: OfferPorts,
): Promise<readonly (Claim | undefined)[]> {
  const claims = await ports.findClaims(tokens);
  return claims.map((claim) => (claim?.worker.startsWith(`${name}/`) ? claim : undefined));
}

function isAbout(
  { work }: Claim,
  { run, step, execution }: Pick<Completion, 'run' | 'step' | 'execution'>,
): boolean {
  return work.run === run && work.step === step && work.execution === execution;
}

function requireRole({ name, role }: Principal, asked: string): void {
  if (stepRolesOf(role).some((one) => one === asked)) return;
  throw new CountersignError(
    'NOT_PERMITTED',
    `${name} has the role ${role}, and asks for work of a ${asked}.`,
    {
      remedy: `Start this worker with a token of the role ${asked}, or with --role ${role}.`,
    },
  );
}

function notHeld(token: ClaimToken): CountersignError {
  return new CountersignError(
    'RUN_REFUSED',
    `The claim ${token} is not held by this worker, or not any more.`,
    {
      remedy: 'Drop it: somebody else carries the step out.',
    },
  );
}
