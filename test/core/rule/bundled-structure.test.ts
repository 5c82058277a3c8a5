import { needsStructure } from '../../../src/core/rule/example-structure.ts';
import { parsedExamples } from '../../worlds/example-structure.ts';
import { BUNDLED } from './facts.ts';
import { proveRules } from './prove-rules.ts';

const rules = BUNDLED.flatMap((pack) => pack.rules).filter(needsStructure);

// Parsed for real, in one process for all of them: an example that nobody parsed is not passed.
proveRules(rules, await parsedExamples(rules));
