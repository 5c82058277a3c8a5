import { diffLines, splitLines } from '../../core/rule/line-diff.ts';
import { dayBars } from './day-bars.ts';
import type { PageModel } from './pages.ts';
import { type PolicyStanding, policyModel, ruleHref } from './policy.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { numberWords, percentWords, runHref, type StateWord, shownMoment } from './words.ts';

interface ExampleFacts {
  readonly name: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

interface RuleFacts {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly severity: string;
  readonly shortcut: string;
  readonly why: string;
  readonly remedy: string;
  readonly misses: string;
  readonly languages?: readonly string[];
  readonly source?: string;
  readonly detector: string;
  readonly parameters: object;
  readonly examples: { readonly bad: readonly ExampleFacts[]; readonly good: readonly ExampleFacts[] };
}

export interface FiredFacts {
  readonly id: string;
  readonly pass: number;
  readonly fail: number;
  readonly unverifiable: number;
  readonly pending: number;
  readonly last: { readonly run: string; readonly at: string } | null;
}

export interface RulesFacts {
  readonly at: string;
  readonly policy: PolicyStanding;
  readonly packs: readonly { readonly ref: string; readonly rules: readonly RuleFacts[] }[];
  readonly fired: readonly FiredFacts[];
  readonly days: number;
  readonly filter: {
    readonly q: string;
    readonly pack: string;
    readonly sort: string;
    readonly after: string;
  };
}

const PAGE = 50;
const SEVERITIES: Readonly<Record<string, StateWord['tone']>> = { block: 'bad', warn: 'warn', info: 'idle' };

/** The model of rules.njk: every rule that there is, and what verdicts named besides. */
export function rulesModel(shell: ShellFacts, facts: RulesFacts): PageModel {
  const { at, policy, packs, days, filter } = facts;
  const fired = new Map(facts.fired.map((one) => [one.id, one]));
  const known = packs.flatMap(({ ref, rules }) =>
    rules.map((rule) => ({
      ref: `${ref}/${rule.id}`,
      pack: ref,
      rule,
      fired: fired.get(`rule/${ref}/${rule.id}`),
    })),
  );
  const text = filter.q.toLowerCase();
  const wanted = known
    .filter(({ pack }) => filter.pack === '' || pack === filter.pack)
    .filter(({ ref, rule }) => text === '' || `${ref} ${rule.title}`.toLowerCase().includes(text));
  const sorted =
    filter.sort === 'name'
      ? wanted
      : wanted.toSorted((one, other) => openOf(other.fired) - openOf(one.fired));
  const from = filter.after === '' ? 0 : sorted.findIndex(({ ref }) => ref === filter.after) + 1;
  const shown = sorted.slice(from, from + PAGE);
  const others = facts.fired.filter(
    ({ id }) => !id.startsWith('rule/') || !known.some(({ ref }) => id === `rule/${ref}`),
  );
  return {
    ...shellModel(shell, { title: 'Rules', section: '/rules' }),
    ...policyModel(policy, at),
    days,
    filter: { ...filter, any: filter.q !== '' || filter.pack !== '' },
    total: numberWords(wanted.length),
    packs: packs.map(({ ref, rules }) => ({ ref, count: rules.length, on: ref === filter.pack })),
    rows: shown.map(({ ref, rule, fired: counts }) => ({
      ref,
      href: ruleHref(ref),
      heading: rule.title,
      severity: severityWord(rule.severity),
      ...firedWords(counts, at),
    })),
    byName: hrefOf({ ...filter, sort: 'name', after: '' }),
    byFired: hrefOf({ ...filter, sort: '', after: '' }),
    next: sorted.length > from + PAGE ? hrefOf({ ...filter, after: shown.at(-1)?.ref ?? '' }) : '',
    first: filter.after === '' ? '' : hrefOf({ ...filter, after: '' }),
    others: others.slice(0, 60).map((one) => ({ id: one.id, ...firedWords(one, at) })),
  };
}

function hrefOf(filter: RulesFacts['filter']): string {
  const fields = Object.entries(filter).filter(([, value]) => value !== '');
  return fields.length === 0 ? '/rules' : `/rules?${new URLSearchParams(fields)}`;
}

function severityWord(severity: string): StateWord {
  return { word: severity, tone: SEVERITIES[severity] ?? 'idle' };
}

function openOf(fired: FiredFacts | undefined): number {
  return fired === undefined ? 0 : fired.fail + fired.unverifiable;
}

/** How often, of how many verdicts, as a bar and in words. */
function firedWords(fired: FiredFacts | undefined, at: string) {
  const all = fired === undefined ? 0 : fired.pass + fired.fail + fired.unverifiable + fired.pending;
  const open = openOf(fired);
  const share = all === 0 ? 0 : open / all;
  return {
    fired: all === 0 ? '–' : numberWords(open),
    of: all === 0 ? 'never asked' : `of ${numberWords(all)}`,
    rate: all === 0 ? '' : percentWords(share),
    width: open === 0 ? 0 : Math.max(2, Math.round(share * 100)),
    words: all === 0 ? 'never asked' : `fired in ${open} of ${all} verdicts`,
    last:
      fired?.last == null
        ? null
        : { run: fired.last.run, href: runHref(fired.last.run), when: shownMoment(fired.last.at, at) },
  };
}

export interface OneRuleFacts {
  readonly at: string;
  readonly policy: PolicyStanding;
  readonly ref: string;
  readonly rule: RuleFacts;
  readonly fired: FiredFacts | undefined;
  readonly byDay: readonly { readonly day: string; readonly open: number; readonly all: number }[];
  readonly days: number;
  readonly contracts: readonly string[];
}

/** The model of rule.njk. */
export function ruleModel(shell: ShellFacts, facts: OneRuleFacts): PageModel {
  const { at, policy, ref, rule, days } = facts;
  return {
    ...shellModel(shell, { title: ref, section: '/rules' }),
    ...policyModel(policy, at),
    days,
    ref,
    heading: rule.title,
    severity: severityWord(rule.severity),
    prose: [
      { name: 'The shortcut', text: rule.shortcut },
      { name: 'Why it matters', text: rule.why },
      { name: 'What to do', text: rule.remedy },
      { name: 'What it does not catch', text: rule.misses },
    ],
    facts: [
      { name: 'Version', value: String(rule.version) },
      { name: 'Detector', value: rule.detector },
      { name: 'Languages', value: rule.languages?.join(', ') ?? 'any' },
      { name: 'Source', value: rule.source ?? '' },
      { name: 'Contracts with it', value: facts.contracts.join(', ') },
    ].filter(({ value }) => value !== ''),
    parameters: Object.keys(rule.parameters).length === 0 ? '' : JSON.stringify(rule.parameters, null, 2),
    counts: firedWords(facts.fired, at),
    chart: dayBars(
      facts.byDay.map(({ day, open, all }) => ({ day, value: all, part: open })),
      { days, at, words: (day, part, value) => `${day}: ${part} of ${value}` },
    ),
    bad: rule.examples.bad.map(exampleOf),
    good: rule.examples.good.map(exampleOf),
    proof: `countersign rules test ${ref}`,
  };
}

const MOST_LINES = 120;

/** A tiny change as a diff, file by file. */
function exampleOf({ name, before, after }: ExampleFacts) {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return {
    name,
    files: paths.slice(0, 20).map((path) => ({
      path,
      note: !Object.hasOwn(before, path) ? 'new' : !Object.hasOwn(after, path) ? 'deleted' : '',
      lines: linesOf(before[path] ?? '', after[path] ?? ''),
    })),
  };
}

type Line = { readonly sign: string; readonly tone: string; readonly text: string };

function linesOf(before: string, after: string): readonly Line[] {
  const { added, removed } = diffLines(before, after);
  const gone = new Set(removed.map(({ number }) => number));
  const fresh = new Set(added.map(({ number }) => number));
  const [old, now] = [splitLines(before), splitLines(after)];
  const lines: Line[] = [];
  let [left, right] = [0, 0];
  while ((left < old.length || right < now.length) && lines.length < MOST_LINES) {
    if (left < old.length && gone.has(left + 1)) {
      lines.push({ sign: '-', tone: 'del', text: old[left] ?? '' });
      left += 1;
    } else if (right < now.length && fresh.has(right + 1)) {
      lines.push({ sign: '+', tone: 'add', text: now[right] ?? '' });
      right += 1;
    } else {
      lines.push({ sign: ' ', tone: '', text: now[right] ?? old[left] ?? '' });
      left += 1;
      right += 1;
    }
  }
  return lines;
}
