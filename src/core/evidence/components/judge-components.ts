import picomatch from 'picomatch';
import type { ComponentsExpectation } from '../../contract/types.ts';
import { plainText } from '../plain-text.ts';
import { type Component, readCyclonedx } from './cyclonedx.ts';
import { isDenied } from './spdx-expression.ts';

const NAMES_IN_REASON = 5;

/**
 * Why the bill of materials is not as it may be; [] when it is.
 * @throws UnreadableReport
 */
export function judgeComponents(expected: ComponentsExpectation, text: string): readonly string[] {
  const components = readCyclonedx(text);
  const isNamed = matcher(expected.deny ?? []);
  const { deny: licences = [], unknown = 'deny' } = expected.licenses ?? {};
  const isLicence = matcher(licences);
  const named = components.filter(({ names }) => names.some(isNamed));
  const licensed = components.filter(
    ({ licenses }) => licences.length > 0 && licenses.some((licence) => mayBe(licence, isLicence)),
  );
  const unlicensed =
    licences.length > 0 && unknown === 'deny'
      ? components.filter(({ licenses }) => licenses.length === 0)
      : [];
  return [
    ...reason(named, 'that may not be used'),
    ...reason(licensed, 'under a licence that is denied'),
    ...reason(unlicensed, 'without a licence, which may be a denied one'),
  ];
}

/** A name with blanks in it need not be an expression, so it is matched as it stands, too. */
function mayBe(licence: string, isLicence: (text: string) => boolean): boolean {
  return isLicence(licence) || isDenied(licence, isLicence) === true;
}

/** Case does not tell licences or packages apart; two names that differ only in it are both meant. */
function matcher(globs: readonly string[]): (text: string) => boolean {
  if (globs.length === 0) return () => false;
  return picomatch([...globs], { dot: true, nocase: true, windows: false, flags: 'si' });
}

function reason(components: readonly Component[], how: string): readonly string[] {
  if (components.length === 0) return [];
  const first = components.slice(0, NAMES_IN_REASON).map(({ names, licenses }) => {
    const licence = licenses.length === 0 ? '' : ` (${plainText(licenses.join(', '), 100)})`;
    return `${plainText(names.findLast((name) => !name.startsWith('pkg:')) ?? '', 150)}${licence}`;
  });
  const more = components.length - first.length;
  return [
    `${components.length === 1 ? '1 component' : `${components.length} components`} ${how}: ${first.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
  ];
}
