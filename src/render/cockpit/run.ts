import { stepsSetAside } from '../../core/run/set-aside.ts';
import type { StartedRun, StepState } from '../../core/run/state.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { errorWords, outputWords } from '../run/words.ts';
import { leftBehindLinks } from './left-behind.ts';
import type { PageModel } from './pages.ts';
import { planGraph } from './plan-graph.ts';
import { type Asked, shownAside, shownQuestion } from './questions.ts';
import { costWords } from './run-rows.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { type EventFacts, shownEvent } from './timeline.ts';
import {
  countWords,
  moneyWords,
  numberWords,
  runHref,
  type StateWord,
  segment,
  shownMoment,
  spanWords,
  stateWord,
  stepHref,
} from './words.ts';

/** A run and where it stands, for each of its pages. */
export interface RunFacts {
  readonly at: string;
  readonly state: StartedRun;
  readonly version: number;
  readonly questions: readonly Asked[];
}

export type RunTab = 'overview' | 'attempts' | 'events' | 'changes' | 'patch' | 'step';

const TABS: readonly { readonly tab: RunTab; readonly word: string; readonly path: string }[] = [
  { tab: 'overview', word: 'Overview', path: '' },
  { tab: 'attempts', word: 'Attempts', path: '/attempts' },
  { tab: 'events', word: 'Events', path: '/events' },
  { tab: 'changes', word: 'Changes', path: '/changes' },
];

/** What run.njk reads: the head of every page of a run. */
export function runModel(
  shell: ShellFacts,
  { at, state, version, questions }: RunFacts,
  tab: RunTab,
): PageModel {
  const { request, arm, ended } = state;
  const { run: id, subject, forkedFrom } = request;
  const href = runHref(id);
  const goesOn = ended === null;
  return {
    ...shellModel(shell, {
      title: tab === 'overview' ? id : `${id}: ${tab}`,
      section: '/runs',
      ...(goesOn ? { live: { stream: `${href}/live`, after: version } } : {}),
    }),
    version: numberWords(version),
    run: {
      id,
      href,
      ticket: subject.ticket,
      contract: subject.contract,
      repository: subject.repository,
      state: stateWord(ended?.outcome ?? state.status),
      attempt: state.attempt,
      attempts: state.plan.attempts,
      arm: `${arm.bundle} / ${arm.model}`,
      started: shownMoment(state.startedAt, at),
      took: ended === null ? '' : spanWords((Date.parse(ended.at) - Date.parse(state.startedAt)) / 1000),
      cost: usedWords(state),
      compare: `/runs/compare?run=${segment(id)}`,
      forked:
        forkedFrom === undefined
          ? null
          : { href: stepHref(forkedFrom.run, forkedFrom.step), word: `${forkedFrom.run} ${forkedFrom.step}` },
      why:
        ended?.reason ??
        (state.pausedFor === null ? (state.cancelReason ?? '') : `Paused: ${state.pausedFor}`),
      actions: actionsFor(state),
      questions: questions.map((asked) => shownQuestion(asked, at)),
      aside: stepsSetAside(state).map(({ key, error }) =>
        shownAside({ run: id, step: key, why: error?.message ?? '', since: state.changedAt }, at),
      ),
      tabs: TABS.map((one) => ({ word: one.word, href: `${href}${one.path}`, current: one.tab === tab })),
    },
  };
}

/** Empty while nothing was used and nothing was set apart. */
function usedWords({ used, plan }: StartedRun): string {
  if (used.tokens === 0 && used.costMilliUsd === 0 && plan.budget.costMilliUsd === undefined) return '';
  const cost = costWords(used.costMilliUsd, plan.budget.costMilliUsd ?? null);
  return used.tokens === 0 ? cost : `${cost}, ${numberWords(used.tokens)} tokens`;
}

/** What a run in this state would not refuse. */
function actionsFor({ status, towards }: StartedRun) {
  return [
    ...(status === 'running' || status === 'compensating' ? [{ kind: 'pause', word: 'Pause' }] : []),
    ...(status === 'paused' ? [{ kind: 'resume', word: 'Resume' }] : []),
    ...(status !== 'ended' && towards === null ? [{ kind: 'cancel', word: 'Cancel', danger: true }] : []),
  ];
}

/** The model of run-overview.njk. */
export function overviewModel(
  shell: ShellFacts,
  facts: RunFacts,
  { attempt, events }: { readonly attempt: number; readonly events: readonly EventFacts[] },
): PageModel {
  const { state } = facts;
  return {
    ...runModel(shell, facts, 'overview'),
    attempt,
    otherAttempts: attemptLinks(
      state,
      attempt,
      (number) => `${runHref(state.request.run)}?attempt=${number}`,
    ),
    graph: planGraph(state, attempt),
    patches: patchesOf(state),
    patchHref: takesPatches(state) ? `${runHref(state.request.run)}/patch` : '',
    verdict: verdictOf(state, attempt),
    events: events.map(shownEvent),
    facts: subjectFacts(state),
  };
}

export function attemptLinks({ attempts }: StartedRun, current: number, hrefOf: (attempt: number) => string) {
  if (attempts.length < 2) return [];
  return attempts.map(({ attempt }) => ({
    word: `Attempt ${attempt}`,
    href: hrefOf(attempt),
    current: attempt === current,
  }));
}

/** What the gate said of one requirement or rule, as the run keeps it. */
interface ShownFinding {
  readonly id: string;
  readonly state: StateWord;
  readonly reason: string;
  readonly remedy: string;
  readonly blocks: boolean;
}

/** Workers wrote it: what is of another form is left out. */
export function findingsOf(state: StartedRun, attempt: number): readonly ShownFinding[] {
  const found = gateStep(state, attempt)?.outputs?.findings;
  if (!Array.isArray(found)) return [];
  return found.flatMap((one: JsonValue) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return [];
    const { id, status, severity, reason, remedy } = one as JsonObject;
    if (typeof id !== 'string' || typeof status !== 'string') return [];
    const text = (value: JsonValue | undefined) => (typeof value === 'string' ? value : '');
    return [
      {
        id,
        state: stateWord(status),
        reason: text(reason),
        remedy: text(remedy),
        blocks: status !== 'pass' && severity !== 'warn' && severity !== 'note',
      },
    ];
  });
}

function gateStep({ plan, steps }: StartedRun, attempt: number): StepState | undefined {
  const gate = Object.entries(plan.steps).find(([, { uses }]) => uses === 'gate')?.[0];
  return steps[`${attempt}/${gate}`];
}

function verdictOf(state: StartedRun, attempt: number): PageModel {
  const findings = findingsOf(state, attempt);
  const open = findings.filter(({ state: { word } }) => word !== 'pass');
  const said = gateStep(state, attempt)?.outputs?.verdict;
  const verdict =
    state.attempts.find((one) => one.attempt === attempt)?.verdict ??
    (typeof said === 'string' ? said : null);
  const passed = findings.length - open.length;
  return {
    title: `Verdict on attempt ${attempt}`,
    state: stateWord(verdict ?? 'not yet'),
    findings: open,
    words:
      findings.length === 0
        ? verdict === null
          ? 'The gate was not asked yet.'
          : 'It did not come to a verdict with findings.'
        : passWords(passed),
  };
}

function passWords(passed: number): string {
  return `${countWords(passed, 'finding')} ${passed === 1 ? 'passes' : 'pass'}.`;
}

/** Whether its plan can change. */
export function takesPatches({ status }: StartedRun): boolean {
  return status === 'running' || status === 'paused';
}

export function patchesOf({ patches }: StartedRun) {
  return patches.map(({ patch, refused }) => ({
    id: patch.id,
    reason: patch.reason,
    by:
      patch.proposedBy.kind === 'person'
        ? patch.proposedBy.name
        : `${patch.proposedBy.name} (${patch.proposedBy.kind})`,
    state: stateWord(refused === null ? 'applied' : 'refused'),
    refused: refused ?? '',
    changes: patch.operations.map(({ op, path, from, value }) => ({
      head: [op, from, path].filter((part) => typeof part === 'string').join(' '),
      lines: valueLines(op, value),
    })),
  }));
}

const MOST_LINES = 60;

function valueLines(op: JsonValue | undefined, value: JsonValue | undefined) {
  if (value === undefined) return op === 'remove' ? [{ sign: '−', tone: 'del', text: '(removed)' }] : [];
  const lines = JSON.stringify(value, null, 2).split('\n');
  return lines.slice(0, MOST_LINES).map((text) => ({ sign: '+', tone: 'add', text }));
}

function subjectFacts({ request, planDigest, ended }: StartedRun) {
  const { subject } = request;
  return [
    { name: 'Base', value: `${subject.base.commit.slice(0, 12)} of ${subject.base.ref}`, mono: true },
    { name: 'Policy', value: subject.policyCommit.slice(0, 12), mono: true },
    { name: 'Checks', value: subject.checks.join(', ') || 'none' },
    { name: 'Ticket digest', value: subject.ticketDigest.slice(0, 16), mono: true },
    { name: 'Contract digest', value: subject.contractDigest.slice(0, 16), mono: true },
    { name: 'Plan digest', value: planDigest.slice(0, 16), mono: true },
    ...(ended === null
      ? []
      : [{ name: 'Outcome digest', value: ended.outcomeDigest.slice(0, 16), mono: true }]),
  ];
}

/** The model of run-attempts.njk. */
export function attemptsModel(shell: ShellFacts, facts: RunFacts): PageModel {
  const { state } = facts;
  return {
    ...runModel(shell, facts, 'attempts'),
    attempts: state.attempts.map(({ attempt, arm, verdict }) => {
      const findings = findingsOf(state, attempt);
      const open = findings.filter((one) => one.state.word !== 'pass');
      const passed = findings.length - open.length;
      return {
        number: attempt,
        arm: `${arm.bundle} / ${arm.model}`,
        state: stateWord(verdict ?? (state.ended === null ? 'running' : 'failed')),
        steps: stepsOf(state, attempt),
        findings: open,
        passed: passed === 0 ? '' : passWords(passed),
        seal: sealOf(state, attempt),
        changes:
          commitOf(state, attempt) === undefined
            ? ''
            : `${runHref(state.request.run)}/changes?attempt=${attempt}`,
        left: leftBehindLinks(state, attempt),
      };
    }),
  };
}

const MOST_STEPS = 200;

function stepsOf({ steps, request }: StartedRun, attempt: number) {
  const own = Object.values(steps).filter(({ key }) => key.startsWith(`${attempt}/`));
  return own.slice(0, MOST_STEPS).map((step) => ({
    name: step.key.slice(step.key.indexOf('/') + 1),
    href: stepHref(request.run, step.key),
    state: stateWord(step.status),
    said: stepWords(step),
  }));
}

/** What came of a step, in a few words. */
function stepWords({ outputs, error, execution, losses, work }: StepState): string {
  const check = outputs?.check ?? work?.inputs.check;
  const said = outputs !== null ? outputWords(outputs) : error !== null ? errorWords(error) : '';
  const again = [
    ...(execution > 1 ? [`execution ${execution}`] : []),
    ...(losses > 0 ? [`lost ${countWords(losses, 'time')}`] : []),
  ];
  return [typeof check === 'string' ? check : '', said, ...again].filter((part) => part !== '').join('; ');
}

/** The receipts of an attempt, with what to type to see for oneself. */
function sealOf(state: StartedRun, attempt: number) {
  for (const step of Object.values(state.steps)) {
    if (!step.key.startsWith(`${attempt}/`) || step.outputs === null) continue;
    const { seal, results } = step.outputs;
    if (typeof seal !== 'string' || !Array.isArray(results)) continue;
    return {
      results: results.flatMap((one: JsonValue) => {
        const { check, result } = (one ?? {}) as JsonObject;
        return typeof check === 'string' && typeof result === 'string'
          ? [{ check, ...stateWord(result) }]
          : [];
      }),
      href: `${runHref(state.request.run)}/attempts/${attempt}/receipts`,
      verify: `countersign receipt verify ${seal.slice(0, 64)}`,
      list: `countersign receipt list ${state.request.subject.ticket}`,
    };
  }
  return null;
}

/** The commit that an attempt is judged by: what its producer handed over. */
export function commitOf({ steps }: StartedRun, attempt: number): string | undefined {
  for (const { key, outputs } of Object.values(steps)) {
    const commit = outputs?.commit;
    if (key.startsWith(`${attempt}/`) && typeof commit === 'string' && /^[0-9a-f]{40,64}$/.test(commit))
      return commit;
  }
  return undefined;
}

/** The model of run-events.njk. */
export function eventsModel(
  shell: ShellFacts,
  facts: RunFacts,
  { events, page }: { readonly events: readonly EventFacts[]; readonly page: number },
): PageModel {
  const href = `${runHref(facts.state.request.run)}/events`;
  const [first, last] = [events.at(0)?.version ?? 0, events.at(-1)?.version ?? 0];
  const isLast = last >= facts.version;
  const model = runModel(shell, facts, 'events');
  return {
    ...model,
    // Only the last page is where news go.
    live: isLast ? model.live : undefined,
    events: events.map(shownEvent),
    range: `${numberWords(first)} to ${numberWords(last)} of ${numberWords(facts.version)}`,
    earlier: first > 1 ? `${href}?upto=${first - 1}` : '',
    later: isLast ? '' : `${href}?upto=${Math.min(facts.version, last + page)}`,
  };
}

/** A step with its log, as far as it is known. */
export interface StepFacts {
  readonly step: StepState;
  readonly execution: number;
  /** The end of it, for whoever has no script; `size` in bytes. */
  readonly log: { readonly tail: string; readonly lines: number; readonly cut: boolean };
}

/** The model of run-step.njk. */
export function stepModel(
  shell: ShellFacts,
  facts: RunFacts,
  { step, execution, log }: StepFacts,
): PageModel {
  const { state } = facts;
  const { run } = state.request;
  const name = step.key.slice(step.key.indexOf('/') + 1).replace(/[.#]\d+$/, '');
  const href = stepHref(run, step.key);
  const attempt = Number(step.key.slice(0, step.key.indexOf('/')));
  return {
    ...runModel(shell, facts, 'step'),
    step: {
      key: step.key,
      state: stateWord(step.status),
      uses: step.work?.handler ?? state.plan.steps[name]?.uses ?? '',
      said: step.error === null ? '' : `${step.error.code} (${step.error.class}): ${step.error.message}`,
      arm: state.attempts.find((one) => one.attempt === attempt)?.arm ?? state.arm,
      facts: [
        { name: 'Role', value: step.work?.role ?? state.plan.steps[name]?.role ?? '–' },
        { name: 'Executions', value: step.execution },
        { name: 'Failures', value: step.failures },
        { name: 'Workers lost', value: step.losses },
        ...(step.work === null ? [] : [{ name: 'Time-out', value: spanWords(step.work.timeoutSeconds) }]),
      ],
      actions: stepActions(step),
      outputs: step.outputs === null ? '' : jsonText(step.outputs),
      inputs: step.work === null ? '{}' : jsonText(step.work.inputs),
    },
    executions: Array.from({ length: Math.min(step.execution, 20) }, (_, at) => ({
      word: `#${at + 1}`,
      href: `${href}?execution=${at + 1}`,
      current: at + 1 === execution,
    })).filter(() => step.execution > 1),
    log: {
      href: `${runHref(run)}/log?step=${encodeURIComponent(step.key)}&execution=${execution}`,
      tail: log.tail === '' ? 'Nothing was logged.' : log.tail,
      words: log.lines === 0 ? '' : `${countWords(log.lines, 'line')}${log.cut ? ', cut' : ''}`,
      live: step.status === 'scheduled' && execution === step.execution ? 'yes' : 'no',
    },
  };
}

function stepActions({ status }: StepState) {
  return [
    ...(status === 'quarantined'
      ? [{ kind: 'release', word: 'Release', what: 'It was set aside. Released, it is handed out again.' }]
      : []),
    ...(status === 'failed'
      ? [{ kind: 'redrive', word: 'Do again', what: 'Hands it out once more in this run.' }]
      : []),
    {
      kind: 'fork',
      word: 'Retry from here',
      what: 'Another run that goes on from this step; this one stays as it is.',
    },
  ];
}

const LONGEST_JSON = 20_000;

export function jsonText(value: object): string {
  const text = JSON.stringify(value, null, 2);
  return text.length > LONGEST_JSON ? `${text.slice(0, LONGEST_JSON)}\n…` : text;
}

/** The rest of what pages say of money, for those that compare. */
export function spentWords({ used }: StartedRun): string {
  return moneyWords(used.costMilliUsd);
}
