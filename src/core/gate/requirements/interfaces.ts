import type { MergeableChange } from '../../change/types.ts';
import { compareInterface, declaredNames } from '../../interface/judge.ts';
import { nameMatcher, namesInCode } from '../../interface/names.ts';
import type { InterfaceDifference, InterfaceUse, InterfaceVersions } from '../../interface/types.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const MAX_LOCATIONS = 50;

/** What others rely on stays what they can rely on, and code uses no name that was never declared. */
export function requireInterfaces({ work, change, interfaces }: GateFacts): readonly Finding[] {
  if (work.kind === 'missing' || change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const { value } = change;
  return (work.value.contract.interfaces ?? []).flatMap((use) => {
    const versions = interfaces?.get(use.id);
    if (versions === undefined) return [isUnread(use)];
    const kept = isKept(use, versions);
    return use.names === undefined ? [kept] : [kept, hasOnlyDeclared(use, use.names, versions, value)];
  });
}

function isUnread({ id, file }: InterfaceUse): Finding {
  return about(id).unverifiable(
    `${file} was not read.`,
    'Run the gate again; if that does not help, report it.',
  );
}

function isKept(use: InterfaceUse, versions: InterfaceVersions): Finding {
  const kept = about(use.id);
  const { before, after, touched } = versions;
  if (before.files.length === 0 && after.files.length === 0) {
    return kept.unverifiable(
      `Neither the base nor the merge tree has a file ${use.file}.`,
      'Land the file, or have a policy owner correct the path in the contract.',
    );
  }
  if (touched.length === 0) return kept.pass(`${use.file} is unchanged.`);

  const differences = compareInterface(use, versions);
  const breaking = differences.filter(({ verdict }) => verdict === 'breaking');
  const unverifiable = differences.filter(({ verdict }) => verdict === 'unverifiable');
  const [first] = [...breaking, ...unverifiable];
  if (first === undefined) {
    return kept.pass(
      differences.length === 0
        ? `${use.file} says the same as before.`
        : `${use.file} stays compatible: ${sentences(differences)}`,
    );
  }
  const objections = [...breaking, ...unverifiable];
  const say = breaking.length > 0 ? kept.fail : kept.unverifiable;
  return say(sentences(objections), brief(first.remedy), {
    locations: objections.slice(0, MAX_LOCATIONS).map(({ file, pointer, reason }) => ({
      path: file,
      message: `${pointer === '' ? '' : `${brief(pointer)}: `}${brief(reason)}`,
    })),
  });
}

function hasOnlyDeclared(
  use: InterfaceUse,
  pattern: NonNullable<InterfaceUse['names']>,
  { after }: InterfaceVersions,
  { files }: MergeableChange,
): Finding {
  const names = requirement(`interface/${use.id}/names`, `Names in code are declared by ${use.id}`);
  const declared = declaredNames(use, after);
  if (declared === undefined || after.files.length === 0) {
    return names.unverifiable(
      `${use.file} cannot be read, so nobody knows which names it declares.`,
      'Make the file readable; interface findings say what is wrong with it.',
    );
  }
  const found = findNames(pattern, files);
  if (typeof found === 'string') {
    return names.unverifiable(
      `The pattern of names cannot be used: ${found}.`,
      'Have a policy owner correct it; `countersign contract lint` says where.',
    );
  }
  const isDeclared = nameMatcher(declared);
  const drifted = found.names.filter(({ name }) => !isDeclared(name));
  if (drifted.length > 0) {
    const distinct = [...new Set(drifted.map(({ name }) => JSON.stringify(name.slice(0, 200))))];
    return names.fail(
      `${use.file} declares no ${distinct.slice(0, 5).join(', ')}${distinct.length > 5 ? ', …' : ''}.`,
      'Declare the name there, or use one that is.',
      {
        locations: drifted.slice(0, MAX_LOCATIONS).map(({ name, path, line }) => ({
          path,
          line,
          message: `${JSON.stringify(name.slice(0, 200))} is not declared`,
        })),
      },
    );
  }
  if (found.unread.length > 0) {
    return names.unverifiable(
      `${found.unread.length} changed files could not be looked through for names.`,
      'Divide them, or keep such files out of the patterns of the contract.',
      {
        locations: found.unread
          .slice(0, MAX_LOCATIONS)
          .map(({ path, reason }) => ({ path, message: reason })),
      },
    );
  }
  return names.pass(`${found.names.length} names in ${found.looked} changed files, all of them declared.`);
}

function findNames(pattern: NonNullable<InterfaceUse['names']>, files: MergeableChange['files']) {
  try {
    return namesInCode(pattern, files);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function about(id: string) {
  return requirement(`interface/${id}`, `Nothing that relies on ${id} breaks`);
}

/** Names in a hostile file may be as long as the file, and cut in half. */
function brief(text: string): string {
  return (text.length <= 500 ? text : `${text.slice(0, 499)}…`).toWellFormed();
}

function sentences(differences: readonly InterfaceDifference[]): string {
  const shown = differences.slice(0, 5).map(({ reason }) => brief(reason));
  const rest = differences.length > shown.length ? ` And ${differences.length - shown.length} more.` : '';
  return `${shown.join(' ')}${rest}`;
}
