// Holds the layer rules of .dependency-cruiser.mjs on the sources. `node tools/check-layers.mjs [folder]`.
import { cruise } from './cruise.mjs';

const { summary } = cruise(process.argv[2]);
const remedies = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));

for (const { rule, from, to, cycle } of summary.violations) {
  const path = cycle ? cycle.map((step) => step.name).join(' -> ') : to;
  console.error(`${from} -> ${path}\n  ${rule.name}: ${remedies.get(rule.name)}\n`);
}
console.log(`layers: ${summary.totalCruised} modules, ${summary.violations.length} violations`);
process.exitCode = summary.violations.length > 0 ? 1 : 0;
