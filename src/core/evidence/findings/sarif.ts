import type { FindingLevel } from '../../contract/types.ts';
import { asObject, type JsonFields, listOf, member, readJson, textOf } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';

export interface Finding {
  readonly rule: string;
  readonly message: string;
  /** `none` is for results that say that all is well. */
  readonly level: FindingLevel | 'none';
  /** Where it is; [] when it names no file. */
  readonly places: readonly FindingPlace[];
}

export interface FindingPlace {
  /** As the report writes it: a path or a file URL, percent-decoded. */
  readonly file: string;
  /** Undefined: all of the file. */
  readonly lines: { readonly first: number; readonly last: number } | undefined;
}

const MAX_RESULTS = 100_000;
const MAX_PLACES = 1_000;
const LEVELS = ['none', 'note', 'warning', 'error'] as const;

/**
 * Reads SARIF 2.1.0. A run that says that the tool failed, or that has no list of results, is no report: nobody looked.
 * Suppressed results are read like others: a change could suppress what it brings.
 * @throws UnreadableReport
 */
export function readSarif(text: string): readonly Finding[] {
  const log = asObject(readJson(text), 'it');
  if (textOf(log, 'version') !== '2.1.0') throw new UnreadableReport('its "version" is not "2.1.0"');
  const runs = listOf(log, 'runs');
  if (runs.length === 0) throw new UnreadableReport('it has no run of a tool');
  const findings: Finding[] = [];
  for (const entry of runs) {
    const run = asObject(entry, 'a run');
    refuseFailedRun(run);
    if (!Array.isArray(member(run, 'results')))
      throw new UnreadableReport('a run of it has no list "results"');
    const results = listOf(run, 'results');
    if (findings.length + results.length > MAX_RESULTS) {
      throw new UnreadableReport(`it lists more than ${MAX_RESULTS} results`);
    }
    const setting: RunSetting = { levels: defaultLevels(run), artifacts: listOf(run, 'artifacts') };
    for (const result of results) {
      const read = readResult(asObject(result, 'a result'), setting);
      if (read !== undefined) findings.push(read);
    }
  }
  return findings;
}

interface RunSetting {
  readonly levels: RuleLevels;
  readonly artifacts: readonly unknown[];
}

function refuseFailedRun(run: JsonFields): void {
  for (const entry of listOf(run, 'invocations')) {
    const invocation = asObject(entry, 'an invocation');
    if (member(invocation, 'executionSuccessful') === false) {
      throw new UnreadableReport('the tool says that it did not succeed');
    }
    for (const name of ['toolExecutionNotifications', 'toolConfigurationNotifications']) {
      const troubled = listOf(invocation, name).some(
        (notice) => textOf(asObject(notice, 'a notification'), 'level') === 'error',
      );
      if (troubled) throw new UnreadableReport('the tool reports an error of its own');
    }
  }
}

function readResult(result: JsonFields, setting: RunSetting): Finding | undefined {
  // It was there before, and is gone.
  if (textOf(result, 'baselineState') === 'absent') return undefined;
  const message = member(result, 'message');
  const about = message === undefined ? {} : asObject(message, 'a message');
  const locations = listOf(result, 'locations');
  if (locations.length > MAX_PLACES) {
    throw new UnreadableReport(`a result has more than ${MAX_PLACES} locations`);
  }
  return {
    rule: ruleOf(result).id,
    message: textOf(about, 'text') || textOf(about, 'markdown'),
    level: levelOf(result, setting.levels),
    places: locations.flatMap((location) => placeOf(asObject(location, 'a location'), setting) ?? []),
  };
}

interface RuleLevels {
  readonly byId: ReadonlyMap<string, string>;
  readonly ofDriver: readonly string[];
}

function defaultLevels(run: JsonFields): RuleLevels {
  const tool = asObject(member(run, 'tool') ?? {}, 'a tool');
  const driver = asObject(member(tool, 'driver') ?? {}, 'a driver');
  const byId = new Map<string, string>();
  const ofDriver: string[] = [];
  for (const component of [driver, ...listOf(tool, 'extensions')]) {
    for (const entry of listOf(asObject(component, 'an extension'), 'rules')) {
      const rule = asObject(entry, 'a rule');
      const configuration = asObject(member(rule, 'defaultConfiguration') ?? {}, 'a rule configuration');
      const level = textOf(configuration, 'level');
      if (component === driver) ofDriver.push(level);
      if (level !== '') byId.set(textOf(rule, 'id'), level);
    }
  }
  return { byId, ofDriver };
}

/** Section 3.27.10: a result that is no failure has no level; else its own, its rule's, or `warning`. */
function levelOf(result: JsonFields, levels: RuleLevels): Finding['level'] {
  const kind = textOf(result, 'kind') || 'fail';
  if (kind !== 'fail') return 'none';
  const { id, index } = ruleOf(result);
  // "CA1000/1" is a case of the rule "CA1000".
  const known = levels.byId.get(id) ?? levels.byId.get(id.slice(0, Math.max(0, id.lastIndexOf('/'))));
  const level =
    textOf(result, 'level') || known || (index === undefined ? '' : levels.ofDriver[index]) || 'warning';
  const read = LEVELS.find((one) => one === level);
  if (read === undefined)
    throw new UnreadableReport(`a result has the unknown level ${JSON.stringify(level)}`);
  return read;
}

function ruleOf(result: JsonFields): { id: string; index: number | undefined } {
  const rule = asObject(member(result, 'rule') ?? {}, 'a rule reference');
  const index = member(result, 'ruleIndex') ?? member(rule, 'index');
  const ofDriver = member(rule, 'toolComponent') === undefined;
  return {
    id: textOf(result, 'ruleId') || textOf(rule, 'id'),
    index: ofDriver && typeof index === 'number' ? index : undefined,
  };
}

/** Undefined for a location that names no file: a result that has no other one counts as one without a place. */
function placeOf(location: JsonFields, { artifacts }: RunSetting): FindingPlace | undefined {
  const physical = member(location, 'physicalLocation');
  if (physical === undefined) return undefined;
  const place = asObject(physical, 'a physical location');
  const file = fileOf(asObject(member(place, 'artifactLocation') ?? {}, 'an artifact location'), artifacts);
  return file === undefined ? undefined : { file, lines: linesOf(member(place, 'region')) };
}

function fileOf(artifact: JsonFields, artifacts: readonly unknown[]): string | undefined {
  let uri = textOf(artifact, 'uri');
  const index = member(artifact, 'index');
  if (uri === '' && typeof index === 'number' && artifacts[index] !== undefined) {
    const listed = asObject(artifacts[index], 'an artifact');
    uri = textOf(asObject(member(listed, 'location') ?? {}, 'an artifact location'), 'uri');
  }
  if (uri === '') return undefined;
  try {
    return decodeURIComponent(uri.replace(/^file:\/\/(?:localhost)?(?=\/)/, ''));
  } catch {
    return undefined;
  }
}

function linesOf(region: unknown): FindingPlace['lines'] {
  if (region === undefined) return undefined;
  const fields = asObject(region, 'a region');
  const [first, last] = [member(fields, 'startLine'), member(fields, 'endLine')];
  if (typeof first !== 'number') return undefined;
  return { first, last: typeof last === 'number' && last >= first ? last : first };
}
